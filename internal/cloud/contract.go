package cloud

import (
	"context"
	"slices"
	"time"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// replace makes an object, or takes it back when this unit itself had replaced
// it before, and only then notes the one it follows: an object is never marked
// for removal while nothing stands in its place.
func (u *unit) replace(ctx context.Context, old, wanted bp.String, create func(back bool) error) error {
	arn := wanted.Or("")
	back := slices.Contains(u.soFar().Superseded, arn)
	if err := u.announce(ctx, old, arn); err != nil {
		return err
	}
	if err := create(back); err != nil {
		return err
	}
	u.learn(func(l *Learned) {
		l.Superseded = slices.DeleteFunc(slices.Clone(l.Superseded), func(s string) bool { return s == arn })
		if text, ok := old.Get(); ok && text != arn {
			l.Superseded = appendNew(l.Superseded, text)
		}
	})
	return nil
}

func appendNew(list []string, element string) []string {
	if slices.Contains(list, element) {
		return list
	}
	return append(slices.Clip(list), element)
}

// drainMargin is what an invocation may start late and still meet the version
// before: an alias does not move everywhere at once.
const drainMargin = 5 * time.Second

// drain waits until no invocation of the version before can be under way, if
// something is about to be taken from it. An invocation ends with the
// function's timeout.
func (u *apply) drain(ctx context.Context) error {
	function, served := u.job.Observed.Function.Get()
	if !served || !u.job.Observed.Version.IsKnown() || !u.shifting || !u.takesAway() {
		return nil
	}
	limit := time.Duration(function.Timeout.Or(0))*time.Second + drainMargin
	u.log(ctx, "waiting for invocations of the version before to end", map[string]any{"at_most": limit.String()})
	return u.clock.Sleep(ctx, limit)
}

// takesAway reports whether the version before is about to lose a permission.
func (u *apply) takesAway() bool {
	want := u.want()
	for _, k := range u.kinds {
		if k.takesAway != nil && k.takesAway(u.job.Observed, want) {
			return true
		}
	}
	return slices.ContainsFunc(u.soFar().Superseded, func(arn string) bool {
		return u.kinds.of(arn).grants
	})
}

// narrow takes away what only the version before needed.
func (u *apply) narrow(ctx context.Context) error {
	for _, k := range u.kinds {
		if k.narrow != nil {
			if err := k.narrow(u.unit, ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// narrower reports whether the policy still holds more than is wanted.
func narrower(have, want bp.Policy) bool {
	statements, _ := have.Statements.Get()
	return statements.Unexpected.IsKnown() || !bp.Covered(policyStatements(have), policyStatements(want))
}

// removeSuperseded deletes what this apply, or one that was cut short,
// replaced, but nothing that is in use again.
func (u *apply) removeSuperseded(ctx context.Context) error {
	want := u.want()
	var inUse []bp.String
	for _, k := range u.kinds {
		if k.ARN != nil {
			inUse = append(inUse, k.ARN(want))
		}
		if k.Several != nil {
			inUse = append(inUse, k.Several(want, u.Place).Or(nil)...)
		}
		if k.uses != nil {
			inUse = append(inUse, k.uses(want)...)
		}
	}
	arns := slices.DeleteFunc(slices.Clone(u.soFar().Superseded), func(arn string) bool { return slices.Contains(inUse, bp.Known(arn)) })
	left, err := u.kinds.removeAll(ctx, u.Client, arns, u.owner(), u.job.Force)
	if err != nil {
		return err
	}
	u.learn(func(l *Learned) { l.Superseded, l.Left = nil, left })
	return nil
}
