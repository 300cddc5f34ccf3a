package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
)

// indexedAtOnce is how many objects one call to the tagging index asks for.
const indexedAtOnce = 100

// tagDeviation returns in which tags an object differs from the unit. The
// tagging index answers for many objects at once, but it lags behind, so a
// difference counts only if the object's own service sees it too.
func (c *Client) tagDeviation(ctx context.Context, arn string, reference map[string]string, direct func() (map[string]string, error)) (tagMap, error) {
	indexed, err := c.tagBatch.load(ctx, []string{arn})
	if tags, ok := indexed[arn]; ok && err == nil {
		if deviation := c.deviation(tags, reference); deviation.IsNull() {
			return deviation, nil
		}
	}
	tags, err := direct()
	if err != nil {
		return tagMap{}, err
	}
	return c.deviation(tags, reference), nil
}

// indexedTags answers a whole batch with one call.
func (c *Client) indexedTags(ctx context.Context, arns []string) (map[string]map[string]string, error) {
	out, err := c.tagging.GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{ResourceARNList: arns})
	if err != nil {
		return nil, err
	}
	found := map[string]map[string]string{}
	for _, object := range out.ResourceTagMappingList {
		tags := map[string]string{}
		for _, t := range object.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
		found[aws.ToString(object.ResourceARN)] = tags
	}
	return found, nil
}
