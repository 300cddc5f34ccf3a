package sandboxtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Tenant is one account and its clients.
type Tenant struct {
	Account string
	Lambda  *lambda.Client
	IAM     *iam.Client
	KMS     *kms.Client
	Logs    *cloudwatchlogs.Client
	STS     *sts.Client
	// Config makes the clients that few tests need.
	Config aws.Config
}

var accounts atomic.Int64

// NewAccount is the id of an account that nobody has used.
func NewAccount() string { return fmt.Sprintf("4%011d", accounts.Add(1)) }

// New is an account that nobody has used.
func New(t *testing.T) Tenant {
	t.Helper()
	return Clients(Box.Endpoint(), NewAccount())
}

// Clients are those of an account at an endpoint.
func Clients(endpoint, account string) Tenant {
	config := aws.Config{
		Region:       Region,
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider(account, "sandbox", ""),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
	return Tenant{
		Account: account,
		Lambda:  lambda.NewFromConfig(config),
		IAM:     iam.NewFromConfig(config),
		KMS:     kms.NewFromConfig(config),
		Logs:    cloudwatchlogs.NewFromConfig(config),
		STS:     sts.NewFromConfig(config),
		Config:  config,
	}
}

// Authorization is the header that says who calls which service.
func Authorization(account, service string) string {
	return fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", account, Region, service)
}

// WantError fails unless the error has a code, and a message with a text in it.
func WantError(t *testing.T, err error, code, message string) {
	t.Helper()
	var failed smithy.APIError
	switch {
	case !errors.As(err, &failed):
		t.Errorf("got %v, want %s", err, code)
	case failed.ErrorCode() != code || !strings.Contains(failed.ErrorMessage(), message):
		t.Errorf("got %s: %s\nwant %s: %s", failed.ErrorCode(), failed.ErrorMessage(), code, message)
	}
}

// Post calls services for which the module has no client.
func (c Tenant) Post(t *testing.T, service, target, body string) (status int, answer wire.Object) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, Box.Endpoint()+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", Authorization(c.Account, service))
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
	if answer, err = wire.ParseObject(raw); err != nil {
		t.Fatalf("%s answered %d %s", target, resp.StatusCode, raw)
	}
	return resp.StatusCode, answer
}

// Rest calls a REST service for which the module has no client.
func (c Tenant) Rest(t *testing.T, service, method, path, body string) (status int, answer wire.Object) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, Box.Endpoint()+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", Authorization(c.Account, service))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err = wire.ParseObject(raw); err != nil {
		t.Fatalf("%s answered %d %s", path, resp.StatusCode, raw)
	}
	return resp.StatusCode, answer
}
