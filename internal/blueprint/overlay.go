package blueprint

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// KeepError says why a setting cannot be left to others, and what to do instead.
type KeepError struct{ Why, Write string }

func (e *KeepError) Error() string { return e.Why }

// ways are the unit's own ways of working, by component.
var ways = map[string]KeepError{
	"alias": {
		"The alias is the unit's release: it sends every caller to the one version that this unit published and checked, and weights or a version set by others would serve what this unit does not know",
		"Leave it out, and the next apply sends all callers to that version. For traffic that others shift, as CodeDeploy does, let callers use an alias of another name: the unit leaves other aliases alone",
	},
	"version": {
		"The unit publishes every version itself, and a version never changes",
		"Leave it out. To keep what others set of the function, name the setting of the function, such as \"function.environment\"",
	},
	"tags": {
		"The tags mark what belongs to the unit",
		"Leave it out, and name the tags of others in ignore_tags of the provider block",
	},
}

// ErrNoSetting says that a blueprint has no such attribute.
var ErrNoSetting = errors.New("there is no such setting")

// KeepPath checks a path into a blueprint whose value may be left to others,
// such as alarms.errors.threshold. Keys of maps are segments of their own.
func KeepPath(path string) error {
	segments := strings.Split(path, ".")
	if own, ok := ways[segments[0]]; ok {
		return &own
	}
	at := reflect.TypeFor[Blueprint]()
	for i, segment := range segments {
		var err error
		of := at
		if at, err = step(of, segment); errors.Is(err, ErrNoSetting) {
			return fmt.Errorf("%s: %w; there are %s", strings.Join(segments[:i+1], "."), err, strings.Join(settingsOf(segments[:i], of), ", "))
		} else if err != nil {
			return fmt.Errorf("%s: %w", strings.Join(segments[:i+1], "."), err)
		}
	}
	last := segments[len(segments)-1]
	switch {
	case len(segments) == 1:
		return fmt.Errorf("%s is a whole component; name one of its settings", path)
	case slices.Contains([]string{"name", "arn", "source", "unmanaged", "role_arn", "role_bound", "path", "tags"}, last):
		return fmt.Errorf("%s says which object is meant, or is not drift", last)
	case last == "unexpected" && segments[0] != "permissions":
		return fmt.Errorf("a policy document is written as a whole, so statements of others cannot stay in it")
	case strings.HasPrefix(path, "function.environment."):
		return fmt.Errorf("the environment is sent as a whole; write function.environment")
	}
	return nil
}

// KeepPaths lists the settings that KeepPath takes, without what is below maps.
func KeepPaths() []string {
	var out []string
	var walk func(prefix string, object reflect.Type)
	walk = func(prefix string, object reflect.Type) {
		for _, a := range Attributes(object) {
			path := prefix + a.Name
			if KeepPath(path) == nil {
				out = append(out, path)
			}
			if inner := inside(a.Type); inner.Kind() == reflect.Struct {
				walk(path+".", inner)
			}
		}
	}
	walk("", reflect.TypeFor[Blueprint]())
	return out
}

// settingsOf are the names below a path that KeepPath takes, or takes with more
// behind them.
func settingsOf(above []string, object reflect.Type) []string {
	var names []string
	for _, a := range Attributes(object) {
		if taken(strings.Join(append(slices.Clone(above), a.Name), "."), inside(a.Type)) {
			names = append(names, a.Name)
		}
	}
	return names
}

func taken(path string, at reflect.Type) bool {
	if KeepPath(path) == nil {
		return true
	}
	return at.Kind() == reflect.Struct && slices.ContainsFunc(Attributes(at), func(a Attribute) bool { return taken(path+"."+a.Name, inside(a.Type)) })
}

// step goes from a type to that of one of its attributes or elements.
func step(at reflect.Type, segment string) (reflect.Type, error) {
	switch at.Kind() {
	case reflect.Struct:
		for _, a := range Attributes(at) {
			if a.Name == segment {
				return inside(a.Type), nil
			}
		}
		return nil, ErrNoSetting
	case reflect.Map:
		return inside(at.Elem()), nil
	default:
		return nil, fmt.Errorf("there is nothing below it")
	}
}

func inside(t reflect.Type) reflect.Type {
	if node, ok := reflect.TypeAssert[Node](reflect.Zero(t)); ok {
		return reflect.TypeOf(node.Zero())
	}
	return t
}

// Keep returns the desired blueprint with the observed value at a path. Where
// the object that holds it does not exist on both sides there is nothing to
// keep.
func Keep(desired, observed Blueprint, path string) Blueprint {
	out := reflect.New(reflect.TypeFor[Blueprint]()).Elem()
	out.Set(reflect.ValueOf(desired))
	keep(out, reflect.ValueOf(observed), strings.Split(path, "."))
	return out.Interface().(Blueprint)
}

// keep changes target, which must be settable, and reports whether it did.
func keep(target, source reflect.Value, segments []string) bool {
	if node, ok := reflect.TypeAssert[Settable](target.Addr()); ok {
		return keepInside(node, source.Interface().(Node), segments)
	}
	if len(segments) == 0 {
		target.Set(source)
		return true
	}
	switch target.Kind() {
	case reflect.Struct:
		for _, a := range Attributes(target.Type()) {
			if a.Name == segments[0] {
				return keep(target.Field(a.Index), source.Field(a.Index), segments[1:])
			}
		}
	case reflect.Map:
		key := reflect.ValueOf(segments[0])
		have := source.MapIndex(key)
		want := target.MapIndex(key)
		if !have.IsValid() || !want.IsValid() {
			return false
		}
		element := reflect.New(target.Type().Elem()).Elem()
		element.Set(want)
		if !keep(element, have, segments[1:]) {
			return false
		}
		copied := reflect.MakeMap(target.Type())
		for _, k := range target.MapKeys() {
			copied.SetMapIndex(k, target.MapIndex(k))
		}
		copied.SetMapIndex(key, element)
		target.Set(copied)
		return true
	default:
	}
	return false
}

func keepInside(target Settable, source Node, segments []string) bool {
	state, value := source.Inspect()
	if len(segments) == 0 {
		target.Assign(state, value)
		return true
	}
	wantState, want := target.Inspect()
	if state != known || wantState != known {
		return false
	}
	inner := reflect.New(reflect.TypeOf(want)).Elem()
	inner.Set(reflect.ValueOf(want))
	if !keep(inner, reflect.ValueOf(value), segments) {
		return false
	}
	target.Assign(known, inner.Interface())
	return true
}
