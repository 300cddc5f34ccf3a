package acceptance

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// load calls an alias without pause until it is stopped.
type load struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
	mu     sync.Mutex
	calls  int
	failed []error
}

func (a *tenant) startLoad(t *testing.T, alias string) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	l := &load{cancel: cancel}
	t.Cleanup(cancel)
	for range 2 {
		l.done.Go(func() {
			for ctx.Err() == nil {
				_, err := a.invoke(ctx, alias, `{"name":"load"}`)
				if ctx.Err() == nil {
					l.count(err)
				}
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	return l
}

func (l *load) count(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if err != nil {
		l.failed = append(l.failed, err)
	}
}

// stop ends the load and reports failed calls, or that there was no load.
func (l *load) stop() error {
	l.cancel()
	l.done.Wait()
	if len(l.failed) > 0 {
		return fmt.Errorf("%d of %d calls failed, the first with: %w", len(l.failed), l.calls, l.failed[0])
	}
	if l.calls < 5 {
		return fmt.Errorf("only %d calls were made", l.calls)
	}
	return nil
}

// order lists the names of the tenant's changes since a mark, as they arrived.
func (a *tenant) order(since sandbox.Mark) []string {
	var names []string
	for _, call := range a.writes(since) {
		if call.Status < 300 {
			names = append(names, call.Name())
		}
	}
	return names
}

// inOrder checks that the calls were made in this order, others aside.
func inOrder(got []string, want ...string) error {
	rest := got
	for _, name := range want {
		i := slices.Index(rest, name)
		if i < 0 {
			return fmt.Errorf("%s is missing or out of order: want %v in %v", name, want, got)
		}
		rest = rest[i+1:]
	}
	return nil
}

// underLoad applies a second configuration while callers use the alias, then
// checks the order of calls.
func underLoad(t *testing.T, a *tenant, name, first, second string, before func(), check func(order []string) error) {
	t.Helper()
	var running *load
	var mark sandbox.Mark
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: first},
			{
				PreConfig: func() {
					if before != nil {
						before()
					}
					mark = box.Recorder().Mark()
					running = a.startLoad(t, name+":live")
				},
				Config: second,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction("secure_lambda.x", plancheck.ResourceActionUpdate)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				Check: func(*terraform.State) error {
					if err := running.stop(); err != nil {
						return err
					}
					return check(a.order(mark))
				},
			},
		},
	})
}

func grant(label, action string) string {
	return fmt.Sprintf(`{ %s = { actions = [%q], resources = ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"] } }`, label, action)
}

// TestAccLambda_AccessUnderLoad takes one grant away, adds another and ships
// code: both grants hold until the alias has moved.
func TestAccLambda_AccessUnderLoad(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-load-access"
	first := a.providerBlock() + unit(t, "x", name, map[string]string{"access": grant("leaving", "dynamodb:Query")})
	second := a.providerBlock() + unit(t, "x", name, map[string]string{
		"access": grant("coming", "dynamodb:GetItem"),
		"code":   fmt.Sprintf("{ path = %q }", testdata(t, "other")),
	})
	underLoad(t, a, name, first, second, nil, func(order []string) error {
		if err := inOrder(order, "iam.CreatePolicyVersion", "lambda.UpdateFunctionCode", "lambda.PublishVersion", "lambda.UpdateAlias", "iam.CreatePolicyVersion"); err != nil {
			return err
		}
		sids, err := a.sidsByVersion(t.Context(), name)
		if err != nil {
			return err
		}
		if widened := sids["v2"]; !slices.Contains(widened, "Leaving") || !slices.Contains(widened, "Coming") {
			return fmt.Errorf("before the alias moved the policy held %v, not both grants", widened)
		}
		if narrowed := sids["v3"]; slices.Contains(narrowed, "Leaving") || !slices.Contains(narrowed, "Coming") {
			return fmt.Errorf("after the alias moved the policy holds %v", narrowed)
		}
		return nil
	})
}

