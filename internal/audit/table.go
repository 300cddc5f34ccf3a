package audit

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
)

// longest is how many characters of a name a table shows. Lambda's own limit is
// 64, so only what is no function's name is cut.
const longest = 64

func writeTable(out io.Writer, r Report) error {
	var text strings.Builder
	functionsTable(&text, r)
	problemsTable(&text, r)
	fmt.Fprintln(&text, summaryLine(r))
	_, err := io.WriteString(out, text.String())
	return err
}

func functionsTable(out io.Writer, r Report) {
	if len(r.Functions) == 0 {
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tREGION\tSCORE\tCRITICAL\tHIGH\tMEDIUM\tLOW\tNEEDS INPUT\tUNKNOWN")
	for _, f := range r.Functions {
		c := f.Counts()
		score := "-"
		if c.Judged() {
			score = strconv.FormatInt(f.Score, 10)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n",
			printable(f.Name), printable(f.Region), score, c.Critical, c.High, c.Medium, c.Low, c.NeedsInput, c.Unknown)
	}
	table.Flush()
	fmt.Fprintln(out)
}

func problemsTable(out io.Writer, r Report) {
	if len(r.Problems) == 0 {
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "REFUSED CALL\tREGION\tCODE\tFUNCTIONS LEFT UNKNOWN")
	for _, p := range r.Problems {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\n", printable(p.Call), printable(p.Region), printable(p.Code), p.Functions)
	}
	table.Flush()
	fmt.Fprintln(out)
}

func summaryLine(r Report) string {
	c := r.Counts()
	line := fmt.Sprintf("%s: %d critical, %d high, %d medium and %d low controls failed; %d need input, %d are unknown.",
		count(len(r.Functions), "function"), c.Critical, c.High, c.Medium, c.Low, c.NeedsInput, c.Unknown)
	if r.Minimum == "" {
		return line
	}
	line += fmt.Sprintf(" Below minimum %s: %d.", r.Minimum, r.Standings("below"))
	if undecided := r.Standings("undecided"); undecided > 0 {
		line += fmt.Sprintf(" Undecided: %d.", undecided)
	}
	return line
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// printable keeps a name from moving the cursor, turning the line round or
// filling the screen.
func printable(text string) string {
	if runes := []rune(text); len(runes) > longest {
		return unmoving(string(runes[:longest])) + "..."
	}
	return unmoving(text)
}

// unmoving writes what is not printed as it would be written in a program.
func unmoving(text string) string {
	var out strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			out.WriteRune(r)
		} else {
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return out.String()
}
