package tfvalue_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"
)

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

var texts = rapid.StringOfN(rapid.SampledFrom([]rune("abAé 0\"\\.\n${")), 0, 5, -1)

// fill draws a value of any blueprint type: null, unknown or known at every
// level.
func fill(t *rapid.T, target reflect.Value) {
	if node, ok := reflect.TypeAssert[bp.Settable](target.Addr()); ok {
		state := rapid.SampledFrom([]bp.State{bp.StateKnown, bp.StateKnown, bp.StateKnown, bp.StateNull, bp.StateUnknown}).Draw(t, "state")
		inner := reflect.New(reflect.TypeOf(node.Zero())).Elem()
		if state == bp.StateKnown {
			fill(t, inner)
		}
		node.Assign(state, inner.Interface())
		return
	}
	switch target.Kind() {
	case reflect.String:
		target.SetString(texts.Draw(t, "text"))
	case reflect.Bool:
		target.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int64:
		target.SetInt(rapid.Int64().Draw(t, "number"))
	case reflect.Float64:
		target.SetFloat(rapid.Float64Range(-1e9, 1e9).Draw(t, "share"))
	case reflect.Slice:
		set := make(bp.Set, rapid.IntRange(0, 3).Draw(t, "elements"))
		for i := range set {
			fill(t, reflect.ValueOf(&set[i]).Elem())
		}
		if target.Type() == reflect.TypeFor[bp.Set]() {
			set = set.Canonical()
		}
		target.Set(reflect.ValueOf(set).Convert(target.Type()))
	case reflect.Map:
		target.Set(reflect.MakeMap(target.Type()))
		for _, key := range rapid.SliceOfNDistinct(texts, 0, 2, rapid.ID).Draw(t, "keys") {
			element := reflect.New(target.Type().Elem()).Elem()
			fill(t, element)
			target.SetMapIndex(reflect.ValueOf(key), element)
		}
	case reflect.Struct:
		for _, a := range bp.Attributes(target.Type()) {
			fill(t, target.Field(a.Index))
		}
	default:
		t.Fatalf("no generator for %s", target.Type())
	}
}

// asTerraform is a value as Terraform's own library reads it.
func asTerraform(t interface {
	Helper()
	Fatal(args ...any)
}, v any, kind tftypes.Type,
) tftypes.Value {
	t.Helper()
	value, err := tfprotov6.DynamicValue{MsgPack: tfvalue.Write(v)}.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// roundTrip holds both ways of reading against the way of writing, and what is
// written against what Terraform's own library writes.
func roundTrip[T any](t *testing.T) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		var in, out, direct T
		fill(t, reflect.ValueOf(&in).Elem())
		encoded := asTerraform(t, in, tfvalue.TypeOf[T]())
		if err := tfvalue.Decode(encoded, &out); err != nil {
			t.Fatal(err)
		}
		theirs, err := tfprotov6.NewDynamicValue(encoded.Type(), encoded)
		if err != nil {
			t.Fatal(err)
		}
		if err := tfvalue.Wire(theirs.MsgPack).Read(&direct); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(direct, out) {
			t.Errorf("%v\nwas read as\n%v", out, direct)
		}
		if again := asTerraform(t, out, encoded.Type()); !again.Equal(encoded) {
			t.Errorf("written again: %s", again)
		}
		for _, d := range bp.Diff(in, out) {
			t.Errorf("%s was %v and became %v", d.Path, d.Observed, d.Desired)
		}
		if !reflect.DeepEqual(in, out) {
			t.Errorf("%v\nbecame\n%v", in, out)
		}
	})
}

func TestDecode_ReversesWriteOfSpecs(t *testing.T) {
	t.Parallel()
	roundTrip[bp.Spec](t)
}

func TestDecode_ReversesWriteOfBlueprints(t *testing.T) {
	t.Parallel()
	roundTrip[bp.Blueprint](t)
}

func TestDecode_ReversesWriteOfValues(t *testing.T) {
	t.Parallel()
	roundTrip[bp.Value[bp.Blueprint]](t)
}

func TestDecode_ReversesWriteOfInventories(t *testing.T) {
	t.Parallel()
	roundTrip[bp.Value[bp.Inventory]](t)
}

