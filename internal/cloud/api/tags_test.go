package api

import (
	"maps"
	"testing"

	"pgregory.net/rapid"
)

func TestDeviation_NamesOnlyWhatDiffersAndCanBeUndone(t *testing.T) {
	t.Parallel()
	c := &Client{Ignore: func(string) bool { return false }}
	tags := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c", "d"}), rapid.SampledFrom([]string{"1", "2"}))
	rapid.Check(t, func(t *rapid.T) {
		actual, reference := tags.Draw(t, "actual"), tags.Draw(t, "reference")
		deviation := c.Deviation(actual, reference)
		if got := Deviating(reference, PlainTags(deviation)); !maps.Equal(got, actual) {
			t.Fatalf("%v back from %v is %v", actual, deviation, got)
		}
		for key, value := range PlainTags(deviation) {
			if reference[key] == value {
				t.Fatalf("%s is named and does not differ", key)
			}
		}
		if deviation.IsNull() != maps.Equal(actual, reference) {
			t.Fatalf("deviation %v of %v from %v", deviation, actual, reference)
		}
	})
}
