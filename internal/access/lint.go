package access

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Finding is what is wrong with a statement that allows something.
type Finding struct {
	// At is the part of the statement, "actions" or "resources".
	At               string
	What, Why, Write string
}

// Asked is a statement as its author wrote it.
type Asked struct {
	Actions, Resources []string
	// Conditions are by operator and key.
	Conditions map[string]map[string][]string
	// ConditionsOpen says that they are not known yet.
	ConditionsOpen bool
	// Reason is why it is wider than it could be; empty when none is given.
	Reason string
}

// Lint judges a statement by the catalogue of actions. A reason excuses
// wildcards, and actions that are newer than the catalogue.
func Lint(s Asked) []Finding {
	var found []Finding
	for _, action := range s.Actions {
		found = append(found, lintAction(s, action)...)
	}
	found = append(found, lintResources(s)...)
	return append(found, lintBreadth(s)...)
}

// lintBreadth finds resources that name more than the beginning of a name tells.
// A resource that is wrong for other reasons has its finding already.
func lintBreadth(s Asked) []Finding {
	if s.Reason != "" {
		return nil
	}
	var actions []Action
	g := Grant{Conditions: s.Conditions}
	for _, name := range s.Actions {
		actions = append(actions, slices.DeleteFunc(Catalogue().Matching(name), func(a Action) bool { return !needsResource(a) || g.BoundByTag(a) })...)
	}
	patterns, example, _ := widePatterns(s.Resources, actions)
	var found []Finding
	for _, pattern := range patterns {
		f := Finding{
			At: "resources", What: fmt.Sprintf("%q names every resource there is", pattern), Why: "Anybody who takes over the function gets all of them",
			Write: "Name the resources, or add reason = \"why it cannot be less\"",
		}
		switch kind := example.kindOf(pattern); {
		case example.Breadth([]string{pattern}) == Anywhere:
			f.What = fmt.Sprintf("%q leaves the partition, the region or the account open", pattern)
			f.Why = "It names resources of other accounts or regions too, no matter who owns them"
			f.Write = "Write partition, region and account, or add reason = \"why it cannot be less\""
		case !emptyName(pattern):
			f.What = fmt.Sprintf("%q does not say how the name of the %s begins", pattern, kind)
			f.Why = "A wildcard behind fewer than " + fmt.Sprint(shortestPrefix) + " characters names whatever there is, and what others will name so"
			f.Write = "Name the resources, or the beginning of their names and a wildcard behind it; otherwise add reason = \"why it cannot be less\""
		}
		found = append(found, f)
	}
	return found
}

// kindOf is what a pattern names for the action.
func (a Action) kindOf(pattern string) string {
	for _, r := range a.Resources {
		if r.breadth(pattern).Wide() {
			return r.Type
		}
	}
	return "resource"
}

// emptyName reports whether a pattern is nothing but a wildcard, in its last part.
func emptyName(pattern string) bool {
	fields := strings.SplitN(pattern, ":", arnFields)
	return len(fields) < arnFields || strings.Trim(fields[arnFields-1], "*") == ""
}

// needsResource reports whether an action is about a resource that a statement
// can name. The reference marks what is required; where it marks none of
// several, they are alternatives, such as an object of a bucket or of an access
// point. One that is not marked alone is meant too, but for a list, which it only
// shortens, and for what stands aside.
func needsResource(a Action) bool {
	if len(a.Resources) == 1 && !a.Resources[0].Required {
		return a.Level != List && !a.Aside()
	}
	return a.TakesResource()
}

func lintAction(s Asked, name string) []Finding {
	if strings.ContainsAny(name, "*?") {
		if s.Reason != "" {
			return nil
		}
		return []Finding{{
			At: "actions", What: fmt.Sprintf("%q allows whatever AWS adds to it", name), Why: "A wildcard grants actions that nobody has thought of",
			Write: "Name the actions, or add reason = \"why it cannot be less\"",
		}}
	}
	action, known := Catalogue().Action(name)
	if !known {
		if s.Reason != "" {
			return nil
		}
		write := "Correct it"
		if nearest := Catalogue().Nearest(name, 3); len(nearest) > 0 {
			write = "Write " + strings.Join(nearest, ", ")
		}
		return []Finding{{
			At: "actions", What: fmt.Sprintf("%q is not an action", name), Why: "IAM accepts it, and the function's call is denied all the same",
			Write: write + "; if it is newer than " + Catalogue().Updated() + ", add reason = \"new action\"",
		}}
	}
	if s.Reason == "" && misfit(s, action) != fits {
		return nil // lintResources says so
	}
	if s.Reason == "" && action.opensAll() {
		return []Finding{{
			At: "actions", What: fmt.Sprintf("%s decides for all resources at once who may use them", action.Name), Why: "It takes no resource, so anybody who takes over the function can let others in to any of them",
			Write: "Leave it to the people who set up the account, or add reason = \"why the function has to\"",
		}}
	}
	if Covers(name, passRole) && !s.ConditionsOpen && !s.namesService() {
		return []Finding{{
			At: "actions", What: "A role is passed to any service", Why: "The function could hand the role's rights to any service, such as a machine that it starts",
			Write: "Add conditions = { StringEquals = { \"iam:PassedToService\" = [\"the service, such as states.amazonaws.com\"] } }",
		}}
	}
	return nil
}

