package api

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Untagged is a client that takes every object to have no tags: a survey judges
// those of the functions only.
func (c *Client) Untagged() *Client {
	out := *c
	out.tags = noTags{}
	return &out
}

type noTags struct{}

func (noTags) load(_ context.Context, arns []string) (map[string]map[string]string, error) {
	found := map[string]map[string]string{}
	for _, arn := range arns {
		found[arn] = nil
	}
	return found, nil
}

// indexedAtOnce is how many objects one call to the tagging index asks for.
const indexedAtOnce = 100

// TagDeviation returns in which tags an object differs from the unit. The
// tagging index answers for many objects at once, but it lags behind, so a
// difference counts only if the object's own service sees it too.
func (c *Client) TagDeviation(ctx context.Context, arn string, reference map[string]string, direct func() (map[string]string, error)) (TagMap, error) {
	indexed, err := c.tags.load(ctx, []string{arn})
	if tags, ok := indexed[arn]; ok && err == nil {
		if deviation := c.Deviation(tags, reference); deviation.IsNull() {
			return deviation, nil
		}
	}
	tags, err := direct()
	if NotOffered(err) {
		// Nobody can say, so nothing deviates.
		return TagMap{}, c.UnlessOffered("tags of "+bp.ServiceOf(arn), err)
	}
	if err != nil {
		return TagMap{}, err
	}
	return c.Deviation(tags, reference), nil
}

// indexedTags answers a whole batch with one call.
func (c *Client) indexedTags(ctx context.Context, arns []string) (map[string]map[string]string, error) {
	out, err := c.Tagging.GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{ResourceARNList: arns})
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

// Foreseeing is a client that asks the tagging index about all of these objects as soon
// as one of them is asked about.
func (c *Client) Foreseeing(arns []string) *Client {
	out := *c
	out.tags = &foreseen{source: c.tags, arns: arns}
	return &out
}
