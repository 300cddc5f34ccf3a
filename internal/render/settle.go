package render

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// settle makes every text of a unit known. A text that names another object of
// the unit becomes a reference to it, whether its ARN is known already or not:
// so a plan and what came of it render alike. What else is unknown becomes a
// parameter.
func settle(u Unit) (*draft, error) {
	d := &draft{environment: map[string]string{}, parameters: map[string]parameter{}}
	b := u.Blueprint
	if b.Function.IsNull() {
		return nil, fmt.Errorf("there is no function to render")
	}
	if u.HiddenDescription {
		function, _ := b.Function.Get()
		function.Description = bp.Unknown[string]()
		b.Function = bp.Known(function)
	}
	s := &settler{draft: d, ownKey: b.Key.IsKnown(), ownSecret: b.Secret.IsKnown(), own: ownARNs(b), hidden: u.Hidden}
	if b.Key.IsUnknown() { // one is given, or not: a parameter stands for it
		b.Key = bp.Null[bp.Key]()
	}
	b.Tags = s.tags(b, u.HiddenTags)
	value := reflect.ValueOf(&b).Elem()
	for _, a := range bp.Attributes(value.Type()) {
		if target, ok := reflect.TypeAssert[bp.Settable](value.Field(a.Index).Addr()); ok {
			s.settle(a.Name, target)
		}
	}
	if len(s.refused) > 0 {
		slices.Sort(s.refused)
		return nil, &UnknownError{Paths: s.refused}
	}
	d.Blueprint = b
	s.variables(u.Environment)
	return d, nil
}

// ownARNs says which texts name an object of the unit.
func ownARNs(b bp.Blueprint) map[string]string {
	out := map[string]string{}
	add := func(arn bp.String, object string) {
		if text, known := arn.Get(); known {
			out[text] = reference(object, attributeARN)
		}
	}
	add(bp.Field(b.Key, func(k bp.Key) bp.String { return k.ARN }), objectKey)
	add(bp.Field(b.Queue, func(q bp.Queue) bp.String { return q.ARN }), objectQueue)
	add(bp.Field(b.Secret, func(s bp.Secret) bp.String { return s.ARN }), objectSecret)
	add(bp.Field(b.Role, func(r bp.Role) bp.String { return r.ARN }), objectRole)
	return out
}

type settler struct {
	draft             *draft
	own               map[string]string
	hidden            map[string]bool
	ownKey, ownSecret bool
	refused           []string
}

// unrendered are paths that no text shows, so that it does not matter whether
// they are known.
var unrendered = []string{
	"version", "alias.version", "alias.arn", "alias.weights", "key.arn", "role.arn", "role.attached_policies", "role.inline_policies",
	"policy.arn", "policy.overflow", "log_group.arn", "dead_letter_queue.arn", "secret.arn", "secret.available", "secret.values_version",
	"function.arn", "function.code_sha256", "function.source", "function.role_bound", "function.unmanaged", "function.environment",
}

func isRendered(path string) bool {
	if strings.HasSuffix(path, ".unexpected") || strings.HasSuffix(path, ".tags") {
		return false
	}
	return !slices.ContainsFunc(unrendered, func(p string) bool {
		return path == p || strings.HasPrefix(path, p+".") || strings.HasPrefix(path, p+"[")
	})
}

func (s *settler) settle(path string, target bp.Settable) {
	if !isRendered(path) {
		return
	}
	state, inner := target.Inspect()
	switch state {
	case bp.StateUnknown:
		s.unknown(path, target)
	case bp.StateKnown:
		target.Assign(bp.StateKnown, s.known(path, inner))
	case bp.StateNull:
	}
}

// known settles what is inside a known value.
func (s *settler) known(path string, inner any) any {
	switch typed := inner.(type) {
	case string:
		if mark, own := s.own[typed]; own {
			return mark
		}
		if s.hidden[typed] {
			return s.secretParameter(path)
		}
		return typed
	case bp.Set:
		return bp.Set(s.elements(path, typed)).Canonical()
	case bp.List:
		return bp.List(s.elements(path, bp.Set(typed)))
	}
	value := reflect.New(reflect.TypeOf(inner)).Elem()
	value.Set(reflect.ValueOf(inner))
	switch value.Kind() {
	case reflect.Struct:
		for _, a := range bp.Attributes(value.Type()) {
			if target, ok := reflect.TypeAssert[bp.Settable](value.Field(a.Index).Addr()); ok {
				s.settle(path+"."+a.Name, target)
			}
		}
	case reflect.Map:
		out := reflect.MakeMap(value.Type())
		for _, key := range value.MapKeys() {
			element := reflect.New(value.Type().Elem())
			element.Elem().Set(value.MapIndex(key))
			if target, ok := reflect.TypeAssert[bp.Settable](element); ok {
				s.settle(fmt.Sprintf("%s[%q]", path, key.String()), target)
			}
			out.SetMapIndex(key, element.Elem())
		}
		value = out
	default:
	}
	return value.Interface()
}

