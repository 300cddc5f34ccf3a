package deployer

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestPolicies_AreValid(t *testing.T) {
	t.Parallel()
	sid := regexp.MustCompile(`^[A-Za-z0-9]+$`)
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		if err := o.Validate(); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		policies := policiesOf(t, phase, o)
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
		if len(policies) == 0 || len(policies) > 10 {
			t.Errorf("%d policies: a role takes 10", len(policies))
		}
		for i, p := range policies {
			document, err := json.Marshal(p.document())
			if err != nil || len(document) > bp.MaxPolicySize {
				t.Errorf("%s has %d characters: %v", p.Name, len(document), err)
			}
			if p.Part != i+1 || p.Parts != len(policies) {
				t.Errorf("%s is part %d of %d", p.Name, p.Part, p.Parts)
			}
			for _, s := range p.Statements {
				if !sid.MatchString(s.Sid) || seen[s.Sid] {
					t.Errorf("Sid %q is not valid, or there twice", s.Sid)
				}
				seen[s.Sid] = true
				if strings.HasPrefix(s.Sid, "Deny") != s.Deny {
					t.Errorf("%s denies: %v", s.Sid, s.Deny)
				}
			}
		}
	})
}

func TestPolicies_ActionsExistAndTakeTheirResources(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		statements := allowed(t, phase, o)
		for sid, s := range statements {
			for _, name := range s.Actions {
				action, ok := access.Catalogue().Action(name)
				if !ok || action.Name != name {
					t.Errorf("%s: there is no action %s; near are %v", sid, name, access.Catalogue().Nearest(name, 3))
					continue
				}
				resources := s.Resources
				alone := strings.Contains(sid, "TakesNoResource") || strings.Contains(sid, "TakeNoResource")
				if everything := slices.Equal(resources, []string{"*"}); everything == action.TakesResource() || everything != alone {
					t.Errorf("%s: %s on %v", sid, name, resources)
				}
				for _, r := range resources {
					fits := slices.ContainsFunc(action.Resources, func(is access.Resource) bool { return is.Fits(r) })
					if action.TakesResource() && !fits {
						t.Errorf("%s: %s cannot be allowed on %s", sid, name, r)
					}
				}
			}
		}
	})
}

// An action that is checked on two resources is denied where one is missing.
func TestPolicies_NameEveryRequiredResource(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		named := map[string][]string{}
		for _, s := range allowed(t, phase, o) {
			for _, name := range s.Actions {
				named[name] = append(named[name], s.Resources...)
			}
		}
		for name, resources := range named {
			action, _ := access.Catalogue().Action(name)
			for _, r := range action.Resources {
				if r.Required && !slices.ContainsFunc(resources, r.Fits) {
					t.Errorf("%s is allowed on %v, and on no %s", name, resources, r.Type)
				}
			}
		}
	})
}

func TestPolicies_ConditionsCompareKeysThatTheActionHas(t *testing.T) {
	t.Parallel()
	operators := map[string][]string{
		"String": {stringEquals, stringLike, stringLikeIfExists}, "ArrayOfString": {noneEquals, allLike}, "ARN": {arnLike}, "Bool": {boolean},
	}
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		for sid, s := range allowed(t, phase, o) {
			for operator, keys := range s.Conditions {
				for key, values := range keys {
					if len(values) == 0 {
						t.Errorf("%s: %s %s compares with nothing", sid, operator, key)
					}
					for _, name := range s.Actions {
						action, _ := access.Catalogue().Action(name)
						has, ok := action.Condition(key)
						if !ok {
							t.Errorf("%s: requests of %s carry no %s", sid, name, key)
						} else if operator != null && !slices.Contains(operators[has.Type], operator) {
							t.Errorf("%s: %s is of type %s, which %s does not compare", sid, key, has.Type, operator)
						}
					}
				}
			}
		}
	})
}

func TestPolicies_PlanOnlyReads(t *testing.T) {
	t.Parallel()
	for name, o := range variants() {
		for _, action := range actionsOf(t, Plan, o) {
			a, _ := access.Catalogue().Action(action)
			// Decrypting counts as writing. Lambda shows a function's
			// environment only to whom may decrypt it.
			if a.Level != access.Read && a.Level != access.List && action != "kms:Decrypt" {
				t.Errorf("%s: a plan may %s, which is %s", name, action, a.Level)
			}
		}
	}
}

func TestPolicies_PassTheRoleToLambdaAlone(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		for sid, s := range allowed(t, phase, o) {
			if !slices.Contains(s.Actions, "iam:PassRole") {
				continue
			}
			if phase != Apply || len(s.Actions) != 1 || !slices.Equal(s.Conditions[stringEquals][passedTo], []string{"lambda.amazonaws.com"}) {
				t.Errorf("%s in %s: %v under %v", sid, phase, s.Actions, s.Conditions)
			}
			for _, r := range s.Resources {
				if !strings.Contains(r, ":role"+o.RolePath) {
					t.Errorf("%s: %s is not below %s", sid, r, o.RolePath)
				}
			}
		}
	})
}

func TestPolicies_GrantOnlyToLambdaItself(t *testing.T) {
	t.Parallel()
	for name, o := range variants() {
		granted := 0
		for _, s := range allowed(t, Apply, o) {
			if !slices.Contains(s.Actions, "kms:CreateGrant") {
				continue
			}
			granted++
			c := s.Conditions
			via := slices.Concat(c[stringEquals][viaService], c[stringLike][viaService])
			if len(s.Actions) != 1 || !slices.Equal(c[boolean][forAWS], []string{"true"}) || len(via) != 1 || !strings.HasPrefix(via[0], "lambda.") {
				t.Errorf("%s: %s allows %v under %v", name, s.Sid, s.Actions, c)
			}
		}
		if granted == 0 {
			t.Errorf("%s: no grant is allowed", name)
		}
	}
	if via := allowed(t, Apply, variants()["china"])["GrantLambdaUseOfKeys"].Conditions[stringEquals][viaService]; !slices.Equal(via, []string{"lambda.cn-north-1.amazonaws.com.cn"}) {
		t.Errorf("in China: %v", via)
	}
}

func TestPolicies_UnitsTagIsNeverTakenAway(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		for sid, s := range allowed(t, phase, o) {
			for _, name := range s.Actions {
				if strings.Contains(name, ":Untag") && !slices.Equal(s.Conditions[noneEquals][tagKeys], []string{bp.TagUnit}) {
					t.Errorf("%s: %s may remove the tag %s", sid, name, bp.TagUnit)
				}
			}
		}
	})
}
