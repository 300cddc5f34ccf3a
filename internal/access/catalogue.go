package access

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ../tools/actions ../../facts/iam-actions.json.gz actions.gz

// actionsGZ is the day and source of the facts on the first line, then one service a line:
// its prefix, a space, and a wireService.
//
//go:embed actions.gz
var actionsGZ []byte

// Level is what an action does, in AWS's own classes.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html
type Level string

// The access levels.
const (
	List        Level = "List"
	Read        Level = "Read"
	Write       Level = "Write"
	Tagging     Level = "Tagging"
	Permissions Level = "Permissions management"
)

// Action is one IAM action.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
type Action struct {
	// Name is the action as AWS spells it, "lambda:CreateFunction".
	Name  string
	Level Level
	// Resources are what it can be allowed on. An action without any takes "*"
	// and nothing else.
	Resources []Resource
	// Conditions are the keys that its requests carry, beside those of the
	// resources and the global ones.
	Conditions []ConditionKey
	// Dependents are actions that the same request needs too.
	Dependents []string
}

// Resource is a type of resource that an action can be allowed on.
type Resource struct {
	// Type is AWS's name of it, "function" or "code signing config".
	Type string
	// Format is its ARN with a ${Variable} for what differs.
	Format string
	// Required says that a statement which names resources must name one of
	// this type, or the action is denied.
	Required bool
	// Conditions are the keys that a request about such a resource carries.
	Conditions []ConditionKey
}

// ConditionKey is a key that a statement's condition can compare.
type ConditionKey struct {
	// Name may end in a variable, "aws:ResourceTag/${TagKey}".
	Name string
	// Type decides which operators fit: String, ARN, Bool, Numeric, Date, or
	// ArrayOf one of those.
	Type string
}

// TakesResource reports whether the action can be allowed on less than "*".
func (a Action) TakesResource() bool { return len(a.Resources) > 0 }

// Condition returns the key that a condition on the action can compare: the
// action's own, one of its resources', or a global one. Keys are compared
// without regard to case, and tag keys match their variable.
func (a Action) Condition(name string) (ConditionKey, bool) {
	candidates := slices.Clone(a.Conditions)
	for _, r := range a.Resources {
		candidates = append(candidates, r.Conditions...)
	}
	for _, key := range slices.Concat(candidates, globalKeys) {
		if key.matches(name) {
			return key, true
		}
	}
	return ConditionKey{}, false
}

// Index is the catalogue of actions. It is safe for concurrent use.
type Index struct {
	updated string
	source  string
	lines   map[string][]byte // by prefix, not decoded yet

	mu       sync.Mutex
	services map[string]map[string]Action // by prefix, then lower-case name
	sorted   map[string][]Action          // by prefix, once they were listed
}

// Catalogue returns the actions that AWS had when this release was made; AWS
// adds some every week, so that an unknown one is not surely wrong. It is
// decompressed once, when it is first asked for.
func Catalogue() *Index { return embedded() }

var embedded = sync.OnceValue(func() *Index { return newIndex(actionsGZ) })

// unzipped is what an embedded file holds, nothing where it cannot be read.
func unzipped(zipped []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		return nil
	}
	return content
}

// newIndex returns an empty index for what it cannot read. What is embedded is
// read whole by a test.
func newIndex(zipped []byte) *Index {
	x := &Index{lines: map[string][]byte{}, services: map[string]map[string]Action{}, sorted: map[string][]Action{}}
	day, rest, _ := bytes.Cut(unzipped(zipped), []byte("\n"))
	x.updated, x.source, _ = strings.Cut(string(day), " ")
	for line := range bytes.Lines(rest) {
		prefix, service, _ := bytes.Cut(line, []byte(" "))
		x.lines[string(prefix)] = service
	}
	return x
}

// Updated is the day of the catalogue's facts, "2026-09-26".
func (x *Index) Updated() string { return x.updated }

// Source is the package that the facts are from.
func (x *Index) Source() string { return x.source }

// Services lists the prefixes of all services, sorted.
func (x *Index) Services() []string { return slices.Sorted(maps.Keys(x.lines)) }

