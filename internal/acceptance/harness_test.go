package acceptance

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/secure-lambda/terraform-provider-secure/internal/provider"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

const region = "eu-central-1"

var accounts atomic.Int64

// tenant is the AWS account of one test: one of the sandbox's, so that tests
// never meet, or the real one.
type tenant struct {
	id     string
	lambda *lambda.Client
	iam    *iam.Client
	kms    *kms.Client
	logs   *cloudwatchlogs.Client
	s3     *s3.Client
	sqs    *sqs.Client
	sns    *sns.Client

	cloudwatch *cloudwatch.Client
	secrets    *secretsmanager.Client

	made  map[string]bool // layers
	point string          // EFS access point
	// signing is a code signing configuration.
	signing string
}

func newTenant(t *testing.T) *tenant {
	t.Helper()
	a := &tenant{made: map[string]bool{}}
	if box != nil {
		a.id = fmt.Sprintf("1%011d", accounts.Add(1))
	}
	t.Cleanup(func() { a.lawful(t) })
	cfg := a.config(t)
	a.lambda, a.iam, a.kms, a.logs = lambda.NewFromConfig(cfg), iam.NewFromConfig(cfg), kms.NewFromConfig(cfg), cloudwatchlogs.NewFromConfig(cfg)
	a.sqs, a.sns, a.cloudwatch = sqs.NewFromConfig(cfg), sns.NewFromConfig(cfg), cloudwatch.NewFromConfig(cfg)
	a.secrets = secretsmanager.NewFromConfig(cfg)
	a.s3 = s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	return a
}

func (a *tenant) config(t *testing.T) aws.Config {
	t.Helper()
	var options []func(*config.LoadOptions) error
	if a.id != "" {
		options = append(options,
			config.WithRegion(region),
			config.WithBaseEndpoint(box.Endpoint()),
			config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(a.id, "sandbox", "")))
	}
	cfg, err := config.LoadDefaultConfig(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// needsSandbox skips a test that reads what only the sandbox can tell.
func needsSandbox(t *testing.T) {
	t.Helper()
	if box == nil {
		t.Skip("reads the sandbox's call recorder")
	}
}

// alone skips a test that measures time, unless it is asked for by itself:
// scripts/test does so while nothing else runs.
func alone(t *testing.T) {
	t.Helper()
	if os.Getenv("SECURE_ALONE") == "" {
		t.Skip("measures time: SECURE_ALONE=1 and nothing beside it")
	}
}

// scaled is a clock that runs ten times as fast, for waits that AWS needs and
// the sandbox does not.
type scaled struct{}

func (scaled) Now() time.Time { return time.Now() }

func (scaled) Sleep(ctx context.Context, d time.Duration) error {
	// A drain lasts as long as a function may run, which nothing here does.
	timer := time.NewTimer(min(d/10, time.Second))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// unpaced lifts the pace of calls above what the sandbox can answer.
const unpaced = 100

// connections are shared by all providers that the tests serve: each closes its
// own only when its process ends.
var connections = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}}

// factories serve the provider inside the test process.
func factories() map[string]func() (tfprotov6.ProviderServer, error) {
	tuning := provider.Tuning{}
	if box != nil {
		tuning = provider.Tuning{Clock: scaled{}, Poll: 2 * time.Second, Pace: unpaced, HTTPClient: connections}
	}
	return map[string]func() (tfprotov6.ProviderServer, error){
		"secure": func() (tfprotov6.ProviderServer, error) { return provider.NewServer("test", tuning)(), nil },
	}
}

// providerBlock connects the provider to the tenant's account. More attributes
// can be added.
func (a *tenant) providerBlock(attributes ...string) string {
	lines := attributes
	if a.id != "" {
		lines = append([]string{
			fmt.Sprintf("access_key = %q", a.id), `secret_key = "sandbox"`, fmt.Sprintf("region = %q", region), "s3_use_path_style = true",
		}, attributes...)
	}
	return "provider \"secure\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

// hello is the directory of a small Python function.
func hello(t *testing.T) string {
	t.Helper()
	return testdata(t, "hello")
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// unit renders a secure_lambda around the hello function; attributes given by
// name replace the ones it has.
func unit(t *testing.T, label, name string, attributes map[string]string) string {
	t.Helper()
	all := map[string]string{
		"name":    fmt.Sprintf("%q", name),
		"code":    fmt.Sprintf("{ path = %q }", hello(t)),
		"runtime": `"python3.12"`,
		"handler": `"app.handler"`,
	}
	maps.Copy(all, attributes)
	var out strings.Builder
	fmt.Fprintf(&out, "resource \"secure_lambda\" %q {\n", label)
	for _, k := range sortedKeys(all) {
		if all[k] != "" {
			fmt.Fprintf(&out, "  %s = %s\n", k, all[k])
		}
	}
	out.WriteString("}\n")
	return out.String()
}

// writes lists the tenant's recorded changes since a mark.
func (a *tenant) writes(since sandbox.Mark) []sandbox.Call {
	return box.Recorder().Writes(since, sandbox.InAccount(a.id))
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
