package cloud

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// findLogGroup reads one log group. An absent group is null.
func (c *Client) findLogGroup(ctx context.Context, name string, reference map[string]string, protection bool) (bp.Value[bp.LogGroup], error) {
	none := bp.Null[bp.LogGroup]()
	groups, err := all(func(next *string) ([]types.LogGroup, *string, error) {
		out, err := c.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name, NextToken: next})
		if err != nil {
			return nil, nil, err
		}
		return out.LogGroups, out.NextToken, nil
	})
	if err != nil {
		return none, ignoreMissing(err)
	}
	for _, g := range groups {
		if aws.ToString(g.LogGroupName) != name {
			continue
		}
		arn := strings.TrimSuffix(aws.ToString(g.Arn), ":*")
		deviation, err := c.tagDeviation(ctx, arn, reference, func() (map[string]string, error) { return c.logGroupTags(ctx, arn) })
		if err != nil {
			return none, ignoreMissing(err)
		}
		group := bp.LogGroup{
			Name:          bp.Known(name),
			ARN:           bp.Known(arn),
			RetentionDays: bp.Known(int64(aws.ToInt32(g.RetentionInDays))),
			KMSKeyARN:     optional(g.KmsKeyId),
			Class:         bp.Known(string(cmp.Or(g.LogGroupClass, types.LogGroupClassStandard))),
			Protected:     bp.Known(aws.ToBool(g.DeletionProtectionEnabled)),
			Tags:          deviation,
		}
		if g.LogGroupClass == types.LogGroupClassDelivery {
			group.RetentionDays = bp.Known[int64](bp.DeliveryRetentionDays)
		}
		if protection {
			if group.DataProtection, err = c.findDataProtection(ctx, name); err != nil {
				return none, err
			}
		}
		return bp.Known(group), nil
	}
	return none, nil
}

// LogGroupTaken reports whether a log group of that name exists that is not the
// unit's, be it one that a destroyed unit of the name left.
func (c *Client) LogGroupTaken(ctx context.Context, name, unit string) (bool, error) {
	found, err := c.findLogGroup(ctx, name, map[string]string{bp.TagUnit: unit}, false)
	group, exists := found.Get()
	if err != nil || !exists {
		return false, err
	}
	_, foreign := group.Tags.Or(nil)[bp.TagUnit]
	return foreign, nil
}

func (c *Client) logGroupTags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.logs.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

func (c *Client) createLogGroup(ctx context.Context, want bp.LogGroup, tags map[string]string) error {
	in := &cloudwatchlogs.CreateLogGroupInput{
		LogGroupName: text(want.Name), KmsKeyId: text(want.KMSKeyARN), Tags: tags,
	}
	if class := types.LogGroupClass(want.Class.Or("")); class != types.LogGroupClassStandard {
		in.LogGroupClass = class
	}
	if want.Protected.Or(false) {
		in.DeletionProtectionEnabled = aws.Bool(true)
	}
	err := c.call(ctx, func() error {
		_, err := c.logs.CreateLogGroup(ctx, in)
		return err
	}, vanishing(func() error {
		_, err := c.logGroupTags(ctx, want.ARN.Or(""))
		return err
	}))
	if ErrorCode(err) == "ResourceAlreadyExistsException" {
		return &Taken{Kind: "CloudWatch log group", Name: want.Name.Or(""), Err: err}
	}
	return err
}

// updateLogGroup sets retention and key. Log events that are there already
// stay encrypted with the key they were written under.
func (c *Client) updateLogGroup(ctx context.Context, have, want bp.LogGroup) error {
	if have.KMSKeyARN != want.KMSKeyARN {
		if err := c.call(ctx, func() error {
			_, err := c.logs.AssociateKmsKey(ctx, &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: text(want.Name), KmsKeyId: text(want.KMSKeyARN)})
			return err
		}); err != nil {
			return err
		}
	}
	if have.RetentionDays != want.RetentionDays {
		if err := c.call(ctx, func() error { return c.putRetention(ctx, want) }); err != nil {
			return err
		}
	}
	if have.Protected.Or(false) != want.Protected.Or(false) {
		if err := c.call(ctx, func() error {
			_, err := c.logs.PutLogGroupDeletionProtection(ctx, &cloudwatchlogs.PutLogGroupDeletionProtectionInput{
				LogGroupIdentifier: text(want.Name), DeletionProtectionEnabled: aws.Bool(want.Protected.Or(false)),
			})
			return err
		}); err != nil {
			return err
		}
	}
	if !bp.Equal(have.DataProtection, want.DataProtection) {
		return c.putDataProtection(ctx, want)
	}
	return nil
}

