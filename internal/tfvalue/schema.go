package tfvalue

import (
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Computed returns the schema of a computed attribute of a blueprint type,
// documented by its struct tags.
func Computed[T any](description string) schema.Attribute {
	return computed(reflect.TypeFor[T](), description, false)
}

func computed(t reflect.Type, doc string, sensitive bool) schema.Attribute {
	t = unwrap(t)
	switch t {
	case reflect.TypeFor[blueprint.Set]():
		return schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc, Sensitive: sensitive}
	case reflect.TypeFor[blueprint.List]():
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc, Sensitive: sensitive}
	}
	switch t.Kind() {
	case reflect.Bool:
		return schema.BoolAttribute{Computed: true, MarkdownDescription: doc, Sensitive: sensitive}
	case reflect.Int64:
		return schema.Int64Attribute{Computed: true, MarkdownDescription: doc, Sensitive: sensitive}
	case reflect.Float64:
		return schema.Float64Attribute{Computed: true, MarkdownDescription: doc, Sensitive: sensitive}
	case reflect.Struct:
		return schema.SingleNestedAttribute{Computed: true, CustomType: objectType(t), Attributes: members(t), MarkdownDescription: doc, Sensitive: sensitive}
	case reflect.Map:
		if element := unwrap(t.Elem()); element.Kind() == reflect.Struct {
			return schema.MapNestedAttribute{
				Computed: true, MarkdownDescription: doc, Sensitive: sensitive,
				NestedObject: schema.NestedAttributeObject{CustomType: objectType(element), Attributes: members(element)},
			}
		}
		return schema.MapAttribute{Computed: true, ElementType: attrType(t.Elem()), MarkdownDescription: doc, Sensitive: sensitive}
	default:
		return schema.StringAttribute{Computed: true, MarkdownDescription: doc, Sensitive: sensitive}
	}
}

func members(object reflect.Type) map[string]schema.Attribute {
	out := map[string]schema.Attribute{}
	for _, a := range blueprint.Attributes(object) {
		out[a.Name] = computed(a.Type, a.Doc, a.Sensitive)
	}
	return out
}

// objectType is the type that the framework would derive from the nested
// attributes, computed once: it derives it again for every step into every
// value, which for a tree of this size is most of the time of a plan.
func objectType(object reflect.Type) types.ObjectType {
	out := map[string]attr.Type{}
	for _, a := range blueprint.Attributes(object) {
		out[a.Name] = attrType(a.Type)
	}
	return types.ObjectType{AttrTypes: out}
}

func attrType(t reflect.Type) attr.Type {
	t = unwrap(t)
	switch t {
	case reflect.TypeFor[blueprint.Set]():
		return types.SetType{ElemType: types.StringType}
	case reflect.TypeFor[blueprint.List]():
		return types.ListType{ElemType: types.StringType}
	}
	switch t.Kind() {
	case reflect.Bool:
		return types.BoolType
	case reflect.Int64:
		return types.Int64Type
	case reflect.Float64:
		return types.Float64Type
	case reflect.Map:
		return types.MapType{ElemType: attrType(t.Elem())}
	case reflect.Struct:
		return objectType(t)
	default:
		return types.StringType
	}
}
