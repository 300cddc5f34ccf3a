package tfvalue_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestWire_ReadInputs: both ways of reading a configuration agree on what it
// states.
func TestWire_ReadInputs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var in, direct, decoded bp.Spec
		fill(t, reflect.ValueOf(&in).Elem())
		wire := tfvalue.Write(in)
		if err := wire.ReadInputs(&direct); err != nil {
			t.Fatal(err)
		}
		if err := tfvalue.DecodeInputs(asTerraform(t, in, tfvalue.TypeOf[bp.Spec]()), &decoded); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(direct, decoded) {
			t.Errorf("%v\nand\n%v", direct, decoded)
		}
	})
}

// TestWire_ReadsEveryFormOfANumber: Terraform sends small ones, large ones and
// fractions each in another way.
func TestWire_ReadsEveryFormOfANumber(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in       tfvalue.Wire
		whole    int64
		fraction float64
	}{
		"small":       {tfvalue.Wire{7}, 7, 7},
		"negative":    {tfvalue.Wire{0xff}, -1, -1},
		"two bytes":   {tfvalue.Wire{0xcd, 1, 0}, 256, 256},
		"eight bytes": {tfvalue.Wire{0xcf, 0, 0, 1, 0, 0, 0, 0, 0}, 1 << 40, 1 << 40},
		"float":       {tfvalue.Wire{0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0}, 0, 0.5},
		"text":        {append(tfvalue.Wire{0xa4}, "2e+2"...), 200, 200},
	} {
		var whole bp.Value[int64]
		var fraction bp.Value[float64]
		if err := c.in.Read(&whole); err != nil || whole != bp.Known(c.whole) {
			t.Errorf("%s: %v, %v", name, whole, err)
		}
		if err := c.in.Read(&fraction); err != nil || fraction != bp.Known(c.fraction) {
			t.Errorf("%s: %v, %v", name, fraction, err)
		}
	}
}

