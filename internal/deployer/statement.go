package deployer

import (
	"encoding/json"
	"fmt"
	"slices"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Statement is one statement of a printed policy. Lists are sorted.
type Statement struct {
	Sid string
	// Deny says that it denies, instead of allowing.
	Deny    bool
	Actions []string
	// Resources are what it is about; or Except, where it is about everything
	// else.
	Resources, Except []string
	// Conditions are values by operator and key.
	Conditions clauses
}

// clauses are conditions: operator, key, values.
type clauses map[string]map[string][]string

func (c clauses) add(operator, key string, values ...string) {
	if c[operator] == nil {
		c[operator] = map[string][]string{}
	}
	c[operator][key] = sorted(values)
}

// sorted is a list without repeats, in order.
func sorted(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

func (s Statement) effect() string {
	if s.Deny {
		return "Deny"
	}
	return "Allow"
}

// element is how a statement is written: a list of one without brackets.
func (s Statement) element() statement {
	out := statement{Sid: s.Sid, Effect: s.effect(), Action: short(s.Actions)}
	if len(s.Except) > 0 {
		out.NotResource = short(s.Except)
	} else {
		out.Resource = short(s.Resources)
	}
	if len(s.Conditions) == 0 {
		return out
	}
	out.Condition = map[string]any{}
	for operator, keys := range s.Conditions {
		inner := map[string]any{}
		for key, values := range keys {
			inner[key] = short(values)
		}
		out.Condition[operator] = inner
	}
	return out
}

func short(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// pack distributes statements over managed policies, in their order.
func pack(statements []Statement) ([][]Statement, error) {
	sizes := make([]int, len(statements))
	for i, s := range statements {
		text, err := json.Marshal(s.element())
		if err != nil {
			return nil, fmt.Errorf("statement %s: %w", s.Sid, err)
		}
		if sizes[i] = len(text); sizes[i] > bp.MaxPolicySize {
			return nil, fmt.Errorf("statement %s has %d characters, and a managed policy holds %d: name fewer things", s.Sid, sizes[i], bp.MaxPolicySize)
		}
	}
	var packed [][]Statement
	for i, part := range bp.PackSizes(sizes) {
		if part == len(packed) {
			packed = append(packed, nil)
		}
		packed[part] = append(packed[part], statements[i])
	}
	return packed, nil
}
