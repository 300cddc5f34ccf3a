package sandbox

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
)

// unit is what the tests of Replay make, and read, of one unit.
type unit struct{ name, key string }

func (u unit) alarmNames() []string { return []string{u.name + "-errors", u.name + "-missing"} }

func (u unit) tags() map[string]string { return map[string]string{"unit": u.name} }

func (c tenant) makeUnit(t *testing.T, name string) unit {
	t.Helper()
	c.freshRole(t, name, lambdaTrust)
	u := unit{name, c.key(t, aws.String(keyPolicy(c.account, "arn:aws:logs:"+region+":"+c.account+":log-group:/aws/lambda/"+name)))}
	c.putAlarm(t, name+"-errors", cloudwatchtypes.Tag{Key: aws.String("unit"), Value: &name})
	if _, err := c.sqs().CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String(name + "-dlq"), Tags: u.tags()}); err != nil {
		t.Fatal(err)
	}
	return u
}

func (c tenant) describeAlarms(ctx context.Context, names ...string) (string, error) {
	out, err := c.alarms().DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: names, MaxRecords: aws.Int32(100)})
	if err != nil {
		return "", err
	}
	found := ""
	for _, alarm := range out.MetricAlarms {
		found += *alarm.AlarmArn + " "
	}
	return found, nil
}

func (c tenant) getResources(ctx context.Context, input *tagging.GetResourcesInput) (string, error) {
	out, err := tagging.NewFromConfig(c.config).GetResources(ctx, input)
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
func (c tenant) refresh(ctx context.Context, u unit) (string, error) {
	role, err := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &u.name})
	if err != nil {
		return "", err
	}
	policy, err := c.kms.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &u.key})
	if err != nil {
		return "", err
	}
	_, missing := c.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &u.name})
	alarms, err := c.describeAlarms(ctx, u.alarmNames()...)
	if err != nil {
		return "", err
	}
	resources, err := c.getResources(ctx, &tagging.GetResourcesInput{ResourceARNList: []string{c.queueARN(u.name + "-dlq")}})
	if err != nil {
		return "", err
	}
	byTag, err := c.getResources(ctx, &tagging.GetResourcesInput{TagFilters: []taggingtypes.TagFilter{{Key: aws.String("unit"), Values: []string{u.name}}}})
	return fmt.Sprint(*role.Role.Arn, *policy.Policy, alarms, resources, byTag, missing), err
}

// recordUnit makes a unit and records its refresh.
func (c tenant) recordUnit(t *testing.T, name string) (u unit, seen string, tape *Tape) {
	t.Helper()
	u = c.makeUnit(t, name)
	tape = box.RecordReads(c.account)
	seen, err := c.refresh(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	tape.Stop()
	return u, seen, tape
}

func keyID(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func TestReplay_AnswersForUnitsThatDoNotExist(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	u, seen, tape := c.recordUnit(t, "bench-0000")
	if tape.Len() != 6 {
		t.Errorf("%d reads on the tape", tape.Len())
	}
	twins, err := tape.Twins(u.name, []string{"bench-0001", "bench-0002"}, keyID(u.key))
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Replay(tape, twins); err != nil {
		t.Fatal(err)
	}
	for _, twin := range append([]Twin{{Name: u.name}}, twins...) {
		got, err := c.refresh(t.Context(), unit{twin.Name, twin.Rewrite(u.key)})
		if want := twin.Rewrite(seen); err != nil || withoutIDs(got) != withoutIDs(want) {
			t.Errorf("%s:\n%s\nwant:\n%s\n%v", twin.Name, got, want, err)
		}
	}
	// Nothing of it was asked of the emulator.
	box.EndReplay(c.account)
	_, err = c.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("bench-0001")})
	wantError(t, err, "NoSuchEntity", "")
}

// withoutIDs leaves out the request's id in an error's text.
func withoutIDs(text string) string {
	before, after, _ := strings.Cut(text, "RequestID: ")
	_, after, _ = strings.Cut(after, ",")
	return before + after
}

