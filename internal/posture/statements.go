package posture

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// grant is one statement of a policy.
type grant struct {
	sid                string
	allow              bool
	principals         map[string][]string
	actions, resources []string
	conditions         map[string]map[string][]string
	// inverse is NotAction, NotResource or NotPrincipal, whichever it uses.
	inverse string
	// open says that its resources or conditions are not known yet.
	open bool
}

// grants are the statements of one policy.
type grants struct {
	list []grant
	// open says that not all statements or actions are known yet.
	open   bool
	exists bool
	// unread says that a statement by other hands could not be understood.
	unread bool
}

// allowing lists the statements that allow.
func (g grants) allowing() []grant {
	return slices.DeleteFunc(slices.Clone(g.list), func(s grant) bool { return !s.allow })
}

// check asks every statement that allows something whether it is bad. One whose
// resources or conditions are not known yet is asked later.
func (g grants) check(what, fine string, bad func(grant) bool) answer {
	return g.checkKnown(what, fine, func(s grant) bool { return s.open }, bad)
}

// checkActions does so for what only actions decide.
func (g grants) checkActions(what, fine string, bad func(grant) bool) answer {
	return g.checkKnown(what, fine, func(grant) bool { return false }, bad)
}

func (g grants) checkKnown(what, fine string, wait, bad func(grant) bool) answer {
	if !g.exists {
		return none(what)
	}
	open := g.open
	var found []string
	for _, s := range g.allowing() {
		switch {
		case wait(s):
			open = true
		case bad(s):
			found = append(found, s.sid)
		}
	}
	switch {
	case len(found) > 0:
		answer := fail("%s: %s", what, strings.Join(found, ", "))
		answer.later = open // there may be more
		return answer
	case open:
		return unsure("a statement of the " + what)
	case g.unread:
		return unread("a statement of the " + what)
	default:
		return pass("%s", fine)
	}
}

// add adds statements that the unit writes itself: what is not known of their
// resources are ARNs of single objects.
func (g *grants) add(statements []bp.Named) {
	for _, s := range statements {
		statement := grantOf(s)
		for _, leaf := range bp.Leaves(s.Statement) {
			statement.open = statement.open || leaf.State == bp.StateUnknown && !strings.HasPrefix(leaf.Path, "resources")
		}
		g.list = append(g.list, statement)
	}
}

// addUsers adds statements that the user writes.
func (g *grants) addUsers(statements bp.Value[map[string]bp.Value[bp.Statement]], name func(label string) string) {
	g.open = g.open || statements.IsUnknown()
	all := statements.Or(nil)
	for _, label := range slices.Sorted(maps.Keys(all)) {
		statement, known := all[label].Get()
		if !known {
			g.open = g.open || all[label].IsUnknown()
			continue
		}
		s := grantOf(bp.Named{Sid: name(label), Statement: statement})
		for _, leaf := range bp.Leaves(statement) {
			if leaf.State != bp.StateUnknown {
				continue
			}
			s.open = true
			g.open = g.open || strings.HasPrefix(leaf.Path, "actions") || leaf.Path == "effect"
		}
		g.list = append(g.list, s)
	}
}

// addForeign adds statements that are kept as JSON.
func (g *grants) addForeign(statements bp.Value[map[string]bp.String]) {
	g.open = g.open || statements.IsUnknown()
	all := statements.Or(nil)
	for _, sid := range slices.Sorted(maps.Keys(all)) {
		text, known := all[sid].Get()
		if !known {
			g.open = g.open || all[sid].IsUnknown()
			continue
		}
		parsed, err := bp.ParseDocument(`{"Statement":` + text + `}`)
		if err != nil || len(parsed) != 1 {
			g.unread = true
			continue
		}
		s := grantOf(bp.Named{Sid: sid, Statement: parsed[0].Statement})
		if !parsed[0].Plain {
			s.inverse = inverseOf(text)
		}
		g.list = append(g.list, s)
	}
}

func inverseOf(text string) string {
	var raw map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &raw) == nil {
		for _, name := range []string{"NotAction", "NotResource", "NotPrincipal"} {
			if _, ok := raw[name]; ok {
				return name
			}
		}
	}
	return ""
}

