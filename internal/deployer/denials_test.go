package deployer

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
)

// legitimate is a request that a statement is there to allow, about what a unit
// has: whatever it compares is as it asks.
func legitimate(s Statement, action, resource string, o Options) request {
	known := func(field, value string) string {
		if field == anything {
			return value
		}
		return field
	}
	account := known(o.Place.Account, "111122223333")
	fields := strings.SplitN(resource, ":", 6)
	if len(fields) == 6 {
		fields[3], fields[4] = known(fields[3], "eu-west-1"), known(fields[4], account)
		fields[5] = strings.NewReplacer("*", "api-eu-west-1-2", "?", "x").Replace(fields[5])
		resource = strings.Join(fields, ":")
	}
	c := context{"aws:PrincipalAccount": {account}}
	if len(fields) == 6 && fields[4] != "" {
		c[theirs] = []string{fields[4]}
	}
	for operator, keys := range s.Conditions {
		for key, values := range keys {
			if operator == null || operator == noneEquals {
				c[key] = []string{"team"}
				continue
			}
			c[key] = []string{strings.ReplaceAll(values[len(values)-1], "*", "api")}
		}
	}
	if len(o.Boundaries) > 0 && strings.Contains(resource, ":role/") {
		c[boundary] = o.Boundaries[:1]
	}
	return request{action, resource, c}
}

// What is denied is nothing that an apply or a destroy needs: not the policies
// that units are given, not another account's key that is named, no read.
func TestDenials_LeaveWhatIsAllowed(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		var all []Statement
		for _, p := range policiesOf(t, phase, o) {
			all = append(all, p.Statements...)
		}
		for _, s := range all {
			if s.Deny {
				continue
			}
			for _, action := range s.Actions {
				for _, resource := range s.Resources {
					if r := legitimate(s, action, resource, o); !grants(all, r) {
						t.Errorf("%s: %s on %s is denied under %v", s.Sid, action, r.resource, r.context)
					}
				}
			}
		}
	})
}

func TestDenials_AttachGivenPolicies(t *testing.T) {
	t.Parallel()
	o := variants()["everything"]
	all := statementsIn(t, o, Apply)
	for policy, granted := range map[string]bool{o.Policies[0]: true, "arn:aws:iam::aws:policy/AdministratorAccess": false} {
		r := request{"iam:AttachRolePolicy", place.RoleARN(o.RolePath, "orders-api"), context{
			policyARN: {policy}, boundary: {boundaryARN}, resourceTag: {"orders-api"}, theirs: {place.Account},
		}}
		if got := grants(all, r); got != granted {
			t.Errorf("%s can be attached: %v", policy, got)
		}
		r.context[boundary] = []string{policy}
		if grants(all, r) {
			t.Errorf("%s can be attached to a role of another boundary", policy)
		}
	}
}

func TestDenials_AreValid(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		denying := 0
		for sid, s := range printed(t, phase, o) {
			if !s.Deny {
				continue
			}
			denying++
			if (len(s.Resources) == 0) == (len(s.Except) == 0) {
				t.Errorf("%s is about %v and all but %v", sid, s.Resources, s.Except)
			}
			for _, name := range s.Actions {
				action, ok := access.Catalogue().Action(name)
				if strings.HasSuffix(name, anything) {
					continue
				}
				if !ok || action.Level == access.Read || action.Level == access.List {
					t.Errorf("%s: %s does not exist, or reads", sid, name)
				}
				for operator, keys := range s.Conditions {
					for key := range keys {
						if _, ok := action.Condition(key); !ok {
							t.Errorf("%s: requests of %s carry no %s for %s", sid, name, key, operator)
						}
					}
				}
			}
		}
		if denies := denying > 0; denies != (phase != Plan) && !o.AnyName {
			t.Errorf("denies %v", denies)
		}
	})
}

// The wildcards take in every action of IAM by which somebody becomes more.
func TestDenials_TakeInEveryEscalation(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, e := range access.AllEscalations() {
		for _, name := range e.Actions {
			action, ok := access.Catalogue().Action(name)
			if !ok || !strings.HasPrefix(action.Name, "iam:") || action.Level == access.Read || action.Level == access.List {
				continue
			}
			checked++
			if !slices.ContainsFunc(changesOfIAM, func(pattern string) bool { return access.Covers(pattern, name) }) {
				t.Errorf("%s can do %s elsewhere", e.ID, name)
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d actions were checked", checked)
	}
}

// Where the account is left open, other accounts' things of a unit's name are
// out of reach, and those that are named are not.
func TestDenials_OtherAccounts(t *testing.T) {
	t.Parallel()
	o := variants()["any account"]
	foreign := "arn:aws:kms:eu-west-1:444455556666:key/2"
	o.Keys = []string{foreign}
	all := statementsIn(t, o, Apply)
	for _, c := range []struct {
		request
		granted bool
	}{
		{request{"lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:111122223333:function:orders-api", context{resourceTag: {"orders-api"}, theirs: {"111122223333"}}}, true},
		{request{"lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:444455556666:function:orders-api", context{resourceTag: {"orders-api"}, theirs: {"444455556666"}}}, false},
		{request{"lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:111122223333:function:orders-api", context{resourceTag: {"orders-api"}}}, true}, // says nothing of the account
		{request{"iam:PassRole", "arn:aws:iam::444455556666:role/orders/orders-api", context{passedTo: {lambdaPrincipal}, theirs: {"444455556666"}}}, false},
		{request{"lambda:GetFunction", "arn:aws:lambda:eu-west-1:444455556666:function:orders-api", context{theirs: {"444455556666"}}}, true},
		{request{"kms:Encrypt", foreign, context{viaService: {"lambda.eu-west-1.amazonaws.com"}, theirs: {"444455556666"}}}, true},
	} {
		c.context["aws:PrincipalAccount"] = []string{"111122223333"}
		if got := grants(all, c.request); got != c.granted {
			t.Errorf("%s on %s: %v", c.action, c.resource, got)
		}
	}
}

func TestDenials_OtherAccountsAreReachedWithoutIt(t *testing.T) {
	t.Parallel()
	o := variants()["any account"]
	open := slices.DeleteFunc(statementsIn(t, o, Apply), func(s Statement) bool { return s.Sid == "DenyChangesInOtherAccounts" })
	paths := reach(open, o, situation{}.account(o, "secure"))
	for _, goal := range []string{"a function of another account is changed by lambda:UpdateFunctionCode", "the deployer is a role of another account"} {
		if _, ok := paths[goal]; !ok {
			t.Errorf("%s: not without the denial either: %v", goal, slices.Sorted(maps.Keys(paths)))
		}
	}
}

// Only those of the deployer's own policies are named that units' names take in,
// and no unit's policy is called so.
func TestDenials_OwnPolicies(t *testing.T) {
	t.Parallel()
	o := amongUnits()
	for name, want := range map[string][]string{
		"secure":       {"policy/secure/*/*", "role/secure/*/*", "role/secure/orders-deployer"},
		nameAmongUnits: {"policy/secure/*/*", "policy/secure/orders-deployer-apply", "policy/secure/orders-deployer-apply-?", "policy/secure/orders-deployer-audit"},
	} {
		policies, err := Policies(Destroy, o, name)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(policies[0].Statements, func(s Statement) bool { return s.Sid == "DenyChangingDeployerAndDeeperPaths" })
		got := policies[0].Statements[at].Resources
		for i, w := range want {
			if !strings.HasSuffix(got[i], ":"+w) {
				t.Errorf("%s: %v, want %v among them", name, got, want)
			}
		}
	}
}
