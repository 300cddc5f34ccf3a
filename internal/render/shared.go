package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// What both languages say of a unit, before either writes it down.

// part names the n-th policy of a unit, counted from 0.
func part(name string, n int) string {
	_, last, _ := strings.Cut(bp.PolicyPart("/"+name, n), "/")
	return last
}

func policyReference(n int) string {
	return reference(objectPolicy+" "+fmt.Sprint(n), attributeARN)
}

// policyDocuments are the documents of the unit's policies, one each.
func (d *draft) policyDocuments(policy bp.Policy) ([]any, error) {
	statements, _ := policy.Statements.Get()
	packed, err := bp.Pack(statements.Statements())
	if err != nil {
		return nil, err
	}
	if len(packed) == 0 {
		packed = [][]bp.Named{nil}
	}
	out := make([]any, len(packed))
	for i, part := range packed {
		var foreign bp.Value[map[string]bp.String]
		if i == 0 {
			foreign = statements.Unexpected
		}
		if out[i], err = document(part, foreign); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// attachments are the policies of the role: the unit's own, then others'.
func (d *draft) attachments(role bp.Role) ([]any, error) {
	var out []any
	own := map[string]bool{}
	if policy, exists := d.Policy.Get(); exists {
		documents, err := d.policyDocuments(policy)
		if err != nil {
			return nil, err
		}
		for i := range documents {
			out = append(out, policyReference(i))
			own[bp.PolicyPart(policy.ARN.Or("/"), i)] = true
		}
	}
	for _, arn := range role.AttachedPolicies.Or(nil) {
		if text, known := arn.Get(); known && !own[text] {
			out = append(out, text)
		}
	}
	if names, _ := role.InlinePolicies.Or(nil).Strings(); len(names) > 0 {
		d.note("inline policies of the role are left out: %s", strings.Join(names, ", "))
	}
	return out, nil
}

func (d *draft) dataProtection(masked bp.Set) (any, error) {
	names, _ := masked.Strings()
	function, _ := d.Function.Get()
	place, _ := bp.PlaceOf(function.ARN.Or(""))
	written, err := bp.DataProtectionDocument(place.Partition, names)
	if err != nil {
		return nil, err
	}
	return parsed(written)
}

// grant lets somebody invoke the function. Absent members are nil.
type grant struct {
	label string
	// whole is on the function, not on its alias.
	whole                                                                             bool
	action, principal, sourceARN, sourceAccount, organization, token, urlAuth, viaURL any
}

func labels(grants []grant) []string {
	out := make([]string, len(grants))
	for i, g := range grants {
		out[i] = g.label
	}
	return out
}

// grants are who may invoke, by label. A statement that the formats have no
// words for is left out: with less of its conditions it would grant more.
func (d *draft) grants() []grant {
	permissions, _ := d.Permissions.Get()
	alias := bp.Field(d.Alias, func(a bp.Alias) bp.String { return a.Name }).Or("")
	var out []grant
	granted := permissions.Granted.Or(nil)
	for _, label := range slices.Sorted(maps.Keys(granted)) {
		statement, _ := granted[label].Get()
		if g, whole := grantOf(label, statement); whole {
			out = append(out, g)
		} else {
			d.note("a permission to invoke is left out, the format has no words for it: %s", label)
		}
	}
	foreign := permissions.Unexpected.Or(nil)
	for _, key := range slices.Sorted(maps.Keys(foreign)) {
		at, _, _ := strings.Cut(key, "/")
		statements, err := bp.ParseDocument(`{"Statement":` + foreign[key].Or("[]") + `}`)
		readable := err == nil && len(statements) == 1 && statements[0].Plain && statements[0].Statement.Effect == bp.Known("Allow") &&
			(at == bp.QualifierFunction || at == alias)
		var g grant
		if readable {
			g, readable = grantOf(key, statements[0].Statement)
		}
		if !readable {
			d.note("a statement of the function's policy is left out, the format has no words for it: %s", key)
			continue
		}
		g.whole = at == bp.QualifierFunction
		out = append(out, g)
	}
	return out
}

// grantOf reports whether all of a statement went into the grant.
func grantOf(label string, s bp.Statement) (grant, bool) {
	g := grant{label: label}
	actions, principals := list(s.Actions), s.Principals.Or(nil)
	whole := len(principals) == 1
	if all, some := actions.([]any); some && len(all) == 1 {
		g.action = all[0]
	} else {
		return g, false
	}
	for _, who := range principals {
		g.principal = first(who)
		whole = whole && len(who.Or(nil)) == 1
	}
	for _, keys := range s.Conditions.Or(nil) {
		for key, value := range keys.Or(nil) {
			member, known := map[string]*any{
				"aws:sourcearn": &g.sourceARN, "aws:sourceaccount": &g.sourceAccount, "aws:principalorgid": &g.organization,
				"lambda:eventsourcetoken": &g.token, "lambda:functionurlauthtype": &g.urlAuth, "lambda:invokedviafunctionurl": &g.viaURL,
			}[strings.ToLower(key)]
			if !known || len(value.Or(nil)) != 1 {
				return g, false
			}
			*member = first(value)
		}
	}
	if g.viaURL != nil {
		g.viaURL = g.viaURL == "true"
	}
	return g, whole
}

func first(v bp.Value[bp.Set]) any {
	if all, ok := list(v).([]any); ok {
		return all[0]
	}
	return nil
}

// expressionID is the id of an alarm's expression among its queries.
const expressionID = "result"

// statisticField is where a statistic belongs: percentiles and the like have a
// field of their own.
func statisticField(statistic, plain, extended string) string {
	if slices.Contains([]string{"SampleCount", "Average", "Sum", "Minimum", "Maximum"}, statistic) {
		return plain
	}
	return extended
}
