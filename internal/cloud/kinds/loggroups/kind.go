// Package loggroups is the log group of a unit.
package loggroups

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Kind says what a unit's log group is.
func Kind() kinds.Kind {
	return kinds.Kind{
		Component: bp.LogGroupComponent(),
		Looks:     logGroupLooks,
		Indexed:   func(_ *api.Client, t kinds.Target) []string { return []string{t.Refs[bp.ComponentLogGroup].ARN} },
		Locate:    locateLogGroup,
		Adopt:     kinds.AdoptByName(bp.LogGroupComponent()),
		Tagged:    func(b bp.Blueprint) api.TagMap { return bp.ValueOf(b.LogGroup).Tags },
		Dispute:   disputeLogGroup,
		Is:        bp.IsLogGroupARN,
		Identify:  kinds.WithoutID(logGroupTags),
		Made:      logGroupMade,
		Contest:   contestLogGroup,
		Next:      bp.TagNextLogGroup,
		Successor: func(ctx context.Context, c *api.Client, r kinds.Removal, arn string, _ map[string]string) ([]string, error) {
			return Foreign(ctx, c, r.Owner.Unit, arn)
		},
		Outlives: []string{kinds.TaskFunction},
		Remove: func(ctx context.Context, c *api.Client, arn string) error {
			return removeLogGroup(ctx, c, bp.LogGroupNameOf(arn))
		},
		Retire: retireLogGroup,
		Refuse: refuseProtected,
		Unsaid: dropUnsaidGroup,
		Steps:  kinds.Steps(kinds.Step{ID: kinds.TaskLogGroup, After: []string{kinds.TaskKey}, Run: ensureLogGroup}),
	}
}

func logGroupMade(ctx context.Context, c *api.Client, arn string) (time.Time, error) {
	name := bp.LogGroupNameOf(arn)
	out, err := c.Logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
	if err != nil {
		return time.Time{}, err
	}
	for _, group := range out.LogGroups {
		if aws.ToString(group.LogGroupName) == name && group.CreationTime != nil {
			return time.UnixMilli(*group.CreationTime), nil
		}
	}
	return time.Time{}, api.ErrUndated
}

// retireLogGroup deletes the group, or leaves it where its events are to be kept.
func retireLogGroup(ctx context.Context, c *api.Client, e *kinds.Ending, arn string) error {
	if e.KeepLogs {
		return retainLogGroup(ctx, c, arn)
	}
	return removeLogGroup(ctx, c, bp.LogGroupNameOf(arn))
}

func logGroupLooks(c *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
	name := bp.LogGroupNameOf(t.Refs[bp.ComponentLogGroup].ARN)
	return []kinds.Look{{What: "log group", Name: name, Find: func(ctx context.Context) (err error) {
		o.LogGroup, err = Find(ctx, c, name, t.Tags, t.Reads.DataProtection)
		return err
	}}}, nil
}

func locateLogGroup(_ context.Context, c *api.Client, s kinds.Seed) (kinds.Ref, []error, error) {
	name, has := bp.ValueOf(s.Function.Logging).Group.Get()
	if !has {
		return kinds.Ref{}, nil, nil
	}
	return kinds.Ref{ARN: c.Place.LogGroupARN(name)}, nil, nil
}

// logGroup asks about a log group. One that a unit of the name left on purpose is
// older than the role, and nobody else's while no function writes to it.
func disputeLogGroup(ctx context.Context, d *kinds.Disputes) {
	group, exists := d.Is.LogGroup.Get()
	d.Judge(ctx, group.ARN.Or(""), exists, func() ([]string, error) {
		but, err := Foreign(ctx, d.Client, d.Unit, group.ARN.Or(""))
		if err != nil {
			return nil, err
		}
		tags, err := logGroupTags(ctx, d.Client, group.ARN.Or(""))
		if err != nil || tags[bp.TagRetained] != "" {
			return but, api.IgnoreNotOffered(err)
		}
		older, err := d.Kinds.Older(ctx, d.Client, group.ARN.Or(""), d.At.Made)
		return append(but, older...), err
	})
}

// contestLogGroup lists others' filters too: what they send on goes with the group.
func contestLogGroup(ctx context.Context, c *api.Client, of kinds.Claims, arn string) ([]string, error) {
	but, err := Foreign(ctx, c, of.Unit, arn)
	if err != nil {
		return nil, err
	}
	name := bp.LogGroupNameOf(arn)
	filters, err := c.Logs.DescribeSubscriptionFilters(ctx, &cloudwatchlogs.DescribeSubscriptionFiltersInput{LogGroupName: &name})
	if err != nil {
		return but, api.IgnoreMissing(err)
	}
	for _, filter := range filters.SubscriptionFilters {
		but = append(but, "it has the subscription filter "+aws.ToString(filter.FilterName)+", which no unit makes")
	}
	groups, err := c.Logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
	if err != nil {
		return but, err
	}
	for _, group := range groups.LogGroups {
		if n := aws.ToInt32(group.MetricFilterCount); aws.ToString(group.LogGroupName) == name && n > 0 {
			but = append(but, fmt.Sprintf("it has metric filters (%d), which no unit makes", n))
		}
	}
	return but, nil
}

// retainLogGroup leaves a log group, marked so that a unit made again under the
// name may take it back.
func retainLogGroup(ctx context.Context, c *api.Client, arn string) error {
	return tagLogGroup(ctx, c, arn, nil, kinds.RetainedTag)
}

// Protected says that AWS refuses to delete a log group.
type Protected struct{ Group string }

func (e *Protected) Error() string {
	return fmt.Sprintf("log group %s is protected against deletion, and AWS deletes it for nobody. "+
		"Write logs = { deletion_protection = false } and apply before the destroy, or logs = { on_destroy = \"retain\" } to keep the group", e.Group)
}

// refuseProtected stops a removal that AWS would refuse halfway.
func refuseProtected(r kinds.Removal) error {
	group, owned := r.Last.LogGroup.Get()
	if owned && group.Protected.Or(false) && !r.KeepLogs && group.ARN == bp.ValueOf(r.Inventory.LogGroup).ARN {
		return &Protected{Group: group.Name.Or("")}
	}
	return nil
}

// dropUnsaidGroup leaves out a group where nobody can say whose it is.
func dropUnsaidGroup(ctx context.Context, c *api.Client, b *bp.Blueprint) {
	if group, ok := b.LogGroup.Get(); ok {
		if _, err := logGroupTags(ctx, c, group.ARN.Or("")); api.NotOffered(err) {
			b.LogGroup = bp.Null[bp.LogGroup]()
		}
	}
}
