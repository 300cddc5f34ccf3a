package cloud

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Owner is what the ownership tags of a unit's objects must not contradict.
type Owner struct {
	Unit       string
	Generation string // not compared when empty
}

// Foreign says that an object under a unit's name carries another's tags, or
// was deleted and made again by somebody else.
type Foreign struct {
	ARN  string
	Unit string // that wanted to remove it
	Tags map[string]string
	// ID and Ours are the object's id and that of the one the unit had, when
	// they differ.
	ID, Ours string
}

func (e *Foreign) Error() string {
	if e.ID != e.Ours {
		return fmt.Sprintf("%s was deleted and made again outside of this unit: its id is %s, the unit's was %s. It was left alone. "+
			"Delete it by hand if it should go", e.ARN, e.ID, e.Ours)
	}
	if e.Unit != "" && e.Tags[bp.TagUnit] == e.Unit {
		return fmt.Sprintf("%s was made again since this state was written, by another address of the name or after the state was saved: it carries generation %s. It was left alone. "+
			"\"terraform state rm ADDRESS\" forgets the unit here and deletes nothing", e.ARN, e.Tags[bp.TagGeneration])
	}
	return fmt.Sprintf("%s is tagged as belonging to unit %q, generation %q: it is not this unit's, so it was left alone. "+
		"Delete it by hand if it should go, or correct its tags %s and %s", e.ARN, e.Tags[bp.TagUnit], e.Tags[bp.TagGeneration], bp.TagUnit, bp.TagGeneration)
}

// veto stops the removal of an object whose tags name another unit or another
// generation of this one.
func (o Owner) veto(arn string, tags map[string]string) error {
	unit, generation := tags[bp.TagUnit], tags[bp.TagGeneration]
	if unit != "" && unit != o.Unit || generation != "" && o.Generation != "" && generation != o.Generation {
		return &Foreign{ARN: arn, Unit: o.Unit, Tags: tags}
	}
	return nil
}

// owns reports whether an object's tags name this unit and generation.
func (o Owner) owns(tags map[string]string) bool {
	return tags[bp.TagUnit] == o.Unit && (o.Generation == "" || tags[bp.TagGeneration] == o.Generation)
}

// Removal is the end of a unit.
type Removal struct {
	Inventory bp.Inventory
	Owner     Owner
	// Last is what the last look found: what is attached to the role, and the
	// alias of the key. Nothing is known of a unit that it leaves out.
	Last bp.Blueprint
	// Function is the function as the unit had it last, although it may be gone
	// already: Lambda may still have to remove its network interfaces.
	Function bp.Function
	// Force gives up a queue with the messages it holds.
	Force bool
	// KeepLogs leaves the log group, and the keys that its events need.
	KeepLogs bool
}

// Tasks of a removal that no apply has.
const (
	taskMessages = "look for messages"
	taskOverflow = "further policies"
	// taskInterfaces comes before the role that Lambda removes them with.
	taskInterfaces = "network interfaces"
)

