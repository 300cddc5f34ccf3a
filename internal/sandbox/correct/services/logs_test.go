package services_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

func group(t *testing.T, c sandboxtest.Tenant, name string, class types.LogGroupClass) {
	t.Helper()
	_, err := c.Logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name, LogGroupClass: class})
	if err != nil {
		t.Fatal(err)
	}
}

func describedGroup(t *testing.T, c sandboxtest.Tenant, name string) types.LogGroup {
	t.Helper()
	out, err := c.Logs.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
	if err != nil || len(out.LogGroups) != 1 {
		t.Fatal(out, err)
	}
	return out.LogGroups[0]
}

func TestLogClass_IsKeptAndLimitsTheGroup(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	for name, class := range map[string]types.LogGroupClass{"default": "", "rare": types.LogGroupClassInfrequentAccess, "delivery": types.LogGroupClassDelivery} {
		group(t, c, name, class)
		want := class
		if class == "" {
			want = types.LogGroupClassStandard
		}
		if got := describedGroup(t, c, name).LogGroupClass; got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
	_, err := c.Logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("rare"), LogGroupClass: types.LogGroupClassStandard})
	sandboxtest.WantError(t, err, "ResourceAlreadyExistsException", "rare")

	filter := func(group string) error {
		_, err := c.Logs.PutMetricFilter(ctx, &cloudwatchlogs.PutMetricFilterInput{
			LogGroupName: &group, FilterName: aws.String("f"), FilterPattern: aws.String("ERROR"),
			MetricTransformations: []types.MetricTransformation{{MetricName: aws.String("m"), MetricNamespace: aws.String("n"), MetricValue: aws.String("1")}},
		})
		return err
	}
	if err := filter("default"); err != nil {
		t.Error(err)
	}
	sandboxtest.WantError(t, filter("rare"), "ValidationException", "This operation is only supported on the Standard log class.")
	_, err = c.Logs.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("rare")})
	sandboxtest.WantError(t, err, "InvalidOperationException", "FilterLogEvents is not supported for this log class.")
}

const protection = `{"Name":"p","Version":"2021-06-01","Statement":[
	{"DataIdentifier":["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],"Operation":{"Audit":{"FindingsDestination":{}}}},
	{"DataIdentifier":["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],"Operation":{"Deidentify":{"MaskConfig":{}}}}]}`

func TestDataProtection_IsKeptShownAndDeleted(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	group(t, c, "g", "")
	group(t, c, "rare", types.LogGroupClassInfrequentAccess)
	put := func(group, document string) error {
		_, err := c.Logs.PutDataProtectionPolicy(ctx, &cloudwatchlogs.PutDataProtectionPolicyInput{LogGroupIdentifier: &group, PolicyDocument: &document})
		return err
	}
	get := func() string {
		out, err := c.Logs.GetDataProtectionPolicy(ctx, &cloudwatchlogs.GetDataProtectionPolicyInput{LogGroupIdentifier: aws.String("g")})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(out.PolicyDocument)
	}
	if got, status := get(), describedGroup(t, c, "g").DataProtectionStatus; got != "" || status != "" {
		t.Errorf("at first: %q %s", got, status)
	}
	sandboxtest.WantError(t, put("missing", protection), "ResourceNotFoundException", "")
	sandboxtest.WantError(t, put("rare", protection), "ValidationException", "Standard log class")
	sandboxtest.WantError(t, put("g", `{"Name":"p"}`), "InvalidParameterException", "")
	if err := put(*describedGroup(t, c, "g").LogGroupArn, protection); err != nil {
		t.Fatal(err)
	}
	if got, status := get(), describedGroup(t, c, "g").DataProtectionStatus; got != protection || status != types.DataProtectionStatusActivated {
		t.Errorf("put: %q %s", got, status)
	}
	if _, err := c.Logs.DeleteDataProtectionPolicy(ctx, &cloudwatchlogs.DeleteDataProtectionPolicyInput{LogGroupIdentifier: aws.String("g")}); err != nil {
		t.Fatal(err)
	}
	if got, status := get(), describedGroup(t, c, "g").DataProtectionStatus; got != "" || status != types.DataProtectionStatusDeleted {
		t.Errorf("deleted: %q %s", got, status)
	}
}

func TestListing_ByAFilterThatTheEmulatorIgnoresIsRefused(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	_, err := c.Logs.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupIdentifiers: []string{"g"}})
	sandboxtest.WantError(t, err, wire.Unsupported, "DescribeLogGroups")
}

func TestLogGroup_KeyMustAdmitTheLogsService(t *testing.T) {
	t.Parallel()
	const refused = "The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:"
	c := sandboxtest.New(t)
	arns := fmt.Sprintf("arn:aws:logs:%s:%s:log-group:/app/*", sandboxtest.Region, c.Account)
	admitting := c.Key(t, aws.String(sandboxtest.KeyPolicy(c.Account, arns)))
	create := func(name, key string) error {
		_, err := c.Logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name, KmsKeyId: &key})
		return err
	}
	sandboxtest.WantError(t, create("/app/a", c.Key(t, nil)), "InvalidParameterException", refused)
	sandboxtest.WantError(t, create("/app/a", admitting[:len(admitting)-4]+"0000"), "InvalidParameterException", refused)
	sandboxtest.WantError(t, create("/other/a", admitting), "InvalidParameterException", refused)
	if err := create("/app/a", admitting); err != nil {
		t.Error(err)
	}
}

func TestLogGroup_KeyCanBeAssociatedAndDisassociated(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	key := c.Key(t, aws.String(sandboxtest.KeyPolicy(c.Account, "*")))
	name := "/app/a"
	_, err := c.Logs.AssociateKmsKey(ctx, &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: &name, KmsKeyId: &key})
	sandboxtest.WantError(t, err, "ResourceNotFoundException", "does not exist")
	if _, err := c.Logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name}); err != nil {
		t.Fatal(err)
	}
	keyOf := func() string {
		out, err := c.Logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
		if err != nil || len(out.LogGroups) != 1 {
			t.Fatal(out, err)
		}
		if arn := *out.LogGroups[0].Arn; arn != *out.LogGroups[0].LogGroupArn+":*" {
			t.Errorf("arn %s", arn)
		}
		return aws.ToString(out.LogGroups[0].KmsKeyId)
	}
	if _, err := c.Logs.AssociateKmsKey(ctx, &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: &name, KmsKeyId: &key}); err != nil {
		t.Fatal(err)
	}
	if got := keyOf(); got != key {
		t.Errorf("associated: %q", got)
	}
	if _, err := c.Logs.DisassociateKmsKey(ctx, &cloudwatchlogs.DisassociateKmsKeyInput{LogGroupName: &name}); err != nil {
		t.Fatal(err)
	}
	if got := keyOf(); got != "" {
		t.Errorf("disassociated: %q", got)
	}
}
