package acceptance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"golang.org/x/sync/errgroup"
)

// hole is one thing that somebody left open in a function made by hand. What is
// not stated is as in a function without one.
type hole struct {
	// fails are the controls that the hole fails, and no others beside those of the
	// function without one.
	fails string
	// trust is the statement that says who may assume the role.
	trust string
	// inline and customer are statements of policies of the account's own, and
	// attach is the ARN of another.
	inline, customer, attach string
	// first is the configuration of version 1 where that differs from version 2, and
	// second says that there is a version 2.
	first  lambda.UpdateFunctionConfigurationInput
	second bool
	// made is how the function itself differs.
	made func(*lambda.CreateFunctionInput)
	// after opens it once it is there.
	after func(context.Context, *siege, string) error
}

// siege is an account with functions made by hand, and what they share.
type siege struct {
	*tenant

	// trust lets Lambda assume a role for the account, and least is a policy with
	// nothing wrong.
	trust, least string
	key, openKey string // ARNs
	dead         string // ARN of a queue
	roles        map[string]string
}

// besiege makes what the functions share.
func besiege(t *testing.T, a *tenant) *siege {
	t.Helper()
	ctx := t.Context()
	s := &siege{tenant: a, roles: map[string]string{}}
	s.trust = `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"` + a.id + `"}}}`
	least, err := a.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: new("least"), PolicyDocument: new(statements(
		`{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:eu-central-1:` + a.id + `:log-group:/aws/lambda/hole-*"},` +
			`{"Effect":"Allow","Action":["sqs:DeleteMessage","sqs:GetQueueAttributes","sqs:ReceiveMessage","sqs:SendMessage"],"Resource":"arn:aws:sqs:eu-central-1:` + a.id + `:hole-*"},{"Effect":"Allow","Action":"sns:Publish","Resource":"arn:aws:sns:eu-central-1:` + a.id + `:hole-*"},` +
			`{"Effect":"Allow","Action":["xray:PutTraceSegments","xray:PutTelemetryRecords"],"Resource":"*"}`))})
	must(t, err)
	s.least = *least.Policy.Arn
	s.key = s.newKey(t, s.ownKey(""))
	s.openKey = s.newKey(t, `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:Decrypt","Resource":"*"}`)
	s.dead, err = s.queue(ctx, "hole-dead", "")
	must(t, err)
	return s
}

// ownKey are the statements of a key that the account decides about and that log
// groups may use, with one more.
func (s *siege) ownKey(more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + s.id + `:root"},"Action":"kms:*","Resource":"*"},{"Effect":"Allow","Principal":{"Service":"logs.eu-central-1.amazonaws.com"},` +
		`"Action":["kms:Decrypt","kms:DescribeKey","kms:Encrypt","kms:GenerateDataKey*","kms:ReEncrypt*"],"Resource":"*","Condition":{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:eu-central-1:` + s.id + `:log-group:*"}}}` + more
}

func (s *siege) newKey(t *testing.T, statement string) string {
	t.Helper()
	made, err := s.kms.CreateKey(t.Context(), &kms.CreateKeyInput{Policy: new(statements(statement))})
	must(t, err)
	_, err = s.kms.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: made.KeyMetadata.KeyId})
	must(t, err)
	return *made.KeyMetadata.Arn
}

