package cloud

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// skew is how far the clocks of two services of AWS may be apart.
const skew = time.Minute

// errUndated says that a service does not tell when an object was made.
var errUndated = errors.New("its service does not say when it was made")

// Made returns when an object was made, by its own service: nobody can set that.
// Of a function and an alarm only the last change is known.
func (c *Client) Made(ctx context.Context, arn string) (time.Time, error) {
	switch {
	case isSecret(arn):
		out, err := c.describeSecret(ctx, arn)
		if err != nil {
			return time.Time{}, err
		}
		return dated(out.CreatedDate)
	case strings.Contains(arn, ":role/"):
		_, name := splitRoleARN(arn)
		anchor, err := c.anchor(ctx, name)
		return anchor.made, err
	case strings.Contains(arn, ":policy/"):
		out, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
		if err != nil {
			return time.Time{}, err
		}
		return dated(out.Policy.CreateDate)
	case strings.Contains(arn, ":function:"):
		out, err := c.getFunction(ctx, arn, "")
		if err != nil {
			return time.Time{}, err
		}
		// "2026-11-29T17:05:00.000+0000"
		return time.Parse("2006-01-02T15:04:05.000-0700", aws.ToString(out.Configuration.LastModified))
	case strings.Contains(arn, ":log-group:"):
		return c.groupMade(ctx, arn)
	case strings.Contains(arn, ":sqs:"):
		attributes, err := c.queueAttributes(ctx, arn, sqstypes.QueueAttributeNameCreatedTimestamp)
		if err != nil {
			return time.Time{}, err
		}
		seconds, err := strconv.ParseInt(attributes[string(sqstypes.QueueAttributeNameCreatedTimestamp)], 10, 64)
		return time.Unix(seconds, 0), err
	case strings.Contains(arn, ":alarm:"):
		name := arn[strings.LastIndexByte(arn, ':')+1:]
		found, err := c.findAlarms(ctx, []string{name})
		if err != nil {
			return time.Time{}, err
		}
		return dated(found[name].AlarmConfigurationUpdatedTimestamp)
	}
	out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil {
		return time.Time{}, err
	}
	return dated(out.KeyMetadata.CreationDate)
}

func dated(at *time.Time) (time.Time, error) {
	if at == nil {
		return time.Time{}, errUndated
	}
	return *at, nil
}

func (c *Client) groupMade(ctx context.Context, arn string) (time.Time, error) {
	_, name, _ := strings.Cut(strings.TrimSuffix(arn, ":*"), ":log-group:")
	out, err := c.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
	if err != nil {
		return time.Time{}, err
	}
	for _, group := range out.LogGroups {
		if aws.ToString(group.LogGroupName) == name && group.CreationTime != nil {
			return time.UnixMilli(*group.CreationTime), nil
		}
	}
	return time.Time{}, errUndated
}