// Action returns an action by its name with prefix, "lambda:InvokeFunction".
// IAM does not mind upper and lower case, and neither does this.
func (x *Index) Action(name string) (Action, bool) {
	prefix, short, found := strings.Cut(strings.ToLower(name), ":")
	if !found {
		return Action{}, false
	}
	action, ok := x.service(prefix)[short]
	return action, ok
}

// Actions lists those of one service, by name.
func (x *Index) Actions(prefix string) []Action {
	actions := x.service(prefix)
	x.mu.Lock()
	defer x.mu.Unlock()
	list, listed := x.sorted[prefix]
	if !listed {
		list = slices.SortedFunc(maps.Values(actions), func(a, b Action) int { return strings.Compare(a.Name, b.Name) })
		x.sorted[prefix] = list
	}
	return slices.Clone(list)
}

// Matching lists the actions that a pattern of a statement, which may hold the
// wildcards * and ?, allows.
func (x *Index) Matching(pattern string) []Action {
	if !strings.ContainsAny(pattern, "*?") {
		if action, known := x.Action(pattern); known {
			return []Action{action}
		}
		return nil
	}
	prefix, _, whole := strings.Cut(strings.ToLower(pattern), ":")
	var out []Action
	for _, service := range x.Services() {
		if whole && !meet(prefix, service) {
			continue // no name of a service holds a colon
		}
		for _, action := range x.Actions(service) {
			if Covers(pattern, action.Name) {
				out = append(out, action)
			}
		}
	}
	return out
}

func (x *Index) service(prefix string) map[string]Action {
	x.mu.Lock()
	defer x.mu.Unlock()
	if actions, ok := x.services[prefix]; ok {
		return actions
	}
	line, ok := x.lines[prefix]
	if !ok {
		return nil
	}
	actions, err := decode(prefix, line)
	if err != nil {
		return nil // embedded: a test decodes every line
	}
	x.services[prefix] = actions
	return actions
}

// wireService is a service as the facts have it.
type wireService struct {
	// Actions are level, resource types and condition keys. A type is an index
	// into Resources counted from 1, negative where it is required; a key is an
	// index into Keys counted from 0.
	Actions map[string]wireAction `json:"a"`
	// Resources are type, ARN format and condition keys.
	Resources []wireResource `json:"r"`
	// Keys are name and type.
	Keys [][2]string `json:"c"`
}

type wireAction struct {
	level           string
	resources, keys []int
	dependents      []string
}

type wireResource struct {
	kind, format string
	keys         []int
}

// UnmarshalJSON reads an array of three or four elements.
func (a *wireAction) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&a.level, &a.resources, &a.keys, &a.dependents})
}

// UnmarshalJSON reads an array of three elements.
func (r *wireResource) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&r.kind, &r.format, &r.keys})
}

var levels = map[string]Level{"L": List, "R": Read, "W": Write, "T": Tagging, "P": Permissions}

func decode(prefix string, line []byte) (map[string]Action, error) {
	var wire wireService
	if err := json.Unmarshal(line, &wire); err != nil {
		return nil, err
	}
	keys := func(indexes []int) []ConditionKey {
		out := make([]ConditionKey, len(indexes))
		for i, at := range indexes {
			out[i] = ConditionKey{Name: wire.Keys[at][0], Type: wire.Keys[at][1]}
		}
		return out
	}
	resources := make([]Resource, len(wire.Resources))
	for i, r := range wire.Resources {
		resources[i] = Resource{Type: r.kind, Format: r.format, Conditions: keys(r.keys)}
	}
	out := make(map[string]Action, len(wire.Actions))
	for name, a := range wire.Actions {
		action := Action{Name: prefix + ":" + name, Level: levels[a.level], Conditions: keys(a.keys), Dependents: a.dependents}
		for _, at := range a.resources {
			resource := resources[max(at, -at)-1]
			resource.Required = at < 0
			action.Resources = append(action.Resources, resource)
		}
		out[strings.ToLower(name)] = action
	}
	return out, nil
}
