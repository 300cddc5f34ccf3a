package api

import (
	"maps"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// AppendNew adds an element to a list that does not have it. The list itself stays as
// others have it.
func AppendNew(list []string, element string) []string {
	if slices.Contains(list, element) {
		return list
	}
	return append(slices.Clip(list), element)
}

// Unless is a number that is not the default.
func Unless(v *int32, otherwise int32) *int32 {
	if aws.ToInt32(v) == otherwise {
		return nil
	}
	return v
}

// Number is what AWS takes a whole number as. One that does not fit, which only
// an apply can know, becomes the largest that does, for AWS to refuse.
func Number(v bp.Value[int64]) *int32 {
	n, ok := v.Get()
	if !ok {
		return nil
	}
	return aws.Int32(int32(min(max(n, math.MinInt32), math.MaxInt32)))
}

// Parallel is how many components of one unit are worked on at a time.
const Parallel = 6

// Text is a known string for an SDK input, nil otherwise.
func Text(v bp.String) *string {
	if s, ok := v.Get(); ok {
		return &s
	}
	return nil
}

// OptionalText is nil for an empty text.
func OptionalText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Optional turns an SDK field into a value: nil and "" mean not set.
func Optional(s *string) bp.String {
	if s == nil || *s == "" {
		return bp.Null[string]()
	}
	return bp.Known(*s)
}

// Whole turns an SDK number into a value.
func Whole(n *int32) bp.Value[int64] {
	if n == nil {
		return bp.Null[int64]()
	}
	return bp.Known(int64(*n))
}

// Members are the elements of a set for an SDK input.
func Members(v bp.Value[bp.Set]) []string {
	texts, _ := v.Or(nil).Strings()
	return texts
}

// SetOf is null for no elements: their presence is what a plan should show.
func SetOf(elements []string) bp.Value[bp.Set] {
	if len(elements) == 0 {
		return bp.Null[bp.Set]()
	}
	return bp.Known(bp.SetOf(elements...))
}

// All collects a paged list. The SDK's paginators take the client as an
// interface, which would make the linker keep every operation of the service.
func All[T any](fetch func(next *string) (page []T, following *string, err error)) ([]T, error) {
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

// SortedKeys are the keys of a map in order.
func SortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// UnlessRoot is an IAM path for a create, nil for the one that IAM has anyway.
func UnlessRoot(path string) *string {
	if path == "" || path == "/" {
		return nil
	}
	return &path
}
