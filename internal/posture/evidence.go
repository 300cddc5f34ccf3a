package posture

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// name is how evidence speaks of a statement: by its Sid, or by its place and what it
// says where it has none.
func (g grant) name() string {
	name := g.Sid
	switch {
	case g.nth > 0:
		name = fmt.Sprintf("the %s statement of %s (%s)", ordinal(g.nth), policyNamed(g.of), g.says())
	case g.nameless:
		name = fmt.Sprintf("a statement without a Sid (%s)", g.says())
	case g.of != "":
		name = g.of + ": " + name
	}
	if g.reason != "" {
		name += " (reason: " + g.reason + ")"
	}
	return name
}

// policyNamed says what an ARN of a policy is.
func policyNamed(of string) string {
	if bp.IsPolicyARN(of) {
		return "policy " + of
	}
	return of
}

func ordinal(n int) string {
	const ten, hundred = 10, 100
	ending := "th"
	if teens := n % hundred / ten; teens != 1 {
		switch n % ten {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return fmt.Sprint(n) + ending
}

// says is whom a statement speaks to, in a policy of a resource, and what of.
func (g grant) says() string {
	var who []string
	for _, kind := range slices.Sorted(maps.Keys(g.Principals)) {
		who = append(who, g.Principals[kind]...)
	}
	var parts []string
	if g.Inverse == "NotPrincipal" {
		parts = append(parts, "NotPrincipal")
	} else if len(who) > 0 {
		parts = append(parts, few("principal", who))
	}
	switch actions := g.Actions; {
	case len(g.NotActions) > 0 || g.Inverse == "NotAction":
		parts = append(parts, strings.TrimSpace("NotAction "+strings.Join(firstOf(g.NotActions), ", ")))
	case len(actions) > 0:
		parts = append(parts, few("action", actions))
	}
	return strings.Join(parts, ", ")
}

// mostListed is how many principals or actions evidence lists.
const mostListed = 3

func firstOf(list []string) []string { return list[:min(len(list), mostListed)] }

// few lists the first of several, and how many more there are.
func few(what string, list []string) string {
	if len(list) > 1 {
		what += "s"
	}
	text := what + " " + strings.Join(firstOf(list), ", ")
	if more := len(list) - mostListed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// unbound says why the sources of a statement name none, and what to write where the
// statement is an entry of permissions.
func (s *subject) unbound(g grant) string {
	open := g.OpenSources()
	if len(open) == 0 {
		return "no condition names a source"
	}
	why := strings.Join(open, "; ")
	if !g.granted {
		return why
	}
	line := fmt.Sprintf("source_account = %q", s.facts.Account)
	if s.facts.Account == "" {
		line = "source_account"
	}
	for operator := range g.Conditions {
		for key, arns := range g.Conditions[operator] {
			if !strings.EqualFold(key, "aws:SourceArn") || len(arns) != 1 {
				continue
			}
			if named := access.SourceOf(arns[0], s.facts.Account); named != "" {
				line = fmt.Sprintf("source_arn = %q", named)
			}
		}
	}
	return why + "; write " + line
}
