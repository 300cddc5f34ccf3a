package cloud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Phases of a unit that is not complete, as its anchor says them. The anchor of
// a complete unit says nothing.
const (
	phaseCreating   = "creating"   // a run is making it
	phaseUnfinished = "unfinished" // the run that made it gave up
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

const markerTime = "20060102T150405Z"

// marker is the value of the tag secure:state.
type marker struct {
	phase, run string
	since      time.Time
	beat       int
}

func (m marker) String() string {
	return fmt.Sprintf("%s:%s:%s:%d", m.phase, m.run, m.since.UTC().Format(markerTime), m.beat)
}

func parseMarker(text string) (marker, bool) {
	fields := strings.Split(text, ":")
	if len(fields) != 4 || fields[0] != phaseCreating && fields[0] != phaseUnfinished {
		return marker{}, false
	}
	since, err := time.Parse(markerTime, fields[2])
	beat, number := strconv.Atoi(fields[3])
	return marker{fields[0], fields[1], since, beat}, err == nil && number == nil
}

// UnfinishedSince reads the tag secure:state of a unit's role: whether the unit
// is not complete, and since when.
func UnfinishedSince(state string) (time.Time, bool) {
	m, unfinished := parseMarker(state)
	return m.since, unfinished
}

// InProgress says that another run is making the unit at this moment.
type InProgress struct {
	Unit  string
	Since time.Time
}

func (e *InProgress) Error() string {
	return fmt.Sprintf("another apply of unit %s is in progress since %s. This one changed nothing. "+
		"Wait for the other to end; if both have the same state, use state locking", e.Unit, e.Since.UTC().Format(time.RFC3339))
}

// Claim is the right to make a unit, which only one run at a time has: whoever
// made its role, or took over the role of a run that is not alive any more.
type Claim struct {
	RoleID string
	// Adopted says that an earlier run left the unit unfinished; Found is what
	// exists of it.
	Adopted bool
	Found   Observation
	// Generation is that of the run before.
	Generation string

	role   string
	marker marker
}

// Handed is a unit that this process was told to replace and left in place: what
// its state lists is the unit's, whatever the tags say. The zero value is none.
type Handed struct {
	Generation string
	Inventory  bp.Inventory
}

// lists reports whether the state lists an object.
func (h Handed) lists(arn string) bool {
	if h.Generation == "" {
		return false
	}
	return slices.Contains(h.Inventory.ARNs(), arn) || slices.Contains(h.Inventory.Superseded.Or(nil), bp.Known(arn))
}

// Claim makes the role of a new unit, with the mark that the unit is not
// complete yet, or takes over what another run began. What no state lists is taken
// over only if nothing about it speaks against its tags.
func (c *Client) Claim(ctx context.Context, want bp.Blueprint, handed Handed) (*Claim, error) {
	role, _ := want.Role.Get()
	tags := plainTags(want.Tags)
	claim := &Claim{role: role.Name.Or(""), marker: marker{phaseCreating, c.run, c.clock.Now(), 0}}
	tags[bp.TagState] = claim.marker.String()
	var err error
	claim.RoleID, err = c.kinds.anchor().claim(c, ctx, want, tags)
	_, exists := errors.AsType[*Taken](err)
	if err == nil || !exists && !ambiguous(err) {
		return claim, err
	}
	return claim, c.takeOver(ctx, claim, want, handed, err)
}

// takeOver claims a role that exists.
func (c *Client) takeOver(ctx context.Context, claim *Claim, want bp.Blueprint, handed Handed, taken error) error {
	role, _ := want.Role.Get()
	wanted := plainTags(want.Tags)
	anchor, err := c.anchor(ctx, claim.role)
	if missing(err) {
		return taken
	}
	if err != nil {
		return err
	}
	if anchor.arn != role.ARN.Or("") || anchor.tags[bp.TagUnit] != wanted[bp.TagUnit] {
		return taken
	}
	claim.RoleID, claim.Generation = anchor.id, anchor.tags[bp.TagGeneration]
	if claim.Generation == wanted[bp.TagGeneration] {
		return nil // made a moment ago, and the answer was lost
	}
	left, unfinished := parseMarker(anchor.tags[bp.TagState])
	id := bp.ValueOf(handed.Inventory.Role).ID
	given := handed.Generation != "" && claim.Generation == handed.Generation && (!id.IsKnown() || id == bp.Known(anchor.id))
	if !given {
		handed = Handed{}
	}
	if !unfinished && !given {
		return taken
	}
	if unfinished && left.phase == phaseCreating && left.run != c.run && !given {
		if err := c.awaitLapse(ctx, claim.role, wanted[bp.TagUnit], left); err != nil {
			return err
		}
	}
	// Not a tag is set before nothing speaks against what is there.
	if _, err := c.found(ctx, want, anchor, handed); err != nil {
		return err
	}
	if err := c.mark(ctx, claim.role, claim.marker); err != nil {
		return err
	}
	// Of two that do so at once the one whose mark stays goes on.
	if err := c.clock.Sleep(ctx, settles); err != nil {
		return err
	}
	anchor, err = c.anchor(ctx, claim.role)
	if err != nil {
		return err
	}
	if now, ok := parseMarker(anchor.tags[bp.TagState]); ok && now.run != c.run && now != left {
		return &InProgress{wanted[bp.TagUnit], now.since}
	}
	claim.Adopted = true
	if claim.Found, err = c.found(ctx, want, anchor, handed); err != nil {
		c.abandon(ctx, claim)
	}
	return err
}

// awaitLapse returns once nothing has been heard of a run for long enough.
func (c *Client) awaitLapse(ctx context.Context, role, unit string, left marker) error {
	const pause = beatEvery / 3
	for silent := time.Duration(0); silent < lapsesAfter; silent += pause {
		c.inform(ctx, "waiting for a sign of life of another apply of the unit", map[string]any{"role": role, "since": left.since.Format(time.RFC3339)})
		if err := c.clock.Sleep(ctx, pause); err != nil {
			return err
		}
		anchor, err := c.anchor(ctx, role)
		if err != nil {
			return err
		}
		now, unfinished := parseMarker(anchor.tags[bp.TagState])
		if unfinished && now.phase == phaseUnfinished {
			return nil // it gave up
		}
		if !unfinished || now != left {
			return &InProgress{unit, left.since}
		}
	}
	return nil
}

// anchor is a unit's role as far as it says whose it is.
type anchor struct {
	arn, id string
	tags    map[string]string
	made    time.Time
}

func (c *Client) anchor(ctx context.Context, role string) (anchor, error) {
	out, err := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &role})
	if err != nil {
		return anchor{}, err
	}
	return anchor{aws.ToString(out.Role.Arn), aws.ToString(out.Role.RoleId), iamTags(out.Role.Tags), aws.ToTime(out.Role.CreateDate)}, nil
}

