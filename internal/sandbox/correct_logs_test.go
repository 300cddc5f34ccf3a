package sandbox

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

func (c tenant) group(t *testing.T, name string, class types.LogGroupClass) {
	t.Helper()
	_, err := c.logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name, LogGroupClass: class})
	if err != nil {
		t.Fatal(err)
	}
}

func (c tenant) describedGroup(t *testing.T, name string) types.LogGroup {
	t.Helper()
	out, err := c.logs.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
	if err != nil || len(out.LogGroups) != 1 {
		t.Fatal(out, err)
	}
	return out.LogGroups[0]
}

func TestLogClass_IsKeptAndLimitsTheGroup(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	for name, class := range map[string]types.LogGroupClass{"default": "", "rare": types.LogGroupClassInfrequentAccess, "delivery": types.LogGroupClassDelivery} {
		c.group(t, name, class)
		want := class
		if class == "" {
			want = types.LogGroupClassStandard
		}
		if got := c.describedGroup(t, name).LogGroupClass; got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
	_, err := c.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("rare"), LogGroupClass: types.LogGroupClassStandard})
	wantError(t, err, "ResourceAlreadyExistsException", "rare")

	filter := func(group string) error {
		_, err := c.logs.PutMetricFilter(ctx, &cloudwatchlogs.PutMetricFilterInput{
			LogGroupName: &group, FilterName: aws.String("f"), FilterPattern: aws.String("ERROR"),
			MetricTransformations: []types.MetricTransformation{{MetricName: aws.String("m"), MetricNamespace: aws.String("n"), MetricValue: aws.String("1")}},
		})
		return err
	}
	if err := filter("default"); err != nil {
		t.Error(err)
	}
	wantError(t, filter("rare"), "ValidationException", "This operation is only supported on the Standard log class.")
	_, err = c.logs.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("rare")})
	wantError(t, err, "InvalidOperationException", "FilterLogEvents is not supported for this log class.")
}

const protection = `{"Name":"p","Version":"2021-06-01","Statement":[
	{"DataIdentifier":["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],"Operation":{"Audit":{"FindingsDestination":{}}}},
	{"DataIdentifier":["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],"Operation":{"Deidentify":{"MaskConfig":{}}}}]}`

func TestDataProtection_IsKeptShownAndDeleted(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	c.group(t, "g", "")
	c.group(t, "rare", types.LogGroupClassInfrequentAccess)
	put := func(group, document string) error {
		_, err := c.logs.PutDataProtectionPolicy(ctx, &cloudwatchlogs.PutDataProtectionPolicyInput{LogGroupIdentifier: &group, PolicyDocument: &document})
		return err
	}
	get := func() string {
		out, err := c.logs.GetDataProtectionPolicy(ctx, &cloudwatchlogs.GetDataProtectionPolicyInput{LogGroupIdentifier: aws.String("g")})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(out.PolicyDocument)
	}
	if got, status := get(), c.describedGroup(t, "g").DataProtectionStatus; got != "" || status != "" {
		t.Errorf("at first: %q %s", got, status)
	}
	wantError(t, put("missing", protection), "ResourceNotFoundException", "")
	wantError(t, put("rare", protection), "ValidationException", "Standard log class")
	wantError(t, put("g", `{"Name":"p"}`), "InvalidParameterException", "")
	if err := put(*c.describedGroup(t, "g").LogGroupArn, protection); err != nil {
		t.Fatal(err)
	}
	if got, status := get(), c.describedGroup(t, "g").DataProtectionStatus; got != protection || status != types.DataProtectionStatusActivated {
		t.Errorf("put: %q %s", got, status)
	}
	if _, err := c.logs.DeleteDataProtectionPolicy(ctx, &cloudwatchlogs.DeleteDataProtectionPolicyInput{LogGroupIdentifier: aws.String("g")}); err != nil {
		t.Fatal(err)
	}
	if got, status := get(), c.describedGroup(t, "g").DataProtectionStatus; got != "" || status != types.DataProtectionStatusDeleted {
		t.Errorf("deleted: %q %s", got, status)
	}
}

func TestListing_ByAFilterThatTheEmulatorIgnoresIsRefused(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	_, err := c.logs.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupIdentifiers: []string{"g"}})
	wantError(t, err, unsupported, "DescribeLogGroups")
}
