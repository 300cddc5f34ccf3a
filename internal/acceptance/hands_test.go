package acceptance

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

const (
	waitLimit     = 30 * time.Second
	foreignTrust  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	foreignPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`
)

// foreignZip is a package that no configuration asks for.
var foreignZip = func() []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	file, err := archive.Create("app.py")
	if err != nil {
		panic(err)
	}
	if _, err := file.Write([]byte("def handler(event, context):\n    return 'foreign'\n")); err != nil {
		panic(err)
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}()

func fastUpdates(o *lambda.FunctionUpdatedV2WaiterOptions) {
	o.MinDelay, o.MaxDelay = 50*time.Millisecond, 200*time.Millisecond
}

func (a *tenant) tagFunction(ctx context.Context, name string, tags map[string]string) error {
	out, err := a.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name})
	if err != nil {
		return err
	}
	_, err = a.lambda.TagResource(ctx, &lambda.TagResourceInput{Resource: out.Configuration.FunctionArn, Tags: tags})
	return err
}

func (a *tenant) keyID(ctx context.Context, name string) *string {
	out, err := a.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: new("alias/secure/" + name)})
	if err != nil {
		return new("alias/secure/" + name)
	}
	return out.KeyMetadata.KeyId
}

func (a *tenant) policyARN(ctx context.Context, name string) (string, error) {
	out, err := a.iam.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: new(name + "-" + region)})
	if err != nil || len(out.AttachedPolicies) == 0 {
		return "", err
	}
	return *out.AttachedPolicies[0].PolicyArn, nil
}

// rewritePolicy widens an entry, adds a foreign statement and drops tracing.
func (a *tenant) rewritePolicy(ctx context.Context, name string) error {
	arn, err := a.policyARN(ctx, name)
	if err != nil {
		return err
	}
	current, err := a.policyDocument(ctx, arn)
	if err != nil {
		return err
	}
	kept := []map[string]any{}
	for _, s := range current {
		switch s["Sid"] {
		case "SecureTracing":
			continue
		case "Table":
			s["Action"] = "dynamodb:*"
		}
		kept = append(kept, s)
	}
	kept = append(kept, map[string]any{"Sid": "Unexpected1", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
	return a.setPolicy(ctx, arn, kept)
}

func (a *tenant) deletePolicy(ctx context.Context, name string) error {
	arn, err := a.policyARN(ctx, name)
	if err != nil {
		return err
	}
	if _, err := a.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: new(name + "-" + region), PolicyArn: &arn}); err != nil {
		return err
	}
	_, err = a.iam.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &arn})
	return err
}

const fastPoll = 50 * time.Millisecond

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// retry repeats a call until Lambda can assume a role that was just made.
func retry(t *testing.T, call func() error) {
	t.Helper()
	for deadline := time.Now().Add(waitLimit); ; time.Sleep(fastPoll) {
		err := call()
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "cannot be assumed") || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// invoke calls a function, version or alias and returns its answer; an error
// that the function raised is an error.
func (a *tenant) invoke(ctx context.Context, function, event string) (string, error) {
	name, qualifier, _ := strings.Cut(function, ":")
	in := &lambda.InvokeInput{FunctionName: &name, Payload: []byte(event)}
	if qualifier != "" {
		in.Qualifier = &qualifier
	}
	out, err := a.lambda.Invoke(ctx, in)
	if err != nil {
		return "", err
	}
	if out.FunctionError != nil {
		return "", fmt.Errorf("%s: %s", *out.FunctionError, out.Payload)
	}
	return string(out.Payload), nil
}

func lambdaVariables(name, value string) *lambdatypes.Environment {
	return &lambdatypes.Environment{Variables: map[string]string{name: value}}
}

func lambdaTracing(mode lambdatypes.TracingMode) *lambdatypes.TracingConfig {
	return &lambdatypes.TracingConfig{Mode: mode}
}
