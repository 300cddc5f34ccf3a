package deployer

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// statementsIn are those of all policies of phases, as a principal has them that
// is given several sets.
func statementsIn(t *testing.T, o Options, phases ...Phase) []Statement {
	t.Helper()
	var out []Statement
	for _, phase := range phases {
		for _, p := range policiesOf(t, phase, o) {
			out = append(out, p.Statements...)
		}
	}
	return out
}

// fencedVariants are those whose names and roles are fenced.
func fencedVariants() map[string]Options {
	out := variants()
	maps.DeleteFunc(out, func(_ string, o Options) bool { return o.AnyName || o.NoBoundary })
	return out
}

func reported(t *testing.T, what string, paths map[string]string) {
	t.Helper()
	for _, goal := range slices.Sorted(maps.Keys(paths)) {
		t.Errorf("%s: %s\n\tby: %s", what, goal, paths[goal])
	}
}

func TestReach_NothingForeign(t *testing.T) {
	t.Parallel()
	for name, o := range fencedVariants() {
		for _, phases := range [][]Phase{{Plan}, {Destroy}, {Apply, Destroy}} {
			t.Run(name+"/"+string(phases[0]), func(t *testing.T) {
				t.Parallel()
				reported(t, "without more", reach(statementsIn(t, o, phases...), o, situation{}.account(o, "secure")))
			})
		}
	}
}

// amongUnits are options of a deployer whose role, policies and boundary have
// names of the units.
func amongUnits() Options {
	o := variants()["everything"]
	o.Boundaries = []string{o.Place.PolicyARN(o.RolePath, "orders-boundary")}
	o.DeployerRoles = []string{o.Place.RoleARN(o.RolePath, "orders-deployer")}
	return o
}

const nameAmongUnits = "orders-deployer"

func statementsAmongUnits(t *testing.T, o Options) []Statement {
	t.Helper()
	var out []Statement
	for _, phase := range []Phase{Apply, Destroy} {
		policies, err := Policies(phase, o, nameAmongUnits)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range policies {
			out = append(out, p.Statements...)
		}
	}
	return out
}

func TestReach_TheDeployerAndTheBoundaryAmongTheUnits(t *testing.T) {
	t.Parallel()
	o := amongUnits()
	reported(t, "among the units", reach(statementsAmongUnits(t, o), o, situation{amongUnits: true}.account(o, nameAmongUnits)))
}

// changesGivenBesides is what a deployer may do in IAM that is given more than
// these policies: everything, on everything.
var changesGivenBesides = []Statement{{Sid: "Besides", Resources: []string{anything}, Actions: []string{
	"iam:AddUserToGroup", "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreatePolicy",
	"iam:CreatePolicyVersion", "iam:CreateRole", "iam:CreateUser", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:DeleteRole",
	"iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DeleteUser", "iam:DetachRolePolicy", "iam:PassRole",
	"iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:PutUserPolicy", "iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:TagRole",
	"iam:UntagPolicy", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateLoginProfile", "iam:UpdateRole", "iam:UpdateUser",
}}}

// reachBesides leaves out that a unit's role is passed to another service than
// Lambda: it has its boundary there too.
func reachBesides(statements []Statement, o Options) map[string]string {
	paths := reach(slices.Concat(statements, changesGivenBesides), o, situation{amongUnits: true}.account(o, nameAmongUnits))
	maps.DeleteFunc(paths, func(goal, _ string) bool { return strings.HasSuffix(goal, " is passed to ec2.amazonaws.com") })
	return paths
}

func TestReach_DenialsHoldWhateverElseIsAllowed(t *testing.T) {
	t.Parallel()
	o := amongUnits()
	statements := statementsAmongUnits(t, o)
	reported(t, "with iam:* besides", reachBesides(statements, o))
	for _, dropped := range denialsOneByOne(statements) {
		without := slices.Clone(statements)
		for i, s := range without {
			if s.Sid == dropped.Sid {
				without[i].Resources = slices.DeleteFunc(slices.Clone(s.Resources), func(arn string) bool { return slices.Contains(dropped.Resources, arn) })
				without[i].Except = nil
			}
		}
		without = slices.DeleteFunc(without, func(s Statement) bool { return len(s.Resources) == 0 })
		if paths := reachBesides(without, o); len(paths) == 0 {
			t.Errorf("%s denies nothing on %v that could not be done without it", dropped.Sid, dropped.Resources)
		}
	}
}

// denialsOneByOne are those of statements with one resource each. Of the
// deployer's own policies one is enough: they are one by one not there.
func denialsOneByOne(statements []Statement) []Statement {
	var out []Statement
	told := map[string]bool{}
	for _, s := range statements {
		if !s.Deny || told[s.Sid] {
			continue
		}
		told[s.Sid] = true
		if len(s.Resources) == 0 {
			out = append(out, s)
		}
		for _, arn := range s.Resources {
			if own := strings.Contains(arn, ":policy/secure/"+nameAmongUnits); !own || strings.HasSuffix(arn, "-apply-?") {
				one := s
				one.Resources = []string{arn}
				out = append(out, one)
			}
		}
	}
	return out
}

