package services_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestPolicyDocument_IsCheckedForGrammarAndSize(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	long := sandboxtest.Statement(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + strings.Repeat("x", 6100) + `"`)
	spaced := sandboxtest.Statement(`"Action":"s3:GetObject", ` + strings.Repeat(" ", 6100) + ` "Resource":"*"`)
	cases := map[string]struct{ document, code, message string }{
		"no JSON":     {"{nope", "MalformedPolicyDocument", "This policy contains invalid Json"},
		"no vendor":   {sandboxtest.Statement(`"Action":"GetObject","Resource":"*"`), "MalformedPolicyDocument", "must be prefaced by a vendor"},
		"no ARN":      {sandboxtest.Statement(`"Action":"s3:GetObject","Resource":"bucket"`), "MalformedPolicyDocument", `Resource bucket must be in ARN format or "*".`},
		"no resource": {sandboxtest.Statement(`"Action":"s3:GetObject"`), "MalformedPolicyDocument", "must contain resources"},
		"principal":   {sandboxtest.Statement(`"Action":"s3:GetObject","Resource":"*","Principal":"*"`), "MalformedPolicyDocument", "should not specify a principal"},
		"sid":         {sandboxtest.Statement(`"Sid":"a-b","Action":"s3:GetObject","Resource":"*"`), "MalformedPolicyDocument", "must be alpha-numeric"},
		"too long":    {long, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144"},
		"white space": {spaced, "", ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.IAM.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String(strings.ReplaceAll(name, " ", "")), PolicyDocument: &test.document})
			if test.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			sandboxtest.WantError(t, err, test.code, test.message)
		})
	}
	_, err := c.IAM.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String("{nope")})
	sandboxtest.WantError(t, err, "MalformedPolicyDocument", "This policy contains invalid Json")
}

func TestPolicy_IsDeletedOnlyWithoutOtherVersionsAndAttachments(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	document := sandboxtest.Statement(`"Action":"s3:GetObject","Resource":"*"`)
	out, err := c.IAM.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: &document})
	if err != nil {
		t.Fatal(err)
	}
	arn := out.Policy.Arn
	for range 4 {
		if _, err := c.IAM.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: &document}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = c.IAM.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: &document})
	sandboxtest.WantError(t, err, "LimitExceeded", "versions")
	_, err = c.IAM.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	sandboxtest.WantError(t, err, "DeleteConflict", "This policy has more than one version.")
	for version := 2; version <= 5; version++ {
		if _, err := c.IAM.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String(fmt.Sprintf("v%d", version))}); err != nil {
			t.Fatal(err)
		}
	}
	role := "r"
	c.FreshRole(t, role, sandboxtest.Trust)
	if _, err := c.IAM.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: arn}); err != nil {
		t.Fatal(err)
	}
	_, err = c.IAM.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	sandboxtest.WantError(t, err, "DeleteConflict", "attached")
	_, err = c.IAM.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &role})
	sandboxtest.WantError(t, err, "DeleteConflict", "")
	_, detach := c.IAM.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: arn})
	_, policy := c.IAM.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	_, gone := c.IAM.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &role})
	if err := errors.Join(detach, policy, gone); err != nil {
		t.Error(err)
	}
}

func TestAttachment_NeedsAnExistingPolicyAndATenthPlace(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	role := "r"
	c.FreshRole(t, role, sandboxtest.Trust)
	attach := func(arn string) error {
		_, err := c.IAM.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
		return err
	}
	sandboxtest.WantError(t, attach("arn:aws:iam::"+c.Account+":policy/missing"), "NoSuchEntity", "does not exist or is not attachable.")
	document := sandboxtest.Statement(`"Action":"s3:GetObject","Resource":"*"`)
	var last error
	for i := range 11 {
		out, err := c.IAM.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String(fmt.Sprintf("p%d", i)), PolicyDocument: &document})
		if err != nil {
			t.Fatal(err)
		}
		if last = attach(*out.Policy.Arn); last != nil && i < 10 {
			t.Fatal(last)
		}
	}
	sandboxtest.WantError(t, last, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10")
}
