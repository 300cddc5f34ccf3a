package kinds

import (
	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Removal is the end of a unit.
type Removal struct {
	Inventory bp.Inventory
	Owner     Owner
	// Last is what the last look found: what is attached to the role, and the
	// alias of the key. Nothing is known of a unit that it leaves out.
	Last bp.Blueprint
	// Function is the function as the unit had it last, although it may be gone
	// already: Lambda may still have to remove its network interfaces.
	Function bp.Function
	// Force gives up a queue with the messages it holds.
	Force bool
	// KeepLogs leaves the log group, and the keys that its events need.
	KeepLogs bool
}

// Tasks of a removal that no apply has.
const (
	TaskMessages = "look for messages"
	TaskOverflow = "further policies"
	// TaskInterfaces comes before the role that Lambda removes them with.
	TaskInterfaces = "network interfaces"
	TaskRetired    = "retired keys"
)

// Ending is one removal, shared by its tasks.
type Ending struct {
	Removal

	Kinds Table

	// Anchor is the unit's role as it is now, and successors are what its tags
	// announce and what nothing disputes.
	Anchor     Anchor
	Successors []string
}
