package unit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	// beatEvery is how often a run that makes a unit says that it is alive.
	beatEvery = 15 * time.Second
	// lapsesAfter is how long nothing must be heard of it until its unit may be
	// taken up. Only the watcher's own clock counts, so clocks need not agree.
	lapsesAfter = 3 * beatEvery

	// settles is far longer than it takes to read a mark and write another.
	settles = 2 * time.Second

	// farewell bounds the last call of a run that was cancelled.
	farewell = 10 * time.Second
)

// InProgress says that another run is making the unit at this moment.
type InProgress struct {
	Unit  string
	Since time.Time
}

func (e *InProgress) Error() string {
	return fmt.Sprintf("another apply of unit %s is in progress since %s. This one changed nothing. "+
		"Wait for the other to end; if both have the same state, use state locking", e.Unit, e.Since.UTC().Format(time.RFC3339))
}

// Claim makes the role of a new unit, with the mark that the unit is not
// complete yet, or takes over what another run began. What no state lists is taken
// over only if nothing about it speaks against its tags.
func (c *Units) Claim(ctx context.Context, want bp.Blueprint, handed kinds.Handed) (*kinds.Claim, error) {
	role, _ := want.Role.Get()
	tags := api.PlainTags(want.Tags)
	claim := &kinds.Claim{Role: role.Name.Or(""), Marker: kinds.Marker{Phase: kinds.PhaseCreating, Run: c.Run, Since: c.Clock.Now(), Beat: 0}}
	tags[bp.TagState] = claim.Marker.String()
	var err error
	claim.RoleID, err = c.Kinds.Anchor().Claim(ctx, c.Client, want, tags)
	_, exists := errors.AsType[*kinds.Taken](err)
	if err == nil || !exists && !api.Ambiguous(err) {
		return claim, err
	}
	return claim, c.takeOver(ctx, claim, want, handed, err)
}

// takeOver claims a role that exists.
func (c *Units) takeOver(ctx context.Context, claim *kinds.Claim, want bp.Blueprint, handed kinds.Handed, taken error) error {
	role, _ := want.Role.Get()
	wanted := api.PlainTags(want.Tags)
	anchor, err := kinds.ReadAnchor(ctx, c.Client, claim.Role)
	if api.Missing(err) {
		return taken
	}
	if err != nil {
		return err
	}
	if anchor.ARN != role.ARN.Or("") || anchor.Tags[bp.TagUnit] != wanted[bp.TagUnit] {
		return taken
	}
	claim.RoleID, claim.Generation = anchor.ID, anchor.Tags[bp.TagGeneration]
	if claim.Generation == wanted[bp.TagGeneration] {
		return nil // made a moment ago, and the answer was lost
	}
	left, unfinished := kinds.ParseMarker(anchor.Tags[bp.TagState])
	id := bp.ValueOf(handed.Inventory.Role).ID
	given := handed.Generation != "" && claim.Generation == handed.Generation && (!id.IsKnown() || id == bp.Known(anchor.ID))
	if !given {
		handed = kinds.Handed{}
	}
	if !unfinished && !given {
		return taken
	}
	if unfinished && left.Phase == kinds.PhaseCreating && left.Run != c.Run && !given {
		if err := c.awaitLapse(ctx, claim.Role, wanted[bp.TagUnit], left); err != nil {
			return err
		}
	}
	// Not a tag is set before nothing speaks against what is there.
	if _, err := c.found(ctx, want, anchor, handed); err != nil {
		return err
	}
	if err := c.mark(ctx, claim.Role, claim.Marker); err != nil {
		return err
	}
	// Of two that do so at once the one whose mark stays goes on.
	if err := c.Clock.Sleep(ctx, settles); err != nil {
		return err
	}
	anchor, err = kinds.ReadAnchor(ctx, c.Client, claim.Role)
	if err != nil {
		return err
	}
	if now, ok := kinds.ParseMarker(anchor.Tags[bp.TagState]); ok && now.Run != c.Run && now != left {
		return &InProgress{wanted[bp.TagUnit], now.Since}
	}
	claim.Adopted = true
	if claim.Found, err = c.found(ctx, want, anchor, handed); err != nil {
		c.abandon(ctx, claim)
	}
	return err
}

