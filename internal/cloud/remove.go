package cloud

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Owner is what the ownership tags of a unit's objects must not contradict.
type Owner struct {
	Unit       string
	Generation string // not compared when empty
}

// Foreign says that an object under a unit's name carries another's tags.
type Foreign struct {
	ARN  string
	Tags map[string]string
}

func (e *Foreign) Error() string {
	return fmt.Sprintf("%s is tagged as belonging to unit %q, generation %q: it is not this unit's, so it was left alone. "+
		"Delete it by hand if it should go, or correct its tags %s and %s", e.ARN, e.Tags[bp.TagUnit], e.Tags[bp.TagGeneration], bp.TagUnit, bp.TagGeneration)
}

// veto stops the removal of an object whose tags name another unit or another
// generation of this one.
func (o Owner) veto(arn string, tags map[string]string) error {
	unit, generation := tags[bp.TagUnit], tags[bp.TagGeneration]
	if unit != "" && unit != o.Unit || generation != "" && o.Generation != "" && generation != o.Generation {
		return &Foreign{ARN: arn, Tags: tags}
	}
	return nil
}

// Remove deletes everything an inventory lists, in the reverse order of its
// making, and returns what became of it. Objects that are gone already are
// passed over.
func (c *Client) Remove(ctx context.Context, inventory bp.Inventory, superseded []string, owner Owner) error {
	var tasks []engine.Task
	add := func(id string, object bp.Value[bp.Identity], after []string, remove func(context.Context, string) error) {
		identity, _ := object.Get()
		arn, ok := identity.ARN.Get()
		tasks = append(tasks, engine.Task{ID: id, After: after, Run: func(ctx context.Context) error {
			if !ok {
				return nil
			}
			return c.removeOwned(ctx, arn, owner, remove)
		}})
	}
	add(taskFunction, inventory.Function, nil, func(ctx context.Context, arn string) error {
		return c.removeFunction(ctx, arn[strings.LastIndexByte(arn, ':')+1:])
	})
	add(taskLogGroup, inventory.LogGroup, []string{taskFunction}, c.removeObject)
	add(taskRole, inventory.Role, []string{taskFunction}, c.removeObject)
	add(taskPolicy, inventory.Policy, []string{taskRole}, c.removeObject)
	add(taskKey, inventory.Key, []string{taskFunction, taskLogGroup}, c.removeKey)
	tasks = append(tasks, engine.Task{ID: taskSuperseded, After: []string{taskFunction}, Run: func(ctx context.Context) error {
		return c.removeAll(ctx, superseded)
	}})
	retired, _ := inventory.RetiredKeys.Or(nil).Strings()
	tasks = append(tasks, engine.Task{ID: "retired keys", After: []string{taskFunction, taskLogGroup}, Run: func(ctx context.Context) error {
		return c.removeRetired(ctx, retired, owner)
	}})
	ledger, err := engine.Run(ctx, tasks, parallel)
	if err != nil {
		return err
	}
	if err := ledger.Err(); err != nil {
		return err
	}
	if ledger.Count(engine.Cancelled) > 0 {
		return context.Cause(ctx)
	}
	return nil
}

func (c *Client) removeOwned(ctx context.Context, arn string, owner Owner, remove func(context.Context, string) error) error {
	tags, err := c.tagsOf(ctx, arn)
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := owner.veto(arn, tags); err != nil {
		return err
	}
	return remove(ctx, arn)
}

// removeRetired deletes those retired keys that were the unit's own; given
// keys carry no tag of the unit.
func (c *Client) removeRetired(ctx context.Context, arns []string, owner Owner) error {
	for _, arn := range arns {
		tags, err := c.keyTags(ctx, arn)
		if missing(err) || err == nil && tags[bp.TagUnit] != owner.Unit {
			continue
		}
		if err != nil {
			return err
		}
		if err := c.removeKey(ctx, arn); err != nil {
			return err
		}
	}
	return nil
}

// tagsOf reads an object's tags from its own service. The tagging index lags
// behind and is never asked.
func (c *Client) tagsOf(ctx context.Context, arn string) (map[string]string, error) {
	switch {
	case strings.Contains(arn, ":function:"):
		out, err := c.getFunction(ctx, arn, "")
		if err != nil {
			return nil, err
		}
		return out.Tags, nil
	case strings.Contains(arn, ":role/"):
		_, name := splitRoleARN(arn)
		out, err := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		if err != nil {
			return nil, err
		}
		return iamTags(out.Role.Tags), nil
	case strings.Contains(arn, ":policy/"):
		out, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
		if err != nil {
			return nil, err
		}
		return iamTags(out.Policy.Tags), nil
	case strings.Contains(arn, ":log-group:"):
		out, err := c.logs.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: aws.String(arn)})
		if err != nil {
			return nil, err
		}
		return out.Tags, nil
	default:
		return c.keyTags(ctx, arn)
	}
}

// removeAll deletes objects by ARN: aliases first, the role before the policy
// it holds.
func (c *Client) removeAll(ctx context.Context, arns []string) error {
	for _, kind := range []string{":function:", ":role/", ":policy/", ":log-group:"} {
		for _, arn := range arns {
			if !strings.Contains(arn, kind) {
				continue
			}
			if err := c.removeObject(ctx, arn); err != nil {
				return fmt.Errorf("remove %s: %w", arn, err)
			}
		}
	}
	return nil
}

func (c *Client) removeObject(ctx context.Context, arn string) error {
	switch {
	case strings.Contains(arn, ":role/"):
		_, name := splitRoleARN(arn)
		return c.removeRole(ctx, name)
	case strings.Contains(arn, ":policy/"):
		return c.removePolicy(ctx, arn)
	case strings.Contains(arn, ":log-group:"):
		_, name, _ := strings.Cut(arn, ":log-group:")
		return c.removeLogGroup(ctx, name)
	default:
		return c.removeAlias(ctx, arn)
	}
}
