package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// Choice is one of a few texts.
type Choice struct {
	Name string
	// Values are the provider's own; nothing else can be right.
	Values []string
	// Known finds those of AWS, which may have more by now.
	Known source
	// Aliases are what other tools call some of them, in lower case.
	Aliases map[string]string
	Why     string
}

// Named is the same choice under the name of another attribute.
func (c Choice) Named(name string) Choice {
	c.Name = name
	return c
}

// options are the values that are known.
func (c Choice) options() []string {
	if c.Known == nil {
		return c.Values
	}
	return c.Known().Values
}

// Check checks a text. A slip is wrong whoever decides: AWS's values differ in
// more than case or a letter or two.
func (c Choice) Check(text string) error {
	options := c.options()
	if slices.Contains(options, text) {
		return nil
	}
	meant, slip := nearest(text, options, c.Aliases)
	if slip || c.Known == nil || text == "" {
		write := fmt.Sprintf("Write %q", meant)
		if !slip {
			write = fmt.Sprintf("Write one of them, such as %q", options[0])
		}
		return &Violation{
			What:  fmt.Sprintf("%q is not a value of %s", text, c.Name),
			Why:   c.Why + "; it takes " + joined(options),
			Write: write,
		}
	}
	known := c.Known()
	return &Doubt{
		What:  fmt.Sprintf("%q is not one of the values of %s that %s", text, c.Name, known.on()),
		Why:   c.Why + "; the values were " + joined(options),
		Write: known.decide("write one of these"),
	}
}

// nearest returns the value that a text is a slip of: another case, another
// tool's name for it, or a letter or two wrong.
func nearest(text string, values []string, aliases map[string]string) (string, bool) {
	lower := strings.ToLower(text)
	if meant, ok := aliases[lower]; ok {
		return meant, true
	}
	best, least := "", 0
	for _, value := range values {
		off := levenshtein.Distance(lower, strings.ToLower(value), nil)
		// In a word of four letters two wrong ones make another word.
		if limit := min(2, (len(value)+1)/3); off <= limit && (best == "" || off < least) {
			best, least = value, off
		}
	}
	return best, best != ""
}
