package cloud

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// confirmAnnounced returns what the tags of a unit's role announce and what is the
// unit's: an update that was killed may have made it, and no state knows of it.
// Whoever may tag the role can announce anything, so an object counts only if it is
// of the announced kind, carries the unit's tags, is younger than the role, and has
// nothing on it that the unit would not have made. Anything else is an error that
// names it.
func (c *Client) confirmAnnounced(ctx context.Context, r Removal, role anchor) ([]string, error) {
	next := announcedBy(role.tags)
	if r.KeepLogs {
		delete(next, bp.TagNextLogGroup)
	}
	var arns []string
	var contested []error
	for _, tag := range sortedKeys(next) {
		arn := next[tag]
		exists, err := c.confirmSuccessor(ctx, r, tag, arn, next, role.made)
		switch {
		case err != nil:
			contested = append(contested, err)
		case exists:
			arns = append(arns, arn)
		}
	}
	return arns, errors.Join(contested...)
}

func (c *Client) confirmSuccessor(ctx context.Context, r Removal, tag, arn string, next map[string]string, made time.Time) (exists bool, err error) {
	announced := []string{"tag " + tag + " of the unit's role announces it"}
	k := kindOf(arn)
	if k.next != tag {
		return false, &Disputed{arn, r.Owner.Unit, append(announced, "no update announces such a thing so")}
	}
	tags, _, err := c.identify(ctx, arn)
	if missing(err) {
		return false, nil // the update had not come that far
	}
	if err != nil {
		return false, err
	}
	but, err := k.successor(c, ctx, r, arn, next)
	if err != nil {
		return false, err
	}
	if !r.Owner.owns(tags) {
		but = append(but, "it does not carry the unit's tags")
	}
	older, err := c.older(ctx, arn, made)
	if err != nil {
		return false, err
	}
	if but = append(but, older...); len(but) > 0 {
		return false, &Disputed{arn, r.Owner.Unit, append(announced, but...)}
	}
	return true, nil
}

// anchorOf reads the unit's role, if the unit has one.
func (c *Client) anchorOf(ctx context.Context, r Removal) (anchor, error) {
	arn, owned := valueOf(r.Inventory.Role).ARN.Get()
	if !owned {
		return anchor{}, nil
	}
	_, name := bp.SplitRoleARN(arn)
	found, err := c.anchor(ctx, name)
	return found, ignoreMissing(err)
}

// foreignToUnitsRole are clauses about a role that is to go with a unit and that no
// state lists.
func (c *Client) foreignToUnitsRole(ctx context.Context, r Removal, arn, name, nextPolicy string) ([]string, error) {
	found, err := c.findRole(ctx, name, nil)
	role, exists := found.Get()
	if err != nil || !exists {
		return nil, err
	}
	known := slices.Concat(valueOf(r.Last.Role).AttachedPolicies.Or(nil), r.Inventory.Overflow.Or(nil), bp.Set{valueOf(r.Inventory.Policy).ARN})
	if nextPolicy != "" {
		known = append(known, bp.Known(nextPolicy))
	}
	but := foreignToRole(role.Role, ownPolicies(valueOf(r.Inventory.Policy).ARN, known))
	but = append(but, described(text(role.Description), bp.RoleDescription(r.Owner.Unit))...)
	users, err := c.users(ctx, r.Owner.Unit, withRole(arn))
	return append(but, usedBy(users)...), err
}

// removeHolders removes roles of the unit that hold its policy and are in no
// inventory: an update that was killed made them.
func (c *Client) removeHolders(ctx context.Context, arn string, r Removal) error {
	users, err := c.iam.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &arn})
	if err != nil {
		return ignoreMissing(err)
	}
	for _, holder := range users.PolicyRoles {
		name := aws.ToString(holder.RoleName)
		anchor, err := c.anchor(ctx, name)
		if missing(err) {
			continue
		}
		if err != nil {
			return err
		}
		if r.Owner.Generation == "" || !r.Owner.owns(anchor.tags) {
			continue // named with the others that hold it
		}
		but, err := c.foreignToUnitsRole(ctx, r, anchor.arn, name, "")
		if err != nil {
			return err
		}
		if err := disputed(anchor.arn, r.Owner.Unit, but); err != nil {
			return err
		}
		if err := c.removeRole(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// announcedBy are the ARNs that a role's tags announce, by tag.
func announcedBy(tags map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range tags {
		if strings.HasPrefix(key, bp.TagNext) {
			out[key] = fromTag.Replace(value)
		}
	}
	return out
}

// fenceAlarms stops the removal of alarms that the last look found to be another
// unit's by now.
func fenceAlarms(r Removal) error {
	var contested []error
	alarms := valueOf(r.Last.Alarms)
	for _, slot := range alarms.Slots() {
		alarm, exists := slot.Alarm.Get()
		if !exists {
			continue
		}
		tags := map[string]string{bp.TagUnit: r.Owner.Unit, bp.TagGeneration: r.Owner.Generation}
		for key, value := range plainTags(alarm.Tags) {
			if value != tagMissing { // it would be nobody else's either
				tags[key] = value
			}
		}
		arn := alarm.Name.Or("")
		if err := r.Owner.veto("alarm "+arn, tags); err != nil {
			contested = append(contested, err)
		} else if err := disputed("alarm "+arn, r.Owner.Unit, foreignToAlarm(alarm, r.Owner.Unit)); err != nil {
			contested = append(contested, err)
		}
	}
	return errors.Join(contested...)
}
