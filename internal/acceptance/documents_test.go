package acceptance

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// policyDocument reads the statements of a policy's default version.
func (a *tenant) policyDocument(ctx context.Context, arn string) ([]map[string]any, error) {
	policy, err := a.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, err
	}
	return a.policyVersion(ctx, arn, *policy.Policy.DefaultVersionId)
}

func (a *tenant) policyVersion(ctx context.Context, arn, id string) ([]map[string]any, error) {
	version, err := a.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: &id})
	if err != nil {
		return nil, err
	}
	text, err := url.QueryUnescape(*version.PolicyVersion.Document)
	if err != nil {
		return nil, err
	}
	var document struct{ Statement []map[string]any }
	err = json.Unmarshal([]byte(text), &document)
	return document.Statement, err
}

func (a *tenant) setPolicy(ctx context.Context, arn string, statements []map[string]any) error {
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		return err
	}
	_, err = a.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: new(string(text)), SetAsDefault: true})
	return err
}