func TestWrite_GivesTerraformsForm(t *testing.T) {
	t.Parallel()
	set := tftypes.Set{ElementType: tftypes.String}
	for _, c := range []struct {
		in   any
		want tftypes.Value
	}{
		{bp.Null[string](), tftypes.NewValue(tftypes.String, nil)},
		{bp.Unknown[int64](), tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)},
		{bp.Known(true), tftypes.NewValue(tftypes.Bool, true)},
		{bp.Known[int64](512), tftypes.NewValue(tftypes.Number, 512)},
		{bp.Known[int64](-7), tftypes.NewValue(tftypes.Number, -7)},
		{bp.Known(0.25), tftypes.NewValue(tftypes.Number, 0.25)},
		{bp.Known(0.1), tftypes.NewValue(tftypes.Number, 0.1)},
		{bp.Known(1e22), tftypes.NewValue(tftypes.Number, 1e22)},
		{bp.Known(strings.Repeat("ä", 40)), tftypes.NewValue(tftypes.String, strings.Repeat("ä", 40))},
		{bp.Known(strings.Repeat("x", 300)), tftypes.NewValue(tftypes.String, strings.Repeat("x", 300))},
		{bp.Known(strings.Repeat("x", 70000)), tftypes.NewValue(tftypes.String, strings.Repeat("x", 70000))},
		{bp.Known(bp.Set{bp.Known("a"), bp.Unknown[string]()}), tftypes.NewValue(set, []tftypes.Value{
			tftypes.NewValue(tftypes.String, "a"), tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
		})},
		{bp.Unknown[bp.Set](), tftypes.NewValue(set, tftypes.UnknownValue)},
		{bp.Known(map[string]bp.String{"k": bp.Known("v")}), tftypes.NewValue(tftypes.Map{ElementType: tftypes.String},
			map[string]tftypes.Value{"k": tftypes.NewValue(tftypes.String, "v")})},
		{bp.Known(bp.ReleaseSpec{Alias: bp.Known("live")}), tftypes.NewValue(tfvalue.TypeOf[bp.ReleaseSpec](),
			map[string]tftypes.Value{"alias": tftypes.NewValue(tftypes.String, "live")})},
		{bp.Unknown[bp.ReleaseSpec](), tftypes.NewValue(tfvalue.TypeOf[bp.ReleaseSpec](), tftypes.UnknownValue)},
	} {
		if got := asTerraform(t, c.in, c.want.Type()); !got.Equal(c.want) {
			t.Errorf("%v became %s, want %s", c.in, got, c.want)
		}
	}
}

func TestDecode_SetsAreCanonical(t *testing.T) {
	t.Parallel()
	element := func(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
	in := tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{element("b"), element("a"), element("b")})
	var got bp.Value[bp.Set]
	if err := tfvalue.Decode(in, &got); err != nil {
		t.Fatal(err)
	}
	same(t, "set", got, bp.Known(bp.SetOf("a", "b")))
}

func TestDecode_LeavesOtherAttributesOfTheObjectAlone(t *testing.T) {
	t.Parallel()
	in := tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"alias": tftypes.String, "later": tftypes.Bool}},
		map[string]tftypes.Value{"alias": tftypes.NewValue(tftypes.String, "live"), "later": tftypes.NewValue(tftypes.Bool, true)})
	var got bp.ReleaseSpec
	if err := tfvalue.Decode(in, &got); err != nil {
		t.Fatal(err)
	}
	same(t, "release", got, bp.ReleaseSpec{Alias: bp.Known("live")})
}

func TestDecode_NamesTheAttributeThatIsMissing(t *testing.T) {
	t.Parallel()
	in := tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"source_arn": tftypes.Bool}},
		map[string]tftypes.Value{"source_arn": tftypes.NewValue(tftypes.Bool, true)})
	var got bp.Value[bp.TrustSpec]
	err := tfvalue.Decode(in, &got)
	var unsupported *tfvalue.UnsupportedError
	if !errors.As(err, &unsupported) || !strings.Contains(err.Error(), "source_account") {
		t.Errorf("got %v", err)
	}
}

func TestDecode_NamesTheValueOfAnotherType(t *testing.T) {
	t.Parallel()
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"alias": tftypes.Map{ElementType: tftypes.Bool}}}
	in := tftypes.NewValue(object, map[string]tftypes.Value{
		"alias": tftypes.NewValue(object.AttributeTypes["alias"], map[string]tftypes.Value{}),
	})
	var got bp.Value[bp.ReleaseSpec]
	if err := tfvalue.Decode(in, &got); err == nil || !strings.Contains(err.Error(), "alias") {
		t.Errorf("got %v and %v", got, err)
	}
	var channel bp.Value[chan int]
	var unsupported *tfvalue.UnsupportedError
	if err := tfvalue.Decode(tftypes.NewValue(tftypes.String, "x"), &channel); !errors.As(err, &unsupported) {
		t.Errorf("got %v", err)
	}
}

