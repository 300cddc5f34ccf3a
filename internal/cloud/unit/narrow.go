package unit

import (
	"context"
	"slices"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// drainMargin is what an invocation may start late and still meet the version
// before: an alias does not move everywhere at once.
const drainMargin = 5 * time.Second

// drain waits until no invocation of the previous version can be under way, if
// something is about to be taken from it. An invocation ends with the
// function's timeout.
func (u *apply) drain(ctx context.Context) error {
	function, served := u.Job.Observed.Function.Get()
	if !served || !u.Job.Observed.Version.IsKnown() || !u.Shifting || !u.takesAway() {
		return nil
	}
	limit := time.Duration(function.Timeout.Or(0))*time.Second + drainMargin
	u.Log(ctx, "waiting for invocations of the previous version to end", map[string]any{"at_most": limit.String()})
	return u.Clock.Sleep(ctx, limit)
}

// takesAway reports whether the previous version is about to lose a permission.
func (u *apply) takesAway() bool {
	want := u.Want()
	for _, k := range u.Kinds {
		if k.TakesAway != nil && k.TakesAway(u.Job.Observed, want) {
			return true
		}
	}
	return slices.ContainsFunc(u.SoFar().Superseded, func(arn string) bool {
		return u.Kinds.Of(arn).Grants
	})
}

// narrow takes away what only the previous version needed.
func (u *apply) narrow(ctx context.Context) error {
	for _, k := range u.Kinds {
		if k.Narrow != nil {
			if err := k.Narrow(ctx, u.Unit); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeSuperseded deletes what this apply, or one that was cut short,
// replaced, but nothing that is in use again.
func (u *apply) removeSuperseded(ctx context.Context) error {
	want := u.Want()
	var inUse []bp.String
	for _, k := range u.Kinds {
		if k.ARN != nil {
			inUse = append(inUse, k.ARN(want))
		}
		if k.Several != nil {
			inUse = append(inUse, k.Several(want, u.Place).Or(nil)...)
		}
		if k.Uses != nil {
			inUse = append(inUse, k.Uses(want)...)
		}
	}
	arns := slices.DeleteFunc(slices.Clone(u.SoFar().Superseded), func(arn string) bool { return slices.Contains(inUse, bp.Known(arn)) })
	left, err := u.Kinds.RemoveAll(ctx, u.Client, arns, u.Owner(), u.Job.Force)
	if err != nil {
		return err
	}
	u.Learn(func(l *kinds.Learned) { l.Superseded, l.Left = nil, left })
	return nil
}
