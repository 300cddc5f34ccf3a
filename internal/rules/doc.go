// Package rules holds what can never be right, one small function for each
// subject, and what AWS is not known to take. They need neither AWS nor a clock
// nor a disk.
//
// What AWS alone decides, ceilings and lists of values, is never written into a
// rule: it comes from AWS's API model or from the table of limits, each with its
// day, and what goes beyond it is a Doubt.
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

// Doubt says that a value is beyond what AWS was known to take on a day. AWS may
// take more by now, so it decides.
type Doubt struct {
	What  string
	Why   string
	Write string
}

func (d *Doubt) Error() string { return d.What + ". " + d.Detail() }

// Detail is the second half of a diagnostic.
func (d *Doubt) Detail() string { return d.Why + ". " + d.Write + "." }
