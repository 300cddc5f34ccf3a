package services

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

const policiesPerRoleLimit = 10

// policyDocumentsAreChecked: IAM refuses documents that are too long or break
// the grammar. The emulator checks effects and that there is JSON, and for
// trust policies nothing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func policyDocumentsAreChecked() []correct.Correction {
	identity := func(limit int, quota func(x *wire.Exchange) string) wire.Step {
		return correct.Before(func(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			return checkDocument(x.Member("PolicyDocument"), limit, quota(x), checkIdentity), nil
		})
	}
	trust := func(member string) wire.Step {
		return correct.Before(func(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			return checkDocument(x.Member(member), policy.TrustPolicyLimit, "Cannot exceed quota for ACLSizePerRole: 2048", checkTrust), nil
		})
	}
	return []correct.Correction{
		{Operations: []string{"iam.CreatePolicy", "iam.CreatePolicyVersion"}, Wrap: identity(policy.ManagedPolicyLimit, func(*wire.Exchange) string {
			return "Cannot exceed quota for PolicySize: 6144"
		})},
		{Operations: []string{"iam.PutRolePolicy"}, Wrap: identity(policy.RolePolicyLimit, func(x *wire.Exchange) string {
			return "Maximum policy size of 10240 bytes exceeded for role " + x.Member("RoleName")
		})},
		{Operations: []string{"iam.CreateRole"}, Wrap: trust("AssumeRolePolicyDocument")},
		{Operations: []string{"iam.UpdateAssumeRolePolicy"}, Wrap: trust("PolicyDocument")},
	}
}

func checkDocument(text string, limit int, quota string, check func(policy.Document) string) *wire.Refusal {
	var document policy.Document
	if json.Unmarshal([]byte(text), &document) != nil {
		return malformed("This policy contains invalid Json")
	}
	size := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			size++
		}
	}
	if size > limit {
		return &wire.Refusal{Status: http.StatusConflict, Code: "LimitExceeded", Message: quota}
	}
	problem := checkStatements(document)
	if problem == "" {
		problem = check(document)
	}
	if problem != "" {
		return malformed(problem)
	}
	return nil
}

func malformed(message string) *wire.Refusal {
	return &wire.Refusal{Status: http.StatusBadRequest, Code: "MalformedPolicyDocument", Message: message}
}

func checkStatements(document policy.Document) string {
	if len(document.Statement) == 0 {
		return "Syntax errors in policy."
	}
	var sids []string
	for _, s := range document.Statement {
		switch {
		case s.Effect != "Allow" && s.Effect != "Deny":
			return "Syntax errors in policy."
		case len(s.Action)+len(s.NotAction) == 0:
			return "Policy statement must contain actions."
		case !policy.SidForm.MatchString(s.Sid):
			return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
		case s.Sid != "" && slices.Contains(sids, s.Sid):
			return "Statement IDs (SID) in a single policy must be unique."
		}
		sids = append(sids, s.Sid)
		for _, action := range slices.Concat(s.Action, s.NotAction) {
			if action != "*" && !strings.Contains(action, ":") {
				return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
			}
		}
	}
	return ""
}

func checkIdentity(document policy.Document) string {
	for _, s := range document.Statement {
		if len(s.Principal) > 0 {
			return "Policy document should not specify a principal."
		}
		resources := slices.Concat(s.Resource, s.NotResource)
		if len(resources) == 0 {
			return "Policy statement must contain resources."
		}
		for _, resource := range resources {
			if resource != "*" && !strings.HasPrefix(resource, "arn:") {
				return fmt.Sprintf(`Resource %s must be in ARN format or "*".`, resource)
			}
		}
	}
	return ""
}

func checkTrust(document policy.Document) string {
	for _, s := range document.Statement {
		if len(s.Resource)+len(s.NotResource) > 0 {
			return "Has prohibited field Resource"
		}
		if len(s.Principal) == 0 {
			return "Missing required field Principal cannot be empty!"
		}
		for _, service := range s.Principal["Service"] {
			if service != "*" && !strings.Contains(service, ".amazonaws.com") && !strings.HasSuffix(service, ".internal") {
				return fmt.Sprintf(`Invalid principal in policy: "SERVICE":"%s"`, service)
			}
		}
	}
	return ""
}

// policyDeletionNeedsOneVersion: all versions but the default one must go
// first. The emulator takes them along.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
func policyDeletionNeedsOneVersion(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"iam.DeletePolicy"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			status, body, err := e.AskIAM(ctx, x, url.Values{"Action": {"ListPolicyVersions"}, "PolicyArn": {x.Member("PolicyArn")}})
			if err != nil || status != http.StatusOK || bytes.Count(body, []byte("<VersionId>")) <= 1 {
				return nil, err
			}
			return &wire.Refusal{
				Status: http.StatusConflict, Code: "DeleteConflict",
				Message: "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
			}, nil
		}),
	}
}

// attachmentsAreChecked: a policy must exist to be attached, and a role takes
// ten. The emulator attaches any ARN, any number. AWS's own policies pass: the
// emulator knows few of them.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
func attachmentsAreChecked(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"iam.AttachRolePolicy"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			arn, role := x.Member("PolicyArn"), x.Member("RoleName")
			if !strings.Contains(arn, ":iam::aws:policy/") {
				status, _, err := e.AskIAM(ctx, x, url.Values{"Action": {"GetPolicy"}, "PolicyArn": {arn}})
				if err != nil {
					return nil, err
				}
				if status != http.StatusOK {
					return &wire.Refusal{Status: http.StatusNotFound, Code: "NoSuchEntity", Message: fmt.Sprintf("Policy %s does not exist or is not attachable.", arn)}, nil
				}
			}
			status, body, err := e.AskIAM(ctx, x, url.Values{"Action": {"ListAttachedRolePolicies"}, "RoleName": {role}})
			if err != nil || status != http.StatusOK {
				return nil, err
			}
			already := bytes.Contains(body, []byte("<PolicyArn>"+arn+"</PolicyArn>"))
			if !already && bytes.Count(body, []byte("<PolicyArn>")) >= policiesPerRoleLimit {
				return &wire.Refusal{Status: http.StatusConflict, Code: "LimitExceeded", Message: "Cannot exceed quota for PoliciesPerRole: 10"}, nil
			}
			return nil, nil
		}),
	}
}
