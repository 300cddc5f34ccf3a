package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// TestAccPosture_SecretUnderIgnoreDrift writes secrets where others set what
// counts: the state and the plans hold what is written all the same, so a plan
// that brings one in is refused, although it changes nothing of the unit. What
// others wrote there is shown too.
func TestAccPosture_SecretUnderIgnoreDrift(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-written-secret"
	const secret = "postgres://app:horse-battery-staple-77@db.acme.example/orders"
	written := map[string]string{"description": `"orders"`, "environment": `{ GREETING = "hi" }`, "ignore_drift": `["function.description", "function.environment"]`}
	block := "provider \"secure\" {\n  ignore_tags = { keys = [\"owner\"] }\n%s}\n"
	declare := func(c *core, house string) { c.write(fmt.Sprintf(block, house) + unit(t, "x", name, written)) }
	c := newCore(t, a, fmt.Sprintf(block, "")+unit(t, "x", name, written))
	c.must("apply", "-auto-approve")
	for _, m := range []struct{ attribute, value, house, evidence string }{
		{attribute: "description", value: `"` + secret + `"`, evidence: "description ("},
		{attribute: "environment", value: `{ GREETING = "hi", DB_PASSWORD = "horse-battery-staple-77" }`, evidence: "environment.DB_PASSWORD"},
		{attribute: "tags", value: `{ owner = "` + secret + `" }`, evidence: "tags.owner"},
		{house: `  default_tags = { owner = "` + secret + `" }` + "\n", evidence: "Default tag owner holds a secret"},
	} {
		before := written[m.attribute]
		if m.attribute != "" {
			written[m.attribute] = m.value
		}
		declare(c, m.house)
		said := c.says(1, []string{"plan"}, "Error: ", m.evidence)
		if _, diagnostics, _ := strings.Cut(said, "Error: "); strings.Contains(diagnostics, "horse-battery") {
			t.Errorf("the secret is repeated:\n%s", said)
		}
		if m.attribute != "" {
			written[m.attribute] = before
		}
	}
	declare(c, "")
	must(t, configured(func(in *lambda.UpdateFunctionConfigurationInput) { in.Description = new(secret) })(t.Context(), a, name))
	c.says(1, []string{"plan"}, "no-plaintext-secrets", "function.description, which others set")
	must(t, configured(func(in *lambda.UpdateFunctionConfigurationInput) { in.Description = new("orders") })(t.Context(), a, name))
	c.must("destroy", "-auto-approve")
}
