package blueprint

import "fmt"

type state uint8

const (
	null state = iota
	unknown
	known
)

// Value is an optional value that may not be known yet. The zero Value is null.
type Value[T any] struct {
	state state
	value T
}

// Known returns the Value that holds v.
func Known[T any](v T) Value[T] { return Value[T]{state: known, value: v} }

// Unknown returns a Value that will be known after apply.
func Unknown[T any]() Value[T] { return Value[T]{state: unknown} }

// Null returns the absent Value.
func Null[T any]() Value[T] { return Value[T]{} }

// IsNull reports whether the value is absent.
func (v Value[T]) IsNull() bool { return v.state == null }

// IsUnknown reports whether the value will only be known after apply.
func (v Value[T]) IsUnknown() bool { return v.state == unknown }

// IsKnown reports whether there is a value now.
func (v Value[T]) IsKnown() bool { return v.state == known }

// Get returns the value and whether it is known.
func (v Value[T]) Get() (T, bool) { return v.value, v.state == known }

// Or returns the known value, or fallback when the value is null or unknown.
func (v Value[T]) Or(fallback T) T {
	if v.state == known {
		return v.value
	}
	return fallback
}

// Else returns v, or other when v is null. An unknown value stays unknown: it
// may yet turn out to be set.
func (v Value[T]) Else(other Value[T]) Value[T] {
	if v.state == null {
		return other
	}
	return v
}

// String renders the value for error texts and test output.
func (v Value[T]) String() string {
	switch v.state {
	case null:
		return "null"
	case unknown:
		return "unknown"
	case known:
		return fmt.Sprint(v.value)
	}
	return "invalid"
}

// Map derives a value; null and unknown pass through.
func Map[T, U any](v Value[T], derive func(T) U) Value[U] {
	switch v.state {
	case known:
		return Known(derive(v.value))
	case unknown:
		return Unknown[U]()
	case null:
	}
	return Null[U]()
}

// Then derives a value that may itself be null or unknown.
func Then[T, U any](v Value[T], derive func(T) Value[U]) Value[U] {
	switch v.state {
	case known:
		return derive(v.value)
	case unknown:
		return Unknown[U]()
	case null:
	}
	return Null[U]()
}

// Field reads one field of an object that may be null or unknown as a whole.
func Field[T, U any](object Value[T], field func(T) Value[U]) Value[U] {
	return Then(object, field)
}

// Format joins string values as fmt.Sprintf does; it is unknown while any of
// them is unknown, and null when any of them is null.
func Format(format string, parts ...Value[string]) Value[string] {
	texts := make([]any, len(parts))
	result := known
	for i, p := range parts {
		switch p.state {
		case null:
			return Null[string]()
		case unknown:
			result = unknown
		case known:
			texts[i] = p.value
		}
	}
	if result == unknown {
		return Unknown[string]()
	}
	return Known(fmt.Sprintf(format, texts...))
}

// Set is an unordered collection of strings whose elements may be unknown.
type Set []Value[string]

// List is an ordered collection of strings whose elements may be unknown.
type List []Value[string]

// ListOf returns a list of known strings.
func ListOf(elements ...string) List {
	values := make(List, len(elements))
	for i, e := range elements {
		values[i] = Known(e)
	}
	return values
}

// Strings returns the known elements and whether all of them are known.
func (l List) Strings() ([]string, bool) { return Set(l).Strings() }

// SetOf returns a set of known strings in canonical order, without repeats.
func SetOf(elements ...string) Set {
	values := make(Set, len(elements))
	for i, e := range elements {
		values[i] = Known(e)
	}
	return values.Canonical()
}

// Strings returns the known elements and whether all of them are known.
func (s Set) Strings() ([]string, bool) {
	out := make([]string, 0, len(s))
	for _, v := range s {
		if text, ok := v.Get(); ok {
			out = append(out, text)
		}
	}
	return out, len(out) == len(s)
}

// ValueOf is a value, the zero value of its type where it is not known.
func ValueOf[T any](v Value[T]) T { t, _ := v.Get(); return t }
