package wire

import (
	"embed"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
)

// routeFiles list the REST operations of a service, named after its signing
// name: method, path with the query that selects the operation, name, and
// optionally a header (@name) that does. The facts are those of the public API
// models.
//
//go:embed routes/*.txt
var routeFiles embed.FS

// dated is the leading API date of a Lambda path. It names the model an
// operation came with, and plays no part in telling operations apart.
var dated = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

type route struct {
	operation string
	segments  []string // {name} matches one, {name+} the rest
	query     []string // key or key=value
	header    string
}

// routeTable finds candidates by service and method.
type routeTable map[string][]route

var routes = sync.OnceValue(func() routeTable {
	table := routeTable{}
	files, err := routeFiles.ReadDir("routes")
	if err != nil {
		return table // embedded: cannot happen, and would show as 501 for all
	}
	for _, file := range files {
		text, err := routeFiles.ReadFile(path.Join("routes", file.Name()))
		if err != nil {
			return table
		}
		service := strings.TrimSuffix(file.Name(), ".txt")
		for line := range strings.Lines(string(text)) {
			method, r := parseRoute(strings.Fields(line))
			table[service+" "+method] = append(table[service+" "+method], r)
		}
	}
	return table
})

func parseRoute(fields []string) (method string, r route) {
	location, query, _ := strings.Cut(fields[1], "?")
	r = route{operation: fields[2], segments: segmentsOf(location)}
	if query != "" {
		r.query = strings.Split(query, "&")
	}
	if len(fields) > 3 {
		r.header = strings.TrimPrefix(fields[3], "@")
	}
	return fields[0], r
}

// match names the operation of a REST request and the variables in its path.
// The name is empty when no operation fits.
func (t routeTable) match(service string, r *http.Request) (name string, variables map[string]string) {
	segments := segmentsOf(r.URL.EscapedPath())
	query := r.URL.Query()
	best := -1
	for _, candidate := range t[service+" "+r.Method] {
		found, literals, ok := candidate.matchPath(segments)
		if !ok || !candidate.matchQuery(query) {
			continue
		}
		if candidate.header != "" && r.Header.Get(candidate.header) == "" {
			continue
		}
		rank := 100*literals + 2*len(candidate.query)
		if candidate.header != "" {
			rank++
		}
		if rank > best {
			best, name, variables = rank, candidate.operation, found
		}
	}
	return name, variables
}

// MatchTemplate are the variables of a path, by the template of a model.
func MatchTemplate(template, path string) (variables map[string]string, ok bool) {
	variables, _, ok = route{segments: segmentsOf(template)}.matchPath(segmentsOf(path))
	return variables, ok
}

func (r route) matchPath(segments []string) (variables map[string]string, literals int, ok bool) {
	variables = map[string]string{}
	for i, want := range r.segments {
		if i >= len(segments) {
			return nil, 0, false
		}
		switch {
		case strings.HasSuffix(want, "+}"):
			variables[strings.Trim(want, "{+}")] = unescape(strings.Join(segments[i:], "/"))
			return variables, literals, true
		case strings.HasPrefix(want, "{"):
			variables[strings.Trim(want, "{}")] = unescape(segments[i])
		case want == segments[i]:
			literals++
		default:
			return nil, 0, false
		}
	}
	return variables, literals, len(segments) == len(r.segments)
}

func (r route) matchQuery(query url.Values) bool {
	for _, term := range r.query {
		key, value, valued := strings.Cut(term, "=")
		if !query.Has(key) || valued && query.Get(key) != value {
			return false
		}
	}
	return true
}

func segmentsOf(location string) []string {
	location = strings.Trim(location, "/")
	if location == "" {
		return nil
	}
	segments := strings.Split(location, "/")
	if dated.MatchString(segments[0]) && len(segments) > 1 {
		segments = segments[1:]
	}
	return segments
}

func unescape(segment string) string {
	if plain, err := url.PathUnescape(segment); err == nil {
		return plain
	}
	return segment
}
