// Package policy reads IAM policies and says whether they allow a call. It knows
// nothing of the sandbox.
package policy

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Document is as much of an IAM policy as the sandbox looks at.
type Document struct {
	Statement OneOrMany[Statement]
}

// Statement is one of a document.
type Statement struct {
	Sid         string
	Effect      string
	Principal   principals
	Action      OneOrMany[string]
	NotAction   OneOrMany[string]
	Resource    OneOrMany[string]
	NotResource OneOrMany[string]
	Condition   map[string]map[string]OneOrMany[string]
}

// OneOrMany is a member that may be a list or its only element.
type OneOrMany[T any] []T

// UnmarshalJSON accepts both forms.
func (m *OneOrMany[T]) UnmarshalJSON(text []byte) error {
	var many []T
	if err := json.Unmarshal(text, &many); err == nil {
		*m = many
		return nil
	}
	var one T
	if err := json.Unmarshal(text, &one); err != nil {
		return fmt.Errorf("neither a list nor its element: %w", err)
	}
	*m = []T{one}
	return nil
}

// principals by kind: Service, AWS, Federated. "*" is everybody.
type principals map[string]OneOrMany[string]

// UnmarshalJSON accepts "*" and an object.
func (p *principals) UnmarshalJSON(text []byte) error {
	var everybody string
	if json.Unmarshal(text, &everybody) == nil {
		*p = principals{"AWS": {everybody}, "Service": {everybody}}
		return nil
	}
	byKind := map[string]OneOrMany[string]{}
	if err := json.Unmarshal(text, &byKind); err != nil {
		return fmt.Errorf("principals: %w", err)
	}
	*p = byKind
	return nil
}

// AllowsService reports whether a statement lets a service do one of the
// actions. Conditions are the caller's business.
func (s Statement) AllowsService(service string, actions ...string) bool {
	named := slices.ContainsFunc(s.Principal["Service"], func(p string) bool { return p == service || p == "*" })
	return s.Effect == "Allow" && named && slices.ContainsFunc(s.Action, func(pattern string) bool {
		return slices.ContainsFunc(actions, func(action string) bool { return Match(strings.ToLower(pattern), strings.ToLower(action)) })
	})
}

// Match knows the wildcards of IAM, which cross slashes unlike those of
// path.Match.
func Match(pattern, text string) bool {
	flat := strings.NewReplacer("/", "\x00", "[", "\\[", "\\", "\\\\")
	matched, err := path.Match(flat.Replace(pattern), strings.ReplaceAll(text, "/", "\x00"))
	return err == nil && matched
}
