package acceptance

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// productAgent is in the user agent of every call that the provider makes, and
// of nobody else's.
const productAgent = "terraform-provider-secure"

// knownViolation is a request of the provider that AWS would refuse and that
// is still to be mended.
type knownViolation struct {
	service, operation, member string
	// rule is a part of it.
	rule string
}

// knownViolations is to be emptied: an entry goes with the fault it stands for.
var knownViolations = []knownViolation{}

// idleFor are members that are sent although AWS does the same without them, with
// the reason.
var idleFor = map[string]string{}

// lawful fails a test in whose account the provider made a request that AWS
// would refuse.
func (a *tenant) lawful(t *testing.T) {
	t.Helper()
	if box == nil {
		return // AWS judges for itself
	}
	for _, v := range box.Violations(a.id, productAgent) {
		if !known(v) {
			t.Errorf("AWS would refuse this request: %s", v)
		}
	}
	for _, v := range box.Idle(a.id, productAgent) {
		if idleFor[v.Service+"."+v.Operation+" "+v.Member] == "" {
			t.Errorf("this need not be sent: %s", v)
		}
	}
	for _, denied := range box.Denials(a.id) {
		t.Errorf("a function ran, and %s", denied)
	}
}

func known(v sandbox.Violation) bool {
	return slices.ContainsFunc(knownViolations, func(k knownViolation) bool {
		return k.service == v.Service && k.operation == v.Operation && k.member == v.Member && strings.Contains(v.Rule, k.rule)
	})
}

// The check at the end of every test is only as good as its hold on the
// provider's calls: all of them have to carry the name that it looks for.
func TestTheProvidersRequestsAreJudged(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps:                    []resource.TestStep{{Config: a.providerBlock() + unit(t, "x", "tfacc-judged", nil)}},
	})
	calls := box.Recorder().Since(0, sandbox.InAccount(a.id))
	if len(calls) == 0 {
		t.Error("the provider made no call")
	}
	for _, call := range calls {
		if !strings.Contains(call.UserAgent, productAgent) {
			t.Errorf("%s came from %q, which does not name %s", call.Name(), call.UserAgent, productAgent)
		}
	}
}
