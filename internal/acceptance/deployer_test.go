package acceptance

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/deployer"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// TestAccDeployer_PoliciesCoverEveryCall plans, applies, changes, imports and
// destroys the complete example, and holds every call that was recorded against
// the policies of the phase.
func TestAccDeployer_PoliciesCoverEveryCall(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	c := newCore(t, a, "")
	must(t, os.CopyFS(filepath.Join(c.dir, "example"), os.DirFS("../../examples/complete")))
	c.dir = filepath.Join(c.dir, "example")
	covered := func(phase deployer.Phase, arguments ...string) {
		t.Helper()
		mark := box.Recorder().Mark()
		c.must(arguments...)
		for _, call := range box.Recorder().Since(mark, sandbox.InAccount(a.id)) {
			if call.Name() != "sts.GetCallerIdentity" && !deployer.Covered(phase, call.Service, call.Operation) {
				t.Errorf("%v calls %s, which the policies of phase %s do not allow: add it to internal/deployer/calls.json", arguments, call.Name(), phase)
			}
		}
	}
	covered(deployer.Plan, "plan", "-out=new")
	covered(deployer.Apply, "apply", "new")
	covered(deployer.Plan, "plan")
	// One publishes and one changes the policy: both at once would wait for
	// invocations to end.
	covered(deployer.Apply, "apply", "-auto-approve", "-var", "signing_salt=other")
	covered(deployer.Apply, "apply", "-auto-approve", "-var", "signing_salt=other", "-var", "table_arn=arn:aws:dynamodb:eu-central-1:111122223333:table/others")
	covered(deployer.Apply, "apply", "-auto-approve", "-var", "signing_salt=other")
	c.must("state", "rm", "secure_lambda.orders")
	covered(deployer.Plan, "import", "secure_lambda.orders", "orders-api")
	covered(deployer.Apply, "apply", "-auto-approve", "-var", "signing_salt=other")
	covered(deployer.Destroy, "destroy", "-auto-approve")
}