// awaitLapse returns once nothing has been heard of a run for long enough.
func (c *Units) awaitLapse(ctx context.Context, role, unit string, left kinds.Marker) error {
	const pause = beatEvery / 3
	for silent := time.Duration(0); silent < lapsesAfter; silent += pause {
		c.Inform(ctx, "waiting for a sign of life of another apply of the unit", map[string]any{"role": role, "since": left.Since.Format(time.RFC3339)})
		if err := c.Clock.Sleep(ctx, pause); err != nil {
			return err
		}
		anchor, err := kinds.ReadAnchor(ctx, c.Client, role)
		if err != nil {
			return err
		}
		now, unfinished := kinds.ParseMarker(anchor.Tags[bp.TagState])
		if unfinished && now.Phase == kinds.PhaseUnfinished {
			return nil // it gave up
		}
		if !unfinished || now != left {
			return &InProgress{unit, left.Since}
		}
	}
	return nil
}

// Abandon marks a unit that is left for a create to take up.
func (c *Units) Abandon(ctx context.Context, roleARN string) error {
	_, name := bp.SplitRoleARN(roleARN)
	return api.IgnoreMissing(c.mark(ctx, name, kinds.Marker{Phase: kinds.PhaseUnfinished, Run: c.Run, Since: c.Clock.Now(), Beat: 0}))
}

func (c *Units) mark(ctx context.Context, role string, m kinds.Marker, more ...engine.Class) error {
	return c.Call(ctx, func() error {
		_, err := c.IAM.TagRole(ctx, &iam.TagRoleInput{RoleName: &role, Tags: api.ToIAMTags(map[string]string{bp.TagState: m.String()})})
		return err
	}, more...)
}

// hold says that this run is alive until stop is called.
func (u *apply) hold(ctx context.Context) (stop func()) {
	claim := u.Job.Claim
	if claim == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for u.Clock.Sleep(ctx, beatEvery) == nil {
			claim.Marker.Beat++
			if err := u.units.mark(ctx, claim.Role, claim.Marker, api.FreshIAM); err != nil {
				u.Log(ctx, "the sign of life could not be written", map[string]any{"role": claim.Role, "error": api.ErrorCode(err)})
			}
		}
	}()
	return func() { cancel(); <-done }
}

// giveUp marks that nobody is making the unit any more, so that the next apply
// need not wait. It is a courtesy: without it the mark lapses.
func (u *apply) giveUp(ctx context.Context) {
	if claim := u.Job.Claim; claim != nil {
		u.units.abandon(ctx, claim)
	}
}

// withdraw takes the alias away that a create made before it was cut off. Terraform
// may write no state then, and a function whose alias serves callers is not taken
// up by its tags: it could be anybody's.
func (u *apply) withdraw(ctx context.Context, result *Result) {
	alias, made := result.Managed.Alias.Get()
	if u.Job.Claim == nil || ctx.Err() == nil || !made || u.Job.Observed.Alias.IsKnown() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := u.Kinds.Of(alias.ARN.Or("")).Remove(ctx, u.Client, alias.ARN.Or("")); err != nil {
		u.Log(ctx, "the alias of a create that was cut off could not be taken away", map[string]any{"alias": alias.ARN.Or(""), "error": api.ErrorCode(err)})
		return
	}
	null := bp.Blueprint{}
	result.Managed.Alias, result.Managed.Async, result.Managed.Permissions = null.Alias, null.Async, null.Permissions
}

func (c *Units) abandon(ctx context.Context, claim *kinds.Claim) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	claim.Marker.Phase = kinds.PhaseUnfinished
	if err := c.mark(ctx, claim.Role, claim.Marker); err != nil {
		c.Log(ctx, "the unit could not be marked as given up", map[string]any{"role": claim.Role, "error": api.ErrorCode(err)})
	}
}

// finish takes the marks away: the unit is complete.
func (u *apply) finish(ctx context.Context) error {
	if u.Job.Claim == nil && !u.Job.Resumes && !u.HasAnnounced() {
		return nil
	}
	u.rest() // a sign of life after this would make the unit unfinished again
	role := bp.ValueOf(u.Want().Role).Name.Or("")
	return u.Call(ctx, func() error {
		_, err := u.IAM.UntagRole(ctx, &iam.UntagRoleInput{RoleName: &role, TagKeys: append([]string{bp.TagState}, u.Kinds.NextTags()...)})
		return err
	}, api.FreshIAM)
}
