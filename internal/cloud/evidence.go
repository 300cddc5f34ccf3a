package cloud

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Disputed says that an object carries the tags of a unit, and that what it is says
// otherwise. Whoever may tag can write any tag, so tags alone prove nothing.
type Disputed struct {
	ARN, Unit string
	// But are the facts that speak against it, a clause each.
	But []string
}

func (e *Disputed) Error() string {
	return fmt.Sprintf("%s carries the tags of unit %q, but %s. Anybody who may tag can set tags, so it was left alone. If it is not the unit's, remove the tags secure:unit, secure:generation and secure:state from it", e.ARN, e.Unit, strings.Join(e.But, ", and "))
}

// disputed is nothing where nothing speaks against an object.
func disputed(arn, unit string, but []string) error {
	if len(but) == 0 {
		return nil
	}
	return &Disputed{arn, unit, but}
}

// foreignToRole are clauses about what a unit never puts on its role: statements
// that let others assume it, inline policies, and policies that are not among those
// that are known to be the unit's.
func foreignToRole(role bp.Role, own func(policy string) bool) []string {
	var but []string
	trust := valueOf(role.Trust)
	if sids := sortedKeys(trust.Unexpected.Or(nil)); len(sids) > 0 {
		but = append(but, "its trust policy has statements that no unit writes ("+strings.Join(sids, ", ")+")")
	}
	if others := otherPrincipals(bp.TrustPolicy{Lambda: trust.Lambda}); len(others) > 0 {
		but = append(but, "it trusts "+strings.Join(others, ", "))
	}
	if inline, _ := role.InlinePolicies.Or(nil).Strings(); len(inline) > 0 {
		but = append(but, "it has the inline policies "+strings.Join(inline, ", "))
	}
	var attached []string
	for _, arn := range members(role.AttachedPolicies) {
		if !own(arn) {
			attached = append(attached, arn)
		}
	}
	if len(attached) > 0 {
		but = append(but, "policies are attached to it that are not the unit's: "+strings.Join(attached, ", "))
	}
	return but
}

// ownPolicies tells the policies of a unit, however many parts they have, and those
// that it is to have beside them.
func ownPolicies(first bp.String, more bp.Set) func(string) bool {
	base, known := first.Get()
	return func(arn string) bool {
		return known && (arn == base || isPart(base, arn)) || slices.Contains(more, bp.Known(arn))
	}
}

// isPart reports whether a policy is one of the further parts of another.
func isPart(first, arn string) bool {
	const most = 20 // a role holds no more
	for n := range most {
		if n > 0 && bp.PolicyPart(first, n) == arn {
			return true
		}
	}
	return false
}

// described is a clause where an object does not have the description that the unit
// gives it. Tagging cannot change it, and a policy keeps its own for good.
func described(description *string, want string) []string {
	if is := strings.TrimSpace(aws.ToString(description)); is != want {
		return []string{fmt.Sprintf("its description is %q, and the unit writes %q", is, want)}
	}
	return nil
}

// named is a clause where an object has not the name that the unit gives it.
func named(arn, want string) []string {
	if arn != want && !strings.HasPrefix(arn, want+"-") { // a secret's ARN ends in six letters of AWS's
		return []string{"a unit's is " + want}
	}
	return nil
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
		LogGroupName: &name, OrderBy: logstypes.OrderByLastEventTime, Descending: aws.Bool(true),
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

// foreignToPolicy are clauses about what a unit never has on its policy: another
// description, statements of others, or other holders than its roles.
func (c *Client) foreignToPolicy(ctx context.Context, unit, arn string, roles ...string) ([]string, error) {
	policy, parsed, err := c.readPolicy(ctx, arn)
	if err != nil {
		return nil, err
	}
	but := described(policy.Description, bp.PolicyDescription(unit))
	unexpected := bp.PolicyStatementsOf(parsed).Unexpected
	if sids := sortedKeys(unexpected.Or(nil)); len(sids) > 0 {
		but = append(but, "it has statements that no unit writes ("+strings.Join(sids, ", ")+")")
	}
	holders, err := c.iam.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if err != nil {
		return but, ignoreMissing(err)
	}
	others := slices.DeleteFunc(entities(holders), func(name string) bool {
		return slices.ContainsFunc(roles, func(role string) bool { return name == "role "+role })
	})
	if len(others) > 0 {
		but = append(but, "it is attached to "+strings.Join(others, ", "))
	}
	return but, nil
}

// heldBy are the holders of a policy beside a role.
func (c *Client) heldBy(ctx context.Context, arn, role string) ([]string, error) {
	holders, err := c.iam.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, ignoreMissing(err)
	}
	return slices.DeleteFunc(entities(holders), func(name string) bool { return name == "role "+role }), nil
}

// older is a clause where an object was made before the unit's role, which is the
// first that a unit makes. By AWS's own dates: a tag says what its writer wants.
func (c *Client) older(ctx context.Context, arn string, anchor time.Time) ([]string, error) {
	made, err := c.Made(ctx, arn)
	if err != nil || anchor.IsZero() || made.IsZero() || !made.Before(anchor.Add(-skew)) {
		return nil, ignoreMissing(err)
	}
	return []string{fmt.Sprintf("it was made on %s, before the unit's role, which a unit makes first (%s)", made.UTC().Format(time.RFC3339), anchor.UTC().Format(time.RFC3339))}, nil
}

// users are the other functions that use a role, a key or a log group, in any
// version.
func (c *Client) users(ctx context.Context, unit string, uses func(types.FunctionConfiguration) bool) ([]string, error) {
	found, err := c.functionsIn(ctx, c.place.Region)
	var names []string
	for _, f := range found {
		if name := aws.ToString(f.FunctionName); name != unit && uses(f) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, err
}

func usedBy(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	return []string{"it is used by function " + strings.Join(names, ", ")}
}

func withRole(arn string) func(types.FunctionConfiguration) bool {
	return func(f types.FunctionConfiguration) bool { return aws.ToString(f.Role) == arn }
}

func withGroup(name string) func(types.FunctionConfiguration) bool {
	return func(f types.FunctionConfiguration) bool {
		return observeLogging(aws.ToString(f.FunctionName), f.LoggingConfig).Group == bp.Known(name)
	}
}

func withKey(arn string) func(types.FunctionConfiguration) bool {
	return func(f types.FunctionConfiguration) bool { return aws.ToString(f.KMSKeyArn) == arn }
}

// foreignToAlarm are clauses about an alarm that watches what is not the unit's.
func foreignToAlarm(alarm bp.Alarm, unit string) []string {
	metrics := []bp.Value[bp.Metric]{alarm.Metric}
	for _, id := range sortedKeys(alarm.Inputs.Or(nil)) {
		metrics = append(metrics, alarm.Inputs.Or(nil)[id])
	}
	for _, value := range metrics {
		metric, is := value.Get()
		if !is {
			continue
		}
		about := metric.Dimensions.Or(nil)
		function, queue := about["FunctionName"].Or(""), about["QueueName"].Or("")
		// Dead letters may go to a queue of any name.
		if function != "" && function != unit || function == "" && queue == "" {
			return []string{"it watches " + strings.TrimSpace(function+" "+queue) + ", which is not the unit's"}
		}
	}
	return nil
}
