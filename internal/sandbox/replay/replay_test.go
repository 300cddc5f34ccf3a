package replay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	taggingtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/conditions"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/record"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/replay"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// unit is what the tests of Replay make, and read, of one unit.
type unit struct{ name, key string }

func (u unit) alarmNames() []string { return []string{u.name + "-errors", u.name + "-missing"} }

func (u unit) tags() map[string]string { return map[string]string{"unit": u.name} }

func makeUnit(t *testing.T, c sandboxtest.Tenant, name string) unit {
	t.Helper()
	c.FreshRole(t, name, sandboxtest.Trust)
	u := unit{name, c.Key(t, aws.String(sandboxtest.KeyPolicy(c.Account, "arn:aws:logs:"+sandboxtest.Region+":"+c.Account+":log-group:/aws/lambda/"+name)))}
	c.PutAlarm(t, name+"-errors", cloudwatchtypes.Tag{Key: aws.String("unit"), Value: &name})
	if _, err := c.SQS().CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String(name + "-dlq"), Tags: u.tags()}); err != nil {
		t.Fatal(err)
	}
	return u
}

func describeAlarms(ctx context.Context, c sandboxtest.Tenant, names ...string) (string, error) {
	out, err := c.Alarms().DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: names, MaxRecords: aws.Int32(100)})
	if err != nil {
		return "", err
	}
	found := ""
	for _, alarm := range out.MetricAlarms {
		found += *alarm.AlarmArn + " "
	}
	return found, nil
}

func getResources(ctx context.Context, c sandboxtest.Tenant, input *tagging.GetResourcesInput) (string, error) {
	out, err := tagging.NewFromConfig(c.Config).GetResources(ctx, input)
	if err != nil {
		return "", err
	}
	var found []string
	for _, m := range out.ResourceTagMappingList {
		found = append(found, *m.ResourceARN+"="+*m.Tags[0].Value)
	}
	slices.Sort(found) // no order is promised
	return strings.Join(found, " ") + " ", nil
}

// refresh reads a unit and says what it found.
func refresh(ctx context.Context, c sandboxtest.Tenant, u unit) (string, error) {
	role, err := c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &u.name})
	if err != nil {
		return "", err
	}
	policy, err := c.KMS.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &u.key})
	if err != nil {
		return "", err
	}
	_, missing := c.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &u.name})
	alarms, err := describeAlarms(ctx, c, u.alarmNames()...)
	if err != nil {
		return "", err
	}
	resources, err := getResources(ctx, c, &tagging.GetResourcesInput{ResourceARNList: []string{c.QueueARN(u.name + "-dlq")}})
	if err != nil {
		return "", err
	}
	byTag, err := getResources(ctx, c, &tagging.GetResourcesInput{TagFilters: []taggingtypes.TagFilter{{Key: aws.String("unit"), Values: []string{u.name}}}})
	return fmt.Sprint(*role.Role.Arn, *policy.Policy, alarms, resources, byTag, missing), err
}

// recordUnit makes a unit and records its refresh.
func recordUnit(t *testing.T, c sandboxtest.Tenant, name string) (u unit, seen string, tape *replay.Tape) {
	t.Helper()
	u = makeUnit(t, c, name)
	tape = sandboxtest.Box.RecordReads(c.Account)
	seen, err := refresh(t.Context(), c, u)
	if err != nil {
		t.Fatal(err)
	}
	tape.Stop()
	return u, seen, tape
}

func keyID(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func TestReplay_AnswersForUnitsThatDoNotExist(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	u, seen, tape := recordUnit(t, c, "bench-0000")
	if tape.Len() != 6 {
		t.Errorf("%d reads on the tape", tape.Len())
	}
	twins, err := tape.Twins(u.name, []string{"bench-0001", "bench-0002"}, keyID(u.key))
	if err != nil {
		t.Fatal(err)
	}
	if err := sandboxtest.Box.Replay(tape, twins); err != nil {
		t.Fatal(err)
	}
	for _, twin := range append([]replay.Twin{{Name: u.name}}, twins...) {
		got, err := refresh(t.Context(), c, unit{twin.Name, twin.Rewrite(u.key)})
		if want := twin.Rewrite(seen); err != nil || withoutIDs(got) != withoutIDs(want) {
			t.Errorf("%s:\n%s\nwant:\n%s\n%v", twin.Name, got, want, err)
		}
	}
	// Nothing of it was asked of the emulator.
	sandboxtest.Box.EndReplay(c.Account)
	_, err = c.IAM.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("bench-0001")})
	sandboxtest.WantError(t, err, "NoSuchEntity", "")
}

