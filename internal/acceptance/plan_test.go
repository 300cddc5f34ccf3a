package acceptance

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// planCheck makes a plan check of a function.
type planCheck func(*tfjson.Plan) error

func (check planCheck) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = check(req.Plan)
}

// unitChange finds the planned change of secure_lambda.LABEL.
func unitChange(plan *tfjson.Plan, label string) (*tfjson.Change, error) {
	for _, rc := range plan.ResourceChanges {
		if rc.Address == "secure_lambda."+label {
			return rc.Change, nil
		}
	}
	return nil, fmt.Errorf("the plan has no secure_lambda.%s", label)
}

// changedPaths lists the paths at which a change differs, such as
// managed.function.timeout. A value that will only be known after apply counts
// as different and ends in a question mark.
func changedPaths(c *tfjson.Change) []string {
	var out []string
	compare("", c.Before, c.After, c.AfterUnknown, &out)
	slices.Sort(out)
	// The posture follows from the rest, and has tests of its own.
	return slices.DeleteFunc(out, func(path string) bool { return strings.HasPrefix(path, "posture") })
}

func compare(path string, before, after, unknown any, out *[]string) {
	if yes, ok := unknown.(bool); ok && yes {
		*out = append(*out, path+"?")
		return
	}
	b, bok := before.(map[string]any)
	a, aok := after.(map[string]any)
	u, _ := unknown.(map[string]any)
	if bok && (aok || len(u) > 0) {
		for _, key := range union(b, a, u) {
			compare(join(path, key), b[key], a[key], u[key], out)
		}
		return
	}
	if hasUnknown(unknown) {
		*out = append(*out, path+"?")
		return
	}
	if !reflect.DeepEqual(before, after) {
		*out = append(*out, path)
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func union(all ...map[string]any) []string {
	keys := map[string]bool{}
	for _, m := range all {
		for k := range m {
			keys[k] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

func hasUnknown(v any) bool {
	switch typed := v.(type) {
	case bool:
		return typed
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(typed)), hasUnknown)
	case []any:
		return slices.ContainsFunc(typed, hasUnknown)
	}
	return false
}

// unknownPaths lists every leaf of a planned object that is not known.
func unknownPaths(path string, v any, out *[]string) {
	switch typed := v.(type) {
	case bool:
		if typed {
			*out = append(*out, path)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(typed)) {
			unknownPaths(join(path, key), typed[key], out)
		}
	case []any:
		for _, element := range typed {
			unknownPaths(path+"[]", element, out)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func tfpath(attribute string) tfjsonpath.Path { return tfjsonpath.New(attribute) }
