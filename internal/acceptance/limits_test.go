package acceptance

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// TestAccLambda_TimeoutOfHalfAnHour applies the longest timeout that AWS is known
// to take, and wants the alarm to follow it.
func TestAccLambda_TimeoutOfHalfAnHour(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: a.providerBlock() + unit(t, "long", "tfacc-long", map[string]string{"timeout": "1800"}),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("secure_lambda.long", tfjsonpath.New("managed").AtMapKey("function").AtMapKey("timeout"), knownvalue.Int64Exact(1800)),
				statecheck.ExpectKnownValue("secure_lambda.long", tfjsonpath.New("managed").AtMapKey("alarms").AtMapKey("duration").AtMapKey("threshold"), knownvalue.Float64Exact(1_440_000)),
			},
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		}},
	})
}

// TestAccLimits_OfToday_AreSilent validates what is known to be taken.
func TestAccLimits_OfToday_AreSilent(t *testing.T) {
	t.Parallel()
	for _, with := range []settings{
		{"timeout": 901}, {"timeout": 1800}, {"memory_size": 128}, {"memory_size": 10240}, {"ephemeral_storage": 10240},
		async("max_event_age", 60), async("max_retries", 2), dead(settings{"retention_days": 14}),
		{"powertools": false, "logs": settings{"class": "DELIVERY"}}, {"architecture": "x86_64"},
	} {
		if found := newWire(t).validate(t, good(t, with)); len(found) > 0 {
			t.Errorf("%v:\n%s", with, describe(found))
		}
	}
}

// TestAccLimits_BeyondThem_APlanWarnsWithTheDay runs the real binary: the plan
// has to go on.
func TestAccLimits_BeyondThem_APlanWarnsWithTheDay(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	stdout, stderr, code := newCore(t, a, requireSecure+a.providerBlock()+unit(t, "long", "tfacc-longer", map[string]string{"timeout": "5400"})).run("plan", "-json")
	if code != 0 {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	for _, want := range []string{`timeout is 5400 seconds, more than the 1800 that AWS documented on 2026-11-20`, "AWS decides at apply. If it refuses, write 1800 or less", `"add":`} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the plan lacks %q:\n%s", want, stdout)
		}
	}
}
