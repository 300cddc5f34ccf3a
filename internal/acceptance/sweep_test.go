package acceptance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
)

// swept is how the name of every unit begins that a test makes: make sweep
// removes what cut tests left of them in an AWS account.
const swept = "tfacc-"

func init() {
	resource.AddTestSweepers("secure_lambda", &resource.Sweeper{Name: "secure_lambda", F: func(region string) error {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
		defer cancel()
		cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
		if err != nil {
			return err
		}
		removed, err := sweep(ctx, cfg)
		for _, unit := range removed {
			fmt.Println("swept", unit)
		}
		return err
	}})
}

// leftovers finds the objects of units by the tag secure:unit that each
// object's own service gives; what has no such tag is left alone.
type leftovers map[string]*bp.Inventory

func (l leftovers) add(tags map[string]string, arn *string, part func(*bp.Inventory) *bp.Value[bp.Identity]) {
	unit := tags[bp.TagUnit]
	if !strings.HasPrefix(unit, swept) {
		return
	}
	if l[unit] == nil {
		l[unit] = &bp.Inventory{}
	}
	*part(l[unit]) = bp.Known(bp.Identity{ARN: bp.Known(aws.ToString(arn))})
}

func sweep(ctx context.Context, cfg aws.Config) (units []string, err error) {
	caller, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, err
	}
	partition := strings.Split(*caller.Arn, ":")[1]
	client := cloud.New(cfg, bp.Place{Partition: partition, Account: *caller.Account, Region: cfg.Region}, cloud.Options{})
	found := leftovers{}
	for _, find := range []func(context.Context, aws.Config) error{found.functions, found.roles, found.policies, found.groups, found.queues, found.keys} {
		if err := find(ctx, cfg); err != nil {
			return nil, err
		}
	}
	var problems []error
	for _, unit := range sortedKeys(found) {
		if err := client.Remove(ctx, cloud.Removal{Inventory: *found[unit], Owner: cloud.Owner{Unit: unit}, Force: true}); err != nil {
			problems = append(problems, fmt.Errorf("sweep %s: %w", unit, err))
			continue
		}
		units = append(units, unit)
	}
	return units, errors.Join(problems...)
}

func (l leftovers) functions(ctx context.Context, cfg aws.Config) error {
	client := lambda.NewFromConfig(cfg)
	pages := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, f := range page.Functions {
			if !strings.HasPrefix(*f.FunctionName, swept) {
				continue
			}
			tags, err := client.ListTags(ctx, &lambda.ListTagsInput{Resource: f.FunctionArn})
			if err != nil {
				return err
			}
			l.add(tags.Tags, f.FunctionArn, func(i *bp.Inventory) *bp.Value[bp.Identity] { return &i.Function })
		}
	}
	return nil
}

func (l leftovers) roles(ctx context.Context, cfg aws.Config) error {
	client := iam.NewFromConfig(cfg)
	pages := iam.NewListRolesPaginator(client, &iam.ListRolesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, role := range page.Roles {
			if !strings.HasPrefix(*role.RoleName, swept) {
				continue
			}
			out, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: role.RoleName})
			if err != nil {
				return err
			}
			tags := map[string]string{}
			for _, tag := range out.Role.Tags {
				tags[*tag.Key] = *tag.Value
			}
			l.add(tags, role.Arn, func(i *bp.Inventory) *bp.Value[bp.Identity] { return &i.Role })
		}
	}
	return nil
}

func (l leftovers) policies(ctx context.Context, cfg aws.Config) error {
	client := iam.NewFromConfig(cfg)
	pages := iam.NewListPoliciesPaginator(client, &iam.ListPoliciesInput{Scope: "Local"})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, policy := range page.Policies {
			if !strings.HasPrefix(*policy.PolicyName, swept) {
				continue
			}
			out, err := client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: policy.Arn})
			if err != nil {
				return err
			}
			tags := map[string]string{}
			for _, tag := range out.Policy.Tags {
				tags[*tag.Key] = *tag.Value
			}
			l.add(tags, policy.Arn, func(i *bp.Inventory) *bp.Value[bp.Identity] { return &i.Policy })
		}
	}
	return nil
}

func (l leftovers) groups(ctx context.Context, cfg aws.Config) error {
	client := cloudwatchlogs.NewFromConfig(cfg)
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(client, &cloudwatchlogs.DescribeLogGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, group := range page.LogGroups {
			if !strings.Contains(*group.LogGroupName, "/tfacc") {
				continue
			}
			arn := strings.TrimSuffix(*group.Arn, ":*")
			tags, err := client.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &arn})
			if err != nil {
				return err
			}
			l.add(tags.Tags, &arn, func(i *bp.Inventory) *bp.Value[bp.Identity] { return &i.LogGroup })
		}
	}
	return nil
}

func (l leftovers) queues(ctx context.Context, cfg aws.Config) error {
	client := sqs.NewFromConfig(cfg)
	pages := sqs.NewListQueuesPaginator(client, &sqs.ListQueuesInput{QueueNamePrefix: new(swept)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, url := range page.QueueUrls {
			tags, err := client.ListQueueTags(ctx, &sqs.ListQueueTagsInput{QueueUrl: &url})
			if err != nil {
				return err
			}
			out, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []sqstypes.QueueAttributeName{"QueueArn"}})
			if err != nil {
				return err
			}
			l.add(tags.Tags, new(out.Attributes["QueueArn"]), func(i *bp.Inventory) *bp.Value[bp.Identity] { return &i.Queue })
		}
	}
	return nil
}

func (l leftovers) keys(ctx context.Context, cfg aws.Config) error {
	client := kms.NewFromConfig(cfg)
	pages := kms.NewListAliasesPaginator(client, &kms.ListAliasesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, alias := range page.Aliases {
			if !strings.HasPrefix(*alias.AliasName, bp.KeyAlias(swept)) || alias.TargetKeyId == nil {
				continue
			}
			key, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: alias.TargetKeyId})
			if err != nil {
				return err
			}
			out, err := client.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: alias.TargetKeyId})
			if err != nil {
				return err
			}
			tags := map[string]string{}
			for _, tag := range out.Tags {
				tags[*tag.TagKey] = *tag.TagValue
			}
			l.add(tags, key.KeyMetadata.Arn, func(i *bp.Inventory) *bp.Value[bp.Identity] { return &i.Key })
		}
	}
	return nil
}

// TestSweep loses the state of a unit and sweeps it up, beside a unit and a
// role that are not the tests'.
func TestSweep(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "lost", "tfacc-lost", nil)+unit(t, "kept", "kept", nil))
	c.must("apply", "-auto-approve")
	_, err := a.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: new("tfacc-not-ours"), AssumeRolePolicyDocument: new(foreignTrust)})
	must(t, err)
	units, err := sweep(t.Context(), a.config(t))
	must(t, err)
	if fmt.Sprint(units) != "[tfacc-lost]" {
		t.Errorf("swept %v", units)
	}
	roles, err := a.iam.ListRoles(t.Context(), &iam.ListRolesInput{})
	must(t, err)
	var names []string
	for _, role := range roles.Roles {
		names = append(names, *role.RoleName)
	}
	if fmt.Sprint(names) != fmt.Sprintf("[kept-%s tfacc-not-ours]", region) {
		t.Errorf("roles left: %v", names)
	}
	if units, err = sweep(t.Context(), a.config(t)); err != nil || len(units) > 0 {
		t.Errorf("a second sweep finds %v, %v", units, err)
	}
	c.must("destroy", "-auto-approve")
}
