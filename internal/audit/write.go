package audit

import (
	"fmt"
	"io"
	"strings"
)

// writers are the formats, the one for a terminal first.
var writers = []struct {
	name  string
	write func(io.Writer, Report) error
}{
	{"table", writeTable},
	{"json", writeJSON},
	{"sarif", writeSARIF},
	{"html", writeHTML},
}

// Formats lists what Write can write.
func Formats() []string {
	var out []string
	for _, w := range writers {
		out = append(out, w.name)
	}
	return out
}

// Write writes a report in one of Formats. Every format names functions worst
// first.
func Write(out io.Writer, format string, r Report) error {
	for _, w := range writers {
		if w.name == format {
			r.Functions = worstFirst(r.Functions)
			return w.write(out, r)
		}
	}
	return fmt.Errorf("format: %q must be one of %s", format, strings.Join(Formats(), ", "))
}
