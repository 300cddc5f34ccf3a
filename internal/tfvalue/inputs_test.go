package tfvalue

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestDecodeInputs_NullEntriesAreNotStated: but a condition that is null stays,
// to be refused, for without it a grant would be wider.
func TestDecodeInputs_NullEntriesAreNotStated(t *testing.T) {
	t.Parallel()
	texts := tftypes.Map{ElementType: tftypes.String}
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"tags": texts, "nested": tftypes.Map{ElementType: texts}}}
	text := func(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
	null, unknown := tftypes.NewValue(tftypes.String, nil), tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	value := tftypes.NewValue(object, map[string]tftypes.Value{
		"tags": tftypes.NewValue(texts, map[string]tftypes.Value{"a": text("1"), "b": null, "c": unknown}),
		"nested": tftypes.NewValue(tftypes.Map{ElementType: texts}, map[string]tftypes.Value{
			"x": tftypes.NewValue(texts, nil), "y": tftypes.NewValue(texts, map[string]tftypes.Value{"z": null}),
		}),
	})
	var got struct {
		Tags   bp.Value[map[string]bp.String]                      `attr:"tags"`
		Nested bp.Value[map[string]bp.Value[map[string]bp.String]] `attr:"nested"`
	}
	if err := DecodeInputs(value, &got); err != nil {
		t.Fatal(err)
	}
	tags := got.Tags.Or(nil)
	if _, there := tags["b"]; there || len(tags) != 2 || !tags["c"].IsUnknown() {
		t.Errorf("tags are %v", tags)
	}
	nested := got.Nested.Or(nil)
	if _, there := nested["x"]; there || len(nested) != 1 {
		t.Errorf("nested is %v", nested)
	}
	if z, there := nested["y"].Or(nil)["z"]; !there || !z.IsNull() {
		t.Errorf("the null inside is gone: %v", nested)
	}
}
