package render

import (
	"maps"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// permissions renders who may invoke: the entries of permissions, and what
// others granted.
func (t *template) permissions() error {
	grants := t.grants()
	ids := distinct(labels(grants), camel)
	for _, grant := range grants {
		properties := object("Action", grant.action, "FunctionName", t.invoked(grant), "Principal", grant.principal)
		properties.set("SourceArn", grant.sourceARN)
		properties.set("SourceAccount", grant.sourceAccount)
		properties.set("PrincipalOrgID", grant.organization)
		properties.set("EventSourceToken", grant.token)
		properties.set("FunctionUrlAuthType", grant.urlAuth)
		properties.set("InvokedViaFunctionUrl", grant.viaURL)
		t.add("Permission"+ids[grant.label], "AWS::Lambda::Permission", properties)
	}
	return nil
}

// invoked is what a grant is on: the alias, or the function as a whole.
func (d *draft) invoked(g grant) any {
	if d.Alias.IsKnown() && !g.whole {
		return reference(objectAlias, attributeARN)
	}
	return reference(objectFunction, attributeName)
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

func (m *module) permissions() error {
	grants := m.grants()
	names := distinct(labels(grants), snake)
	for _, g := range grants {
		if g.viaURL != nil { // without its condition it would grant more
			m.note("a permission to invoke is left out, the format has no words for it: %s", g.label)
			continue
		}
		var qualifier any
		if m.Alias.IsKnown() && !g.whole {
			qualifier = reference(objectAlias, attributeName)
		}
		m.add("aws_lambda_permission", names[g.label],
			"action", g.action, "function_name", reference(objectFunction, attributeName), "qualifier", qualifier, "principal", g.principal,
			"source_arn", g.sourceARN, "source_account", g.sourceAccount, "principal_org_id", g.organization,
			"event_source_token", g.token, "function_url_auth_type", g.urlAuth)
	}
	return nil
}