func TestDecode_MapElementsAndSetElementsSayWhereTheyAre(t *testing.T) {
	t.Parallel()
	in := tftypes.NewValue(tftypes.Map{ElementType: tftypes.Bool}, map[string]tftypes.Value{"team": tftypes.NewValue(tftypes.Bool, true)})
	var got bp.Value[map[string]bp.String]
	if err := tfvalue.Decode(in, &got); err == nil || !strings.Contains(err.Error(), `["team"]`) {
		t.Errorf("got %v", err)
	}
}

// attributes are the schema's of everything that is computed.
func attributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"managed":   tfvalue.Computed[bp.Blueprint]("What exists."),
		"inventory": tfvalue.Computed[bp.Inventory]("What belongs to the unit."),
	}
}

func TestComputed_HasTheTypeOfTheValuesItHolds(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]tftypes.Type{
		"managed": tfvalue.TypeOf[bp.Blueprint](), "inventory": tfvalue.TypeOf[bp.Inventory](),
	} {
		got := attributes()[name].GetType().TerraformType(t.Context())
		if !got.Equal(want) {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// each visits an attribute and all below it.
func each(path string, a schema.Attribute, visit func(path string, a schema.Attribute)) {
	visit(path, a)
	for name, inner := range nested(a) {
		each(path+"."+name, inner, visit)
	}
}

func nested(a schema.Attribute) map[string]schema.Attribute {
	switch typed := a.(type) {
	case schema.SingleNestedAttribute:
		return typed.Attributes
	case schema.MapNestedAttribute:
		return typed.NestedObject.Attributes
	}
	return nil
}

func TestComputed_ObjectTypesAreThoseOfTheirAttributes(t *testing.T) {
	t.Parallel()
	for name, a := range attributes() {
		each(name, a, func(path string, a schema.Attribute) {
			if nested(a) == nil {
				return
			}
			kind := a.GetType()
			if m, ok := kind.(types.MapType); ok {
				kind = m.ElemType
			}
			object, ok := kind.(types.ObjectType)
			if !ok {
				t.Fatalf("%s is %T", path, kind)
			}
			same(t, path, len(object.AttrTypes), len(nested(a)))
			for inner, attribute := range nested(a) {
				if !attribute.GetType().Equal(object.AttrTypes[inner]) {
					t.Errorf("%s.%s is %s in the schema and %s in the type", path, inner, attribute.GetType(), object.AttrTypes[inner])
				}
			}
		})
	}
}

func TestComputed_EveryAttributeIsComputedAndDocumented(t *testing.T) {
	t.Parallel()
	seen := 0
	for name, a := range attributes() {
		each(name, a, func(path string, a schema.Attribute) {
			seen++
			if !a.IsComputed() || a.IsOptional() || a.IsRequired() {
				t.Errorf("%s is not computed only", path)
			}
			if doc := a.GetMarkdownDescription(); !strings.HasSuffix(doc, ".") {
				t.Errorf("%s is described as %q", path, doc)
			}
		})
	}
	if seen < 100 {
		t.Errorf("only %d attributes", seen)
	}
}

func TestComputed_HidesWhatMayRepeatASecret(t *testing.T) {
	t.Parallel()
	var hidden []string
	for name, a := range attributes() {
		each(name, a, func(path string, a schema.Attribute) {
			if a.IsSensitive() {
				hidden = append(hidden, path)
			}
		})
	}
	slices.Sort(hidden)
	same(t, "sensitive", hidden, []string{"managed.function.description", "managed.function.environment.sha256", "managed.version.digest"})
}

// The schema and the conversions have a default for types they do not know:
// no blueprint may hold one.
func TestTypeOf_KnowsEveryType(t *testing.T) {
	t.Parallel()
	for _, kind := range []tftypes.Type{
		tfvalue.TypeOf[bp.Blueprint](), tfvalue.TypeOf[bp.Inventory](), tfvalue.TypeOf[bp.Spec](),
	} {
		if strings.Contains(kind.String(), tftypes.DynamicPseudoType.String()) {
			t.Errorf("%s has a part of unknown type", kind)
		}
	}
}
