package acceptance

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// tables grants a number of tables, one entry each; every entry is about 400
// characters of a policy.
func tables(n int) string {
	var out strings.Builder
	for i := range n {
		arn := fmt.Sprintf("arn:aws:dynamodb:eu-central-1:111122223333:table/orders-%03d", i)
		fmt.Fprintf(&out, "    table_e%d = { actions = [\"dynamodb:GetItem\", \"dynamodb:Query\", \"dynamodb:PutItem\"], resources = [%q, \"%s/index/by-date\"] }\n", i, arn, arn)
	}
	return "{\n" + out.String() + "  }"
}

// documents reads the managed policies that a unit's role holds.
func (a *tenant) documents(ctx context.Context, unit string) (map[string]string, error) {
	attached, err := a.iam.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: new(unit + "-" + region)})
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, p := range attached.AttachedPolicies {
		policy, err := a.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: p.PolicyArn})
		if err != nil {
			return nil, err
		}
		version, err := a.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: p.PolicyArn, VersionId: policy.Policy.DefaultVersionId})
		if err != nil {
			return nil, err
		}
		if out[*p.PolicyName], err = url.QueryUnescape(*version.PolicyVersion.Document); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// TestAccLambda_PolicyOverflow spreads grants over as many managed policies as
// they take, and gives those up that are not needed any more. More changes than
// IAM keeps versions go through.
func TestAccLambda_PolicyOverflow(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-overflow"
	holds := func(entries, policies int) resource.TestCheckFunc {
		return func(*terraform.State) error {
			documents, err := a.documents(t.Context(), name)
			if err != nil {
				return err
			}
			found := 0
			for policy, document := range documents {
				if len(document) > bp.MaxPolicySize {
					return fmt.Errorf("policy %s has %d characters", policy, len(document))
				}
				found += strings.Count(document, `"TableE`)
			}
			if found != entries || len(documents) != policies {
				return fmt.Errorf("%d entries in %d policies, want %d in %d", found, len(documents), entries, policies)
			}
			return nil
		}
	}
	empty := []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}
	step := func(entries, policies int, more ...plancheck.PlanCheck) resource.TestStep {
		return resource.TestStep{
			Config: a.providerBlock() + unit(t, "x", name, map[string]string{"access": tables(entries)}), Check: holds(entries, policies),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: more, PostApplyPostRefresh: empty},
		}
	}
	shows := func(paths ...string) plancheck.PlanCheck {
		return planCheck(func(plan *tfjson.Plan) error {
			planned, err := unitChange(plan, "x")
			if err == nil && !matches(changedPaths(planned), paths) {
				err = fmt.Errorf("the plan shows %v", changedPaths(planned))
			}
			return err
		})
	}
	second := func() *string {
		return new(fmt.Sprintf("arn:aws:iam::%s:policy/%s-%s-2", a.account(t), name, region))
	}
	foreign := step(30, 3, shows("managed.policy.statements.unexpected", "managed.policy.statements.access.*"))
	foreign.PreConfig = func() {
		must(t, a.setPolicy(t.Context(), *second(), []map[string]any{{"Sid": "Unexpected1", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}))
	}
	gone := step(30, 3, shows("managed.policy.overflow", "managed.policy.statements.access.*", "managed.role.attached_policies"))
	gone.PreConfig = func() {
		_, err := a.iam.DetachRolePolicy(t.Context(), &iam.DetachRolePolicyInput{RoleName: new(name + "-" + region), PolicyArn: second()})
		must(t, err)
		versions, err := a.iam.ListPolicyVersions(t.Context(), &iam.ListPolicyVersionsInput{PolicyArn: second()})
		must(t, err)
		for _, v := range versions.Versions {
			if !v.IsDefaultVersion {
				_, err := a.iam.DeletePolicyVersion(t.Context(), &iam.DeletePolicyVersionInput{PolicyArn: second(), VersionId: v.VersionId})
				must(t, err)
			}
		}
		_, err = a.iam.DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: second()})
		must(t, err)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			step(30, 3),
			foreign,
			gone,
			step(31, 3), step(32, 3), step(33, 3), step(34, 3), step(35, 3), step(36, 3),
			step(2, 1, shows("managed.policy.overflow", "managed.policy.statements.access.*", "managed.role.attached_policies", "access.*", "inventory.policy_overflow")),
		},
		CheckDestroy: func(*terraform.State) error {
			left, err := a.iam.ListPolicies(t.Context(), &iam.ListPoliciesInput{Scope: "Local"})
			if err == nil && slices.ContainsFunc(left.Policies, func(p iamtypes.Policy) bool { return strings.HasPrefix(*p.PolicyName, name) }) {
				err = fmt.Errorf("policies are left: %v", left.Policies)
			}
			return err
		},
	})
}