func (c *Client) putRetention(ctx context.Context, want bp.LogGroup) error {
	if want.Class == bp.Known(bp.LogClassDelivery) {
		return nil // AWS decides
	}
	days := want.RetentionDays.Or(0)
	if days == 0 {
		_, err := c.logs.DeleteRetentionPolicy(ctx, &cloudwatchlogs.DeleteRetentionPolicyInput{LogGroupName: text(want.Name)})
		return err
	}
	_, err := c.logs.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{
		LogGroupName: text(want.Name), RetentionInDays: aws.Int32(int32(days)),
	})
	return err
}

func (c *Client) tagLogGroup(ctx context.Context, arn string, have, want map[string]string) error {
	set, remove := retag(have, want)
	if len(remove) > 0 {
		if _, err := c.logs.UntagResource(ctx, &cloudwatchlogs.UntagResourceInput{ResourceArn: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.logs.TagResource(ctx, &cloudwatchlogs.TagResourceInput{ResourceArn: &arn, Tags: set}); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) removeLogGroup(ctx context.Context, name string) error {
	return c.call(ctx, func() error {
		_, err := c.logs.DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: &name})
		return ignoreMissing(err)
	})
}

func logGroupKind() kind {
	return kind{
		Component: bp.LogGroupComponent(),
		looks:     (*Client).logGroupLooks,
		indexed:   func(_ *Client, t Target) []string { return []string{t.Refs[bp.ComponentLogGroup].ARN} },
		locate:    (*Client).locateLogGroup,
		adopt:     adoptByName(bp.LogGroupComponent()),
		tagged:    func(b bp.Blueprint) tagMap { return bp.ValueOf(b.LogGroup).Tags },
		dispute:   (*disputes).logGroup,
		is:        bp.IsLogGroupARN,
		identify:  withoutID((*Client).logGroupTags),
		made:      (*Client).logGroupMade,
		contest:   (*Client).contestLogGroup,
		next:      bp.TagNextLogGroup,
		successor: func(c *Client, ctx context.Context, r Removal, arn string, _ map[string]string) ([]string, error) {
			return c.foreignToGroup(ctx, r.Owner.Unit, arn)
		},
		outlives: []string{taskFunction},
		remove: func(c *Client, ctx context.Context, arn string) error {
			return c.removeLogGroup(ctx, bp.LogGroupNameOf(arn))
		},
		retire: (*Client).retireLogGroup,
		refuse: refuseProtected,
		unsaid: (*Client).dropUnsaidGroup,
		steps:  steps(step{taskLogGroup, []string{taskKey}, (*unit).ensureLogGroup}),
	}
}

func (c *Client) logGroupMade(ctx context.Context, arn string) (time.Time, error) {
	name := bp.LogGroupNameOf(arn)
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

// retireLogGroup deletes the group, or leaves it where its events are to be kept.
func (c *Client) retireLogGroup(ctx context.Context, e *ending, arn string) error {
	if e.KeepLogs {
		return c.retainLogGroup(ctx, arn)
	}
	return c.removeLogGroup(ctx, bp.LogGroupNameOf(arn))
}

func (c *Client) logGroupLooks(t Target, o *Observation) ([]look, func(context.Context) error) {
	name := bp.LogGroupNameOf(t.Refs[bp.ComponentLogGroup].ARN)
	return []look{{"log group", name, func(ctx context.Context) (err error) {
		o.LogGroup, err = c.findLogGroup(ctx, name, t.Tags, t.Reads.DataProtection)
		return err
	}}}, nil
}

func (c *Client) locateLogGroup(_ context.Context, s seed) (Ref, []error, error) {
	name, has := bp.ValueOf(s.function.Logging).Group.Get()
	if !has {
		return Ref{}, nil, nil
	}
	return Ref{ARN: c.Place.LogGroupARN(name)}, nil, nil
}

// logGroup asks about a log group. One that a unit of the name left on purpose is
// older than the role, and nobody else's while no function writes to it.
func (d *disputes) logGroup(ctx context.Context) {
	group, exists := d.o.LogGroup.Get()
	d.judge(ctx, group.ARN.Or(""), exists, func() ([]string, error) {
		but, err := d.foreignToGroup(ctx, d.unit, group.ARN.Or(""))
		if err != nil {
			return nil, err
		}
		tags, err := d.logGroupTags(ctx, group.ARN.Or(""))
		if err != nil || tags[bp.TagRetained] != "" {
			return but, ignoreNotOffered(err)
		}
		older, err := d.kinds.older(ctx, d.Client, group.ARN.Or(""), d.at.made)
		return append(but, older...), err
	})
}

// contestLogGroup lists others' filters too: what they send on goes with the group.
func (c *Client) contestLogGroup(ctx context.Context, of claims, arn string) ([]string, error) {
	but, err := c.foreignToGroup(ctx, of.unit, arn)
	if err != nil {
		return nil, err
	}
	name := bp.LogGroupNameOf(arn)
	filters, err := c.logs.DescribeSubscriptionFilters(ctx, &cloudwatchlogs.DescribeSubscriptionFiltersInput{LogGroupName: &name})
	if err != nil {
		return but, ignoreMissing(err)
	}
	for _, filter := range filters.SubscriptionFilters {
		but = append(but, "it has the subscription filter "+aws.ToString(filter.FilterName)+", which no unit makes")
	}
	groups, err := c.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
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
func (c *Client) retainLogGroup(ctx context.Context, arn string) error {
	return c.tagLogGroup(ctx, arn, nil, retainedTag)
}

// takeBackLogGroup puts a retained log group into use again.
func (u *unit) takeBackLogGroup(ctx context.Context, want bp.LogGroup, taken error) error {
	arn := want.ARN.Or("")
	tags, err := u.logGroupTags(ctx, arn)
	if err != nil || !u.owner().retained(tags) {
		return taken
	}
	found, err := u.findLogGroup(ctx, want.Name.Or(""), nil, true)
	have, exists := found.Get()
	if err != nil || !exists {
		return taken
	}
	but, err := u.foreignToGroup(ctx, u.owner().Unit, arn)
	if err != nil {
		return err
	}
	if err := disputed(arn, u.owner().Unit, but); err != nil {
		return err
	}
	if have.Class != want.Class {
		return &Taken{Kind: "CloudWatch log group", Name: want.Name.Or("") + " of class " + strings.ToLower(have.Class.Or(""))}
	}
	if err := u.updateLogGroup(ctx, have, want); err != nil {
		return err
	}
	_, wanted, _ := u.tags(bp.Null[map[string]bp.String]())
	return u.tagLogGroup(ctx, arn, tags, wanted)
}

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

// foreignToGroup are clauses about a log group that others write to: functions, or
// whoever has streams in it.
func (c *Client) foreignToGroup(ctx context.Context, unit, arn string) ([]string, error) {
	name := bp.LogGroupNameOf(arn)
	users, err := c.users(ctx, unit, withGroup(name))
	if err != nil {
		return nil, err
	}
	but := usedBy(users)
	out, err := c.logs.DescribeLogStreams(ctx, &cloudwatchlogs.DescribeLogStreamsInput{
		LogGroupName: &name, OrderBy: types.OrderByLastEventTime, Descending: aws.Bool(true),
	})
	if err != nil {
		return but, ignoreMissing(err)
	}
	for _, stream := range out.LogStreams {
		if name := aws.ToString(stream.LogStreamName); !ofLambda(name, unit) {
			return append(but, "it has log streams that the unit's function does not write, such as "+name), nil
		}
	}
	return but, nil
}

// Protected says that AWS refuses to delete a log group.
type Protected struct{ Group string }

func (e *Protected) Error() string {
	return fmt.Sprintf("log group %s is protected against deletion, and AWS deletes it for nobody. "+
		"Write logs = { deletion_protection = false } and apply before the destroy, or logs = { on_destroy = \"retain\" } to keep the group", e.Group)
}

// refuseProtected stops a removal that AWS would refuse halfway.
func refuseProtected(r Removal) error {
	group, owned := r.Last.LogGroup.Get()
	if owned && group.Protected.Or(false) && !r.KeepLogs && group.ARN == bp.ValueOf(r.Inventory.LogGroup).ARN {
		return &Protected{Group: group.Name.Or("")}
	}
	return nil
}

// dropUnsaidGroup leaves out a group where nobody can say whose it is.
func (c *Client) dropUnsaidGroup(ctx context.Context, b *bp.Blueprint) {
	if group, ok := b.LogGroup.Get(); ok {
		if _, err := c.logGroupTags(ctx, group.ARN.Or("")); notOffered(err) {
			b.LogGroup = bp.Null[bp.LogGroup]()
		}
	}
}
