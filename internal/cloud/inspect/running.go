package inspect

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/functions"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/loggroups"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/roles"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Running is a version that can be run and that is not what is in the making: the
// unit as it would be if that served.
type Running struct {
	bp.Blueprint

	Environment map[string]string
}

// Running reads the versions of a unit that callers are sent to, by number, as far as
// they differ from what is in the making. What could not be read of one is unknown.
func (c *Inspector) Running(ctx context.Context, o kinds.Observation) map[string]Running {
	inTheMaking, exists := o.Function.Get()
	if !exists {
		return nil
	}
	served, _ := o.Version.Get()
	return c.Frozen(ctx, o.Blueprint, slices.DeleteFunc(slices.Clone(o.Routed), func(number string) bool {
		return served.Number == bp.Known(number) && served.Digest == inTheMaking.Digest()
	}))
}

// Frozen reads some versions of a unit, by number, as far as they differ from the
// function that the unit has or will have.
func (c *Inspector) Frozen(ctx context.Context, b bp.Blueprint, numbers []string) map[string]Running {
	var (
		mu    sync.Mutex
		group errgroup.Group
		out   = map[string]Running{}
	)
	group.SetLimit(api.Parallel)
	for _, number := range numbers {
		group.Go(func() error {
			if version, differs := c.runningVersion(ctx, b, number); differs {
				mu.Lock()
				defer mu.Unlock()
				out[number] = version
			}
			return nil
		})
	}
	_ = group.Wait() // none fails
	return out
}

func (c *Inspector) runningVersion(ctx context.Context, b bp.Blueprint, number string) (out Running, differs bool) {
	inTheMaking, _ := b.Function.Get()
	out = Running{Blueprint: b}
	found, err := functions.Find(ctx, c.Client, inTheMaking.Name.Or(""), number, nil)
	if err != nil {
		out.Function = bp.Unknown[bp.Function]()
		return out, true
	}
	f, ok := found.Get()
	if digest := f.Digest(); !ok || digest.IsKnown() && digest == inTheMaking.Digest() {
		return out, false
	}
	// These are the function's, whichever version runs.
	f.ReservedConcurrency, f.CodeSigningConfigARN, f.Recursion = inTheMaking.ReservedConcurrency, inTheMaking.CodeSigningConfigARN, inTheMaking.Recursion
	f.Tags = bp.Null[map[string]bp.String]()
	if f.Unreadable != "" {
		f.Environment = bp.Unknown[map[string]bp.Value[bp.Environment]]()
	}
	out.Function, out.Environment = bp.Known(f.Function), f.Variables
	if f.RoleARN != inTheMaking.RoleARN {
		c.runsAs(ctx, f.RoleARN.Or(""), &out)
	}
	if key, own := b.Key.Get(); own && f.KMSKeyARN.IsKnown() && f.KMSKeyARN != key.ARN {
		out.Key = bp.Null[bp.Key]()
	}
	if queue, own := b.Queue.Get(); own && f.DeadLetterARN.IsKnown() && f.DeadLetterARN != queue.ARN {
		out.Queue = bp.Null[bp.Queue]()
	}
	logging, _ := f.Logging.Get()
	if before, _ := inTheMaking.Logging.Get(); logging.Group != before.Group {
		out.LogGroup, err = loggroups.Find(ctx, c.Untagged(), logging.Group.Or(""), nil, false)
		if err != nil {
			out.LogGroup = bp.Unknown[bp.LogGroup]()
		}
	}
	return out, true
}

// runsAs reads the role that a version froze, where that is not the unit's. All that
// it may do is judged as what others wrote.
func (c *Inspector) runsAs(ctx context.Context, arn string, out *Running) {
	path, name := bp.SplitRoleARN(arn)
	found, err := roles.Find(ctx, c.Client, name, nil)
	if err != nil {
		out.Role, out.Policy = bp.Unknown[bp.Role](), bp.Unknown[bp.Policy]()
		return
	}
	out.Role = bp.Map(found, func(r roles.Observed) bp.Role { return r.Role })
	out.Policy = bp.Known(bp.Policy{Path: bp.Known(path)})
}
