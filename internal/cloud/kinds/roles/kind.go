// Package roles is the execution role of a unit, which is made first and whose tags say
// how far a unit is.
package roles

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Kind says what a unit's role is.
func Kind() kinds.Kind {
	return kinds.Kind{
		Component: bp.RoleComponent(),
		Looks:     roleLooks,
		Locate: func(_ context.Context, _ *api.Client, s kinds.Seed) (kinds.Ref, []error, error) {
			return kinds.Ref{ARN: s.Function.RoleARN.Or("")}, nil, nil
		},
		Adopt:   kinds.AdoptByName(bp.RoleComponent()),
		Dispute: disputeRole,
		Is:      bp.IsRoleARN, Anchors: true, Grants: true,
		Claim: func(ctx context.Context, c *api.Client, want bp.Blueprint, tags map[string]string) (id string, err error) {
			return createRole(ctx, c, bp.ValueOf(want.Role), tags)
		},
		Identify:  identifyRole,
		Title:     kinds.KindRole,
		Made:      roleMade,
		Contest:   contestRole,
		Next:      bp.TagNextRole,
		Successor: foreignToNextRole,
		Outlives:  []string{kinds.TaskFunction, kinds.TaskInterfaces},
		Remove:    removeRoleOf,
		Retire:    retireRole,
		Steps: kinds.Steps(
			kinds.Step{ID: kinds.TaskRole, After: nil, Run: ensureRole},
			kinds.Step{ID: kinds.TaskAttachments, After: []string{kinds.TaskRole, kinds.TaskPolicy}, Run: ensureAttachments},
		),
		Settled:   []string{kinds.TaskRole, kinds.TaskAttachments, kinds.TaskNarrow},
		TakesAway: detaches,
		Narrow:    narrowRole,
	}
}

func identifyRole(ctx context.Context, c *api.Client, arn string) (tags map[string]string, id string, err error) {
	_, name := bp.SplitRoleARN(arn)
	found, err := kinds.ReadAnchor(ctx, c, name)
	return found.Tags, found.ID, err
}

func roleMade(ctx context.Context, c *api.Client, arn string) (time.Time, error) {
	_, name := bp.SplitRoleARN(arn)
	found, err := kinds.ReadAnchor(ctx, c, name)
	return found.Made, err
}

func removeRoleOf(ctx context.Context, c *api.Client, arn string) error {
	_, name := bp.SplitRoleARN(arn)
	return removeRole(ctx, c, name)
}

func contestRole(ctx context.Context, c *api.Client, of kinds.Claims, arn string) ([]string, error) {
	_, name := bp.SplitRoleARN(arn)
	policies := of.Of(bp.IsPolicyARN)
	found, err := Find(ctx, c, name, nil)
	role, exists := found.Get()
	if err != nil || !exists {
		return nil, err
	}
	own := func(policy string) bool { return slices.Contains(policies, policy) }
	but := append(foreignToRole(role.Role, own), kinds.Described(api.Text(role.Description), bp.RoleDescription(of.Unit))...)
	users, err := kinds.Users(ctx, c, of.Unit, kinds.WithRole(arn))
	but = append(but, kinds.UsedBy(users)...)
	if err != nil {
		return nil, err
	}
	profiles, err := ProfilesOf(ctx, c, name)
	if len(profiles) > 0 {
		but = append(but, fmt.Sprintf("it is in the instance profiles %v", profiles))
	}
	return but, err
}

// retireRole deletes the unit's role, with what was attached to it at the last look
// if that is known, and first what an update was about to put in its place.
func retireRole(ctx context.Context, c *api.Client, e *kinds.Ending, arn string) error {
	if _, err := e.Kinds.RemoveAll(ctx, c, e.Successors, e.Owner, e.Force); err != nil {
		return err
	}
	if role, known := e.Last.Role.Get(); known && role.ARN == bp.ValueOf(e.Inventory.Role).ARN {
		return removeKnownRole(ctx, c, role)
	}
	return removeRoleOf(ctx, c, arn)
}

// foreignToNextRole are clauses about a role that is announced in the place of the
// unit's.
func foreignToNextRole(ctx context.Context, c *api.Client, r kinds.Removal, arn string, next map[string]string) ([]string, error) {
	_, name := bp.SplitRoleARN(arn)
	return foreignToUnitsRole(ctx, c, r, arn, name, next[bp.TagNextPolicy])
}

func roleLooks(c *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
	var found bp.Value[Observed]
	_, name := bp.SplitRoleARN(t.Refs[bp.ComponentRole].ARN)
	return []kinds.Look{{What: "role", Name: name, Find: func(ctx context.Context) (err error) {
			found, err = Find(ctx, c, name, t.Tags)
			return err
		}}}, func(context.Context) error {
			if r, exists := found.Get(); exists {
				o.Role, o.IDs[bp.ComponentRole], o.RoleLastIn = bp.Known(r.Role), api.Optional(&r.id), r.lastIn
			}
			return nil
		}
}

func disputeRole(ctx context.Context, d *kinds.Disputes) {
	role, wanted := bp.ValueOf(d.Is.Role), bp.ValueOf(d.Want.Role)
	d.Judge(ctx, d.At.ARN, d.Is.Role.IsKnown(), func() ([]string, error) {
		but := foreignToRole(role, ownPolicies(bp.ValueOf(d.Want.Policy).ARN, wanted.AttachedPolicies.Or(nil)))
		but = append(but, kinds.Described(api.Text(role.Description), bp.RoleDescription(d.Unit))...)
		users, err := kinds.Users(ctx, d.Client, d.Unit, kinds.WithRole(d.At.ARN))
		return append(but, kinds.UsedBy(users)...), err
	})
}