// Anchored returns the generation that the unit's role carries now, nothing
// without one.
func (c *Client) Anchored(ctx context.Context, roleARN, unit string) (generation string, err error) {
	_, name := bp.SplitRoleARN(roleARN)
	anchor, err := c.anchor(ctx, name)
	if err != nil || anchor.tags[bp.TagUnit] != unit {
		return "", ignoreMissing(err)
	}
	return anchor.tags[bp.TagGeneration], nil
}

// Abandon marks a unit that is left for a create to take up.
func (c *Client) Abandon(ctx context.Context, roleARN string) error {
	_, name := bp.SplitRoleARN(roleARN)
	return ignoreMissing(c.mark(ctx, name, marker{phaseUnfinished, c.run, c.clock.Now(), 0}))
}

func (c *Client) mark(ctx context.Context, role string, m marker, more ...engine.Class) error {
	return c.call(ctx, func() error {
		_, err := c.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: &role, Tags: toIAMTags(map[string]string{bp.TagState: m.String()})})
		return err
	}, more...)
}

// hold says that this run is alive until stop is called.
func (u *apply) hold(ctx context.Context) (stop func()) {
	claim := u.job.Claim
	if claim == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for u.clock.Sleep(ctx, beatEvery) == nil {
			claim.marker.beat++
			if err := u.units.mark(ctx, claim.role, claim.marker, freshIAM); err != nil {
				u.log(ctx, "the sign of life could not be written", map[string]any{"role": claim.role, "error": ErrorCode(err)})
			}
		}
	}()
	return func() { cancel(); <-done }
}

// giveUp marks that nobody is making the unit any more, so that the next apply
// need not wait. It is a courtesy: without it the mark lapses.
func (u *apply) giveUp(ctx context.Context) {
	if claim := u.job.Claim; claim != nil {
		u.units.abandon(ctx, claim)
	}
}

// withdraw takes the alias away that a create made before it was cut off. Terraform
// may write no state then, and a function whose alias serves callers is not taken
// up by its tags: it could be anybody's.
func (u *apply) withdraw(ctx context.Context, result *Result) {
	alias, made := result.Managed.Alias.Get()
	if u.job.Claim == nil || ctx.Err() == nil || !made || u.job.Observed.Alias.IsKnown() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := u.kinds.of(alias.ARN.Or("")).remove(u.Client, ctx, alias.ARN.Or("")); err != nil {
		u.log(ctx, "the alias of a create that was cut off could not be taken away", map[string]any{"alias": alias.ARN.Or(""), "error": ErrorCode(err)})
		return
	}
	null := bp.Blueprint{}
	result.Managed.Alias, result.Managed.Async, result.Managed.Permissions = null.Alias, null.Async, null.Permissions
}

func (c *Client) abandon(ctx context.Context, claim *Claim) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	claim.marker.phase = phaseUnfinished
	if err := c.mark(ctx, claim.role, claim.marker); err != nil {
		c.log(ctx, "the unit could not be marked as given up", map[string]any{"role": claim.role, "error": ErrorCode(err)})
	}
}

// finish takes the marks away: the unit is complete.
func (u *apply) finish(ctx context.Context) error {
	if u.job.Claim == nil && !u.job.Resumes && !u.hasAnnounced() {
		return nil
	}
	u.rest() // a sign of life after this would make the unit unfinished again
	role := bp.ValueOf(u.want().Role).Name.Or("")
	return u.call(ctx, func() error {
		_, err := u.iam.UntagRole(ctx, &iam.UntagRoleInput{RoleName: &role, TagKeys: append([]string{bp.TagState}, u.kinds.nextTags()...)})
		return err
	}, freshIAM)
}
