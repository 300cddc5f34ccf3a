package acceptance

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// table is what the benchmark prints: a table that people and Markdown read.
type table struct {
	title string
	rows  [][]string
}

var tableHead = []string{"measured", "secure_lambda", "bare provider", "bar", "how"}

func (b *table) add(measured, ours, bare, bar, how string) {
	b.rows = append(b.rows, []string{measured, ours, bare, bar, how})
}

// limited adds a row with a bar and fails the test if the bar is missed. The
// value and the bar are shown by the same format.
func (b *table) limited(t *testing.T, measured, format string, value, most float64, bare, how string) {
	t.Helper()
	bar := "at most " + fmt.Sprintf(format, most)
	if value > most {
		bar += ", missed"
		t.Errorf("%s: %s, %s", measured, fmt.Sprintf(format, value), bar)
	}
	b.add(measured, fmt.Sprintf(format, value), bare, bar, how)
}

// String renders it with aligned columns.
func (b *table) String() string {
	rows := append([][]string{tableHead}, b.rows...)
	widths := make([]int, len(tableHead))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := make([]string, len(widths))
	widths[len(widths)-1] = len(tableHead[len(widths)-1]) // ragged
	for i, w := range widths {
		rule[i] = strings.Repeat("-", w)
	}
	var out strings.Builder
	out.WriteString(b.title + "\n\n")
	for i, row := range rows {
		writeRow(&out, row, widths)
		if i == 0 {
			writeRow(&out, rule, widths)
		}
	}
	return out.String()
}

func writeRow(out *strings.Builder, cells []string, widths []int) {
	for i, cell := range cells {
		cell += strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell)))
		out.WriteString("| " + cell + " ")
	}
	out.WriteString("|\n")
}

// short renders a time as people read it.
func short(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/(1<<20)) }

const (
	tableBegins = "<!-- make bench: begin -->\n"
	tableEnds   = "<!-- make bench: end -->\n"
)

// pasteTable puts a table between the markers of a page.
func pasteTable(page, text string) (string, error) {
	head, rest, begun := strings.Cut(page, tableBegins)
	_, tail, ended := strings.Cut(rest, tableEnds)
	if !begun || !ended {
		return "", fmt.Errorf("the page has no lines %q and %q", tableBegins, tableEnds)
	}
	return head + tableBegins + "\n" + strings.TrimSpace(text) + "\n\n" + tableEnds + tail, nil
}

// TestBenchTable_IsPastedBetweenItsMarkers replaces an earlier table.
func TestBenchTable_IsPastedBetweenItsMarkers(t *testing.T) {
	t.Parallel()
	b := table{title: "On a machine:"}
	b.add("calls", "27", "0", "at most 27", "counted")
	page := "# Page\n" + tableBegins + "old\n" + tableEnds + "End\n"
	for range 2 { // what was pasted can be replaced again
		var err error
		page, err = pasteTable(page, b.String())
		must(t, err)
	}
	want := "# Page\n" + tableBegins + `
On a machine:

| measured | secure_lambda | bare provider | bar        | how |
| -------- | ------------- | ------------- | ---------- | --- |
| calls    | 27            | 0             | at most 27 | counted |

` + tableEnds + "End\n"
	if page != want {
		t.Errorf("got\n%s\nwant\n%s", page, want)
	}
	if _, err := pasteTable("# Page\n"+tableBegins, "new"); err == nil {
		t.Error("a page without an end is pasted into")
	}
}