func grantOf(s bp.Named) grant {
	out := grant{sid: s.Sid, allow: s.Statement.Effect == bp.Known("Allow"), principals: texts(s.Statement.Principals.Or(nil)), conditions: map[string]map[string][]string{}}
	out.actions, _ = s.Statement.Actions.Or(nil).Strings()
	out.resources, _ = s.Statement.Resources.Or(nil).Strings()
	for operator, keys := range s.Statement.Conditions.Or(nil) {
		out.conditions[operator] = texts(keys.Or(nil))
	}
	return out
}

func texts(sets map[string]bp.Value[bp.Set]) map[string][]string {
	out := map[string][]string{}
	for key, set := range sets {
		out[key], _ = set.Or(nil).Strings()
	}
	return out
}

// everyone reports whether a statement speaks to anybody at all.
func (s grant) everyone() bool {
	for kind, who := range s.principals {
		if kind == "*" || kind == "AWS" && slices.Contains(who, "*") {
			return true
		}
	}
	return s.inverse == "NotPrincipal"
}

// condition returns what a condition compares a key with, for operators that
// narrow. IAM does not mind the case of a key.
func (s grant) condition(key string) []string {
	for operator, keys := range s.conditions {
		if !narrows(operator) {
			continue
		}
		for name, values := range keys {
			if strings.EqualFold(name, key) {
				return values
			}
		}
	}
	return nil
}

// narrows reports whether an operator lets in only what it names.
func narrows(operator string) bool {
	return !strings.Contains(operator, "Not") && !strings.HasSuffix(operator, "IfExists") && operator != "Null"
}

// bound reports whether a condition lets in only those of the organizations or
// accounts that it names, in one of the keys. ForAllValues also lets in requests
// without the key.
func (s grant) bound(keys ...string) bool {
	for operator, all := range s.conditions {
		if !narrows(operator) || strings.HasPrefix(operator, "ForAllValues:") {
			continue
		}
		for name, values := range all {
			if slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(name, key) }) && len(values) > 0 && !slices.ContainsFunc(values, anybodys) {
				return true
			}
		}
	}
	return false
}

// anybodys reports whether an organization, its part of a path or an account is
// left open.
func anybodys(value string) bool {
	of, _, _ := strings.Cut(value, "/")
	return of == "" || strings.ContainsAny(of, "*?")
}

func policyGrants(policy bp.Value[bp.Policy]) grants {
	p, exists := policy.Get()
	g := grants{exists: exists || policy.IsUnknown(), open: policy.IsUnknown() || p.Statements.IsUnknown()}
	statements, _ := p.Statements.Get()
	access := statements.Access
	statements.Access = bp.Null[map[string]bp.Value[bp.Statement]]()
	g.add(statements.Statements())
	g.addUsers(access, bp.Sid)
	g.addForeign(statements.Unexpected)
	return g
}

func keyGrants(key bp.Value[bp.Key]) grants {
	k, exists := key.Get()
	policy, _ := k.Policy.Get()
	g := grants{exists: exists || key.IsUnknown(), open: key.IsUnknown() || k.Policy.IsUnknown() || policy.Account.IsUnknown() || policy.Logs.IsUnknown()}
	g.add(policy.Statements())
	g.addForeign(policy.Unexpected)
	return g
}

func queueGrants(queue bp.Value[bp.Queue]) grants {
	q, exists := queue.Get()
	policy, _ := q.Policy.Get()
	g := grants{exists: exists || queue.IsUnknown(), open: queue.IsUnknown() || q.Policy.IsUnknown() || policy.TLS.IsUnknown()}
	g.add(policy.Statements())
	g.addForeign(policy.Unexpected)
	return g
}

func secretGrants(secret bp.Value[bp.Secret]) grants {
	s, exists := secret.Get()
	g := grants{exists: exists || secret.IsUnknown(), open: secret.IsUnknown()}
	g.addForeign(s.Unexpected)
	return g
}

func trustGrants(role bp.Value[bp.Role]) grants {
	r, exists := role.Get()
	trust, _ := r.Trust.Get()
	g := grants{exists: exists || role.IsUnknown(), open: role.IsUnknown() || r.Trust.IsUnknown() || trust.Lambda.IsUnknown()}
	g.add(trust.Statements())
	g.addForeign(trust.Unexpected)
	return g
}

func permissionGrants(permissions bp.Value[bp.Permissions]) grants {
	p, exists := permissions.Get()
	g := grants{exists: exists || permissions.IsUnknown(), open: permissions.IsUnknown() || p.Granted.IsUnknown()}
	g.addUsers(p.Granted, func(label string) string { return label })
	g.addForeign(p.Unexpected)
	return g
}
