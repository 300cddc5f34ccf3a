package acceptance

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// TestAccPosture_RemediesOfWhatIsLeft leaves settings to others who lower the posture.
// The state says where to mend that, a plan says the same as the apply after it,
// and no longer so once the settings are the unit's again.
func TestAccPosture_RemediesOfWhatIsLeft(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-remedies"
	attributes := map[string]string{"ignore_drift": `["function.tracing", "role.attached_policies"]`}
	declare := func(c *core) { c.write(`provider "secure" {}` + "\n" + unit(t, "x", name, attributes)) }
	c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "x", name, attributes))
	c.must("apply", "-auto-approve")
	must(t, configured(func(in *lambda.UpdateFunctionConfigurationInput) {
		in.TracingConfig = lambdaTracing("PassThrough")
	})(t.Context(), a, name))
	_, err := a.iam.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: new(name + "-" + region), PolicyArn: new("arn:aws:iam::aws:policy/ReadOnlyAccess")})
	must(t, err)
	c.must("apply", "-auto-approve")
	shown := c.must("show", "-json")
	for _, setting := range []string{"function.tracing", "role.attached_policies"} {
		if !strings.Contains(shown, "ignore_drift leaves "+setting+" to others") {
			t.Errorf("no remedy speaks of %s:\n%s", setting, c.posture())
		}
	}
	c.empty()
	// Another path alone changes remedies of nothing, and what the plan said holds.
	attributes["ignore_drift"] = `["function.tracing", "role.attached_policies", "function.timeout"]`
	declare(c)
	c.must("apply", "-auto-approve")
	c.empty()
	delete(attributes, "ignore_drift")
	declare(c)
	c.must("apply", "-auto-approve")
	if shown := c.must("show", "-json"); strings.Contains(shown, "ignore_drift leaves") {
		t.Errorf("a remedy still speaks of ignore_drift: %s", c.posture())
	}
	c.empty()
	c.must("destroy", "-auto-approve")
}