func (s *settler) elements(path string, set bp.Set) []bp.String {
	out := make([]bp.String, len(set))
	for i, element := range set {
		out[i] = element
		s.settle(fmt.Sprintf("%s[%d]", path, i), &out[i])
	}
	return out
}

// unknown puts a parameter in the place of a value. Numbers and switches stay
// unknown here; who writes them down asks for the parameter.
func (s *settler) unknown(path string, target bp.Settable) {
	switch target.Zero().(type) {
	case string:
		target.Assign(bp.StateKnown, s.text(path))
	case bp.Set:
		target.Assign(bp.StateKnown, bp.SetOf(s.parameter(path, listKind)))
	case bp.List:
		target.Assign(bp.StateKnown, bp.ListOf(s.parameter(path, listKind)))
	case int64, float64:
		s.parameter(path, numberKind)
	case bool:
		s.parameter(path, switchKind)
	default:
		s.refused = append(s.refused, path)
	}
}

// text stands for an unknown text. The unit's own key and secret are known by
// where they are used.
func (s *settler) text(path string) string {
	switch object := usedAt(path); {
	case object == objectSecret && s.ownSecret, object == objectKey && s.ownKey:
		return reference(object, attributeARN)
	case object == objectKey:
		return parameterMark(s.draft.parameterNamed(parameter{name: "kms key arn", description: "ARN of the KMS key that encrypts environment, logs and dead letters."}))
	}
	return s.parameter(path, textKind)
}

// usedAt is the object of the unit whose ARN belongs at a path.
func usedAt(path string) string {
	for _, at := range []struct{ prefix, object string }{
		{"policy.statements.decrypt.", objectKey}, {"policy.statements.dead_letter_key.", objectKey},
		{"policy.statements.secret_values_key.resources", objectKey},
		{"policy.statements.secret_values_key.conditions", objectSecret}, {"policy.statements.secret_values.", objectSecret},
	} {
		if strings.HasPrefix(path, at.prefix) {
			return at.object
		}
	}
	if strings.HasSuffix(path, "kms_key_arn") {
		return objectKey
	}
	return ""
}

func (s *settler) parameter(path string, k kind) string {
	return parameterMark(s.draft.parameterNamed(parameter{
		name: parameterName(path), kind: k, description: path + ", which was not known when this was rendered.", secret: path == "function.description",
	}))
}

// secretParameter stands for a text that may not be shown.
func (s *settler) secretParameter(path string) string {
	return parameterMark(s.draft.parameterNamed(parameter{name: parameterName(path), description: path + ", which is sensitive.", secret: true}))
}

// parameterName shortens a path.
func parameterName(path string) string {
	for _, prefix := range []string{"policy.statements.", "alarms."} {
		path = strings.TrimPrefix(path, prefix)
	}
	return strings.Join(words(path), " ")
}

// tags are those that are worth carrying elsewhere: not AWS's and not those by
// which the provider knows its own, except for the unit's name.
func (s *settler) tags(b bp.Blueprint, hidden map[string]bool) bp.Value[map[string]bp.String] {
	out := map[string]bp.String{}
	for key, value := range b.Tags.Or(nil) {
		switch {
		case key == bp.TagUnit:
			if _, taken := b.Tags.Or(nil)["unit"]; !taken {
				out["unit"] = value
			}
		case strings.HasPrefix(key, bp.TagPrefix), strings.HasPrefix(key, "aws:"):
		case hidden[key]:
			name := s.draft.parameterNamed(parameter{name: "tag " + key, description: "Value of the tag " + key + ".", secret: true})
			out[key] = bp.Known(parameterMark(name))
		default:
			out[key] = value
		}
	}
	if len(out) == 0 {
		return bp.Null[map[string]bp.String]()
	}
	return bp.Known(out)
}

// variables makes a parameter of each environment variable.
func (s *settler) variables(given map[string]Variable) {
	function, _ := s.draft.Function.Get()
	for _, name := range slices.Sorted(maps.Keys(function.Environment.Or(nil))) {
		v := given[name]
		if name == bp.SecretVariable && s.ownSecret {
			s.draft.environment[name] = reference(objectSecret, attributeARN)
			continue
		}
		if value, known := v.Value.Get(); known && v.Plain && !s.hidden[value] {
			s.draft.environment[name] = value
			continue
		}
		p := parameter{name: "environment " + name, description: "Environment variable " + name + ".", secret: true}
		if !v.Sensitive && v.Value.IsKnown() {
			p.value = v.Value
		}
		s.draft.environment[name] = parameterMark(s.draft.parameterNamed(p))
	}
}