// withoutIDs leaves out the request's id in an error's text.
func withoutIDs(text string) string {
	before, after, _ := strings.Cut(text, "RequestID: ")
	_, after, _ = strings.Cut(after, ",")
	return before + after
}

func TestReplay_PutsBatchesOfUnitsTogether(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	u, _, tape := recordUnit(t, c, "bench-0000")
	var names []string
	for i := 1; i <= 60; i++ {
		names = append(names, fmt.Sprintf("bench-%04d", i))
	}
	twins, err := tape.Twins(u.name, names)
	if err != nil {
		t.Fatal(err)
	}
	if err := sandboxtest.Box.Replay(tape, twins); err != nil {
		t.Fatal(err)
	}
	arn := func(name string) string {
		return "arn:aws:cloudwatch:" + sandboxtest.Region + ":" + c.Account + ":alarm:" + name + "-errors"
	}
	got, err := describeAlarms(ctx, c, "bench-0002-errors", "bench-0001-missing", "bench-0001-errors", "bench-0000-errors")
	if want := arn("bench-0000") + " " + arn("bench-0001") + " " + arn("bench-0002") + " "; err != nil || got != want {
		t.Errorf("alarms: %s %v", got, err)
	}
	got, err = getResources(ctx, c, &tagging.GetResourcesInput{ResourceARNList: []string{c.QueueARN("bench-0007-dlq"), arn("bench-0003")}})
	if want := arn("bench-0003") + "=bench-0003 " + c.QueueARN("bench-0007-dlq") + "=bench-0007 "; err != nil || got != want {
		t.Errorf("resources: %s %v", got, err)
	}
	got, err = getResources(ctx, c, &tagging.GetResourcesInput{
		TagFilters:          []taggingtypes.TagFilter{{Key: aws.String("unit"), Values: []string{"bench-0004", "bench-0005"}}},
		ResourceTypeFilters: []string{"sqs"},
	})
	if want := c.QueueARN("bench-0004-dlq") + "=bench-0004 " + c.QueueARN("bench-0005-dlq") + "=bench-0005 "; err != nil || got != want {
		t.Errorf("resources by tag: %s %v", got, err)
	}
	pages := cloudwatch.NewDescribeAlarmsPaginator(c.Alarms(), &cloudwatch.DescribeAlarmsInput{AlarmNames: suffixed(names, "-errors"), MaxRecords: aws.Int32(25)})
	count, asked := 0, 0
	for ; pages.HasMorePages(); asked++ {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		count += len(page.MetricAlarms)
	}
	if count != 60 || asked != 3 {
		t.Errorf("%d alarms in %d pages", count, asked)
	}
}

func suffixed(names []string, suffix string) []string {
	all := make([]string, 0, len(names))
	for _, name := range names {
		all = append(all, name+suffix)
	}
	return all
}

