package api

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// transport is an AWS that answers in one way.
type transport func(*http.Request) (*http.Response, error)

func (t transport) Do(r *http.Request) (*http.Response, error) { return t(r) }

func answering(status int, body string) transport {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Request: r, Body: io.NopCloser(strings.NewReader(body)),
			Header: http.Header{"X-Amzn-Requestid": {"r-1"}, "X-Amzn-Errortype": {map[bool]string{true: "TooManyRequestsException", false: "ServiceException"}[status == http.StatusTooManyRequests]}},
		}, nil
	}
}

// bad are ways not to answer, and what an error says of them.
var bad = map[string]struct {
	answer transport
	says   string
}{
	"500":               {answering(http.StatusInternalServerError, "{}"), "The last answer: HTTP 500"},
	"503":               {answering(http.StatusServiceUnavailable, "{}"), "The last answer: HTTP 503"},
	"broken connection": {func(r *http.Request) (*http.Response, error) { return nil, broken(r) }, "The last answer: none (connection reset by peer)"},
	"hanging connection": {func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}, "without any answer"},
}

func broken(r *http.Request) error {
	return &url.Error{Op: r.Method, URL: r.URL.String(), Err: syscall.ECONNRESET}
}

func configAnswering(answer transport) aws.Config {
	return aws.Config{
		Region: "eu-central-1", HTTPClient: answer, Credentials: credentials.NewStaticCredentialsProvider("x", "y", ""),
		RetryMaxAttempts: 25,
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.RateLimiter = 25, ratelimit.None })
		},
	}
}

// TestAnswers_TheLastOneIsNamed gives up calls of five kinds that are answered in
// four ways, and wants to read which call it was, what the answer was and what
// the time was spent on.
func TestAnswers_TheLastOneIsNamed(t *testing.T) {
	t.Parallel()
	place := bp.Place{Partition: "aws", Account: "111122223333", Region: "eu-central-1"}
	const timeout = 3 * time.Minute
	changing := func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeoutCause(ctx, timeout, errors.New("the time limit is used up (timeouts.create, 3m0s)"))
	}
	refreshing := func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(Looking(ctx), 5*time.Minute)
	}
	for name, c := range map[string]struct {
		within func(context.Context) (context.Context, context.CancelFunc)
		call   func(context.Context, aws.Config, *Client) error
		least  time.Duration
		most   time.Duration
		says   []string
	}{
		"STS GetCallerIdentity": {
			within: changing, least: 20 * time.Second, most: firstContact, says: []string{"it may take 30s"},
			call: func(ctx context.Context, config aws.Config, _ *Client) error {
				_, _, err := CallerAccount(ctx, config, "", nil)
				return err
			},
		},
		"IAM GetRole": {
			within: refreshing, least: 50 * time.Second, most: lookLimit, says: []string{"it may take 1m0s"},
			call: func(ctx context.Context, _ aws.Config, c *Client) error {
				_, err := c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: new("x")})
				return err
			},
		},
		"CloudWatch DescribeAlarms": {
			within: refreshing, least: 50 * time.Second, most: lookLimit + time.Second, says: []string{"it may take 1m0s"},
			call: func(ctx context.Context, _ aws.Config, c *Client) error {
				_, err := c.FindAlarms(ctx, []string{"x"})
				return err
			},
		},
		"Lambda CreateFunction": {
			within: changing, least: timeout, most: timeout + grace, says: []string{"timeouts.create, 3m0s"},
			call: func(ctx context.Context, _ aws.Config, c *Client) error {
				_, err := c.Lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{FunctionName: new("x"), Role: new("r"), Code: &types.FunctionCode{}})
				return err
			},
		},
		"Lambda UpdateAlias": {
			within: changing, least: timeout, most: timeout + grace, says: []string{"timeouts.create, 3m0s"},
			call: func(ctx context.Context, _ aws.Config, c *Client) error {
				_, err := c.Lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: new("x"), Name: new("live")})
				return err
			},
		},
	} {
		for _, way := range slices.Sorted(maps.Keys(bad)) {
			t.Run(name+"/"+way, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					config := configAnswering(bad[way].answer)
					client := New(config, place, Options{})
					ctx, cancel := c.within(context.Background())
					defer cancel()
					began := time.Now()
					err := c.call(ctx, config, client)
					took := time.Since(began)
					if err == nil {
						t.Fatal("no error")
					}
					for _, want := range append([]string{"operation error " + strings.Replace(name, " ", ": ", 1) + ", tried ", bad[way].says}, c.says...) {
						if !strings.Contains(err.Error(), want) {
							t.Errorf("the error does not say %q: %v", want, err)
						}
					}
					if took < c.least || took > c.most {
						t.Errorf("it took %s, want from %s to %s", took, c.least, c.most)
					}
				})
			})
		}
	}
}

// TestAnswers_WhoWaitsReadsWhy wants a line for each failed attempt from the
// third on, with the answer and the next pause, and no message of AWS's in it.
func TestAnswers_WhoWaitsReadsWhy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines []map[string]any
		client := New(configAnswering(answering(http.StatusTooManyRequests, `{"message":"canary"}`)), bp.Place{}, Options{
			Inform: func(_ context.Context, _ string, fields map[string]any) { lines = append(lines, fields) },
		})
		_, err := client.Lambda.GetFunction(context.Background(), &lambda.GetFunctionInput{FunctionName: new("x")})
		if err == nil || !strings.Contains(err.Error(), "of which AWS throttled 25") {
			t.Errorf("throttling is not named: %v", err)
		}
		if len(lines) != 22 { // 25 attempts have 24 pauses
			t.Fatalf("%d lines: %v", len(lines), lines)
		}
		first := lines[0]
		if first["operation"] != "Lambda GetFunction" || first["attempts"] != 3 || first["status"] != 429 || first["error_code"] == nil || first["next_in"] == "" {
			t.Errorf("the first line says %v", first)
		}
		for _, line := range lines {
			for key, value := range line {
				if text, ok := value.(string); ok && strings.Contains(text, "canary") {
					t.Errorf("%s repeats what AWS said", key)
				}
			}
		}
	})
}

// TestAnswers_WaitingForAQuotaIsNoAnswer lets a read wait for longer than a read
// may take.
func TestAnswers_WaitingForAQuotaIsNoAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := New(configAnswering(answering(http.StatusOK, "{}")), bp.Place{}, Options{Share: 0.0001, Steady: true})
		began := time.Now()
		for range 2 {
			if _, err := client.Lambda.GetFunction(Looking(context.Background()), &lambda.GetFunctionInput{FunctionName: new("x")}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < lookLimit {
			t.Errorf("the quota was free after %s: nothing is tested", took)
		}
	})
}
