package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// permission is an action on a resource, by a call with these condition keys.
type permission struct {
	action, resource string
	keys             requestKeys
}

// roleMay evaluates a role's attached and inline policies and its boundary. A
// condition on a key of which nothing is known is not met, be it in what allows
// or in what denies. Policies of AWS that the emulator does not know allow
// everything.
func (e *emulator) roleMay(ctx context.Context, x *exchange, role string, wanted ...permission) (bool, error) {
	name := role[strings.LastIndex(role, "/")+1:]
	status, body, err := e.askIAM(ctx, x, url.Values{"Action": {"GetRole"}, "RoleName": {name}})
	if err != nil || status != http.StatusOK {
		return false, err
	}
	policies, err := e.rolePolicies(ctx, x, name)
	if err != nil {
		return false, err
	}
	boundary := xmlValues(body, "PermissionsBoundaryArn")
	for _, p := range wanted {
		if !allows(policies, p) {
			return false, nil
		}
		for _, arn := range boundary {
			document, err := e.managedPolicy(ctx, x, arn)
			if err != nil || !allows([]policyDocument{document}, p) {
				return false, err
			}
		}
	}
	return true, nil
}

func (e *emulator) rolePolicies(ctx context.Context, x *exchange, role string) ([]policyDocument, error) {
	var documents []policyDocument
	_, attached, err := e.askIAM(ctx, x, url.Values{"Action": {"ListAttachedRolePolicies"}, "RoleName": {role}})
	if err != nil {
		return nil, err
	}
	for _, arn := range xmlValues(attached, "PolicyArn") {
		document, err := e.managedPolicy(ctx, x, arn)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	_, inline, err := e.askIAM(ctx, x, url.Values{"Action": {"ListRolePolicies"}, "RoleName": {role}})
	if err != nil {
		return nil, err
	}
	for _, name := range xmlValues(inline, "member") {
		_, body, err := e.askIAM(ctx, x, url.Values{"Action": {"GetRolePolicy"}, "RoleName": {role}, "PolicyName": {name}})
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
func (e *emulator) managedPolicy(ctx context.Context, x *exchange, arn string) (policyDocument, error) {
	status, body, err := e.askIAM(ctx, x, url.Values{"Action": {"GetPolicy"}, "PolicyArn": {arn}})
	if err != nil {
		return policyDocument{}, err
	}
	version := xmlValues(body, "DefaultVersionId")
	if status != http.StatusOK || len(version) == 0 {
		if strings.Contains(arn, ":iam::aws:policy/") {
			return policyDocument{Statement: []policyStatement{{Effect: "Allow", Action: []string{"*"}, Resource: []string{"*"}}}}, nil
		}
		return policyDocument{}, nil
	}
	_, body, err = e.askIAM(ctx, x, url.Values{"Action": {"GetPolicyVersion"}, "PolicyArn": {arn}, "VersionId": {version[0]}})
	if err != nil {
		return policyDocument{}, err
	}
	document, err := policyIn(body, "Document")
	if err != nil {
		return policyDocument{}, fmt.Errorf("policy %s: %w", arn, err)
	}
	return document, nil
}

// policyIn reads the document in an answer of IAM, which encodes it as a URL.
func policyIn(body []byte, element string) (policyDocument, error) {
	var document policyDocument
	for _, text := range xmlValues(body, element) {
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

// xmlValues are the texts of all elements of a name.
func xmlValues(body []byte, element string) []string {
	var values []string
	for _, m := range regexp.MustCompile(`(?s)<`+element+`>([^<]*)</`+element+`>`).FindAllSubmatch(body, -1) {
		values = append(values, html.UnescapeString(string(m[1])))
	}
	return values
}

func allows(policies []policyDocument, p permission) bool {
	allowed := false
	for _, document := range policies {
		for _, s := range document.Statement {
			if !s.covers(p) || !s.meets(p.keys) {
				continue
			}
			if s.Effect == "Deny" {
				return false
			}
			allowed = allowed || s.Effect == "Allow"
		}
	}
	return allowed
}

func (s policyStatement) covers(p permission) bool {
	action := func(pattern string) bool { return globMatch(strings.ToLower(pattern), strings.ToLower(p.action)) }
	resource := func(pattern string) bool { return globMatch(pattern, p.resource) }
	named := slices.ContainsFunc(s.Action, action) || len(s.NotAction) > 0 && !slices.ContainsFunc(s.NotAction, action)
	on := slices.ContainsFunc(s.Resource, resource) || len(s.NotResource) > 0 && !slices.ContainsFunc(s.NotResource, resource)
	return named && on
}
