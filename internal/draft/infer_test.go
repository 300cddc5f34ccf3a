package draft_test

import (
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

// values are the variables as AWS would return them.
func values(spec bp.Spec) map[string]string {
	out := map[string]string{}
	for name, value := range draft.Environment(spec, bp.Known(ownSecret)).Or(nil) {
		out[name] = value.Or("")
	}
	return out
}

func TestInfer_GivesBackWhatDiffersFromTheDefaults(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		gen := specs{T: t}
		spec, facts := gen.spec(), gen.facts()
		if logs := spec.Logs.Or(bp.LogsSpec{}); logs.Format.IsNull() && logs.ApplicationLevel.IsKnown() {
			facts.House.LogFormat = bp.Null[string]() // a plan refuses levels without the format
		}
		got := draft.Infer(draft.Draft(spec, facts), values(spec), facts)
		noDifference(t, "spec", got, spec)
	})
}

func TestInfer_DraftsTheSameBlueprintAgain(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		gen := specs{T: t, defaults: true}
		spec := gen.spec()
		facts := serving(spec, gen.facts())
		observed := draft.Draft(spec, facts)
		noDifference(t, "blueprint", draft.Draft(draft.Infer(observed, values(spec), facts), facts), observed)
	})
}

func TestInfer_LeavesEveryDefaultOut(t *testing.T) {
	t.Parallel()
	spec := bp.Spec{
		Name: bp.Known("orders"), Runtime: bp.Known("provided.al2023"), Handler: bp.Known("bootstrap"),
		Description: bp.Known(""), Architecture: bp.Known(draft.DefaultArchitecture),
		MemorySize: bp.Known[int64](draft.DefaultMemorySize), Timeout: bp.Known[int64](draft.DefaultTimeout),
		EphemeralStorage: bp.Known[int64](draft.DefaultEphemeralStorage), Powertools: bp.Known(true),
		Environment: bp.Known(map[string]bp.String{"POWERTOOLS_SERVICE_NAME": bp.Known("orders")}),
		KMSKeyARN:   bp.Known(houseKey), RoleName: bp.Known("orders-eu-west-1"), RolePath: bp.Known("/"),
		PermissionsBoundary: bp.Known("house"), Tracing: bp.Known(draft.DefaultTracing),
		Trust:      bp.Known(bp.TrustSpec{SourceAccount: bp.Known(true), SourceARN: bp.Known(false)}),
		Access:     bp.Known(map[string]bp.Value[bp.AccessSpec]{}),
		PolicyARNs: bp.Known(bp.Set{}), Tags: bp.Known(map[string]bp.String{"team": bp.Known("core")}),
		Logs: bp.Known(bp.LogsSpec{
			GroupName: bp.Known("/aws/lambda/orders"), RetentionDays: bp.Known[int64](90),
			Format: bp.Known("JSON"), ApplicationLevel: bp.Known("INFO"),
		}),
		Release: bp.Known(bp.ReleaseSpec{Alias: bp.Known("live")}),
	}
	facts := knownFacts()
	facts.House = bp.House{
		KMSKeyARN: bp.Known(houseKey), PermissionsBoundary: bp.Known("house"), LogRetentionDays: bp.Known[int64](90),
		DefaultTags: bp.Known(map[string]bp.String{"team": bp.Known("core")}),
	}
	noDifference(t, "spec", draft.Infer(draft.Draft(spec, facts), values(spec), facts),
		bp.Spec{Name: bp.Known("orders"), Runtime: bp.Known("provided.al2023")})
}

func TestInfer_StatesWhatDiffersFromTheHouse(t *testing.T) {
	t.Parallel()
	observed := draft.Draft(fourLines(), knownFacts())
	facts := knownFacts()
	facts.House.LogRetentionDays = bp.Known[int64](90)
	logs := draft.Infer(observed, values(fourLines()), facts).Logs.Or(bp.LogsSpec{})
	same(t, "retention", logs.RetentionDays, bp.Known[int64](365))
}

func TestInfer_FunctionWithoutARoleOrGroupOfTheUnit(t *testing.T) {
	t.Parallel()
	observed := bp.Blueprint{Function: bp.Known(bp.Function{Name: bp.Known("orders"), Runtime: bp.Known("python3.13")})}
	got := draft.Infer(observed, nil, knownFacts())
	same(t, "name", got.Name, bp.Known("orders"))
	same(t, "role", []bool{got.RoleName.IsNull(), got.Trust.IsNull(), got.PolicyARNs.IsNull()}, []bool{true, true, true})
	same(t, "logs", got.Logs.IsNull(), true)
	same(t, "access", got.Access.IsNull(), true)
	same(t, "powertools", got.Powertools, bp.Known(false))
}

func TestInfer_MissingPowertoolsVariableMeansOff(t *testing.T) {
	t.Parallel()
	environment := values(fourLines())
	delete(environment, "POWERTOOLS_LOG_LEVEL")
	got := draft.Infer(draft.Draft(fourLines(), knownFacts()), environment, knownFacts())
	same(t, "powertools", got.Powertools, bp.Known(false))
	same(t, "environment", got.Environment, bp.Known(map[string]bp.String{
		"POWERTOOLS_SERVICE_NAME": bp.Known("orders"), "POWERTOOLS_METRICS_NAMESPACE": bp.Known("orders"),
	}))
}

func TestInfer_OwnershipTagsAreNoInput(t *testing.T) {
	t.Parallel()
	observed := draft.Draft(fourLines(), knownFacts())
	observed.Tags = bp.Known(map[string]bp.String{"secure:unit": bp.Known("orders"), "secure:source": bp.Known("path:src"), "team": bp.Known("blue")})
	got := draft.Infer(observed, nil, knownFacts())
	same(t, "tags", got.Tags, bp.Known(map[string]bp.String{"team": bp.Known("blue")}))
}