// goals are those of paths that hold a text.
func goals(paths map[string]string, text string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(paths)), func(goal string) bool { return !strings.Contains(goal, text) })
}

// What cannot be closed: with own keys a key that has neither alias nor tag, as
// a new one, can be taken over. Nothing else, and not without --own-keys.
func TestReach_OwnKeysOpenKeysWithoutAlias(t *testing.T) {
	t.Parallel()
	for name, o := range fencedVariants() {
		for _, own := range []bool{true, false} {
			for _, phases := range [][]Phase{{Plan}, {Destroy}, {Apply, Destroy}} {
				o.OwnKeys = own
				paths := reach(statementsIn(t, o, phases...), o, situation{bareKeys: true}.account(o, "secure"))
				bare := goals(paths, bareKey)
				if open := own && phases[0] == Apply; open != slices.Contains(bare, bareKey+" is changed by kms:PutKeyPolicy") || len(bare) != len(paths) || !open && len(bare) > 0 {
					t.Errorf("%s in %s, own keys %v: %v", name, phases, own, slices.Sorted(maps.Keys(paths)))
				}
			}
		}
	}
}

// Without a boundary exactly one path is left: a policy of the deployer's own on
// a role of a unit. It takes the flag.
func TestReach_WithoutBoundaryTheDeployerIsAdministrator(t *testing.T) {
	t.Parallel()
	o := variants()["no boundary"]
	for phase, want := range map[Phase][]string{
		Plan: nil, Destroy: nil,
		Apply: {"the deployer is administrator as a new role in the units' place", "the deployer is administrator as a unit's role"},
	} {
		paths := reach(statementsIn(t, o, phase), o, situation{}.account(o, "secure"))
		if got := slices.Sorted(maps.Keys(paths)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", phase, got, want)
		}
		for goal, path := range paths {
			if !strings.Contains(path, "iam:PassRole") && !strings.Contains(path, "iam:UpdateAssumeRolePolicy") && !strings.Contains(path, "iam:CreateRole") &&
				!strings.Contains(path, "lambda:UpdateFunctionCode") {
				t.Errorf("%s by: %s", goal, path)
			}
		}
	}
	o.NoBoundary = false
	if _, err := Policies(Apply, o, "secure"); err == nil {
		t.Error("they are printed without the flag")
	}
}

// The boundary of a role is looked at when the role is changed, not when its
// policy is: a role of the units' that has none must be given it first.
func TestReach_RolesWithoutTheBoundaryMustNotBeThere(t *testing.T) {
	t.Parallel()
	o := variants()["house key"]
	paths := reach(statementsIn(t, o, Apply), o, situation{unboundedRole: true}.account(o, "secure"))
	want := []string{"the deployer is administrator as a unit's role"}
	if got := slices.Sorted(maps.Keys(paths)); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if path := paths[want[0]]; !strings.Contains(path, "iam:CreatePolicyVersion on a unit's policy") {
		t.Errorf("by: %s", path)
	}
	if notes := strings.Join(o.Notes([]Phase{Apply}), " "); !strings.Contains(notes, "give it to every role in /orders/") {
		t.Errorf("the notes do not say so: %s", notes)
	}
}

// Nothing in a request says that a role is the caller's own: one whose name is
// like a unit's must be named.
func TestReach_ADeployerCalledLikeAUnitMustBeNamed(t *testing.T) {
	t.Parallel()
	o := amongUnits()
	o.DeployerRoles = nil
	paths := reach(statementsAmongUnits(t, o), o, situation{amongUnits: true}.account(o, nameAmongUnits))
	if got := goals(paths, deployersRole); len(got) == 0 || len(got) != len(paths) {
		t.Errorf("%v, want paths to the deployer's role alone", slices.Sorted(maps.Keys(paths)))
	}
	if notes := strings.Join(o.Notes([]Phase{Apply}), " "); !strings.Contains(notes, "--deployer-role") {
		t.Errorf("the notes do not say so: %s", notes)
	}
}

// With any name everything that the note names can be changed, and with a path
// no role or policy.
func TestReach_AnyName(t *testing.T) {
	t.Parallel()
	for path, open := range map[string]bool{"/": true, "/orders/": false} {
		o := Options{Place: place, RolePath: path, AnyName: true, Boundaries: []string{boundaryARN}, Keys: []string{"arn:aws:kms:eu-west-1:111122223333:key/1"}}
		paths := reach(statementsIn(t, o, Apply), o, situation{}.account(o, "secure"))
		if got := goals(paths, "another team's function is changed by lambda:UpdateFunctionCode"); len(got) == 0 {
			t.Errorf("in %s: the function of another team is out of reach: %v", path, slices.Sorted(maps.Keys(paths)))
		}
		if got := goals(paths, "the administrator's role is changed"); len(got) > 0 != open {
			t.Errorf("in %s: %v", path, got)
		}
		o.AnyName = false
		if _, err := Policies(Apply, o, "secure"); err == nil {
			t.Errorf("in %s: they are printed without the flag", path)
		}
	}
}
