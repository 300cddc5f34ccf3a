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
	label                                                                     string
	action, principal, sourceARN, sourceAccount, organization, token, urlAuth any
}

// grants are who may invoke, by label.
func (d *draft) grants() []grant {
	permissions, _ := d.Permissions.Get()
	var out []grant
	granted := permissions.Granted.Or(nil)
	for _, label := range slices.Sorted(maps.Keys(granted)) {
		statement, _ := granted[label].Get()
		out = append(out, grantOf(label, statement))
	}
	foreign := permissions.Unexpected.Or(nil)
	for _, key := range slices.Sorted(maps.Keys(foreign)) {
		statements, err := bp.ParseDocument(`{"Statement":` + foreign[key].Or("[]") + `}`)
		if err != nil || len(statements) != 1 || !statements[0].Plain || statements[0].Statement.Effect != bp.Known("Allow") {
			d.note("a statement of the function's policy is left out: %s", key)
			continue
		}
		out = append(out, grantOf(key, statements[0].Statement))
	}
	return out
}

func grantOf(label string, s bp.Statement) grant {
	g := grant{label: label, action: bp.ActionInvoke}
	if actions := list(s.Actions); actions != nil {
		g.action = actions.([]any)[0]
	}
	for _, who := range s.Principals.Or(nil) {
		g.principal = first(who)
	}
	for _, keys := range s.Conditions.Or(nil) {
		for key, value := range keys.Or(nil) {
			switch strings.ToLower(key) {
			case "aws:sourcearn":
				g.sourceARN = first(value)
			case "aws:sourceaccount":
				g.sourceAccount = first(value)
			case "aws:principalorgid":
				g.organization = first(value)
			case "lambda:eventsourcetoken":
				g.token = first(value)
			case "lambda:functionurlauthtype":
				g.urlAuth = first(value)
			}
		}
	}
	return g
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
