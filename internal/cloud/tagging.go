package cloud

import (
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// indexedAtOnce is how many objects one call to the tagging index asks for.
const indexedAtOnce = 100

// tagDeviation returns in which tags an object differs from the unit. The
// tagging index answers for many objects at once, but it lags behind, so a
// difference counts only if the object's own service sees it too.
func (c *Client) tagDeviation(ctx context.Context, arn string, reference map[string]string, direct func() (map[string]string, error)) (tagMap, error) {
	indexed, err := c.tags.load(ctx, []string{arn})
	if tags, ok := indexed[arn]; ok && err == nil {
		if deviation := c.deviation(tags, reference); deviation.IsNull() {
			return deviation, nil
		}
	}
	tags, err := direct()
	if notOffered(err) {
		// Nobody can say, so nothing deviates.
		return tagMap{}, c.unlessOffered("tags of "+bp.ServiceOf(arn), err)
	}
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

// tagSource answers from the tagging index.
type tagSource interface {
	load(ctx context.Context, arns []string) (map[string]map[string]string, error)
}

// foreseen asks for all objects of a unit at once, as soon as one of them is
// asked for.
type foreseen struct {
	source tagSource
	arns   []string

	once  sync.Once
	found map[string]map[string]string
	err   error
}

func (f *foreseen) load(ctx context.Context, _ []string) (map[string]map[string]string, error) {
	f.once.Do(func() { f.found, f.err = f.source.load(ctx, f.arns) })
	return f.found, f.err
}

// foreseeing is a client that asks the tagging index about all of these objects as soon
// as one of them is asked about.
func (c *Client) foreseeing(arns []string) *Client {
	out := *c
	out.tags = &foreseen{source: c.tags, arns: arns}
	return &out
}

// reading is the client for one look at a unit.
func (c *Client) reading(t Target) *Client {
	var arns []string
	for _, k := range c.kinds {
		if k.indexed != nil {
			arns = append(arns, k.indexed(c, t)...)
		}
	}
	return c.foreseeing(slices.DeleteFunc(arns, func(arn string) bool { return arn == "" }))
}
