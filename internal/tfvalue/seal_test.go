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
	Inside bp.Value[contained] `attr:"inside"`
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

func dynamic(v any) *tfprotov6.DynamicValue {
	return &tfprotov6.DynamicValue{MsgPack: tfvalue.Write(v)}
}

// TestEnclose_RoundTrip goes the way of a value through the framework: enclosed,
// read as what the framework's schema says, and disclosed again.
func TestEnclose_RoundTrip(t *testing.T) {
	t.Parallel()
	within := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"before": tftypes.String, "whole": tftypes.String}}
	for name, in := range map[string]bp.Value[carried]{
		"known":   bp.Known(carried{Before: bp.Known("x"), Inside: bp.Known(full), Later: bp.Null[string]()}),
		"open":    bp.Known(carried{Before: bp.Unknown[string](), Inside: bp.Unknown[contained](), Later: bp.Null[string]()}),
		"null":    bp.Null[carried](),
		"unknown": bp.Unknown[carried](),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := dynamic(in)
			if err := tfvalue.Enclose(wire, "whole", "before"); err != nil {
				t.Fatal(err)
			}
			seen, err := wire.Unmarshal(within)
			if err != nil {
				t.Fatalf("what the framework gets is not of its type: %v", err)
			}
			again, err := tfprotov6.NewDynamicValue(within, seen)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := tfvalue.Disclose(&again, "whole")
			if err != nil || whole != in.IsKnown() {
				t.Fatal(whole, err)
			}
			var got bp.Value[carried]
			if err := tfvalue.Wire(again.MsgPack).Read(&got); err != nil {
				t.Fatal(err)
			}
			if !bp.Equal(got, in) {
				t.Errorf("came back as %v, want %v", got, in)
			}
		})
	}
}

func TestEnclose_NamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	if err := tfvalue.Enclose(dynamic(contained2{On: bp.Known(true)}), "whole", "before"); err == nil {
		t.Error("an object without the attribute was enclosed")
	}
}

// TestReplaceAttribute_LeavesAlone covers values that hold nothing to replace.
func TestReplaceAttribute_LeavesAlone(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]*tfprotov6.DynamicValue{
		"nil":               nil,
		"empty":             {},
		"null object":       dynamic(bp.Null[carried]()),
		"unknown object":    dynamic(bp.Unknown[carried]()),
		"null attribute":    dynamic(carried{}),
		"unknown attribute": dynamic(carried{Inside: bp.Unknown[contained]()}),
		"without it":        dynamic(contained2{On: bp.Known(true)}),
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

// TestReplaceAttribute_Seals makes one attribute a text and leaves the others.
func TestReplaceAttribute_Seals(t *testing.T) {
	t.Parallel()
	wire := dynamic(carried{Before: bp.Known("x"), Inside: bp.Known(full), Later: bp.Known("y")})
	if err := tfvalue.ReplaceAttribute(wire, "inside", tfvalue.Seal); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Before bp.String `attr:"before"`
		Inside bp.String `attr:"inside"`
		Later  bp.String `attr:"later"`
	}
	if err := tfvalue.Wire(wire.MsgPack).Read(&got); err != nil {
		t.Fatal(err)
	}
	inside, err := tfvalue.Opened(got.Inside.Or(""))
	if err != nil {
		t.Fatal(err)
	}
	var opened bp.Value[contained]
	if err := inside.Read(&opened); err != nil {
		t.Fatal(err)
	}
	if !bp.Equal(opened, bp.Known(full)) || got.Before != bp.Known("x") || got.Later != bp.Known("y") {
		t.Errorf("%v holds %v", got, opened)
	}
}

// TestSealed_Broken fails instead of passing on half a value.
func TestSealed_Broken(t *testing.T) {
	t.Parallel()
	wire := dynamic(carried{Before: bp.Known("x"), Inside: bp.Known(full)})
	wire.MsgPack = wire.MsgPack[:len(wire.MsgPack)/2]
	if err := tfvalue.ReplaceAttribute(wire, "later", tfvalue.Seal); err == nil {
		t.Error("half a value was read as a whole one")
	}
	var got carried
	if err := tfvalue.Wire(wire.MsgPack).Read(&got); err == nil {
		t.Error("half a value was read")
	}
	if _, err := tfvalue.Opened("not sealed"); err == nil {
		t.Error("a text that is no sealed value was opened")
	}
}
