package cloud

import (
	"maps"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// text is a known string for an SDK input, nil otherwise.
func text(v blueprint.String) *string {
	if s, ok := v.Get(); ok {
		return &s
	}
	return nil
}

// optionalText is nil for an empty text.
func optionalText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// optional turns an SDK field into a value: nil and "" mean not set.
func optional(s *string) blueprint.String {
	if s == nil || *s == "" {
		return blueprint.Null[string]()
	}
	return blueprint.Known(*s)
}

// whole turns an SDK number into a value.
func whole(n *int32) blueprint.Value[int64] {
	if n == nil {
		return blueprint.Null[int64]()
	}
	return blueprint.Known(int64(*n))
}

// members are the elements of a set for an SDK input.
func members(v blueprint.Value[blueprint.Set]) []string {
	texts, _ := v.Or(nil).Strings()
	return texts
}

// setOf is null for no elements: their presence is what a plan should show.
func setOf(elements []string) blueprint.Value[blueprint.Set] {
	if len(elements) == 0 {
		return blueprint.Null[blueprint.Set]()
	}
	return blueprint.Known(blueprint.SetOf(elements...))
}

// all collects a paged list. The SDK's paginators take the client as an
// interface, which would make the linker keep every operation of the service.
func all[T any](fetch func(next *string) (page []T, following *string, err error)) ([]T, error) {
	var out []T
	for next := (*string)(nil); ; {
		page, following, err := fetch(next)
		if err != nil {
			return nil, err
		}
		out = append(out, page...)
		if following == nil || *following == "" {
			return out, nil
		}
		next = following
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Taken says that a name is used by an object that is not this unit's.
type Taken struct {
	Kind string
	Name string
	Err  error
}

func (e *Taken) Error() string {
	text := "the " + e.Kind + " " + e.Name + " exists already and does not belong to this unit"
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Taken) Unwrap() error { return e.Err }

// unlessRoot is an IAM path for a create, nil for the one that IAM has anyway.
func unlessRoot(path string) *string {
	if path == "" || path == "/" {
		return nil
	}
	return &path
}
