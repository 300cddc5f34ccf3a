package loggroups

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ofLambda are the log streams that Lambda writes: a day, the function's name where
// several may share the group, and the version in brackets.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
func ofLambda(stream, unit string) bool {
	rest, day := stream, 0
	for range 3 {
		number, after, found := strings.Cut(rest, "/")
		if !found || strings.Trim(number, "0123456789") != "" {
			return false
		}
		rest, day = after, day+len(number)
	}
	return day == len("20261129") && (strings.HasPrefix(rest, "[") || strings.HasPrefix(rest, unit+"["))
}

// Foreign are clauses about a log group that others write to: functions, or
// whoever has streams in it.
func Foreign(ctx context.Context, c *api.Client, unit, arn string) ([]string, error) {
	name := bp.LogGroupNameOf(arn)
	users, err := kinds.Users(ctx, c, unit, kinds.WithGroup(name))
	if err != nil {
		return nil, err
	}
	but := kinds.UsedBy(users)
	out, err := c.Logs.DescribeLogStreams(ctx, &cloudwatchlogs.DescribeLogStreamsInput{
		LogGroupName: &name, OrderBy: types.OrderByLastEventTime, Descending: aws.Bool(true),
	})
	if err != nil {
		return but, api.IgnoreMissing(err)
	}
	for _, stream := range out.LogStreams {
		if name := aws.ToString(stream.LogStreamName); !ofLambda(name, unit) {
			return append(but, "it has log streams that the unit's function does not write, such as "+name), nil
		}
	}
	return but, nil
}