// queue makes an encrypted queue that refuses connections without TLS, with one
// more statement.
func (s *siege) queue(ctx context.Context, name, statement string) (string, error) {
	policy := `{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	if statement != "" {
		policy += "," + statement
	}
	_, err := s.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: map[string]string{"Policy": statements(policy), "KmsMasterKeyId": s.key}})
	return "arn:aws:sqs:eu-central-1:" + s.id + ":" + name, err
}

// topic makes a topic with a policy of one statement.
func (s *siege) topic(ctx context.Context, name, statement string) (string, error) {
	_, err := s.sns.CreateTopic(ctx, &sns.CreateTopicInput{Name: &name, Attributes: map[string]string{"Policy": statements(statement)}})
	return "arn:aws:sns:eu-central-1:" + s.id + ":" + name, err
}

// role makes the role of a function.
func (s *siege) role(ctx context.Context, name string, h hole) (string, error) {
	role, err := s.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: new(statements(s.trust))})
	if err != nil {
		return "", err
	}
	attach := []string{s.least}
	if h.attach != "" {
		attach = append(attach, h.attach)
	}
	if h.customer != "" {
		made, err := s.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: new(name + "-theirs"), PolicyDocument: new(statements(h.customer))})
		if err != nil {
			return "", err
		}
		attach = append(attach, *made.Policy.Arn)
	}
	for _, arn := range attach {
		if _, err := s.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: new(arn)}); err != nil {
			return "", err
		}
	}
	if h.inline != "" {
		_, err = s.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: new("theirs"), PolicyDocument: new(statements(h.inline))})
	}
	return *role.Role.Arn, err
}

// function makes a function whose last version the alias live serves.
func (s *siege) function(ctx context.Context, name string, h hole) error {
	group := "/aws/lambda/" + name
	if _, err := s.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &group, KmsKeyId: &s.key}); err != nil {
		return err
	}
	if _, err := s.logs.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: &group, RetentionInDays: new(int32(365))}); err != nil {
		return err
	}
	in := &lambda.CreateFunctionInput{
		FunctionName: &name, Role: new(s.roles[name]), Runtime: "python3.14", Handler: new("app.handler"), Code: &lambdatypes.FunctionCode{ZipFile: foreignZip},
		MemorySize: new(int32(512)), Timeout: new(int32(10)), KMSKeyArn: &s.key, Environment: &lambdatypes.Environment{Variables: map[string]string{"TABLE": "orders"}},
		DeadLetterConfig: &lambdatypes.DeadLetterConfig{TargetArn: &s.dead}, TracingConfig: &lambdatypes.TracingConfig{Mode: lambdatypes.TracingModeActive},
		LoggingConfig: &lambdatypes.LoggingConfig{LogFormat: lambdatypes.LogFormatJson, LogGroup: &group}, Tags: map[string]string{"team": "orders"}, Publish: true,
	}
	if h.made != nil {
		h.made(in)
	}
	first := *in
	if h.first.Environment != nil {
		first.Environment = h.first.Environment
	}
	if h.first.Role != nil {
		first.Role = new(s.roles[*h.first.Role])
	}
	if h.first.Runtime != "" {
		first.Runtime = h.first.Runtime
	}
	if h.first.TracingConfig != nil {
		first.TracingConfig = h.first.TracingConfig
	}
	if err := s.once(func() error { _, err := s.lambda.CreateFunction(ctx, &first); return err }); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	if err := s.settled(ctx, name); err != nil {
		return err
	}
	serving := "1"
	if h.second {
		if _, err := s.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: &name, Role: in.Role, Runtime: in.Runtime, Environment: in.Environment, TracingConfig: in.TracingConfig, Description: new("second"),
		}); err != nil {
			return fmt.Errorf("update: %w", err)
		}
		version, err := s.publish(ctx, name)
		if err != nil {
			return err
		}
		serving = version
	}
	if _, err := s.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: &name, Name: new("live"), FunctionVersion: &serving}); err != nil {
		return err
	}
	if h.trust != "" { // before, Lambda could not have assumed the role
		if _, err := s.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &name, PolicyDocument: new(statements(h.trust))}); err != nil {
			return err
		}
	}
	if h.after == nil {
		return nil
	}
	return h.after(ctx, s, name)
}

// once makes a call as soon as Lambda sees what the role is.
func (s *siege) once(call func() error) error {
	for deadline := time.Now().Add(waitLimit); ; time.Sleep(fastPoll) {
		err := call()
		if err == nil || time.Now().After(deadline) || !strings.Contains(err.Error(), "role") {
			return err
		}
	}
}

// publish makes a version of what the function is.
func (s *siege) publish(ctx context.Context, name string) (string, error) {
	if err := s.settled(ctx, name); err != nil {
		return "", err
	}
	out, err := s.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
	if err != nil {
		return "", err
	}
	return *out.Version, nil
}

func (s *siege) settled(ctx context.Context, name string) error {
	return lambda.NewFunctionUpdatedV2Waiter(s.lambda, fastUpdates).Wait(ctx, &lambda.GetFunctionInput{FunctionName: &name}, waitLimit)
}

// TestAccAudit_FindsEveryHole makes functions by hand, each with one hole that an
// attacker would leave, and one without. The audit fails the controls of the hole,
// and no others.
func TestAccAudit_FindsEveryHole(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	s := besiege(t, a)
	holes := allHoles(a.id)
	holes["hole-none"] = hole{}
	names := sortedKeys(holes)
	for _, name := range names {
		role, err := s.role(t.Context(), name, holes[name])
		must(t, err)
		s.roles[name] = role
	}
	var group errgroup.Group
	group.SetLimit(16)
	for _, name := range names {
		group.Go(func() error {
			if err := s.function(t.Context(), name, holes[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	must(t, group.Wait())
	report := a.audited(t, "--function", "hole-*")
	without := report.verdicts(t, "hole-none")
	if got := failing(without); !slices.Equal(got, strings.Fields(ofAnyHand)) {
		t.Errorf("the function without a hole fails %v", got)
	}
	for _, name := range names {
		var more []string
		for _, control := range failing(report.verdicts(t, name)) {
			if without[control] != "fail" && without[control] != "needs_input" {
				more = append(more, control)
			}
		}
		want := strings.Fields(holes[name].fails)
		slices.Sort(want)
		if !slices.Equal(more, want) {
			t.Errorf("%s fails %v, want %v", name, more, want)
		}
	}
	for _, format := range []string{"table", "html", "sarif", "json"} {
		out, problems, code := a.audit(t, "--function", "hole-dead-hostile", "--format", format)
		if code != 0 || !strings.Contains(string(out), "dead-hostile") {
			t.Fatalf("%s: exit %d, %s", format, code, problems)
		}
		for _, r := range string(out) {
			if r != '\n' && r != '\t' && !unicode.IsPrint(r) && (format != "html" || r < ' ') {
				t.Errorf("%s has %q", format, r)
				break
			}
		}
		if format == "html" && strings.Contains(string(out), "<img src=x") {
			t.Error("the page has somebody else's image")
		}
	}
	t.Logf("%d functions with a hole each, and one without", len(names)-1)
	if len(names)-1 < 37 {
		t.Error("there are fewer than 37")
	}
}

// ofAnyHand are the controls that the function without a hole fails: it has no
// alarms, and nothing that only a user can give.
const ofAnyHand = "alarms-present code-signing in-vpc reserved-concurrency"

func failing(verdicts map[string]string) []string {
	var out []string
	for control, outcome := range verdicts {
		if outcome == "fail" || outcome == "needs_input" {
			out = append(out, control)
		}
	}
	slices.Sort(out)
	return out
}
