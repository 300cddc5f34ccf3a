package posture

import (
	"maps"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// grant is one statement of a policy.
type grant struct {
	access.Grant

	// of is the policy that it stands in, where there are several.
	of string
	// reason is why it is wider than it could be, in its author's words.
	reason string
	// open says that its resources or conditions are not known yet.
	open bool
	// nameless says that it has no Sid, and nth is its place in the policy where that
	// is known, from 1.
	nameless bool
	nth      int
	// granted says that it is an entry of permissions.
	granted bool
}

// grants are the statements of one policy.
type grants struct {
	list []grant
	// open says that not all statements or actions are known yet.
	open   bool
	exists bool
	// waits names what others own and nobody has looked at yet. It stands in evidence,
	// so that what was found of one object is never said of another.
	waits []string
	// unread is what could not be read or understood, and why.
	unread []string
}

// allowing lists the statements that allow.
func (g grants) allowing() []grant {
	return slices.DeleteFunc(slices.Clone(g.list), func(s grant) bool { return !s.Allow })
}

// plain are the statements without what is said about them.
func (g grants) plain() []access.Grant {
	var out []access.Grant
	for _, s := range g.allowing() {
		out = append(out, s.Grant)
	}
	return out
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
	return g.checkEach(what, fine, wait, func(s grant) (bool, string) { return bad(s), "" })
}

// explain does what check does, and says why a statement is bad.
func (g grants) explain(what, fine string, bad func(grant) (is bool, why string)) answer {
	return g.checkEach(what, fine, func(s grant) bool { return s.open }, bad)
}

func (g grants) checkEach(what, fine string, wait func(grant) bool, bad func(grant) (is bool, why string)) answer {
	if !g.exists {
		return none(what)
	}
	open := g.open
	var found []string
	for _, s := range g.allowing() {
		if wait(s) {
			open = true
		} else if is, why := bad(s); is && why != "" {
			found = append(found, s.name()+" ("+why+")")
		} else if is {
			found = append(found, s.name())
		}
	}
	return g.conclude(what, fine, strings.Join(found, ", "), open)
}

// checkTogether asks what the statements amount to, each for itself and then
// all of them. The statements whose resources are not known yet wait.
func (g grants) checkTogether(what, fine string, amount func([]access.Grant) string) answer {
	if !g.exists {
		return none(what)
	}
	open := g.open || slices.ContainsFunc(g.allowing(), func(s grant) bool { return s.open })
	for _, s := range g.allowing() {
		if s.open {
			continue
		}
		if why := amount([]access.Grant{s.Grant}); why != "" {
			return g.conclude(what, fine, s.name()+": "+why, open)
		}
	}
	found := ""
	if why := amount(g.plain()); why != "" {
		found = "all statements together: " + why
	}
	return g.conclude(what, fine, found, open)
}

// checkSets asks what the actions of all statements together amount to, whatever
// they are allowed on.
func (g grants) checkSets(what, fine string, amount func([]access.Grant) string) answer {
	if !g.exists {
		return none(what)
	}
	return g.conclude(what, fine, amount(g.plain()), g.open)
}

// conclude says what was found, or what is missing to say that nothing was.
func (g grants) conclude(what, fine, found string, open bool) answer {
	switch {
	case found != "":
		answer := fail("%s: %s", what, found)
		answer.later = open || len(g.waits) > 0 // there may be more
		return answer
	case open:
		return unsure("a statement of the " + what)
	case len(g.waits) > 0:
		return unsure("what " + strings.Join(g.waits, ", ") + " says")
	case len(g.unread) > 0:
		return answer{outcome: Unknown, evidence: strings.Join(g.unread, "; "), unread: true}
	default:
		return pass("%s", fine)
	}
}

// add adds statements that the unit writes itself: what is not known of their
// resources are ARNs of single objects.
func (g *grants) add(statements []bp.Named) {
	for _, s := range statements {
		statement := grant{Grant: access.GrantOf(s)}
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
		s := grant{Grant: access.GrantOf(bp.Named{Sid: name(label), Statement: statement})}
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
func (g *grants) addForeign(what string, statements bp.Value[map[string]bp.String]) {
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
			g.unread = append(g.unread, "a statement of the "+what+" could not be read")
			continue
		}
		s := access.ParsedGrant(parsed[0])
		s.Sid = sid
		g.list = append(g.list, grant{Grant: s, nameless: parsed[0].Nameless()})
	}
}

// await notes an object of others that nobody has looked at yet.
func (g *grants) await(object string) {
	g.exists = true
	g.waits = append(g.waits, object)
}

// addWriting adds a document that others wrote, or notes that it could not be
// read.
func (g *grants) addWriting(of string, w bp.Writing) {
	g.exists = true
	if w.Unread != "" {
		g.unread = append(g.unread, of+" "+w.Unread)
		return
	}
	for i, s := range access.ParsedGrants(w.Statements) {
		next := grant{Grant: s, of: of}
		if w.Statements[i].Nameless() {
			next.nth = i + 1
		}
		g.list = append(g.list, next)
	}
}

// policyGrants are what the role's policies allow: the unit's own, and those that
// are attached beside it, each with the reason of its author.
func policyGrants(b bp.Blueprint, f Facts) grants {
	g := roleGrants(b, f.Around)
	for i, s := range g.list {
		g.list[i].reason = f.Reasons[s.Sid]
	}
	g.open = g.open || f.ReasonsOpen
	return g
}

func roleGrants(b bp.Blueprint, around *bp.Around) grants {
	p, exists := b.Policy.Get()
	g := grants{exists: exists || b.Policy.IsUnknown(), open: b.Policy.IsUnknown() || p.Statements.IsUnknown()}
	statements, _ := p.Statements.Get()
	own := statements.Access
	statements.Access = bp.Null[map[string]bp.Value[bp.Statement]]()
	g.add(statements.Statements())
	g.addUsers(own, bp.Sid)
	g.addForeign(what, statements.Unexpected)
	foreign, whole := ForeignPolicies(b)
	g.open = g.open || !whole
	role, _ := b.Role.Get()
	inline, _ := role.InlinePolicies.Or(nil).Strings()
	if around == nil {
		for _, name := range inline {
			g.await("inline policy " + name)
		}
		for _, arn := range foreign {
			g.await(arn)
		}
		return g
	}
	for _, name := range inline {
		if of := "inline policy " + name; len(around.Policies[of].Statements) == 0 && around.Policies[of].Unread == "" {
			g.addWriting(of, bp.Writing{Unread: "was not looked at"})
		}
	}
	for _, arn := range foreign {
		if _, looked := around.Policies[arn]; !looked {
			g.addWriting(arn, bp.Writing{Unread: "was not looked at"})
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(around.Policies)) {
		g.addWriting(arn, around.Policies[arn])
	}
	return g
}

// ForeignPolicies lists the policies attached to the role that are not the unit's
// own, and whether all of them are known.
func ForeignPolicies(b bp.Blueprint) (arns []string, whole bool) {
	role, exists := b.Role.Get()
	if !exists {
		return nil, b.Role.IsNull()
	}
	policy, _ := b.Policy.Get()
	own := append(slices.Clone(policy.Overflow.Or(nil)), policy.ARN)
	whole = role.AttachedPolicies.IsKnown() || role.AttachedPolicies.IsNull()
	for _, arn := range role.AttachedPolicies.Or(nil) {
		text, known := arn.Get()
		switch {
		case !known:
			whole = whole && ownPolicyOnly(role, b.Policy)
		case !slices.Contains(own, arn):
			arns = append(arns, text)
		}
	}
	slices.Sort(arns)
	return arns, whole
}

// keyGrants are those of the key's policy, the unit's own key or a given one.
func (s *subject) keyGrants() grants {
	k, exists := s.Key.Get()
	policy, _ := k.Policy.Get()
	g := grants{exists: exists || s.Key.IsUnknown(), open: s.Key.IsUnknown() || exists && (k.Policy.IsUnknown() || policy.Account.IsUnknown() || policy.Logs.IsUnknown())}
	g.add(policy.Statements())
	g.addForeign("key policy", policy.Unexpected)
	switch {
	case g.exists || !s.givenKey().IsKnown():
	case s.facts.Around == nil:
		g.await("key " + s.givenKey().Or(""))
	case s.facts.Around.Key.Of != "":
		g.addWriting("key "+s.facts.Around.Key.Of, s.facts.Around.Key)
	}
	return g
}

// givenKey is the key that encrypts what the unit has, if that is not its own.
func (s *subject) givenKey() bp.String {
	group, _ := s.LogGroup.Get()
	return s.function.KMSKeyARN.Else(group.KMSKeyARN)
}

func secretGrants(secret bp.Value[bp.Secret]) grants {
	s, exists := secret.Get()
	g := grants{exists: exists || secret.IsUnknown(), open: secret.IsUnknown()}
	g.addForeign("secret of its own", s.Unexpected)
	return g
}

func trustGrants(role bp.Value[bp.Role]) grants {
	r, exists := role.Get()
	trust, _ := r.Trust.Get()
	g := grants{exists: exists || role.IsUnknown(), open: role.IsUnknown() || r.Trust.IsUnknown() || trust.Lambda.IsUnknown()}
	g.add(trust.Statements())
	g.addForeign("trust policy", trust.Unexpected)
	return g
}

func (s *subject) permissionGrants() grants {
	p, exists := s.Permissions.Get()
	g := grants{exists: exists || s.Permissions.IsUnknown(), open: s.Permissions.IsUnknown() || p.Granted.IsUnknown()}
	g.addUsers(p.Granted, func(label string) string { return label })
	for i := range g.list {
		g.list[i].granted = true
	}
	g.addForeign("permissions to invoke", p.Unexpected)
	if s.facts.Around != nil {
		for _, qualifier := range slices.Sorted(maps.Keys(s.facts.Around.Invoked)) {
			g.addWriting(qualifier, s.facts.Around.Invoked[qualifier])
		}
	}
	return g
}
