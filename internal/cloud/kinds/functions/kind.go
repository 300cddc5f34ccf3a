// Package functions is the function of a unit, with what lives and dies with it: its
// versions, the alias, its permissions and what becomes of asynchronous invocations. One
// look at a function tells about all of them.
package functions

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Function says what a unit's function is.
func Function() kinds.Kind {
	return kinds.Kind{
		Component: bp.FunctionComponent(),
		Looks:     functionLooks,
		Seed:      seedFunction,
		Locate: func(_ context.Context, c *api.Client, s kinds.Seed) (kinds.Ref, []error, error) {
			return kinds.Ref{ARN: c.Place.FunctionARN(s.Unit)}, nil, nil
		},
		Adopt: func(_ context.Context, c *api.Client, _ bp.Blueprint, owner kinds.Owner) (kinds.Ref, error) {
			return kinds.Ref{ARN: c.Place.FunctionARN(owner.Unit)}, nil
		},
		Tagged:   func(b bp.Blueprint) api.TagMap { return bp.ValueOf(b.Function).Tags },
		Dispute:  disputeFunction,
		Taken:    takenFunction,
		Is:       bp.IsFunctionARN,
		Identify: kinds.WithoutID(functionTagsOf),
		Made:     functionChanged,
		Contest:  contestFunction,
		Outlives: []string{kinds.TaskMessages},
		Ends:     []kinds.End{{ID: kinds.TaskInterfaces, After: []string{kinds.TaskFunction}, Run: endInterfaces}},
		Remove: func(ctx context.Context, c *api.Client, arn string) error {
			return removeFunction(ctx, c, bp.FunctionNameOf(arn))
		},
		// It goes with its unit only.
		Mine: func(*api.Client, kinds.Owner, string) bool { return false },
		Steps: kinds.Steps(
			kinds.Step{ID: kinds.TaskFunction, After: []string{kinds.TaskAttachments, kinds.TaskLogGroup, kinds.TaskQueue, kinds.TaskKey, kinds.TaskValues}, Run: ensureFunction},
			kinds.Step{ID: kinds.TaskSettings, After: []string{kinds.TaskFunction}, Run: ensureSettings},
		),
	}
}

func functionTagsOf(ctx context.Context, c *api.Client, arn string) (map[string]string, error) {
	out, err := getFunction(ctx, c, arn, "")
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

func functionChanged(ctx context.Context, c *api.Client, arn string) (time.Time, error) {
	out, err := getFunction(ctx, c, arn, "")
	if err != nil {
		return time.Time{}, err
	}
	// "2026-11-29T17:05:00.000+0000"
	return time.Parse("2006-01-02T15:04:05.000-0700", aws.ToString(out.Configuration.LastModified))
}

func contestFunction(ctx context.Context, c *api.Client, of kinds.Claims, arn string) ([]string, error) {
	found, err := Find(ctx, c, arn, "", nil)
	function, exists := found.Get()
	if err != nil || !exists {
		return nil, err
	}
	roles := of.Of(bp.IsRoleARN)
	var but []string
	if role := function.RoleARN.Or(""); !slices.Contains(roles, role) {
		but = append(but, "its role is "+role)
	}
	if function.Name != bp.Known(of.Unit) {
		but = append(but, "a unit's function has the unit's name")
	}
	beside, err := Beside(ctx, c, function.Name.Or(""), "")
	for _, what := range beside {
		but = append(but, "it has the "+what)
	}
	statements, policyErr := Policy(ctx, c, function.Name.Or(""), "")
	if len(statements) > 0 {
		but = append(but, "it has permissions that let others invoke it")
	}
	versions, versionErr := foreignVersions(ctx, c, function.Name.Or(""), function.CodeSHA256.Or(""), roles...)
	return append(but, versions...), errors.Join(err, policyErr, versionErr)
}

// found is what the reads of a function found, until all have ended.
type found struct {
	function           bp.Value[Observed]
	served             servedObserved
	recursion, signing bp.String
	runtimeManagement  bp.Value[bp.RuntimeManagement]
}

// functionLooks read the function, and its alias with what this one serves: what they
// are depends on each other.
func functionLooks(c *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
	name, f := t.Function(), &found{}
	looks := []kinds.Look{
		{What: "function", Name: name, Find: func(ctx context.Context) (err error) {
			f.function, err = Find(ctx, c, name, "", t.Tags)
			return err
		}},
		{What: "recursion of function", Name: name, Find: func(ctx context.Context) (err error) {
			f.recursion, err = FindRecursion(ctx, c, name)
			return err
		}},
		{What: "alias", Name: t.Alias(), Find: func(ctx context.Context) (err error) {
			f.served, err = findServed(ctx, c, t)
			return err
		}},
	}
	if t.Reads.CodeSigning {
		looks = append(looks, kinds.Look{What: "code signing of function", Name: name, Find: func(ctx context.Context) (err error) {
			f.signing, err = findSigning(ctx, c, name)
			return err
		}})
	}
	if t.Reads.RuntimeManagement {
		looks = append(looks, kinds.Look{What: "runtime management of function", Name: name, Find: func(ctx context.Context) (err error) {
			f.runtimeManagement, err = findRuntimeManagement(ctx, c, name, "")
			return err
		}})
	}
	return looks, func(ctx context.Context) error {
		if err := settleAlias(ctx, c, t, f, o); err != nil {
			return err
		}
		f.settle(t, o)
		return nil
	}
}

// settle puts the function together.
func (found *found) settle(t kinds.Target, o *kinds.Observation) {
	f, exists := found.function.Get()
	if !exists {
		// A version without its function cannot exist.
		o.Version, o.Alias, o.Async = bp.Null[bp.Version](), bp.Null[bp.Alias](), bp.Null[bp.Async]()
		return
	}
	f.Recursion, f.CodeSigningConfigARN, f.RuntimeManagement = found.recursion, found.signing, found.runtimeManagement
	id, bound := o.IDs[bp.ComponentRole], t.Refs[bp.ComponentRole].ID
	f.RoleBound = bp.Known(id.IsKnown() && (bound == "" || bound == id.Or("")))
	o.Function, o.Environment, o.Unreadable = bp.Known(f.Function), f.Variables, f.Unreadable
	// What a version froze of its role is not in its configuration: it is
	// bound to the same role as $LATEST.
	if v, served := o.Version.Get(); served && f.RoleBound == bp.Known(false) {
		v.Digest = bp.Known("bound to a role that was re-created")
		o.Version = bp.Known(v)
	}
}

func takenFunction(ctx context.Context, c *api.Client, want bp.Blueprint) []*kinds.Taken {
	return kinds.IfTaken(kinds.KindFunction, bp.ValueOf(want.Function).Name, func(name string) bool {
		_, err := getFunction(ctx, c, name, "")
		return err == nil
	})
}

func seedFunction(ctx context.Context, c *api.Client, name string) (s kinds.Seed, exists bool, err error) {
	found, err := Find(ctx, c, name, "", nil)
	f, exists := found.Get()
	return kinds.Seed{Unit: name, Function: f.Function, Tags: f.tags, Environment: f.Variables, Unreadable: f.Unreadable}, exists, err
}