// Remove deletes everything an inventory lists, in the reverse order of its
// making. Objects that are gone already are passed over.
func (c *Client) Remove(ctx context.Context, r Removal) error {
	inventory, owner := r.Inventory, r.Owner
	superseded, _ := inventory.Superseded.Or(nil).Strings()
	queue, _ := inventory.Queue.Get()
	if err := errors.Join(refuseProtected(r), fenceAlarms(r)); err != nil {
		return err
	}
	// Before anything is removed: what the role's tags announce must not be disputed.
	role, err := c.anchorOf(ctx, r)
	if err != nil {
		return err
	}
	successors, err := c.confirmAnnounced(ctx, r, role)
	if err != nil {
		return err
	}
	tasks := []engine.Task{{ID: taskMessages, Run: func(ctx context.Context) error {
		return c.refuseMessages(ctx, queue.ARN.Or(""), r.Force)
	}}}
	add := func(id string, object bp.Value[bp.Identity], after []string, remove func(context.Context, string) error) {
		identity, _ := object.Get()
		arn, ok := identity.ARN.Get()
		tasks = append(tasks, engine.Task{ID: id, After: after, Run: func(ctx context.Context) error {
			if !ok {
				return nil
			}
			return c.removeOwned(ctx, r, arn, identity.ID.Or(""), remove)
		}})
	}
	add(taskFunction, inventory.Function, []string{taskMessages}, func(ctx context.Context, arn string) error {
		return c.removeFunction(ctx, arn[strings.LastIndexByte(arn, ':')+1:])
	})
	removePolicy := func(ctx context.Context, arn string) error {
		return c.removePolicyAnd(ctx, arn, func(ctx context.Context) error { return c.removeHolders(ctx, arn, r) })
	}
	removeGroup, removeKey, removeRole := c.removeObject, c.removeKey, c.removeObject
	if role, ok := r.Last.Role.Get(); ok && role.ARN == valueOf(inventory.Role).ARN {
		removeRole = func(ctx context.Context, _ string) error { return c.removeKnownRole(ctx, role) }
	}
	if key, ok := r.Last.Key.Get(); ok && key.ARN == valueOf(inventory.Key).ARN && key.Alias.IsKnown() {
		removeKey = func(ctx context.Context, arn string) error { return c.removeKeyWith(ctx, arn, key.Alias.Or("")) }
	}
	if r.KeepLogs {
		removeGroup, removeKey = c.retainLogGroup, c.retainKey
	}
	add(taskLogGroup, inventory.LogGroup, []string{taskFunction}, removeGroup)
	add(taskQueue, inventory.Queue, []string{taskFunction}, c.removeObject)
	add(taskSecret, inventory.Secret, []string{taskFunction}, c.removeObject)
	tasks = append(tasks, engine.Task{ID: taskInterfaces, After: []string{taskFunction}, Run: func(ctx context.Context) error {
		if !inventory.Function.IsKnown() {
			return nil
		}
		_, role := splitRoleARN(valueOf(inventory.Role).ARN.Or(""))
		return c.awaitInterfaces(ctx, r.Function, role)
	}})
	tasks = append(tasks, engine.Task{ID: taskRole, After: []string{taskFunction, taskInterfaces}, Run: func(ctx context.Context) error {
		if role.arn == "" {
			return nil
		}
		return c.fenced(ctx, r, role.arn, valueOf(inventory.Role).ID.Or(""), role.id, role.tags, func(ctx context.Context, arn string) error {
			if _, err := c.removeAll(ctx, successors, owner, r.Force); err != nil {
				return err
			}
			return removeRole(ctx, arn)
		})
	}})
	add(taskPolicy, inventory.Policy, []string{taskRole}, removePolicy)
	overflow, _ := inventory.Overflow.Or(nil).Strings()
	tasks = append(tasks, engine.Task{ID: taskOverflow, After: []string{taskRole}, Run: func(ctx context.Context) error {
		for _, arn := range overflow {
			if err := c.removeOwned(ctx, r, arn, "", removePolicy); err != nil {
				return err
			}
		}
		return nil
	}})
	add(taskKey, inventory.Key, []string{taskFunction, taskLogGroup, taskQueue, taskSecret}, removeKey)
	tasks = append(tasks, engine.Task{ID: taskSuperseded, After: []string{taskFunction}, Run: func(ctx context.Context) error {
		_, err := c.removeAll(ctx, superseded, owner, r.Force)
		return err
	}})
	alarms, _ := inventory.Alarms.Or(nil).Strings()
	// They stay as long as there is something to watch.
	tasks = append(tasks, engine.Task{ID: taskAlarms, After: []string{taskFunction}, Run: func(ctx context.Context) error {
		return c.removeAlarms(ctx, alarmNames(alarms))
	}})
	retired, _ := inventory.RetiredKeys.Or(nil).Strings()
	tasks = append(tasks, engine.Task{ID: "retired keys", After: []string{taskFunction, taskLogGroup, taskQueue, taskSecret}, Run: func(ctx context.Context) error {
		if r.KeepLogs {
			return nil // events of before need them
		}
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

// Protected says that AWS refuses to delete a log group.
type Protected struct{ Group string }

func (e *Protected) Error() string {
	return fmt.Sprintf("log group %s is protected against deletion, and AWS deletes it for nobody. "+
		"Write logs = { deletion_protection = false } and apply before the destroy, or logs = { on_destroy = \"retain\" } to keep the group", e.Group)
}

// refuseProtected stops a removal that AWS would refuse halfway.
func refuseProtected(r Removal) error {
	group, owned := r.Last.LogGroup.Get()
	if owned && group.Protected.Or(false) && !r.KeepLogs && group.ARN == valueOf(r.Inventory.LogGroup).ARN {
		return &Protected{Group: group.Name.Or("")}
	}
	return nil
}

// refuseMessages stops a removal that would lose messages.
func (c *Client) refuseMessages(ctx context.Context, arn string, force bool) error {
	if arn == "" || force {
		return nil
	}
	messages, err := c.CountMessages(ctx, arn)
	if err != nil {
		return err
	}
	if messages.Total() > 0 {
		return &HasMessages{ARN: arn, Messages: messages}
	}
	return nil
}

func (c *Client) removeOwned(ctx context.Context, r Removal, arn, id string, remove func(context.Context, string) error) error {
	tags, found, err := c.identify(ctx, arn)
	if missing(err) {
		return nil
	}
	// Where tags cannot be read at all nothing speaks against the inventory.
	if err != nil && !notOffered(err) {
		return err
	}
	return c.fenced(ctx, r, arn, id, found, tags, remove)
}

// fenced removes an object unless its id or its tags say that it is another's.
func (c *Client) fenced(ctx context.Context, r Removal, arn, id, found string, tags map[string]string, remove func(context.Context, string) error) error {
	if id != "" && found != "" && id != found && !r.Owner.owns(tags) {
		return &Foreign{ARN: arn, Tags: tags, ID: found, Ours: id}
	}
	if err := c.vetoOf(ctx, r, arn, tags); err != nil {
		return err
	}
	return remove(ctx, arn)
}

// vetoOf is the owner's veto, but for a secret that the unit took from an earlier
// one of its name: until the values are put it carries that one's generation. A
// later unit of the name, which may have taken it in turn, shows by its role.
func (c *Client) vetoOf(ctx context.Context, r Removal, arn string, tags map[string]string) error {
	veto := r.Owner.veto(arn, tags)
	if veto == nil || !isSecret(arn) || tags[bp.TagUnit] != r.Owner.Unit {
		return veto
	}
	role, known := valueOf(r.Inventory.Role).ARN.Get()
	if !known {
		return veto
	}
	generation, err := c.Anchored(ctx, role, r.Owner.Unit)
	if err != nil {
		return err
	}
	if generation != "" && generation != r.Owner.Generation {
		return veto
	}
	return nil
}

// removeRetired deletes those retired keys that were the unit's own; given
// keys carry no tag of the unit.
func (c *Client) removeRetired(ctx context.Context, arns []string, owner Owner) error {
	for _, arn := range arns {
		if place, ok := bp.PlaceOf(arn); !ok || place != c.place {
			continue // given, from elsewhere
		}
		tags, err := c.keyTags(ctx, arn)
		// A key that may not be read is not the unit's own.
		if missing(err) || ErrorCode(err) == "AccessDeniedException" || err == nil && !owner.owns(tags) {
			continue
		}
		if err != nil {
			return err
		}
		// A given key can be tagged as the unit's by whoever may tag it.
		if err := c.disputedKey(ctx, arn, owner.Unit); err != nil {
			return err
		}
		if err := c.removeKey(ctx, arn); err != nil {
			return err
		}
	}
	return nil
}

// Whose reads the tags of an object from its own service, and whether it exists.
// A key or secret that is pending deletion does not.
func (c *Client) Whose(ctx context.Context, arn string) (tags map[string]string, exists bool, err error) {
	if isSecret(arn) {
		out, err := c.describeSecret(ctx, arn)
		if err != nil {
			return nil, false, ignoreMissing(err)
		}
		return secretTags(out.Tags), out.DeletedDate == nil, nil
	}
	tags, _, err = c.identify(ctx, arn)
	if err != nil || tags[bp.TagUnit] == "" || !strings.Contains(arn, ":key/") {
		return tags, err == nil, ignoreMissing(err)
	}
	out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil {
		return nil, false, ignoreMissing(err)
	}
	return tags, out.KeyMetadata.KeyState != kmstypes.KeyStatePendingDeletion, nil
}

// identify reads an object's tags, and the id AWS gave it if the service gives
// one, from its own service. The tagging index lags behind and is never asked.
func (c *Client) identify(ctx context.Context, arn string) (tags map[string]string, id string, err error) {
	switch {
	case isSecret(arn):
		out, err := c.describeSecret(ctx, arn)
		if err != nil {
			return nil, "", err
		}
		return secretTags(out.Tags), "", nil
	case strings.Contains(arn, ":function:"):
		out, err := c.getFunction(ctx, arn, "")
		if err != nil {
			return nil, "", err
		}
		return out.Tags, "", nil
	case strings.Contains(arn, ":role/"):
		_, name := splitRoleARN(arn)
		out, err := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		if err != nil {
			return nil, "", err
		}
		return iamTags(out.Role.Tags), aws.ToString(out.Role.RoleId), nil
	case strings.Contains(arn, ":policy/"):
		out, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
		if err != nil {
			return nil, "", err
		}
		return iamTags(out.Policy.Tags), aws.ToString(out.Policy.PolicyId), nil
	case strings.Contains(arn, ":log-group:"):
		tags, err = c.logGroupTags(ctx, arn)
		return tags, "", err
	case strings.Contains(arn, ":sqs:"):
		tags, err = c.queueTags(ctx, arn)
		return tags, "", err
	case strings.Contains(arn, ":alarm:"):
		tags, err = c.alarmTags(ctx, arn)
		return tags, "", err
	default:
		tags, err = c.keyTags(ctx, arn)
		return tags, "", err
	}
}

// removeAll deletes objects that were replaced: aliases first, the role before
// the policy it holds. What does not carry the unit's tags, because it was
// imported and never tagged, is left, and named.
func (c *Client) removeAll(ctx context.Context, arns []string, owner Owner, force bool) (left []string, err error) {
	for _, kind := range []string{":function:", ":role/", ":policy/", ":log-group:", ":sqs:", ":secretsmanager:", ":key/"} {
		for _, arn := range arns {
			if !strings.Contains(arn, kind) {
				continue
			}
			if kind == ":function:" { // an alias has no tags: it is the function's
				if !strings.HasPrefix(arn, c.place.FunctionARN(owner.Unit)+":") {
					left = append(left, arn)
					continue
				}
			} else {
				tags, _, err := c.identify(ctx, arn)
				if missing(err) {
					continue
				}
				if err != nil && !notOffered(err) {
					return left, fmt.Errorf("remove %s: %w", arn, err)
				}
				if !owner.owns(tags) {
					left = append(left, arn)
					continue
				}
			}
			if kind == ":sqs:" {
				if err := c.refuseMessages(ctx, arn, force); err != nil {
					return left, err
				}
			}
			if err := c.removeObject(ctx, arn); err != nil {
				return left, fmt.Errorf("remove %s: %w", arn, err)
			}
		}
	}
	return left, nil
}

func (c *Client) removeObject(ctx context.Context, arn string) error {
	switch {
	case isSecret(arn):
		return c.removeSecret(ctx, arn)
	case strings.Contains(arn, ":role/"):
		_, name := splitRoleARN(arn)
		return c.removeRole(ctx, name)
	case strings.Contains(arn, ":policy/"):
		return c.removePolicy(ctx, arn)
	case strings.Contains(arn, ":log-group:"):
		_, name, _ := strings.Cut(arn, ":log-group:")
		return c.removeLogGroup(ctx, name)
	case strings.Contains(arn, ":sqs:"):
		return c.removeQueue(ctx, arn)
	case strings.Contains(arn, ":key/"):
		return c.removeKey(ctx, arn)
	default:
		return c.removeAlias(ctx, arn)
	}
}
