package deployer

import (
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
			document, err := bp.Document(p.Statements)
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
				if s.Statement.Effect != bp.Known("Allow") {
					t.Errorf("%s: effect %v", s.Sid, s.Statement.Effect)
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
			for _, name := range texts(s.Actions) {
				action, ok := access.Catalogue().Action(name)
				if !ok || action.Name != name {
					t.Errorf("%s: there is no action %s; near are %v", sid, name, access.Catalogue().Nearest(name, 3))
					continue
				}
				resources := texts(s.Resources)
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
			for _, name := range texts(s.Actions) {
				named[name] = append(named[name], texts(s.Resources)...)
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
		"String": {stringEquals, stringLike, stringLikeIfExists}, "ArrayOfString": {noneEquals}, "ARN": {arnLike}, "Bool": {boolean},
	}
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		for sid, s := range allowed(t, phase, o) {
			for operator, keys := range conditionsOf(s) {
				for key, values := range keys {
					if len(values) == 0 {
						t.Errorf("%s: %s %s compares with nothing", sid, operator, key)
					}
					for _, name := range texts(s.Actions) {
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

// mayWriteFreely are the actions that change something and are not tied to the
// unit's tag, with what they are tied to instead.
var mayWriteFreely = map[string]string{
	"iam:PassRole":                        "iam:PassedToService; AWS calls tags unreliable here",
	"kms:CreateGrant":                     "kms:GrantIsForAWSResource and kms:ViaService",
	"kms:Decrypt":                         "kms:ViaService",
	"kms:Encrypt":                         "kms:ViaService",
	"kms:CreateAlias":                     "the alias' name; aliases have no tags, those of a new key do not count yet",
	"kms:UpdateAlias":                     "the alias' name, and on the keys their tag",
	"kms:DeleteAlias":                     "the alias' name, and on the key its tag",
	"s3:PutObject":                        "the unit's folder",
	"s3:DeleteObject":                     "the unit's folder",
	"signer:StartSigningJob":              "the profile",
	"s3:DeleteObjectVersion":              "the unit's folder",
	"kms:EnableKeyRotation":               "nothing: it takes nothing away, and the tags of a new key do not count yet",
	"lambda:PutFunctionCodeSigningConfig": "the configuration; on the function its tag",
}

func TestPolicies_WritesAreTiedToTheUnitsTag(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		if o.Import {
			return // see TestPolicies_ImportChangesWhatIsNotTagged
		}
		for sid, s := range allowed(t, phase, o) {
			conditions := conditionsOf(s)
			_, gives := conditions[stringLike][requestTag]
			_, has := conditions[stringLike][resourceTag]
			for _, name := range texts(s.Actions) {
				action, _ := access.Catalogue().Action(name)
				if action.Level == access.Read || action.Level == access.List || gives || has {
					continue
				}
				if _, known := mayWriteFreely[name]; !known {
					t.Errorf("%s: %s, which is %s, is not tied to the unit's tag", sid, name, action.Level)
				}
			}
		}
	})
}

func TestPolicies_PassTheRoleToLambdaAlone(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		for sid, s := range allowed(t, phase, o) {
			if !slices.Contains(texts(s.Actions), "iam:PassRole") {
				continue
			}
			if phase != Apply || len(texts(s.Actions)) != 1 || !slices.Equal(conditionsOf(s)[stringEquals][passedTo], []string{"lambda.amazonaws.com"}) {
				t.Errorf("%s in %s: %v under %v", sid, phase, texts(s.Actions), conditionsOf(s))
			}
			for _, r := range texts(s.Resources) {
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
		s := allowed(t, Apply, o)["GrantLambdaUseOfKeys"]
		c := conditionsOf(s)
		via := slices.Concat(c[stringEquals][viaService], c[stringLike][viaService])
		if !slices.Equal(texts(s.Actions), []string{"kms:CreateGrant"}) || !slices.Equal(c[boolean][forAWS], []string{"true"}) || len(via) != 1 || !strings.HasPrefix(via[0], "lambda.") {
			t.Errorf("%s: %v under %v", name, texts(s.Actions), c)
		}
	}
	if via := conditionsOf(allowed(t, Apply, variants()["china"])["GrantLambdaUseOfKeys"])[stringEquals][viaService]; !slices.Equal(via, []string{"lambda.cn-north-1.amazonaws.com.cn"}) {
		t.Errorf("in China: %v", via)
	}
}

func TestPolicies_UnitsTagIsNeverTakenAway(t *testing.T) {
	t.Parallel()
	eachPhase(t, func(t *testing.T, phase Phase, o Options) {
		for sid, s := range allowed(t, phase, o) {
			for _, name := range texts(s.Actions) {
				if strings.Contains(name, ":Untag") && !slices.Equal(conditionsOf(s)[noneEquals][tagKeys], []string{bp.TagUnit}) {
					t.Errorf("%s: %s may remove the tag %s", sid, name, bp.TagUnit)
				}
			}
		}
	})
}
