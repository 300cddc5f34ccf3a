package survey

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/inspect"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/alarms"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/secrets"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// roleDetail is a role with everything its own policies allow.
type roleDetail struct {
	bp.Role

	// policies are what they say: the account's own by ARN, inline ones by name.
	policies map[string]bp.Writing
	// managed are the ARNs of AWS's own policies on it.
	managed []string
}

// roleDetails reads all roles with their policies, a thousand with one call.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
func (s *survey) roleDetails(ctx context.Context) (map[string]roleDetail, error) {
	documents := map[string]string{}
	type page = []iamtypes.RoleDetail
	roles, err := api.All(func(next *string) (page, *string, error) {
		out, err := s.IAM.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{
			Filter: []iamtypes.EntityType{iamtypes.EntityTypeRole, iamtypes.EntityTypeLocalManagedPolicy}, Marker: next, MaxItems: aws.Int32(1000),
		})
		if err != nil {
			return nil, nil, err
		}
		for _, p := range out.Policies {
			for _, v := range p.PolicyVersionList {
				if v.IsDefaultVersion {
					documents[aws.ToString(p.Arn)] = aws.ToString(v.Document)
				}
			}
		}
		return out.RoleDetailList, out.Marker, nil
	})
	if err != nil {
		return nil, err
	}
	out := map[string]roleDetail{}
	for _, r := range roles {
		if detail, err := observeDetail(r, documents); err == nil { // else this role alone stays unknown
			out[aws.ToString(r.Arn)] = detail
		}
	}
	return out, nil
}

func observeDetail(r iamtypes.RoleDetail, documents map[string]string) (roleDetail, error) {
	trust, err := roles.ParseTrust(aws.ToString(r.AssumeRolePolicyDocument))
	if err != nil {
		return roleDetail{}, err
	}
	var attached, inline []string
	policies := map[string]bp.Writing{}
	add := func(of, encoded string) error {
		document, err := url.QueryUnescape(encoded)
		if err != nil {
			return err
		}
		parsed, err := bp.ParseDocument(document)
		policies[of] = bp.Writing{Statements: parsed}
		return err
	}
	for _, p := range r.AttachedManagedPolicies {
		arn := aws.ToString(p.PolicyArn)
		attached = append(attached, arn)
		if document, own := documents[arn]; own {
			if err := add(arn, document); err != nil {
				return roleDetail{}, err
			}
		}
	}
	for _, p := range r.RolePolicyList {
		inline = append(inline, aws.ToString(p.PolicyName))
		if err := add(inspect.InlinePolicy+aws.ToString(p.PolicyName), aws.ToString(p.PolicyDocument)); err != nil {
			return roleDetail{}, err
		}
	}
	role := bp.Role{
		Name: api.Optional(r.RoleName), Path: api.Optional(r.Path), ARN: api.Optional(r.Arn),
		Trust: bp.Known(trust), AttachedPolicies: bp.Known(bp.SetOf(attached...)), InlinePolicies: api.SetOf(inline),
	}
	if r.PermissionsBoundary != nil {
		role.PermissionsBoundary = api.Optional(r.PermissionsBoundary.PermissionsBoundaryArn)
	}
	return roleDetail{Role: role, policies: policies, managed: slices.DeleteFunc(attached, func(arn string) bool { return !bp.IsAWSPolicyARN(arn) })}, nil
}

// role is the function's role with everything that its policies say, AWS's own
// included, by ARN or, inline, by name. It is unknown for a role of another account.
// mayRecur says that it lets the function send where it could set itself off, and
// delivers that it lets Lambda deliver anywhere, as far as that is known.
func (s *survey) role(ctx context.Context, name, arn string) (role bp.Value[bp.Role], policy bp.Value[bp.Policy], policies map[string]bp.Writing, mayRecur, delivers bool) {
	detail, found := s.roles[arn]
	if !found {
		return bp.Unknown[bp.Role](), bp.Unknown[bp.Policy](), nil, true, true
	}
	policies = maps.Clone(detail.policies)
	for _, managed := range detail.managed {
		w := s.PolicyWriting(ctx, managed)
		s.refused(w.Action, name, w.Cause)
		policies[managed] = w
	}
	for _, w := range policies {
		mayRecur = mayRecur || w.Unread != "" || slices.ContainsFunc(w.Statements, sendsAnywhere)
		delivers = delivers || w.Unread != "" || slices.ContainsFunc(w.Statements, sendsAtAll)
	}
	return bp.Known(detail.Role), bp.Known(bp.Policy{Path: detail.Path}), policies, mayRecur, delivers
}

