package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The parts of the package that are kept.
type packageAction struct {
	Name          string                `json:"name"`
	Level         string                `json:"accessLevel"`
	Resources     []packageActionTarget `json:"resourceTypes"`
	ConditionKeys []string              `json:"conditionKeys"`
	Dependents    []string              `json:"dependentActions"`
}

type packageActionTarget struct {
	Name          string   `json:"name"`
	Required      bool     `json:"required"`
	ConditionKeys []string `json:"conditionKeys"`
	Dependents    []string `json:"dependentActions"`
}

type packageResource struct {
	Key           string   `json:"key"`
	ARN           string   `json:"arn"`
	ConditionKeys []string `json:"conditionKeys"`
}

type packageKey struct {
	Key  string `json:"key"`
	Type string `json:"type"`
}

// levels are the letters of AWS's access levels, the most serious first: an
// action may have two.
var levels = [][2]string{{"Permissions management", "P"}, {"Tagging", "T"}, {"Write", "W"}, {"Read", "R"}, {"List", "L"}}

// read turns the unpacked package into a catalogue.
func read(folder, version string) (catalogue, error) {
	c := catalogue{Services: map[string]service{}, Source: fmt.Sprintf("%s %s (MIT)", actionsPackage, version)}
	var about struct {
		UpdatedAt string `json:"updatedAt"`
		License   string `json:"license"`
	}
	var prefixes []string
	var names map[string]string
	for file, into := range map[string]any{"package.json": &about, "data/services.json": &prefixes, "data/serviceNames.json": &names} {
		if err := decode(filepath.Join(folder, file), into); err != nil {
			return c, err
		}
	}
	if about.License != "MIT" || len(about.UpdatedAt) < len("2026-09-26") || len(prefixes) < 400 {
		return c, fmt.Errorf("%s is not what it was: licence %q, day %q, %d services", actionsPackage, about.License, about.UpdatedAt, len(prefixes))
	}
	c.UpdatedAt = about.UpdatedAt[:len("2026-09-26")]
	for _, prefix := range prefixes {
		s, err := readService(folder, prefix)
		if err != nil {
			return c, fmt.Errorf("service %s: %w", prefix, err)
		}
		s.Name = names[prefix]
		c.Services[prefix] = s
	}
	return c, nil
}

func decode(path string, into any) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

func readService(folder, prefix string) (service, error) {
	s := service{Actions: map[string][]any{}, Resources: [][]any{}, Keys: [][2]string{}}
	var actions map[string]packageAction
	var resources map[string]packageResource
	var keys map[string]packageKey
	for part, into := range map[string]any{"actions": &actions, "resourceTypes": &resources, "conditionKeys": &keys} {
		if err := decode(filepath.Join(folder, "data", part, prefix+".json"), into); err != nil {
			return s, err
		}
	}
	keyAt, typeAt := map[string]int{}, map[string]int{}
	for _, lower := range sortedKeys(keys) {
		keyAt[lower] = len(s.Keys)
		s.Keys = append(s.Keys, [2]string{keys[lower].Key, keys[lower].Type})
	}
	indexes := func(names ...string) []int {
		out := []int{}
		for _, name := range names {
			if at, known := keyAt[strings.ToLower(name)]; known {
				out = append(out, at)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	for _, lower := range sortedKeys(resources) {
		r := resources[lower]
		s.Resources = append(s.Resources, []any{r.Key, r.ARN, indexes(r.ConditionKeys...)})
		typeAt[lower] = len(s.Resources)
	}
	for _, a := range actions {
		level, types, names, needs := "", []int{}, a.ConditionKeys, a.Dependents
		for _, l := range levels {
			if level == "" && slices.Contains(strings.Split(a.Level, ", "), l[0]) {
				level = l[1]
			}
		}
		if level == "" {
			return s, fmt.Errorf("action %s has the level %q", a.Name, a.Level)
		}
		for _, target := range a.Resources {
			at, known := typeAt[strings.ToLower(target.Name)]
			if !known {
				return s, fmt.Errorf("action %s is on %q, which is no resource type", a.Name, target.Name)
			}
			if target.Required {
				at = -at
			}
			types, names, needs = append(types, at), slices.Concat(names, target.ConditionKeys), slices.Concat(needs, target.Dependents)
		}
		action := []any{level, types, indexes(names...)}
		if slices.Sort(needs); len(needs) > 0 {
			action = append(action, slices.Compact(needs))
		}
		s.Actions[a.Name] = action
	}
	return s, nil
}
