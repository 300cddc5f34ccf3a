package blueprint

// Component is one kind of object of a unit, as far as blueprint and inventory know
// it, for code that treats all kinds alike. Each stands in the file of its kind.
type Component struct {
	// Name is the kind's in messages, and the key of what is known of it.
	Name string
	// Copy takes the object from one blueprint into another, Drop takes it out of one,
	// and Exists reports whether a blueprint has it.
	Copy   func(to *Blueprint, from Blueprint)
	Drop   func(*Blueprint)
	Exists func(Blueprint) bool
	// ARN is that of the object in a blueprint; nil for what has none of its own.
	ARN func(Blueprint) String
	// Identity is the object as an inventory has it, with the id that AWS gave it.
	Identity func(b Blueprint, id String) Value[Identity]
	// Owned is where an inventory has the object; nil for what dies with another. Of
	// what a unit may have several, Listed is where it has their ARNs, and Several are
	// those in a blueprint.
	Owned   func(*Inventory) *Value[Identity]
	Listed  func(*Inventory) *Value[Set]
	Several func(Blueprint, Place) Value[Set]
	// Identified says that AWS gives the object an id, Allotted that AWS decides on its
	// ARN, and Optional that a unit need not have it.
	Identified, Allotted, Optional bool
	// With names the component that it dies with.
	With string
}

// component is one that a lens finds in a blueprint.
func component[V any](name string, at func(*Blueprint) *Value[V]) Component {
	return Component{
		Name:   name,
		Copy:   func(to *Blueprint, from Blueprint) { *at(to) = *at(&from) },
		Drop:   func(b *Blueprint) { *at(b) = Null[V]() },
		Exists: func(b Blueprint) bool { return at(&b).IsKnown() },
	}
}

// owned is one that an inventory lists with its ARN.
func owned[V any](name string, at func(*Blueprint) *Value[V], arn func(V) String, in func(*Inventory) *Value[Identity]) Component {
	c := component(name, at)
	c.Owned = in
	c.ARN = func(b Blueprint) String { return Field(*at(&b), arn) }
	c.Identity = func(b Blueprint, id String) Value[Identity] {
		return Map(*at(&b), func(v V) Identity { return Identity{ARN: arn(v), ID: id} })
	}
	return c
}
