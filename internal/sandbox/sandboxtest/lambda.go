package sandboxtest

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// FreshRole creates a role that has not spread yet.
func (c Tenant) FreshRole(t *testing.T, name, trust string) string {
	t.Helper()
	out, err := c.IAM.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatal(err)
	}
	return *out.Role.Arn
}

// Role creates a role that Lambda can assume by now.
func (c Tenant) Role(t *testing.T, name, trust string) string {
	t.Helper()
	arn := c.FreshRole(t, name, trust)
	time.Sleep(RolePropagation)
	return arn
}

// Trust lets Lambda assume a role.
const Trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// Echo is a function that says what it runs with.
const Echo = `import os
def handler(event, context):
    return {"v": os.environ.get("V"), "memory": context.memory_limit_in_mb, "version": context.function_version}
`

// Zipped is the archive of a function in one file.
func Zipped(t *testing.T, source string) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	file, err := archive.Create("index.py")
	if err == nil {
		_, err = io.WriteString(file, source)
	}
	if err = errors.Join(err, archive.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FunctionInput creates a function with the code of Echo.
func FunctionInput(t *testing.T, name, role string) *lambda.CreateFunctionInput {
	t.Helper()
	return &lambda.CreateFunctionInput{
		FunctionName: &name, Role: &role, Handler: aws.String("index.handler"), Runtime: types.RuntimePython313,
		Code:        &types.FunctionCode{ZipFile: Zipped(t, Echo)},
		Environment: &types.Environment{Variables: map[string]string{"V": "1"}},
	}
}

// Function creates the function f and waits until it is Active.
func (c Tenant) Function(t *testing.T) {
	t.Helper()
	input := FunctionInput(t, "f", c.Role(t, "f-role", Trust))
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
}

// Settle waits for the end of a creation or update.
func (c Tenant) Settle(t *testing.T, name string) {
	t.Helper()
	for range 100 {
		out, err := c.Lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: &name})
		if err != nil {
			t.Fatal(err)
		}
		if out.Configuration.State == types.StateActive && out.Configuration.LastUpdateStatus == types.LastUpdateStatusSuccessful {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s did not become active", name)
}

// Publish publishes a version of the function f.
func (c Tenant) Publish(t *testing.T) string {
	t.Helper()
	out, err := c.Lambda.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("f")})
	if err != nil {
		t.Fatal(err)
	}
	return *out.Version
}

// Live makes the alias of that name.
func (c Tenant) Live(t *testing.T, version string) {
	t.Helper()
	_, err := c.Lambda.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: aws.String("f"), Name: aws.String("live"), FunctionVersion: &version})
	if err != nil {
		t.Fatal(err)
	}
}

// Configure changes the variable of the function f and waits until it is there.
func (c Tenant) Configure(t *testing.T, value string) {
	t.Helper()
	_, err := c.Lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("f"), Environment: &types.Environment{Variables: map[string]string{"V": value}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
}

// Get asks for the function f.
func (c Tenant) Get(t *testing.T, qualifier *string) *lambda.GetFunctionOutput {
	t.Helper()
	out, err := c.Lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f"), Qualifier: qualifier})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// PutEvents configures asynchronous invocation of the function f.
func (c Tenant) PutEvents(t *testing.T, qualifier *string, retries, age *int32, onFailure string) error {
	input := &lambda.PutFunctionEventInvokeConfigInput{
		FunctionName: aws.String("f"), Qualifier: qualifier, MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age,
	}
	if onFailure != "" {
		input.DestinationConfig = &types.DestinationConfig{OnFailure: &types.OnFailure{Destination: &onFailure}}
	}
	_, err := c.Lambda.PutFunctionEventInvokeConfig(t.Context(), input)
	return err
}