// namesService reports whether a condition says which service a role goes to.
func (s Asked) namesService() bool {
	g := Grant{Conditions: s.Conditions}
	for operator, all := range s.Conditions {
		for key, values := range all {
			if strings.EqualFold(key, passedToService) && g.narrows(operator, key) && len(values) > 0 &&
				!slices.ContainsFunc(values, func(v string) bool { return strings.ContainsAny(v, "*?$") }) {
				return true
			}
		}
	}
	return false
}

// fit is whether an action can be of one of the resources beside it.
type fit int

const (
	fits fit = iota
	takesNone
	takesOthers
)

func misfit(s Asked, action Action) fit {
	switch {
	case len(s.Resources) == 0:
		return fits
	case !action.TakesResource() && slices.Contains(s.Resources, "*"):
		return fits
	case !action.TakesResource():
		return takesNone
	}
	for _, resource := range s.Resources {
		if slices.ContainsFunc(action.Resources, func(r Resource) bool { return r.Fits(resource) }) {
			return fits
		}
	}
	return takesOthers
}

// lintResources finds actions that none of the resources can be of. One wrong
// resource is one finding, however many actions stand beside it.
func lintResources(s Asked) []Finding {
	if s.Reason != "" {
		return nil
	}
	var none, others, formats []string
	for _, name := range s.Actions {
		action, known := Catalogue().Action(name)
		if !known || strings.ContainsAny(name, "*?") {
			continue
		}
		switch misfit(s, action) {
		case takesNone:
			none = append(none, action.Name)
		case takesOthers:
			others = append(others, action.Name)
			for _, r := range action.Resources {
				if !slices.Contains(formats, r.Format) {
					formats = append(formats, r.Format)
				}
			}
		case fits:
		}
	}
	const despite = "; if AWS's reference is wrong, add reason = \"why it does fit\""
	var found []Finding
	if len(none) > 0 {
		verb, pronoun := "takes", "it"
		if len(none) > 1 {
			verb, pronoun = "take", "them"
		}
		found = append(found, Finding{
			At: "resources", What: fmt.Sprintf("%s %s no resource but \"*\"", together(none), verb), Why: "With ARNs the statement allows nothing",
			Write: fmt.Sprintf("Give %s an entry of %s own with resources = [\"*\"]", pronoun, map[string]string{"it": "its", "them": "their"}[pronoun]) + despite,
		})
	}
	if len(others) > 0 {
		found = append(found, Finding{
			At: "resources", What: together(others) + " cannot be allowed on any of the resources", Why: "An action is allowed only on the kinds of resource that it takes, so the statement allows nothing",
			Write: "Name one such as " + strings.Join(formats[:min(3, len(formats))], " or ") + despite,
		})
	}
	return found
}

// together lists names as one subject: a, b and c.
func together(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// LintDocument judges every statement of a policy document that allows
// something, and all of them together. It returns a line for each finding,
// which begins with the statement's Sid.
func LintDocument(document string) ([]string, error) {
	parsed, err := bp.ParseDocument(document)
	if err != nil {
		return nil, err
	}
	found := []string{}
	grants := ParsedGrants(parsed)
	for i, s := range parsed {
		if s.Statement.Effect != bp.Known("Allow") {
			continue
		}
		if !s.Plain {
			found = append(found, s.Sid+": the statement allows by exception. NotAction and NotResource grant whatever AWS adds. Name what is allowed.")
			continue
		}
		for _, f := range Lint(Asked{Actions: grants[i].Actions, Resources: grants[i].Resources, Conditions: grants[i].Conditions}) {
			found = append(found, fmt.Sprintf("%s: %s. %s. %s.", s.Sid, f.What, f.Why, f.Write))
		}
	}
	if why := Administration(grants); why != "" {
		found = append(found, "all statements: together they are an administrator's: "+why+".")
	}
	for _, e := range Escalations(grants) {
		found = append(found, "all statements: together they let anybody who has them take more, by "+e.Describe()+".")
	}
	if size := len([]rune(compact(document))); size > bp.MaxPolicySize {
		found = append(found, fmt.Sprintf("all statements: the document has %d characters without white space, and a managed policy holds %d. Split it.", size, bp.MaxPolicySize))
	}
	return found, nil
}

// compact leaves out white space, which IAM does not count.
func compact(document string) string {
	var out bytes.Buffer
	if err := json.Compact(&out, []byte(document)); err != nil {
		return document
	}
	return out.String()
}