func TestReplay_RefusesWhatIsNotOnTheTapeAndPassesTheRest(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	u, _, tape := recordUnit(t, c, "bench-0000")
	twins, err := tape.Twins(u.name, []string{"bench-0001"})
	if err != nil {
		t.Fatal(err)
	}
	if err := sandboxtest.Box.Replay(tape, twins); err != nil {
		t.Fatal(err)
	}
	mark := sandboxtest.Box.Recorder().Mark()
	_, err = c.IAM.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String("bench-0001")})
	sandboxtest.WantError(t, err, wire.Unsupported, "the tape has no iam.ListAttachedRolePolicies of bench-0001")
	_, err = describeAlarms(ctx, c, "bench-0001-errors", "bench-0001-unheard-of")
	sandboxtest.WantError(t, err, wire.Unsupported, "the tape has no monitoring.DescribeAlarms")
	refused := sandboxtest.Box.Recorder().Since(mark, record.InAccount(c.Account))
	if len(refused) != 2 || !refused[0].Unsupported || refused[0].Status != http.StatusNotImplemented {
		t.Errorf("recorded as %+v", refused)
	}
	if _, err := c.KMS.ListKeys(ctx, &kms.ListKeysInput{}); err != nil {
		t.Errorf("a read of no unit: %v", err)
	}
	_, write := c.IAM.TagRole(ctx, &iam.TagRoleInput{RoleName: aws.String("bench-0001"), Tags: []iamtypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})
	sandboxtest.WantError(t, write, "NoSuchEntity", "")
	sandboxtest.Box.SetConditions(c.Account, conditions.Conditions{Quotas: conditions.Quotas{"iam.*": 0.001}})
	_, first := c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("bench-0001")})
	_, second := c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("bench-0001")})
	if first != nil {
		t.Error(first)
	}
	sandboxtest.WantError(t, second, "Throttling", "")
}

func TestTwins_AreLikeTheRecordedUnit(t *testing.T) {
	t.Parallel()
	tape := &replay.Tape{}
	for name, twin := range map[string]struct {
		names []string
		id    string
	}{
		"another length":       {[]string{"bench-1"}, "0123456789abcdef"},
		"the same twice":       {[]string{"bench-0001", "bench-0001"}, "0123456789abcdef"},
		"the recorded one":     {[]string{"bench-0000"}, "0123456789abcdef"},
		"an id without digits": {[]string{"bench-0001"}, "no-such-end"},
	} {
		if _, err := tape.Twins("bench-0000", twin.names, twin.id); !errors.Is(err, replay.ErrTwin) {
			t.Errorf("%s: %v", name, err)
		}
	}
	const id = "1234abcd-12ab-34cd-56ef-1234567890ab"
	twins, err := tape.Twins("bench-0000", []string{"bench-0001", "bench-0002"}, id)
	if err != nil {
		t.Fatal(err)
	}
	one, two := twins[0].Rewrite("bench-0000 "+id), twins[1].Rewrite("bench-0000 "+id)
	if !strings.HasPrefix(one, "bench-0001 1234abcd-12ab-34cd-56ef-") || len(one) != len("bench-0001 "+id) || one[11:] == two[11:] {
		t.Errorf("%s, %s", one, two)
	}
	if err := sandboxtest.Box.Replay(tape, nil); !errors.Is(err, replay.ErrTwin) {
		t.Errorf("without twins: %v", err)
	}
}

// BenchmarkReplay says how many replayed reads a second pass the proxy.
func BenchmarkReplay(b *testing.B) {
	account := sandboxtest.NewAccount()
	c := sandboxtest.Clients(sandboxtest.Box.Endpoint(), account)
	trust, name := sandboxtest.Trust, "bench-0000"
	if _, err := c.IAM.CreateRole(b.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}); err != nil {
		b.Fatal(err)
	}
	tape := sandboxtest.Box.RecordReads(account)
	read := func(name string) error {
		body := strings.NewReader("Action=GetRole&RoleName=" + name)
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, sandboxtest.Box.Endpoint()+"/", body)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", sandboxtest.Authorization(account, "iam"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		answer, err := io.ReadAll(resp.Body)
		if err == nil && !strings.Contains(string(answer), "<RoleName>"+name+"<") {
			err = fmt.Errorf("%s: %s", name, answer)
		}
		return err
	}
	if err := read(name); err != nil {
		b.Fatal(err)
	}
	tape.Stop()
	var names []string
	for i := 1; i < 1000; i++ {
		names = append(names, fmt.Sprintf("bench-%04d", i))
	}
	twins, err := tape.Twins(name, names)
	if err != nil {
		b.Fatal(err)
	}
	if err := sandboxtest.Box.Replay(tape, twins); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for i := 0; b.Loop(); i++ {
		if err := read(names[i%len(names)]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "calls/s")
}
