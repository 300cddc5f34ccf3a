package orphans

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Kind says why something counts as left behind.
type Kind string

// The kinds.
const (
	// Unfinished is what a create began and did not complete.
	Unfinished Kind = "unfinished"
	// Rootless is what has no role any more that could say whose it is.
	Rootless Kind = "without role"
	// Unheld is a complete unit that is in none of the given states.
	Unheld Kind = "in no state"
)

// Orphan is what was left of one unit.
type Orphan struct {
	Unit       string `json:"unit"`
	Generation string `json:"generation"`
	Kind       Kind   `json:"kind"`
	// Since is when the create began or gave up; zero for other kinds.
	Since   time.Time `json:"since,omitzero"`
	Objects []string  `json:"objects"` // ARNs
}

// Options narrow a search.
type Options struct {
	// Prefix is how the names of the units begin.
	Prefix string
	// States are texts of states. What is in one of them is not left behind.
	States []string
	// Unheld lists complete units too that are in no state.
	Unheld bool
}

// atOnce is how many objects are asked about at a time.
const atOnce = 8

// Finder searches one account and region.
type Finder struct{ client *cloud.Client }

// New returns a finder.
func New(client *cloud.Client) *Finder { return &Finder{client} }

// unit is a generation of a unit with what carries its tags.
type unit struct{ name, generation string }

type parts struct {
	objects []string
	// state is what the role says, if there is one.
	anchored bool
	state    string
}

// Find lists what is left behind, by unit.
func (f *Finder) Find(ctx context.Context, o Options) ([]Orphan, error) {
	arns, err := f.client.Candidates(ctx)
	if err != nil {
		return nil, err
	}
	found, err := f.identify(ctx, arns, o)
	if err != nil {
		return nil, err
	}
	var orphans []Orphan
	for u, p := range found {
		orphan := Orphan{Unit: u.name, Generation: u.generation, Objects: p.objects, Kind: Rootless}
		slices.Sort(orphan.Objects)
		held := u.generation != "" && slices.ContainsFunc(o.States, func(text string) bool { return strings.Contains(text, u.generation) })
		since, unfinished := cloud.UnfinishedSince(p.state)
		switch {
		case held, p.anchored && !unfinished && !o.Unheld && len(o.States) == 0, p.foreignRegion(f.client.Place.Region):
			continue
		case unfinished:
			orphan.Kind, orphan.Since = Unfinished, since
		case p.anchored:
			orphan.Kind = Unheld
		}
		orphans = append(orphans, orphan)
	}
	slices.SortFunc(orphans, func(a, b Orphan) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Generation, b.Generation))
	})
	return orphans, nil
}

// foreignRegion reports whether all there is are objects of IAM, which has no
// regions, that are named for another one.
func (p parts) foreignRegion(region string) bool {
	return !slices.ContainsFunc(p.objects, func(arn string) bool {
		place, _ := bp.PlaceOf(arn)
		return place.Region != "" || strings.Contains(arn, region)
	})
}

// identify asks each object's own service whose it is: the index of tags lags
// behind, and never decides.
func (f *Finder) identify(ctx context.Context, arns []string, o Options) (map[unit]*parts, error) {
	var mu sync.Mutex
	found := map[unit]*parts{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, arn := range arns {
		group.Go(func() error {
			tags, exists, err := f.client.Whose(ctx, arn)
			if err != nil {
				return fmt.Errorf("read %s: %w", arn, err)
			}
			name := tags[bp.TagUnit]
			if !exists || name == "" || !strings.HasPrefix(name, o.Prefix) || tags[bp.TagRetained] != "" {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			u := unit{name, tags[bp.TagGeneration]}
			if found[u] == nil {
				found[u] = &parts{}
			}
			found[u].objects = append(found[u].objects, arn)
			if f.client.IsAnchor(arn) {
				found[u].anchored, found[u].state = true, cmp.Or(tags[bp.TagState], found[u].state)
			}
			return nil
		})
	}
	return found, group.Wait()
}

// Keeps lists why nothing of an orphan may be deleted, whatever its tags say: it is
// no create that was cut short, something of it is younger than the limit by AWS's
// own dates, in use, complete, or has on it what no unit makes. Empty is that it may
// go.
func (f *Finder) Keeps(ctx context.Context, o Orphan, olderThan time.Duration, now time.Time) ([]string, error) {
	if o.Kind != Unfinished {
		return []string{"only creates that did not complete are deleted, and this is " + string(o.Kind)}, nil
	}
	var because []string
	if now.Sub(o.Since) < olderThan {
		because = append(because, fmt.Sprintf("the create began or gave up on %s, less than %s ago", o.Since.UTC().Format(time.RFC3339), olderThan))
	}
	for _, arn := range o.Objects {
		made, err := f.client.Made(ctx, arn)
		if err != nil {
			return nil, fmt.Errorf("read when %s was made: %w", arn, err)
		}
		if now.Sub(made) < olderThan {
			because = append(because, fmt.Sprintf("%s was made or changed on %s, less than %s ago", arn, made.UTC().Format(time.RFC3339), olderThan))
		}
	}
	contested, err := f.client.Contest(ctx, o.Unit, o.Objects)
	for _, c := range contested {
		because = append(because, c.Error())
	}
	return because, err
}

// Remove deletes what was left of a unit. Objects that carry another unit's or
// generation's tags by now are vetoed. Ask Keeps first.
func (f *Finder) Remove(ctx context.Context, o Orphan, force bool) error {
	return f.client.Remove(ctx, cloud.Removal{Inventory: f.client.InventoryOf(o.Objects), Owner: cloud.Owner{Unit: o.Unit, Generation: o.Generation}, Force: force})
}
