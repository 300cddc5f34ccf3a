package sandbox

import (
	"fmt"
	"maps"
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
)

// resources are the tags by the name at the end of the ARN.
func (c tenant) resources(t *testing.T, input *tagging.GetResourcesInput) map[string]string {
	t.Helper()
	out, err := tagging.NewFromConfig(c.config).GetResources(t.Context(), input)
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
	c := newTenant(t)
	ctx := t.Context()
	tags := map[string]string{"unit": "u"}
	input := functionInput(t, "f", c.role(t, "r", lambdaTrust))
	input.Tags = tags
	function, err := c.lambda.CreateFunction(ctx, input)
	if err != nil {
		t.Fatal(err)
	}
	key, err := c.kms.CreateKey(ctx, &kms.CreateKeyInput{Tags: []kmstypes.Tag{{TagKey: aws.String("unit"), TagValue: aws.String("u")}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.sqs().CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("dead"), Tags: tags}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("/g"), Tags: tags}); err != nil {
		t.Fatal(err)
	}
	c.putAlarm(t, "a", cloudwatchtypes.Tag{Key: aws.String("unit"), Value: aws.String("u")})
	c.queue(t, "untagged", nil)

	place := region + ":" + c.account + ":"
	want := map[string]string{
		*function.FunctionArn: "unit=u", *key.KeyMetadata.Arn: "unit=u", c.queueARN("dead"): "unit=u",
		"arn:aws:logs:" + place + "log-group:/g": "unit=u", "arn:aws:cloudwatch:" + place + "alarm:a": "unit=u",
	}
	filter := &tagging.GetResourcesInput{TagFilters: []types.TagFilter{{Key: aws.String("unit"), Values: []string{"u"}}}}
	if got := c.resources(t, filter); !maps.Equal(got, want) {
		t.Errorf("by tag: %v", got)
	}
	asked := append(slices.Collect(maps.Keys(want)), c.queueARN("untagged"), c.queueARN("missing"))
	list := &tagging.GetResourcesInput{ResourceARNList: asked}
	if got := c.resources(t, list); !maps.Equal(got, want) {
		t.Errorf("by ARN: %v", got)
	}

	alarm := "arn:aws:cloudwatch:" + place + "alarm:a"
	_, err = c.alarms().TagResource(ctx, &cloudwatch.TagResourceInput{ResourceARN: &alarm, Tags: []cloudwatchtypes.Tag{{Key: aws.String("unit"), Value: aws.String("v")}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.lambda.TagResource(ctx, &lambda.TagResourceInput{Resource: function.FunctionArn, Tags: map[string]string{"more": "m"}}); err != nil {
		t.Fatal(err)
	}
	want[alarm], want[*function.FunctionArn] = "unit=v", "unit=u more=m"
	if got := c.resources(t, list); !maps.Equal(got, want) {
		t.Errorf("after tagging: %v", got)
	}
}

func TestTagging_AsksForAHundredResourcesAtATime(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ask := func(count int) error {
		arns := make([]string, count)
		for i := range arns {
			arns[i] = c.queueARN(fmt.Sprint("q", i))
		}
		_, err := tagging.NewFromConfig(c.config).GetResources(t.Context(), &tagging.GetResourcesInput{ResourceARNList: arns})
		return err
	}
	if err := ask(100); err != nil {
		t.Error(err)
	}
	wantError(t, ask(101), "InvalidParameterException", "less than or equal to 100")
}