func TestWire_SaysWhereItCannotRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   any
		into any
		says string
	}{
		"another type": {struct {
			Alias bp.Value[bool] `attr:"alias"`
		}{bp.Known(true)}, &bp.ReleaseSpec{}, "alias: "},
		"a missing attribute": {struct {
			Other bp.String `attr:"other"`
		}{}, &bp.ReleaseSpec{}, "0 of the 1 attributes"},
		"an entry": {map[string]bp.Value[bool]{"team": bp.Known(true)}, &map[string]bp.String{}, `"team": `},
		"nothing":  {bp.Null[bp.ReleaseSpec](), &bp.ReleaseSpec{}, "0 of the 1 attributes"},
	} {
		if err := tfvalue.Write(c.in).Read(c.into); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWire_With replaces what a struct names, and nothing else, but for what
// Terraform knows of an unknown value.
func TestWire_With(t *testing.T) {
	t.Parallel()
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"a": tftypes.String, "b": tftypes.String, "c": tftypes.List{ElementType: tftypes.Bool}}}
	// {a = "x", b = unknown and not null, c = [true, unknown]}
	in := tfvalue.Wire("\x83\xa1a\xa1x\xa1b\xc7\x03\x0c\x81\x01\xc2\xa1c\x92\xc3\xd4\x00\x00")
	out, err := in.With(struct {
		A bp.String `attr:"a"`
	}{bp.Known("y")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := tfprotov6.DynamicValue{MsgPack: out}.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	want := tftypes.NewValue(kind, map[string]tftypes.Value{
		"a": tftypes.NewValue(tftypes.String, "y"), "b": tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
		"c": tftypes.NewValue(kind.AttributeTypes["c"], []tftypes.Value{tftypes.NewValue(tftypes.Bool, true), tftypes.NewValue(tftypes.Bool, tftypes.UnknownValue)}),
	})
	if !got.Equal(want) || strings.Contains(string(out), "\x0c") {
		t.Errorf("%q is %s", out, got)
	}
	if _, err := in.With(struct {
		D bp.String `attr:"d"`
	}{}); err == nil || !strings.Contains(err.Error(), `"d"`) {
		t.Errorf("an attribute that is not there: %v", err)
	}
	if _, err := in[:5].With(struct{}{}); err == nil {
		t.Error("half a value was read as a whole one")
	}
}

func TestWire_WithoutUnknowns(t *testing.T) {
	t.Parallel()
	out, err := tfvalue.Write(carried{Before: bp.Unknown[string](), Inside: bp.Known(full), Later: bp.Known("z")}).WithoutUnknowns()
	if err != nil {
		t.Fatal(err)
	}
	var got carried
	if err := out.Read(&got); err != nil {
		t.Fatal(err)
	}
	known := full
	known.Open, known.Later = bp.Null[bp.Set](), bp.Null[contained2]()
	if want := (carried{Inside: bp.Known(known), Later: bp.Known("z")}); !bp.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestShape_FromJSON reads states as Terraform's own library does.
func TestShape_FromJSON(t *testing.T) {
	t.Parallel()
	kind := tfvalue.TypeOf[bp.Blueprint]()
	shape := tfvalue.ShapeOf(kind)
	rapid.Check(t, func(t *rapid.T) {
		var in bp.Blueprint
		fill(t, reflect.ValueOf(&in).Elem())
		stored, err := tfvalue.Write(in).WithoutUnknowns()
		if err != nil {
			t.Fatal(err)
		}
		value, err := tfprotov6.DynamicValue{MsgPack: stored}.Unmarshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		text := asJSON(t, value)
		wire, err := shape.FromJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tfprotov6.DynamicValue{MsgPack: wire}.Unmarshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		want, err := tfprotov6.RawState{JSON: text}.Unmarshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(want) {
			t.Errorf("%s\nwas read as %s", text, got)
		}
	})
}

// asJSON is a value as a state stores it.
func asJSON(t *rapid.T, value tftypes.Value) []byte {
	out, err := json.Marshal(stored(t, value))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func stored(t *rapid.T, value tftypes.Value) any {
	if value.IsNull() {
		return nil
	}
	var members map[string]tftypes.Value
	var elements []tftypes.Value
	var text string
	var truth bool
	switch {
	case value.Type().Is(tftypes.Object{}), value.Type().Is(tftypes.Map{}):
		if err := value.As(&members); err != nil {
			t.Fatal(err)
		}
		out := map[string]any{}
		for name, member := range members {
			out[name] = stored(t, member)
		}
		return out
	case value.As(&elements) == nil:
		out := make([]any, len(elements))
		for i, element := range elements {
			out[i] = stored(t, element)
		}
		return out
	case value.As(&text) == nil:
		return text
	case value.As(&truth) == nil:
		return truth
	}
	var number json.Number
	if err := json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimPrefix(value.String(), `tftypes.Number<"`), `">`)), &number); err != nil {
		t.Fatal(err)
	}
	return number
}

// TestShape_FromJSONOfAnotherRelease: what is not there is null, what is unknown
// to the type is left out, and what is of another type is refused.
func TestShape_FromJSONOfAnotherRelease(t *testing.T) {
	t.Parallel()
	shape := tfvalue.ShapeOf(tfvalue.TypeOf[contained]())
	wire, err := shape.FromJSON([]byte(`{"text": "x", "gone": {"a": [1]}, "size": 12}`))
	if err != nil {
		t.Fatal(err)
	}
	var got contained
	if err := wire.Read(&got); err != nil {
		t.Fatal(err)
	}
	if want := (contained{Text: bp.Known("x"), Size: bp.Known[int64](12)}); !bp.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, text := range []string{`{"text": 1}`, `{"later": "x"}`, `{"parts": {}}`, `[]`, `{`} {
		if _, err := shape.FromJSON([]byte(text)); err == nil {
			t.Errorf("%s was read", text)
		}
	}
	if null, err := shape.FromJSON([]byte("null")); err != nil || null.IsKnown() {
		t.Errorf("null is %q, %v", null, err)
	}
}
