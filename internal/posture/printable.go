package posture

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// longestEvidence is how many bytes evidence has about at most: all variables and
// tags that a unit can have, and not all that others can write.
const longestEvidence = 8000

// longestItem is how many characters one of its items has at most.
const longestItem = 1000

// printable keeps a text that others wrote, such as a Sid, from moving a
// terminal's cursor or turning its line round. What is too long is cut between items.
func printable(text string) string {
	var out strings.Builder
	out.WriteString(subjects.FindString(text))
	all := items(text)
	for i, item := range all {
		next := cutShort(item)
		if i > 0 {
			if out.Len()+len(next) > longestEvidence {
				fmt.Fprintf(&out, " and %d more%s", len(all)-i, restLater)
				break
			}
			out.WriteString(", ")
		}
		out.WriteString(next)
	}
	return out.String()
}

// restLater says where those of a list are that an error does not name.
const restLater = " (the next plan names them, once these are gone)"

func cutShort(item string) string {
	var out strings.Builder
	n := 0
	for _, r := range item {
		if n++; n > longestItem {
			out.WriteString("...")
			break
		}
		if unicode.IsPrint(r) {
			out.WriteRune(r)
		} else {
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return out.String()
}
