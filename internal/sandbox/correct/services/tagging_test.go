package services_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// resources are the tags by the name at the end of the ARN.
func resources(t *testing.T, c sandboxtest.Tenant, input *tagging.GetResourcesInput) map[string]string {
	t.Helper()
	out, err := tagging.NewFromConfig(c.Config).GetResources(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range out.ResourceTagMappingList {
		tags := ""
		for _, tag := range m.Tags {
			tags += *tag.Key + "=" + *tag.Value + " "
		}
		found[*m.ResourceARN] = strings.TrimSpace(tags)
	}
	return found
}

func TestTagging_ListsAUnitsResourcesWithTheTagsTheyHave(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	tags := map[string]string{"unit": "u"}
	input := sandboxtest.FunctionInput(t, "f", c.Role(t, "r", sandboxtest.Trust))
	input.Tags = tags
	function, err := c.Lambda.CreateFunction(ctx, input)
	if err != nil {
		t.Fatal(err)
	}
	key, err := c.KMS.CreateKey(ctx, &kms.CreateKeyInput{Tags: []kmstypes.Tag{{TagKey: aws.String("unit"), TagValue: aws.String("u")}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.SQS().CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("dead"), Tags: tags}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("/g"), Tags: tags}); err != nil {
		t.Fatal(err)
	}
	c.PutAlarm(t, "a", cloudwatchtypes.Tag{Key: aws.String("unit"), Value: aws.String("u")})
	c.Queue(t, "untagged", nil)

	place := sandboxtest.Region + ":" + c.Account + ":"
	want := map[string]string{
		*function.FunctionArn: "unit=u", *key.KeyMetadata.Arn: "unit=u", c.QueueARN("dead"): "unit=u",
		"arn:aws:logs:" + place + "log-group:/g": "unit=u", "arn:aws:cloudwatch:" + place + "alarm:a": "unit=u",
	}
	filter := &tagging.GetResourcesInput{TagFilters: []types.TagFilter{{Key: aws.String("unit"), Values: []string{"u"}}}}
	if got := resources(t, c, filter); !maps.Equal(got, want) {
		t.Errorf("by tag: %v", got)
	}
	asked := append(slices.Collect(maps.Keys(want)), c.QueueARN("untagged"), c.QueueARN("missing"))
	list := &tagging.GetResourcesInput{ResourceARNList: asked}
	if got := resources(t, c, list); !maps.Equal(got, want) {
		t.Errorf("by ARN: %v", got)
	}

	alarm := "arn:aws:cloudwatch:" + place + "alarm:a"
	_, err = c.Alarms().TagResource(ctx, &cloudwatch.TagResourceInput{ResourceARN: &alarm, Tags: []cloudwatchtypes.Tag{{Key: aws.String("unit"), Value: aws.String("v")}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Lambda.TagResource(ctx, &lambda.TagResourceInput{Resource: function.FunctionArn, Tags: map[string]string{"more": "m"}}); err != nil {
		t.Fatal(err)
	}
	want[alarm], want[*function.FunctionArn] = "unit=v", "unit=u more=m"
	if got := resources(t, c, list); !maps.Equal(got, want) {
		t.Errorf("after tagging: %v", got)
	}
}

func TestTagging_AsksForAHundredResourcesAtATime(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ask := func(count int) error {
		arns := make([]string, count)
		for i := range arns {
			arns[i] = c.QueueARN(fmt.Sprint("q", i))
		}
		_, err := tagging.NewFromConfig(c.Config).GetResources(t.Context(), &tagging.GetResourcesInput{ResourceARNList: arns})
		return err
	}
	if err := ask(100); err != nil {
		t.Error(err)
	}
	sandboxtest.WantError(t, ask(101), "InvalidParameterException", "less than or equal to 100")
}

func listed(t *testing.T, c sandboxtest.Tenant, request string) string {
	t.Helper()
	status, answer := c.Post(t, "tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", request)
	if status != http.StatusOK {
		t.Fatal(status, answer)
	}
	found := ""
	list, _ := answer["ResourceTagMappingList"].([]any)
	for _, entry := range list {
		mapping, _ := entry.(map[string]any)
		arn := wire.Object(mapping).Text("ResourceARN")
		found += arn[strings.LastIndexAny(arn, ":/")+1:] + " "
	}
	return found
}

func TestTagging_ListsLogGroupsAlarmsAndSecrets(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	tags := map[string]string{"unit": "u"}
	if _, err := c.Logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("group"), Tags: tags}); err != nil {
		t.Fatal(err)
	}
	c.Post(t, "monitoring", "GraniteServiceVersion20100801.PutMetricAlarm", `{"AlarmName":"alarm","MetricName":"m","Namespace":"n","Statistic":"Sum","Period":60,
		"EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold","Tags":[{"Key":"unit","Value":"u"}]}`)
	c.Post(t, "sqs", "AmazonSQS.CreateQueue", `{"QueueName":"queue","tags":{"unit":"u"}}`)
	const filter = `"TagFilters":[{"Key":"unit","Values":["u"]}]`

	if got := listed(t, c, `{`+filter+`}`); got != "queue group alarm " {
		t.Errorf("listed: %s", got)
	}
	if got := listed(t, c, `{`+filter+`,"ResourceTypeFilters":["logs:log-group"]}`); got != "group " {
		t.Errorf("log groups: %s", got)
	}
	if got := listed(t, c, `{"TagFilters":[{"Key":"unit","Values":["other"]}]}`); got != "" {
		t.Errorf("another value: %s", got)
	}
	arn := fmt.Sprintf("arn:aws:logs:%s:%s:log-group:group", sandboxtest.Region, c.Account)
	_, err := c.Logs.UntagResource(t.Context(), &cloudwatchlogs.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"unit"}})
	if err != nil {
		t.Fatal(err)
	}
	c.Post(t, "monitoring", "GraniteServiceVersion20100801.DeleteAlarms", `{"AlarmNames":["alarm"]}`)
	if got := listed(t, c, `{`+filter+`}`); got != "queue " {
		t.Errorf("after untagging and deletion: %s", got)
	}
	if got := listed(t, sandboxtest.New(t), `{`+filter+`}`); got != "" {
		t.Errorf("another account: %s", got)
	}
}
