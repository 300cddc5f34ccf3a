package rules

import (
	"fmt"
	"math"
)

// Range is a whole number. Below Floor it can never be right; what else is too
// small or too large only AWS knows, or the provider where the number is its own.
type Range struct {
	Name, Unit string
	Floor      int64
	Why        string
	Example    int64
	// Known finds what AWS takes. Nil for a number of the provider's own, which
	// goes from Floor to Most.
	Known source
	Most  int64
}

// bounds are what is known: the provider's own, or AWS's.
func (r Range) bounds() Known {
	if r.Known == nil {
		return Known{Min: &r.Floor, Max: &r.Most}
	}
	return r.Known()
}

// Check checks a number.
func (r Range) Check(n int64) error {
	known := r.bounds()
	least, most := known.least(r.Floor), known.most()
	switch {
	case n >= least && n <= most:
		return nil
	case r.Known == nil:
		return &Violation{
			What:  fmt.Sprintf("%s is %d %s, outside %d to %d", r.Name, n, r.Unit, least, most),
			Why:   r.Why,
			Write: fmt.Sprintf("Write a number between %d and %d, such as %d", least, most, r.Example),
		}
	case n < r.Floor:
		return &Violation{
			What:  fmt.Sprintf("%s is %d %s, less than %d", r.Name, n, r.Unit, r.Floor),
			Why:   r.Why,
			Write: fmt.Sprintf("Write %d or more, such as %d", least, r.Example),
		}
	case n > math.MaxInt32:
		return &Violation{
			What:  fmt.Sprintf("%s is %d %s, more than %d", r.Name, n, r.Unit, math.MaxInt32),
			Why:   r.Why + "; AWS's API has no room for a larger number",
			Write: fmt.Sprintf("Write a smaller number, such as %d", r.Example),
		}
	case n < least:
		return &Doubt{
			What:  fmt.Sprintf("%s is %d %s, less than the %d that %s", r.Name, n, r.Unit, least, known.on()),
			Why:   r.Why,
			Write: known.decide(fmt.Sprintf("write %d or more", least)),
		}
	default:
		return &Doubt{
			What:  fmt.Sprintf("%s is %d %s, more than the %d that %s", r.Name, n, r.Unit, most, known.on()),
			Why:   r.Why,
			Write: known.decide(fmt.Sprintf("write %d or less", most)),
		}
	}
}

// Says puts what is known of a number that AWS bounds into a sentence for the
// documentation.
func (r Range) Says() string {
	known := r.bounds()
	text := fmt.Sprintf("%d to %d", known.least(r.Floor), known.most())
	if known.Page != "" {
		return "AWS documented " + text + " on " + known.Date + "; beyond it a plan warns and AWS decides."
	}
	return "AWS's API knew " + text + " on " + known.Date + "; beyond it a plan warns and AWS decides."
}