func TestReplay_PutsBatchesOfUnitsTogether(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	u, _, tape := c.recordUnit(t, "bench-0000")
	var names []string
	for i := 1; i <= 60; i++ {
		names = append(names, fmt.Sprintf("bench-%04d", i))
	}
	twins, err := tape.Twins(u.name, names)
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Replay(tape, twins); err != nil {
		t.Fatal(err)
	}
	arn := func(name string) string {
		return "arn:aws:cloudwatch:" + region + ":" + c.account + ":alarm:" + name + "-errors"
	}
	got, err := c.describeAlarms(ctx, "bench-0002-errors", "bench-0001-missing", "bench-0001-errors", "bench-0000-errors")
	if want := arn("bench-0000") + " " + arn("bench-0001") + " " + arn("bench-0002") + " "; err != nil || got != want {
		t.Errorf("alarms: %s %v", got, err)
	}
	got, err = c.getResources(ctx, &tagging.GetResourcesInput{ResourceARNList: []string{c.queueARN("bench-0007-dlq"), arn("bench-0003")}})
	if want := arn("bench-0003") + "=bench-0003 " + c.queueARN("bench-0007-dlq") + "=bench-0007 "; err != nil || got != want {
		t.Errorf("resources: %s %v", got, err)
	}
	got, err = c.getResources(ctx, &tagging.GetResourcesInput{
		TagFilters:          []taggingtypes.TagFilter{{Key: aws.String("unit"), Values: []string{"bench-0004", "bench-0005"}}},
		ResourceTypeFilters: []string{"sqs"},
	})
	if want := c.queueARN("bench-0004-dlq") + "=bench-0004 " + c.queueARN("bench-0005-dlq") + "=bench-0005 "; err != nil || got != want {
		t.Errorf("resources by tag: %s %v", got, err)
	}
	pages := cloudwatch.NewDescribeAlarmsPaginator(c.alarms(), &cloudwatch.DescribeAlarmsInput{AlarmNames: suffixed(names, "-errors"), MaxRecords: aws.Int32(25)})
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
	c := newTenant(t)
	ctx := t.Context()
	u, _, tape := c.recordUnit(t, "bench-0000")
	twins, err := tape.Twins(u.name, []string{"bench-0001"})
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Replay(tape, twins); err != nil {
		t.Fatal(err)
	}
	mark := box.Recorder().Mark()
	_, err = c.iam.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String("bench-0001")})
	wantError(t, err, unsupported, "the tape has no iam.ListAttachedRolePolicies of bench-0001")
	_, err = c.describeAlarms(ctx, "bench-0001-errors", "bench-0001-unheard-of")
	wantError(t, err, unsupported, "the tape has no monitoring.DescribeAlarms")
	refused := box.Recorder().Since(mark, InAccount(c.account))
	if len(refused) != 2 || !refused[0].Unsupported || refused[0].Status != http.StatusNotImplemented {
		t.Errorf("recorded as %+v", refused)
	}
	if _, err := c.kms.ListKeys(ctx, &kms.ListKeysInput{}); err != nil {
		t.Errorf("a read of no unit: %v", err)
	}
	_, write := c.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: aws.String("bench-0001"), Tags: []iamtypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})
	wantError(t, write, "NoSuchEntity", "")
	box.SetConditions(c.account, Conditions{Quotas: Quotas{"iam.*": 0.001}})
	_, first := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("bench-0001")})
	_, second := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("bench-0001")})
	if first != nil {
		t.Error(first)
	}
	wantError(t, second, "Throttling", "")
}

func TestTwins_AreLikeTheRecordedUnit(t *testing.T) {
	t.Parallel()
	tape := &Tape{}
	for name, twin := range map[string]struct {
		names []string
		id    string
	}{
		"another length":       {[]string{"bench-1"}, "0123456789abcdef"},
		"the same twice":       {[]string{"bench-0001", "bench-0001"}, "0123456789abcdef"},
		"the recorded one":     {[]string{"bench-0000"}, "0123456789abcdef"},
		"an id without digits": {[]string{"bench-0001"}, "no-such-end"},
	} {
		if _, err := tape.Twins("bench-0000", twin.names, twin.id); !errors.Is(err, errTwin) {
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
	if err := box.Replay(tape, nil); !errors.Is(err, errTwin) {
		t.Errorf("without twins: %v", err)
	}
}

// BenchmarkReplay says how many replayed reads a second pass the proxy.
func BenchmarkReplay(b *testing.B) {
	account := newAccount()
	c := clientsOf(box.Endpoint(), account)
	trust, name := lambdaTrust, "bench-0000"
	if _, err := c.iam.CreateRole(b.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}); err != nil {
		b.Fatal(err)
	}
	tape := box.RecordReads(account)
	read := func(name string) error {
		body := strings.NewReader("Action=GetRole&RoleName=" + name)
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, box.Endpoint()+"/", body)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", authorization(account, "iam"))
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
	if err := box.Replay(tape, twins); err != nil {
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
