package blueprint

// Part is where a component stands in a blueprint, for code that treats all
// components alike.
type Part struct {
	// Copy takes the component from one blueprint into another.
	Copy func(to *Blueprint, from Blueprint)
	// Drop takes it out of a blueprint.
	Drop func(*Blueprint)
	// Exists reports whether a blueprint has it.
	Exists func(Blueprint) bool
}

// PartOf is the part of a blueprint that a lens finds.
func PartOf[V any](at func(*Blueprint) *Value[V]) Part {
	return Part{
		Copy:   func(to *Blueprint, from Blueprint) { *at(to) = *at(&from) },
		Drop:   func(b *Blueprint) { *at(b) = Null[V]() },
		Exists: func(b Blueprint) bool { return at(&b).IsKnown() },
	}
}
