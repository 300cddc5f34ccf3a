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
	// Conditions are the keys that it compares.
	Conditions []string
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
	for _, resource := range s.Resources {
		if wild(resource) && s.Reason == "" && slices.ContainsFunc(s.Actions, needsResource) {
			found = append(found, Finding{
				At: "resources", What: fmt.Sprintf("%q names every resource there is", resource), Why: "Whoever takes over the function gets all of them",
				Write: "Name the resources, or add reason = \"why it cannot be less\"",
			})
		}
	}
	return found
}

// needsResource reports whether an action is about a resource that a statement
// can name. The reference marks what is required; where it marks none of
// several, they are alternatives, such as an object of a bucket or of an access
// point, and one that is not marked alone can be left out.
func needsResource(name string) bool {
	action, known := Catalogue().Action(name)
	return known && (len(action.Resources) > 1 || slices.ContainsFunc(action.Resources, func(r Resource) bool { return r.Required }))
}

// wild reports whether a resource leaves open what it is of.
func wild(resource string) bool {
	fields := strings.SplitN(resource, ":", arnFields)
	return resource == "*" || len(fields) == arnFields && fields[5] == "*"
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
	if Covers(name, "iam:PassRole") && !slices.ContainsFunc(s.Conditions, func(key string) bool { return strings.EqualFold(key, "iam:PassedToService") }) {
		return []Finding{{
			At: "actions", What: "A role is passed to any service", Why: "The function could hand the role's rights to any service, such as a machine that it starts",
			Write: "Add conditions = { StringEquals = { \"iam:PassedToService\" = [\"the service, such as states.amazonaws.com\"] } }",
		}}
	}
	return nil
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
	var allowed []string
	for _, s := range parsed {
		if s.Statement.Effect != bp.Known("Allow") {
			continue
		}
		if !s.Plain {
			found = append(found, s.Sid+": the statement allows by exception. NotAction and NotResource grant whatever AWS adds. Name what is allowed.")
			continue
		}
		asked := Asked{}
		asked.Actions, _ = s.Statement.Actions.Or(nil).Strings()
		asked.Resources, _ = s.Statement.Resources.Or(nil).Strings()
		for _, keys := range s.Statement.Conditions.Or(nil) {
			for key := range keys.Or(nil) {
				asked.Conditions = append(asked.Conditions, key)
			}
		}
		allowed = append(allowed, asked.Actions...)
		for _, f := range Lint(asked) {
			found = append(found, fmt.Sprintf("%s: %s. %s. %s.", s.Sid, f.What, f.Why, f.Write))
		}
	}
	for _, e := range Escalations(allowed) {
		found = append(found, "all statements: together they let whoever has them take more, by "+e.Describe()+".")
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
