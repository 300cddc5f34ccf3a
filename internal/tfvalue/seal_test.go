package tfvalue_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

type carried struct {
	Before bp.String           `attr:"before"`
	Inside bp.Value[contained] `attr:"inside,sealed"`
	Later  bp.String           `attr:"later"`
}

type contained struct {
	Text  bp.String            `attr:"text"`
	Parts bp.Value[bp.Set]     `attr:"parts"`
	Size  bp.Value[int64]      `attr:"size"`
	Open  bp.Value[bp.Set]     `attr:"open"`
	Later bp.Value[contained2] `attr:"later"`
}

type contained2 struct {
	On bp.Value[bool] `attr:"on"`
}

var full = contained{
	Text: bp.Known("ä\"\n"), Parts: bp.Known(bp.SetOf("b", "a")), Size: bp.Known[int64](1 << 40),
	Open: bp.Unknown[bp.Set](), Later: bp.Unknown[contained2](),
}

// TestSealed_RoundTrip goes the way of a value that the provider answers with:
// sealed by Encode, opened for Terraform, sealed again when it comes back.
func TestSealed_RoundTrip(t *testing.T) {
	t.Parallel()
	published := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"before": tftypes.String, "inside": tfvalue.TypeOf[contained](), "later": tftypes.String,
	}}
	for name, inside := range map[string]bp.Value[contained]{
		"known": bp.Known(full), "null": bp.Null[contained](), "unknown": bp.Unknown[contained](),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := carried{Before: bp.Known("x"), Inside: inside, Later: bp.Null[string]()}
			wire := dynamic(t, tfvalue.Encode(want))
			if err := tfvalue.ReplaceAttribute(wire, "inside", tfvalue.Unseal); err != nil {
				t.Fatal(err)
			}
			shown, err := wire.Unmarshal(published)
			if err != nil {
				t.Fatalf("what Terraform gets is not of the published type: %v", err)
			}
			var members map[string]tftypes.Value
			if err := shown.As(&members); err != nil {
				t.Fatal(err)
			}
			if !members["inside"].Equal(tfvalue.Encode(inside)) {
				t.Errorf("Terraform gets %s, want %s", members["inside"], tfvalue.Encode(inside))
			}
			if err := tfvalue.ReplaceAttribute(wire, "inside", tfvalue.Seal); err != nil {
				t.Fatal(err)
			}
			back, err := wire.Unmarshal(tfvalue.TypeOf[carried]())
			if err != nil {
				t.Fatal(err)
			}
			var got carried
			if err := tfvalue.Decode(back, &got); err != nil {
				t.Fatal(err)
			}
			if !bp.Equal(got, want) {
				t.Errorf("came back as %v, want %v", got, want)
			}
		})
	}
}

// TestReplaceAttribute_LeavesAlone covers values that hold nothing to replace.
func TestReplaceAttribute_LeavesAlone(t *testing.T) {
	t.Parallel()
	object := tfvalue.Encode(contained2{On: bp.Known(true)})
	for name, value := range map[string]*tfprotov6.DynamicValue{
		"nil":            nil,
		"null object":    dynamic(t, tftypes.NewValue(object.Type(), nil)),
		"unknown object": dynamic(t, tftypes.NewValue(object.Type(), tftypes.UnknownValue)),
		"without it":     dynamic(t, object),
	} {
		var before []byte
		if value != nil {
			before = append(before, value.MsgPack...)
		}
		fail := func([]byte) ([]byte, error) { t.Errorf("%s: replaced", name); return nil, nil }
		if err := tfvalue.ReplaceAttribute(value, "inside", fail); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if value != nil && string(before) != string(value.MsgPack) {
			t.Errorf("%s: changed", name)
		}
	}
}

// TestReplaceAttribute_Broken fails instead of passing on half a value.
func TestReplaceAttribute_Broken(t *testing.T) {
	t.Parallel()
	wire := dynamic(t, tfvalue.Encode(carried{Before: bp.Known("x"), Inside: bp.Known(full)}))
	wire.MsgPack = wire.MsgPack[:len(wire.MsgPack)/2]
	if err := tfvalue.ReplaceAttribute(wire, "later", tfvalue.Seal); err == nil {
		t.Error("half a value was read as a whole one")
	}
	var got carried
	bad := tftypes.NewValue(tfvalue.TypeOf[carried](), map[string]tftypes.Value{
		"before": tftypes.NewValue(tftypes.String, "x"),
		"inside": tftypes.NewValue(tftypes.String, "not sealed"),
		"later":  tftypes.NewValue(tftypes.String, nil),
	})
	if err := tfvalue.Decode(bad, &got); err == nil {
		t.Error("a text that is no sealed value was opened")
	}
}

func dynamic(t *testing.T, value tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	out, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}
	return &out
}
