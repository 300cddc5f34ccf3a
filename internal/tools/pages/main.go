// Command pages documents a group of nested attributes once: sections of a generated
// page that say the same about attributes beside each other become one.
package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: pages PAGE.md...")
		os.Exit(2)
	}
	for _, path := range os.Args[1:] {
		page, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, []byte(joined(string(page))), 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// section is what a page says about one nested attribute, or about several alike.
type section struct {
	anchors []string // of all
	paths   []string // of all, such as alarms.errors
	body    string   // of the first
}

var (
	begin  = regexp.MustCompile("((?:<a id=\"nestedatt--[^\"]+\"></a>\n)+)### Nested Schema for `([^`]+)`\n")
	anchor = regexp.MustCompile(`"([^"]+)"`)
	spaces = regexp.MustCompile(`\n+$`)
)

// joined is a page with alike sections in one, at the place of the first.
func joined(page string) string {
	at := begin.FindAllStringSubmatchIndex(page, -1)
	if len(at) == 0 {
		return page
	}
	var sections []*section
	for i, m := range at {
		end := len(page)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		var anchors []string
		for _, found := range anchor.FindAllStringSubmatch(page[m[2]:m[3]], -1) {
			anchors = append(anchors, found[1])
		}
		sections = append(sections, &section{anchors, []string{page[m[4]:m[5]]}, spaces.ReplaceAllString(page[m[1]:end], "")})
	}
	var out strings.Builder
	out.WriteString(page[:at[0][0]])
	for i, s := range grouped(sections) {
		if i > 0 {
			out.WriteString("\n\n")
		}
		s.write(&out)
	}
	out.WriteString("\n")
	return out.String()
}

// grouped puts alike sections into one at the place of the first, the largest groups
// first: a section may be alike to others in two ways.
func grouped(sections []*section) []*section {
	for {
		var largest []*section
		for _, one := range sections {
			groups := map[string][]*section{}
			for _, other := range sections {
				if p := one.alike(other); p != "" {
					groups[p] = append(groups[p], other)
				}
			}
			for _, p := range slices.Sorted(maps.Keys(groups)) {
				if group := groups[p]; len(group)+1 > len(largest) {
					largest = append([]*section{one}, group...)
				}
			}
		}
		if len(largest) < 2 {
			return sections
		}
		for _, other := range largest[1:] {
			largest[0].anchors = append(largest[0].anchors, other.anchors...)
			largest[0].paths = append(largest[0].paths, other.paths...)
		}
		sections = slices.DeleteFunc(sections, func(s *section) bool { return slices.Contains(largest[1:], s) })
	}
}

// alike is what stands for two sections that say the same, but for the links to what is
// within them, about attributes beside each other or within such. It is empty for others.
func (s *section) alike(other *section) string {
	if s == other || len(s.paths) > 1 || len(other.paths) > 1 || s.plain() != other.plain() {
		return ""
	}
	return pattern(s.paths[0], other.paths[0])
}

// plain is the body with links that do not say where they are.
func (s *section) plain() string { return strings.ReplaceAll(s.body, "#"+s.anchors[0]+"--", "#") }

// pattern is a path that stands for two which differ in one name, nothing for others.
func pattern(a, b string) string {
	names, others := strings.Split(a, "."), strings.Split(b, ".")
	if len(names) != len(others) || len(names) < 2 {
		return ""
	}
	differ := -1
	for i := range names {
		switch {
		case names[i] == others[i]:
		case differ >= 0 || i == 0:
			return ""
		default:
			differ = i
		}
	}
	if differ < 0 {
		return ""
	}
	names[differ] = "*"
	return strings.Join(names, ".")
}

func (s *section) write(out *strings.Builder) {
	for _, anchor := range s.anchors {
		fmt.Fprintf(out, "<a id=%q></a>\n", anchor)
	}
	if len(s.paths) == 1 {
		fmt.Fprintf(out, "### Nested Schema for `%s`\n%s", s.paths[0], s.body)
		return
	}
	fmt.Fprintf(out, "### Nested Schema for `%s`\n\nThe same for %s.\n%s", pattern(s.paths[0], s.paths[1]), list(s.paths), s.body)
}

// list names attributes by what they differ in.
func list(paths []string) string {
	names := make([]string, len(paths))
	parts := strings.Split(pattern(paths[0], paths[1]), ".")
	for i, path := range paths {
		names[i] = "`" + strings.Split(path, ".")[slices.Index(parts, "*")] + "`"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
