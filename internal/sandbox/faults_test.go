package sandbox

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"
)

// once makes a call without the SDK's retries.
func once(o *iam.Options) { o.Retryer = aws.NopRetryer{} }

func (c tenant) makeRole(ctx context.Context, name string) error {
	trust := lambdaTrust
	_, err := c.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}, once)
	return err
}

func (c tenant) hasRole(t *testing.T, name string) bool {
	t.Helper()
	roles, err := c.iam.ListRoles(t.Context(), &iam.ListRolesInput{}, once)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range roles.Roles {
		if *r.RoleName == name {
			return true
		}
	}
	return false
}

// TestFaults_Harms meets each harm once and looks whether the call had its
// effect.
func TestFaults_Harms(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		fault  Fault
		code   string // of the service's answer; empty without one
		fails  bool
		effect bool
	}{
		"refused":        {fault: InternalError, code: "InternalFailure", fails: true},
		"denied":         {fault: AccessDenied, code: "AccessDeniedException", fails: true},
		"expired":        {fault: ExpiredToken, code: "ExpiredTokenException", fails: true},
		"throttled":      {fault: ThrottledRequests, code: "ThrottlingException", fails: true},
		"delayed":        {fault: Fault{Harm: Delay, Latency: 50 * time.Millisecond}, effect: true},
		"dropped before": {fault: Fault{Harm: DropBefore}, fails: true},
		"dropped after":  {fault: Fault{Harm: DropAfter}, fails: true, effect: true},
		"truncated":      {fault: Fault{Harm: Truncate}, fails: true, effect: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTenant(t)
			met := 0
			fault := want.fault.On("iam", "CreateRole", 0, 1)
			fault.Then = func() { met++ }
			plan := box.SetFaults(c.account, fault)
			if len(plan.Unused()) != 1 {
				t.Error("a fault that nothing met counts as used")
			}
			began := time.Now()
			err := c.makeRole(t.Context(), "faulty")
			if took := time.Since(began); took < want.fault.Latency {
				t.Errorf("took %s", took)
			}
			answer, answered := errors.AsType[smithy.APIError](err)
			if (err != nil) != want.fails || want.code != "" && (!answered || answer.ErrorCode() != want.code) {
				t.Errorf("got %v", err)
			}
			if had := c.hasRole(t, "faulty"); had != want.effect {
				t.Errorf("the role exists: %v, want %v", had, want.effect)
			}
			if len(plan.Unused()) > 0 || met != 1 {
				t.Errorf("met %d times, unused %v", met, plan.Unused())
			}
			if err := c.makeRole(t.Context(), "next"); err != nil {
				t.Errorf("a fault for one call met the next: %v", err)
			}
		})
	}
}

func TestFaults_StaleAnswersAsBefore(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	plan := box.SetFaults(c.account, Fault{Service: "iam", Operation: "ListRoles", From: 2, Times: 1, Harm: Stale})
	if c.hasRole(t, "new") {
		t.Fatal("there is a role")
	}
	if err := c.makeRole(t.Context(), "new"); err != nil {
		t.Fatal(err)
	}
	if c.hasRole(t, "new") {
		t.Error("the second answer is not the first")
	}
	if !c.hasRole(t, "new") {
		t.Error("the third answer is stale too")
	}
	if len(plan.Unused()) > 0 {
		t.Error("unused")
	}
}

func TestFaults_WhichCallsAreMet(t *testing.T) {
	t.Parallel()
	met := func(t *testing.T, fault Fault, calls int) string {
		t.Helper()
		c := newTenant(t)
		box.SetFaults(c.account, fault)
		out := ""
		for range calls {
			if _, err := c.iam.ListRoles(t.Context(), &iam.ListRolesInput{}, once); err != nil {
				out += "x"
			} else {
				out += "."
			}
		}
		box.SetFaults(c.account)
		if _, err := c.iam.ListRoles(t.Context(), &iam.ListRolesInput{}, once); err != nil {
			t.Errorf("the plan has no end: %v", err)
		}
		return out
	}
	for want, fault := range map[string]Fault{
		"xxxx": InternalError.On("iam", "ListRoles", 0, 0),
		"..xx": InternalError.On("iam", "ListRoles", 3, 0),
		".xx.": InternalError.On("iam", "ListRoles", 2, 2),
		"....": InternalError.On("iam", "GetRole", 0, 0),
	} {
		if got := met(t, fault, len(want)); got != want {
			t.Errorf("met %s, want %s", got, want)
		}
	}
	some := InternalError.On("iam", "", 0, 0)
	some.Probability, some.Seed = 0.5, 7
	first := met(t, some, 20)
	if again := met(t, some, 20); again != first || first == met(t, InternalError.On("iam", "", 0, 0), 20) || first == met(t, Fault{Service: "sqs"}, 20) {
		t.Errorf("the seed gives %s, then %s", first, again)
	}
	brief := InternalError.On("iam", "", 0, 0)
	brief.For = time.Nanosecond
	if got := met(t, brief, 2); got != ".." {
		t.Errorf("met %s after its time", got)
	}
}
