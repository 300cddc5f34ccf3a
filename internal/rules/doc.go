// Package rules holds what AWS never accepts, one small function for each
// subject. They need neither AWS nor a clock nor a disk.
package rules

// Violation says what is wrong with a value, why it matters and what to write
// instead.
type Violation struct {
	What  string
	Why   string
	Write string
}

func (v *Violation) Error() string { return v.What + ". " + v.Detail() }

// Detail is the second half of a diagnostic.
func (v *Violation) Detail() string { return v.Why + ". " + v.Write + "." }
