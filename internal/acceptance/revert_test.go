package acceptance

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// TestAccLambda_RevertedReplacement replaces an object by one whose name is
// taken, then takes the line back: what is in service must be untouched, since
// nothing ever stood in its place.
func TestAccLambda_RevertedReplacement(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	for attribute, take := range map[string]func(context.Context, *tenant) error{
		`role_name = "tfacc-taken"`: func(ctx context.Context, a *tenant) error {
			_, err := a.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: new("tfacc-taken"), AssumeRolePolicyDocument: new(foreignTrust)})
			return err
		},
		`logs = { group_name = "/tfacc/taken" }`: func(ctx context.Context, a *tenant) error {
			_, err := a.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: new("/tfacc/taken")})
			return err
		},
		`release = { alias = "taken" }`: func(ctx context.Context, a *tenant) error {
			_, err := a.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: new("tfacc-revert"), Name: new("taken"), FunctionVersion: new("$LATEST")})
			return err
		},
	} {
		name, _, _ := strings.Cut(attribute, " ")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newTenant(t)
			first := `provider "secure" {}` + "\n" + unit(t, "x", "tfacc-revert", nil)
			c := newCore(t, a, first)
			c.must("apply", "-auto-approve")
			c.write(strings.Replace(first, "  handler =", "  "+attribute+"\n  handler =", 1))
			c.must("plan", "-out=saved")
			must(t, take(t.Context(), a))
			before := a.identities(t, "tfacc-revert")
			if _, stderr, code := c.run("apply", "saved"); code == 0 || !strings.Contains(stderr, "in use") && !strings.Contains(stderr, "exists already") {
				t.Fatalf("exit %d\n%s", code, stderr)
			}
			c.write(first)
			c.must("apply", "-auto-approve")
			c.empty()
			if after := a.identities(t, "tfacc-revert"); after != before {
				t.Errorf("after the revert there is\n%s\nbefore it was\n%s", after, before)
			}
			c.must("destroy", "-auto-approve")
		})
	}
}

// TestAccLambda_BackAfterReplacement is cut short when role, policy and log
// group were made anew and the old ones still exist, and goes back: the old
// ones are taken into use again, the new ones removed.
func TestAccLambda_BackAfterReplacement(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	first := `provider "secure" {}` + "\n" + unit(t, "x", "tfacc-back", nil)
	moved := `provider "secure" {}` + "\n" + unit(t, "x", "tfacc-back", map[string]string{
		"role_path": `"/moved/"`, "logs": `{ group_name = "/tfacc/back" }`, "release": `{ alias = "taken" }`,
	})
	c := newCore(t, a, first)
	c.must("apply", "-auto-approve")
	_, err := a.lambda.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: new("tfacc-back"), Name: new("taken"), FunctionVersion: new("1")})
	must(t, err)
	before := a.identities(t, "tfacc-back")
	c.write(moved)
	if stdout, stderr, code := c.run("apply", "-auto-approve"); code == 0 {
		t.Fatalf("the apply went through\n%s%s", stdout, stderr)
	}
	if during := a.identities(t, "tfacc-back"); strings.Count(during, "role ") != 2 {
		t.Fatalf("half way there is\n%s", during)
	}
	c.write(first)
	c.must("apply", "-auto-approve")
	c.empty()
	if after := a.identities(t, "tfacc-back"); after != before {
		t.Errorf("after going back there is\n%s\nbefore it was\n%s", after, before)
	}
	answer, err := a.invoke(t.Context(), "tfacc-back:live", `{"name":"Ada"}`)
	must(t, err)
	if !strings.Contains(answer, "Ada") {
		t.Errorf("the alias answers %s", answer)
	}
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
}

// identities lists the objects of a unit with the ids that only they have.
func (a *tenant) identities(t *testing.T, function string) string {
	t.Helper()
	var out []string
	roles, err := a.iam.ListRoles(t.Context(), &iam.ListRolesInput{})
	must(t, err)
	for _, r := range roles.Roles {
		out = append(out, "role "+*r.Arn+" "+*r.RoleId)
	}
	policies, err := a.iam.ListPolicies(t.Context(), &iam.ListPoliciesInput{Scope: "Local"})
	must(t, err)
	for _, p := range policies.Policies {
		out = append(out, "policy "+*p.Arn+" "+*p.PolicyId)
	}
	groups, err := a.logs.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	must(t, err)
	for _, g := range groups.LogGroups {
		out = append(out, fmt.Sprintf("group %s %d", *g.LogGroupName, *g.CreationTime))
	}
	aliases, err := a.lambda.ListAliases(t.Context(), &lambda.ListAliasesInput{FunctionName: &function})
	must(t, err)
	for _, alias := range aliases.Aliases {
		out = append(out, "alias "+*alias.Name)
	}
	return strings.Join(out, "\n")
}
