package api

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// AlarmsAtOnce is how many alarms one call describes or deletes.
const AlarmsAtOnce = 100

// FindAlarms reads alarms by name. Absent ones are not in the answer.
func (c *Client) FindAlarms(ctx context.Context, names []string) (map[string]types.MetricAlarm, error) {
	return c.alarmBatch.load(ctx, names)
}

// describeAlarms answers a whole batch with one call.
func (c *Client) describeAlarms(ctx context.Context, names []string) (map[string]types.MetricAlarm, error) {
	found, err := All(func(next *string) ([]types.MetricAlarm, *string, error) {
		out, err := c.CloudWatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
			AlarmNames: names, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(AlarmsAtOnce), NextToken: next,
		})
		if err != nil {
			return nil, nil, err
		}
		return out.MetricAlarms, out.NextToken, nil
	})
	if err != nil {
		return nil, err
	}
	out := make(map[string]types.MetricAlarm, len(found))
	for _, alarm := range found {
		out[aws.ToString(alarm.AlarmName)] = alarm
	}
	return out, nil
}
