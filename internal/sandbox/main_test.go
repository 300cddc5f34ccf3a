package sandbox

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

const region = "eu-central-1"

// box is shared: every test has an account of its own.
var box *Sandbox

func TestMain(m *testing.M) {
	if os.Getenv(doomedVariable) != "" {
		os.Exit(doomed())
	}
	err := runParallel()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ctx := context.Background()
	box, err = Start(ctx, Options{StateDelay: testStateDelay, RolePropagation: testRolePropagation, QueueRest: testQueueRest})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := box.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// runParallel replaces the default of -parallel, the number of processors.
func runParallel() error {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if asked {
		return nil
	}
	return flag.Set("test.parallel", strconv.Itoa(max(testParallel, runtime.GOMAXPROCS(0))))
}

const (
	// testParallel is more than there are processors: tests wait most of the time.
	testParallel        = 6
	testStateDelay      = 400 * time.Millisecond
	testRolePropagation = 300 * time.Millisecond
	testQueueRest       = 500 * time.Millisecond
)

var accounts atomic.Int64

// tenant is one account and its clients.
type tenant struct {
	account string
	lambda  *lambda.Client
	iam     *iam.Client
	kms     *kms.Client
	logs    *cloudwatchlogs.Client
	sts     *sts.Client
	// config makes the clients that few tests need.
	config aws.Config
}

func newTenant(t *testing.T) tenant {
	t.Helper()
	return clientsOf(box.Endpoint(), newAccount())
}

// newAccount is the id of an account that nobody has used.
func newAccount() string { return fmt.Sprintf("4%011d", accounts.Add(1)) }

func clientsOf(endpoint, account string) tenant {
	config := aws.Config{
		Region:       region,
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider(account, "sandbox", ""),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
	return tenant{
		account: account,
		lambda:  lambda.NewFromConfig(config),
		iam:     iam.NewFromConfig(config),
		kms:     kms.NewFromConfig(config),
		logs:    cloudwatchlogs.NewFromConfig(config),
		sts:     sts.NewFromConfig(config),
		config:  config,
	}
}

const lambdaTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// role creates a role that Lambda can assume by now.
func (c tenant) role(t *testing.T, name, trust string) string {
	t.Helper()
	arn := c.freshRole(t, name, trust)
	time.Sleep(testRolePropagation)
	return arn
}

func (c tenant) freshRole(t *testing.T, name, trust string) string {
	t.Helper()
	out, err := c.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatal(err)
	}
	return *out.Role.Arn
}

const echo = `import os
def handler(event, context):
    return {"v": os.environ.get("V"), "memory": context.memory_limit_in_mb, "version": context.function_version}
`

func zipped(t *testing.T, source string) []byte {
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

func functionInput(t *testing.T, name, role string) *lambda.CreateFunctionInput {
	t.Helper()
	return &lambda.CreateFunctionInput{
		FunctionName: &name, Role: &role, Handler: aws.String("index.handler"), Runtime: types.RuntimePython313,
		Code:        &types.FunctionCode{ZipFile: zipped(t, echo)},
		Environment: &types.Environment{Variables: map[string]string{"V": "1"}},
	}
}

// function creates the function f and waits until it is Active.
func (c tenant) function(t *testing.T) {
	t.Helper()
	input := functionInput(t, "f", c.role(t, "f-role", lambdaTrust))
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
}

// settle waits for the end of a creation or update.
func (c tenant) settle(t *testing.T, name string) {
	t.Helper()
	for range 100 {
		out, err := c.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: &name})
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

func (c tenant) publish(t *testing.T) string {
	t.Helper()
	out, err := c.lambda.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("f")})
	if err != nil {
		t.Fatal(err)
	}
	return *out.Version
}

// live makes the alias of that name.
func (c tenant) live(t *testing.T, version string) {
	t.Helper()
	_, err := c.lambda.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: aws.String("f"), Name: aws.String("live"), FunctionVersion: &version})
	if err != nil {
		t.Fatal(err)
	}
}

func (c tenant) configure(t *testing.T, value string) {
	t.Helper()
	_, err := c.lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("f"), Environment: &types.Environment{Variables: map[string]string{"V": value}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
}

func wantError(t *testing.T, err error, code, message string) {
	t.Helper()
	var failed smithy.APIError
	switch {
	case !errors.As(err, &failed):
		t.Errorf("got %v, want %s", err, code)
	case failed.ErrorCode() != code || !strings.Contains(failed.ErrorMessage(), message):
		t.Errorf("got %s: %s\nwant %s: %s", failed.ErrorCode(), failed.ErrorMessage(), code, message)
	}
}

func authorization(account, service string) string {
	return fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", account, region, service)
}

// post calls services for which the module has no client.
func (c tenant) post(t *testing.T, service, target, body string) (status int, answer object) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, box.Endpoint()+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization(c.account, service))
	req.Header.Set("X-Amz-Target", target)
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err = parseObject(raw); err != nil {
		t.Fatalf("%s answered %d %s", target, resp.StatusCode, raw)
	}
	return resp.StatusCode, answer
}