// sendsAnywhere reports whether a statement lets the function send there. What
// Lambda itself delivers sets nothing off.
func sendsAnywhere(p bp.Parsed) bool {
	byLambda := slices.Contains([]string{bp.SidDeadLetter, bp.SidOnSuccess, bp.SidOnFailure}, p.Sid)
	return !byLambda && sendsAtAll(p)
}

func sendsAtAll(p bp.Parsed) bool { return access.ParsedGrant(p).Sends() }

func (s *survey) logGroups(ctx context.Context) (map[string]bp.LogGroup, error) {
	groups, err := api.All(func(next *string) ([]logstypes.LogGroup, *string, error) {
		out, err := s.Logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{NextToken: next})
		if err != nil {
			return nil, nil, err
		}
		return out.LogGroups, out.NextToken, nil
	})
	out := map[string]bp.LogGroup{}
	for _, g := range groups {
		out[aws.ToString(g.LogGroupName)] = bp.LogGroup{
			Name: api.Optional(g.LogGroupName), ARN: bp.Known(strings.TrimSuffix(aws.ToString(g.Arn), ":*")),
			RetentionDays: bp.Known(int64(aws.ToInt32(g.RetentionInDays))), KMSKeyARN: api.Optional(g.KmsKeyId),
			Class: bp.Known(string(cmp.Or(g.LogGroupClass, logstypes.LogGroupClassStandard))),
		}
	}
	return out, err
}

// logGroup is the group that the function writes to. One that does not exist is
// made by Lambda with the first event: without a key, for ever.
func (s *survey) logGroup(f bp.Function) bp.Value[bp.LogGroup] {
	if s.missing[allGroups] {
		return bp.Unknown[bp.LogGroup]()
	}
	logging, _ := f.Logging.Get()
	group, exists := s.groups[logging.Group.Or("")]
	if !exists {
		return bp.Null[bp.LogGroup]()
	}
	return bp.Known(group)
}

// surveyedAlarm is an alarm with the slot that its metric belongs to.
type surveyedAlarm struct {
	slot string
	bp.Alarm
}

// slots are where alarms of a unit watch these metrics.
var slots = map[string]string{
	"Errors": "errors", "Throttles": "throttles", "Duration": "duration", "DeadLetterErrors": "dead_letter_errors",
	"ApproximateNumberOfMessagesVisible": "dead_letter_depth", "ConcurrentExecutions": "concurrency",
	"DestinationDeliveryFailures": "destination_failures", "AsyncEventAge": "async_event_age", "AsyncEventsDropped": "async_dropped",
}

func (s *survey) allAlarms(ctx context.Context) (map[string][]surveyedAlarm, error) {
	found, err := api.All(func(next *string) ([]cwtypes.MetricAlarm, *string, error) {
		out, err := s.CloudWatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
			AlarmTypes: []cwtypes.AlarmType{cwtypes.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(api.AlarmsAtOnce), NextToken: next,
		})
		if err != nil {
			return nil, nil, err
		}
		return out.MetricAlarms, out.NextToken, nil
	})
	out := map[string][]surveyedAlarm{}
	for _, a := range found {
		observed := alarms.Observe(a)
		metrics := observed.Inputs.Or(nil)
		if observed.Metric.IsKnown() {
			metrics = map[string]bp.Value[bp.Metric]{"": observed.Metric}
		}
		for _, id := range api.SortedKeys(metrics) {
			metric, _ := metrics[id].Get()
			slot := slots[metric.Name.Or("")]
			about := metric.Dimensions.Or(nil)
			object := cmp.Or(about["FunctionName"].Or(""), about["QueueName"].Or(""))
			if slot != "" && object != "" {
				out[object] = append(out[object], surveyedAlarm{slot, observed})
			}
		}
	}
	return out, err
}

// ownPolicy tells the policies that a unit writes itself from those attached beside
// them. All of them are judged by what they say, whoever wrote them.
func (s *survey) ownPolicy(unit string, p bp.Policy, role bp.Value[bp.Role]) bp.Policy {
	path, known := p.Path.Get()
	if !known {
		return p
	}
	first := s.Place.PolicyARN(path, bp.PolicyName(unit, s.Place.Region, path))
	p.ARN = bp.Known(first)
	r, _ := role.Get()
	attached := api.Members(r.AttachedPolicies)
	var more []string
	for i := 1; slices.Contains(attached, bp.PolicyPart(first, i)); i++ {
		more = append(more, bp.PolicyPart(first, i))
	}
	p.Overflow = api.SetOf(more)
	return p
}

