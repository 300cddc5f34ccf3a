package roles

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// May evaluates a role's attached and inline policies and its boundary. A
// condition on a key of which nothing is known is not met, be it in what allows
// or in what denies. Policies of AWS that the emulator does not know allow
// everything.
func May(ctx context.Context, e *emulator.Client, x *wire.Exchange, role string, wanted ...policy.Permission) (bool, error) {
	name := role[strings.LastIndex(role, "/")+1:]
	status, body, err := e.AskIAM(ctx, x, url.Values{"Action": {"GetRole"}, "RoleName": {name}})
	if err != nil || status != http.StatusOK {
		return false, err
	}
	policies, err := rolePolicies(ctx, e, x, name)
	if err != nil {
		return false, err
	}
	boundary := wire.XMLValues(body, "PermissionsBoundaryArn")
	for _, p := range wanted {
		if !policy.Allows(policies, p) {
			return false, nil
		}
		for _, arn := range boundary {
			document, err := managedPolicy(ctx, e, x, arn)
			if err != nil || !policy.Allows([]policy.Document{document}, p) {
				return false, err
			}
		}
	}
	return true, nil
}

func rolePolicies(ctx context.Context, e *emulator.Client, x *wire.Exchange, role string) ([]policy.Document, error) {
	var documents []policy.Document
	_, attached, err := e.AskIAM(ctx, x, url.Values{"Action": {"ListAttachedRolePolicies"}, "RoleName": {role}})
	if err != nil {
		return nil, err
	}
	for _, arn := range wire.XMLValues(attached, "PolicyArn") {
		document, err := managedPolicy(ctx, e, x, arn)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	_, inline, err := e.AskIAM(ctx, x, url.Values{"Action": {"ListRolePolicies"}, "RoleName": {role}})
	if err != nil {
		return nil, err
	}
	for _, name := range wire.XMLValues(inline, "member") {
		_, body, err := e.AskIAM(ctx, x, url.Values{"Action": {"GetRolePolicy"}, "RoleName": {role}, "PolicyName": {name}})
		if err != nil {
			return nil, err
		}
		document, err := policyIn(body, "PolicyDocument")
		if err != nil {
			return nil, fmt.Errorf("policy %s of %s: %w", name, role, err)
		}
		documents = append(documents, document)
	}
	return documents, nil
}

// managedPolicy is the default version of a policy.
func managedPolicy(ctx context.Context, e *emulator.Client, x *wire.Exchange, arn string) (policy.Document, error) {
	status, body, err := e.AskIAM(ctx, x, url.Values{"Action": {"GetPolicy"}, "PolicyArn": {arn}})
	if err != nil {
		return policy.Document{}, err
	}
	version := wire.XMLValues(body, "DefaultVersionId")
	if status != http.StatusOK || len(version) == 0 {
		if strings.Contains(arn, ":iam::aws:policy/") {
			return policy.Document{Statement: []policy.Statement{{Effect: "Allow", Action: []string{"*"}, Resource: []string{"*"}}}}, nil
		}
		return policy.Document{}, nil
	}
	_, body, err = e.AskIAM(ctx, x, url.Values{"Action": {"GetPolicyVersion"}, "PolicyArn": {arn}, "VersionId": {version[0]}})
	if err != nil {
		return policy.Document{}, err
	}
	document, err := policyIn(body, "Document")
	if err != nil {
		return policy.Document{}, fmt.Errorf("policy %s: %w", arn, err)
	}
	return document, nil
}

// policyIn reads the document in an answer of IAM, which encodes it as a URL.
func policyIn(body []byte, element string) (policy.Document, error) {
	var document policy.Document
	for _, text := range wire.XMLValues(body, element) {
		plain, err := url.QueryUnescape(text)
		if err != nil {
			return document, fmt.Errorf("not encoded: %w", err)
		}
		if err := json.Unmarshal([]byte(plain), &document); err != nil {
			return document, fmt.Errorf("not a policy: %w", err)
		}
	}
	return document, nil
}

// KeyLets reports whether a key's own policy lets the role in.
func KeyLets(ctx context.Context, e *emulator.Client, x *wire.Exchange, role string, p policy.Permission) (bool, error) {
	_, answer, err := e.AskJSON(ctx, x, "kms", "TrentService.GetKeyPolicy", wire.Object{"KeyId": p.Resource, "PolicyName": "default"})
	if err != nil {
		return false, err
	}
	var document policy.Document
	if text := answer.Text("Policy"); text != "" {
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			return false, fmt.Errorf("policy of %s: %w", p.Resource, err)
		}
	}
	document.Statement = slices.DeleteFunc(document.Statement, func(s policy.Statement) bool {
		return !slices.ContainsFunc(s.Principal["AWS"], func(who string) bool { return who == "*" || who == role })
	})
	return policy.Allows([]policy.Document{document}, p), nil
}
