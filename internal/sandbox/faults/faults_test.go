package faults_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/faults"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// once makes a call without the SDK's retries.
func once(o *iam.Options) { o.Retryer = aws.NopRetryer{} }

func makeRole(ctx context.Context, c sandboxtest.Tenant, name string) error {
	trust := sandboxtest.Trust
	_, err := c.IAM.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}, once)
	return err
}

func hasRole(t *testing.T, c sandboxtest.Tenant, name string) bool {
	t.Helper()
	roles, err := c.IAM.ListRoles(t.Context(), &iam.ListRolesInput{}, once)
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
		fault  faults.Fault
		code   string // of the service's answer; empty without one
		fails  bool
		effect bool
	}{
		"refused":        {fault: faults.InternalError, code: "InternalFailure", fails: true},
		"denied":         {fault: faults.AccessDenied, code: "AccessDeniedException", fails: true},
		"expired":        {fault: faults.ExpiredToken, code: "ExpiredTokenException", fails: true},
		"throttled":      {fault: faults.ThrottledRequests, code: "ThrottlingException", fails: true},
		"delayed":        {fault: faults.Fault{Harm: faults.Delay, Latency: 50 * time.Millisecond}, effect: true},
		"dropped before": {fault: faults.Fault{Harm: faults.DropBefore}, fails: true},
		"dropped after":  {fault: faults.Fault{Harm: faults.DropAfter}, fails: true, effect: true},
		"truncated":      {fault: faults.Fault{Harm: faults.Truncate}, fails: true, effect: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := sandboxtest.New(t)
			met := 0
			fault := want.fault.On("iam", "CreateRole", 0, 1)
			fault.Then = func() { met++ }
			plan := sandboxtest.Box.SetFaults(c.Account, fault)
			if len(plan.Unused()) != 1 {
				t.Error("a fault that nothing met counts as used")
			}
			began := time.Now()
			err := makeRole(t.Context(), c, "faulty")
			if took := time.Since(began); took < want.fault.Latency {
				t.Errorf("took %s", took)
			}
			answer, answered := errors.AsType[smithy.APIError](err)
			if (err != nil) != want.fails || want.code != "" && (!answered || answer.ErrorCode() != want.code) {
				t.Errorf("got %v", err)
			}
			if had := hasRole(t, c, "faulty"); had != want.effect {
				t.Errorf("the role exists: %v, want %v", had, want.effect)
			}
			if len(plan.Unused()) > 0 || met != 1 {
				t.Errorf("met %d times, unused %v", met, plan.Unused())
			}
			if err := makeRole(t.Context(), c, "next"); err != nil {
				t.Errorf("a fault for one call met the next: %v", err)
			}
		})
	}
}

func TestFaults_StaleAnswersAsBefore(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	plan := sandboxtest.Box.SetFaults(c.Account, faults.Fault{Service: "iam", Operation: "ListRoles", From: 2, Times: 1, Harm: faults.Stale})
	if hasRole(t, c, "new") {
		t.Fatal("there is a role")
	}
	if err := makeRole(t.Context(), c, "new"); err != nil {
		t.Fatal(err)
	}
	if hasRole(t, c, "new") {
		t.Error("the second answer is not the first")
	}
	if !hasRole(t, c, "new") {
		t.Error("the third answer is stale too")
	}
	if len(plan.Unused()) > 0 {
		t.Error("unused")
	}
}

func TestFaults_WhichCallsAreMet(t *testing.T) {
	t.Parallel()
	met := func(t *testing.T, fault faults.Fault, calls int) string {
		t.Helper()
		c := sandboxtest.New(t)
		sandboxtest.Box.SetFaults(c.Account, fault)
		out := ""
		for range calls {
			if _, err := c.IAM.ListRoles(t.Context(), &iam.ListRolesInput{}, once); err != nil {
				out += "x"
			} else {
				out += "."
			}
		}
		sandboxtest.Box.SetFaults(c.Account)
		if _, err := c.IAM.ListRoles(t.Context(), &iam.ListRolesInput{}, once); err != nil {
			t.Errorf("the plan has no end: %v", err)
		}
		return out
	}
	for want, fault := range map[string]faults.Fault{
		"xxxx": faults.InternalError.On("iam", "ListRoles", 0, 0),
		"..xx": faults.InternalError.On("iam", "ListRoles", 3, 0),
		".xx.": faults.InternalError.On("iam", "ListRoles", 2, 2),
		"....": faults.InternalError.On("iam", "GetRole", 0, 0),
	} {
		if got := met(t, fault, len(want)); got != want {
			t.Errorf("met %s, want %s", got, want)
		}
	}
	some := faults.InternalError.On("iam", "", 0, 0)
	some.Probability, some.Seed = 0.5, 7
	first := met(t, some, 20)
	if again := met(t, some, 20); again != first || first == met(t, faults.InternalError.On("iam", "", 0, 0), 20) || first == met(t, faults.Fault{Service: "sqs"}, 20) {
		t.Errorf("the seed gives %s, then %s", first, again)
	}
	brief := faults.InternalError.On("iam", "", 0, 0)
	brief.For = time.Nanosecond
	if got := met(t, brief, 2); got != ".." {
		t.Errorf("met %s after its time", got)
	}
}

func TestOperationsCanBeMissingInAnAccount(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	recursion := func() error {
		_, err := c.Lambda.GetFunctionRecursionConfig(t.Context(), &lambda.GetFunctionRecursionConfigInput{FunctionName: aws.String("f")})
		return err
	}
	roles := func() error {
		_, err := c.IAM.ListRoles(t.Context(), &iam.ListRolesInput{})
		return err
	}
	sandboxtest.Box.SetFaults(c.Account, slices.Concat(faults.NotOffered("lambda.GetFunctionRecursionConfig", "iam.ListRoles"), faults.Unimplemented("kms.ListKeys"))...)
	for range 2 { // every time
		sandboxtest.WantError(t, recursion(), "AccessDeniedException", "Unable to determine service/operation name")
		sandboxtest.WantError(t, roles(), "InvalidAction", "ListRoles")
		_, err := c.KMS.ListKeys(t.Context(), &kms.ListKeysInput{})
		sandboxtest.WantError(t, err, wire.Unsupported, "")
	}
	sandboxtest.Box.SetFaults(c.Account)
	if err := recursion(); err != nil {
		t.Error(err)
	}
}