// alarmsOf puts the alarms on a function and its queue into the slots of a
// unit. Of several on one metric the one that tells somebody counts.
func (s *survey) alarmsOf(name string, own bool, target string) bp.Value[bp.Alarms] {
	if s.missing[allAlarms] {
		return bp.Unknown[bp.Alarms]()
	}
	found := s.alarms[name]
	if bp.IsQueueARN(target) {
		found = slices.Concat(found, s.alarms[bp.QueueNameOf(target)])
	}
	var out bp.Alarms
	for _, slot := range out.Slots() {
		for _, a := range found {
			current, taken := slot.Alarm.Get()
			if own && a.Name != bp.Known(bp.AlarmName(name, slot.Name)) {
				continue // another unit's, on a queue that they share
			}
			if a.slot == slot.Name && (!taken || !tells(current) && tells(a.Alarm)) {
				*slot.Alarm = bp.Known(a.Alarm)
			}
		}
	}
	return out.OrNull()
}

func tells(a bp.Alarm) bool {
	return len(a.Actions.Or(nil)) > 0 && a.ActionsEnabled.Or(false)
}

// signingConfigs asks each configuration for its functions: there are few of
// them.
func (s *survey) signingConfigs(ctx context.Context) (map[string]string, error) {
	configs, err := api.All(func(next *string) ([]lambdatypes.CodeSigningConfig, *string, error) {
		out, err := s.Lambda.ListCodeSigningConfigs(ctx, &lambda.ListCodeSigningConfigsInput{Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.CodeSigningConfigs, out.NextMarker, nil
	})
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, config := range configs {
		arns, err := api.All(func(next *string) ([]string, *string, error) {
			out, err := s.Lambda.ListFunctionsByCodeSigningConfig(ctx, &lambda.ListFunctionsByCodeSigningConfigInput{CodeSigningConfigArn: config.CodeSigningConfigArn, Marker: next})
			if err != nil {
				return nil, nil, err
			}
			return out.FunctionArns, out.NextMarker, nil
		})
		if err != nil {
			return nil, err
		}
		for _, arn := range arns {
			found[arn] = aws.ToString(config.CodeSigningConfigArn)
		}
	}
	return found, nil
}

// subnetsAtOnce is how many subnets one call asks for.
const subnetsAtOnce = 200

func (s *survey) subnetZones(ctx context.Context, subnets []string) (map[string]string, error) {
	found := map[string]string{}
	for part := range slices.Chunk(subnets, subnetsAtOnce) {
		out, err := s.EC2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: part})
		if err != nil {
			return nil, err
		}
		for _, subnet := range out.Subnets {
			found[aws.ToString(subnet.SubnetId)] = aws.ToString(subnet.AvailabilityZone)
		}
	}
	return found, nil
}

func (s *survey) zonesOf(f bp.Function) bp.Value[int64] {
	network, inside := f.Network.Get()
	switch {
	case !inside:
		return bp.Null[int64]()
	case s.missing[allZones]:
		return bp.Unknown[int64]()
	}
	zones := map[string]bool{}
	for _, id := range api.Members(network.SubnetIDs) {
		zones[s.zones[id]] = true
	}
	return bp.Known(int64(len(zones)))
}

func tagOf(tags bp.Value[map[string]bp.String], key string) string { return tags.Or(nil)[key].Or("") }

// parsedOf are the statements of a key's policy, whoever wrote them.
func parsedOf(policy bp.Value[bp.KeyPolicy]) []bp.Parsed {
	p, _ := policy.Get()
	var out []bp.Parsed
	for _, s := range p.Statements() {
		out = append(out, bp.Parsed{Named: s, Plain: true})
	}
	for _, sid := range api.SortedKeys(p.Unexpected.Or(nil)) {
		if parsed, err := bp.ParseDocument(`{"Statement":` + p.Unexpected.Or(nil)[sid].Or("") + `}`); err == nil {
			out = append(out, parsed...)
		}
	}
	return out
}

// secret is the one that a unit made for itself.
func (s *survey) secret(ctx context.Context, name, arn string) bp.Value[bp.Secret] {
	if arn == "" {
		return bp.Null[bp.Secret]()
	}
	secret, err := secrets.Find(ctx, s.Client, arn, nil)
	if s.refused("secretsmanager:DescribeSecret", name, err) {
		return bp.Unknown[bp.Secret]()
	}
	return secret
}