// TestAccLambda_RemovedGrantUnderLoad only takes a grant away and ships code:
// the grant holds until the alias has moved.
func TestAccLambda_RemovedGrantUnderLoad(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-load-removed"
	first := a.providerBlock() + unit(t, "x", name, map[string]string{"access": grant("leaving", "dynamodb:Query")})
	second := a.providerBlock() + unit(t, "x", name, map[string]string{"code": fmt.Sprintf("{ path = %q }", testdata(t, "other"))})
	underLoad(t, a, name, first, second, nil, func(order []string) error {
		if n := count(order, "iam.CreatePolicyVersion"); n != 1 {
			return fmt.Errorf("the policy was written %d times, want once: %v", n, order)
		}
		return inOrder(order, "lambda.UpdateAlias", "iam.CreatePolicyVersion")
	})
}

// TestAccLambda_KeyUnderLoad moves a unit from its own key to a given one.
func TestAccLambda_KeyUnderLoad(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-load-key"
	key, err := a.kms.CreateKey(t.Context(), &kms.CreateKeyInput{Policy: new(sharedKeyPolicy(a.id))})
	must(t, err)
	first := a.providerBlock() + unit(t, "x", name, nil)
	second := a.providerBlock() + unit(t, "x", name, map[string]string{"kms_key_arn": fmt.Sprintf("%q", *key.KeyMetadata.Arn)})
	underLoad(t, a, name, first, second, nil, func(order []string) error {
		if n := count(order, "kms.ScheduleKeyDeletion"); n != 0 {
			return fmt.Errorf("the old key was scheduled for deletion while versions and log events need it: %v", order)
		}
		return inOrder(order, "iam.CreatePolicyVersion", "lambda.UpdateFunctionConfiguration", "lambda.PublishVersion", "lambda.UpdateAlias")
	})
}

// TestAccLambda_RoleRecreatedUnderLoad deletes the role by hand and makes it
// again under the same name: the function is bound anew and a version published
// that is bound to it, too.
func TestAccLambda_RoleRecreatedUnderLoad(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-load-role"
	configuration := a.providerBlock() + unit(t, "x", name, nil)
	underLoad(t, a, name, configuration, configuration, func() { must(t, a.recreateRole(t.Context(), name)) }, func(order []string) error {
		return inOrder(order, "lambda.UpdateFunctionConfiguration", "lambda.PublishVersion", "lambda.UpdateAlias")
	})
}

func count(all []string, name string) int {
	n := 0
	for _, s := range all {
		if s == name {
			n++
		}
	}
	return n
}

func sharedKeyPolicy(account string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[
		{"Sid":"Account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"kms:*","Resource":"*"},
		{"Sid":"Logs","Effect":"Allow","Principal":{"Service":"logs.%s.amazonaws.com"},
		 "Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*"}]}`, account, region)
}

// sidsByVersion reads every version of the unit's policy.
func (a *tenant) sidsByVersion(ctx context.Context, name string) (map[string][]string, error) {
	arn, err := a.policyARN(ctx, name)
	if err != nil {
		return nil, err
	}
	versions, err := a.iam.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, v := range versions.Versions {
		statements, err := a.policyVersion(ctx, arn, *v.VersionId)
		if err != nil {
			return nil, err
		}
		for _, s := range statements {
			sid, _ := s["Sid"].(string)
			out[*v.VersionId] = append(out[*v.VersionId], sid)
		}
	}
	return out, nil
}

// recreateRole deletes the unit's role and makes one of the same name, with the
// same trust and attachments.
func (a *tenant) recreateRole(ctx context.Context, unit string) error {
	name := unit + "-" + region
	role, err := a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if err != nil {
		return err
	}
	arn, err := a.policyARN(ctx, unit)
	if err != nil {
		return err
	}
	if _, err := a.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &name, PolicyArn: &arn}); err != nil {
		return err
	}
	if _, err := a.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &name}); err != nil {
		return err
	}
	trust, err := url.QueryUnescape(*role.Role.AssumeRolePolicyDocument)
	if err != nil {
		return err
	}
	if _, err := a.iam.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: &name, AssumeRolePolicyDocument: &trust, Description: role.Role.Description, Tags: role.Role.Tags,
	}); err != nil {
		return err
	}
	_, err = a.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: &arn})
	return err
}
