// Package corpus holds policies, good and bad, with the verdict that each
// deserves. What judges policies is held against it: ours, and other people's.
package corpus

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// folder is where the policies are, from any package beside judges: they are for
// tests, and no part of the binary.
const folder = "../judges/corpus"

// Verdict is what a policy deserves.
type Verdict string

// The verdicts, mildest first.
const (
	// Good is a policy with nothing wrong.
	Good Verdict = "good"
	// Medium is one that an audit reports.
	Medium Verdict = "medium"
	// Stops is one that no plan applies without a waiver.
	Stops Verdict = "stops"
)

// Milder reports whether a verdict is milder than another.
func (v Verdict) Milder(than Verdict) bool {
	rank := map[Verdict]int{Good: 0, Medium: 1, Stops: 2}
	return rank[v] < rank[than]
}

// Kind is what a policy is of.
type Kind string

// The kinds.
const (
	// Identity is a policy of a role.
	Identity Kind = "identity"
	// Managed is one of AWS's own for a role, as of March 2026.
	// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
	Managed Kind = "managed"
	// Queue, Topic, Key and Function are policies of a resource.
	Queue    Kind = "queue"
	Topic    Kind = "topic"
	Key      Kind = "key"
	Function Kind = "function"
)

// Kinds lists all of them.
func Kinds() []Kind { return []Kind{Identity, Managed, Queue, Topic, Key, Function} }

// OfRole reports whether policies of the kind say what a role may do.
func (k Kind) OfRole() bool { return k == Identity || k == Managed }

// Entry is one policy.
type Entry struct {
	Kind Kind `json:"-"`
	// Name is unique, and says what is right or wrong.
	Name string `json:"name"`
	// Verdict is of the policy where it is in use: attached to a role, or on the
	// resource.
	Verdict Verdict `json:"verdict"`
	// Entry is of the statements of a role's policy as entries of access, where a
	// plan asks for more than an audit. Empty for the same.
	Entry Verdict `json:"entry"`
	Why   string  `json:"why"`
	// Milder says why another judge finds something where we find nothing, by the
	// judge's name.
	Milder     map[string]string `json:"milder"`
	Statements []json.RawMessage `json:"statements"`
}

// Inner are the statements without the brackets around them.
func (e Entry) Inner() string {
	parts := make([]string, len(e.Statements))
	for i, s := range e.Statements {
		parts[i] = string(s)
	}
	return strings.Join(parts, ",")
}

// Document is the policy as AWS takes it.
func (e Entry) Document() string {
	return `{"Version":"2012-10-17","Statement":[` + e.Inner() + `]}`
}

// AsEntry is the verdict that the statements deserve as entries of access.
func (e Entry) AsEntry() Verdict {
	if e.Entry != "" {
		return e.Entry
	}
	return e.Verdict
}

// Of lists the policies of a kind.
func Of(kind Kind) ([]Entry, error) {
	text, err := os.ReadFile(filepath.Join(folder, string(kind)+".json"))
	if err != nil {
		return nil, fmt.Errorf("read the corpus: %w", err)
	}
	var entries []Entry
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, fmt.Errorf("read the corpus of kind %s: %w", kind, err)
	}
	for i := range entries {
		entries[i].Kind = kind
	}
	return entries, nil
}
