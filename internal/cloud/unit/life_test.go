package unit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// The kinds of these tests are made up: a base that is made first, a middle on it, and a
// top that callers reach through an alias. They borrow where a blueprint has a key, a
// queue and a function, and nothing of what those are.
const (
	base   = bp.ComponentKey
	middle = bp.ComponentQueue
	top    = bp.ComponentFunction
	alias  = bp.ComponentAlias

	baseARN   = "arn:aws:kms:eu-central-1:111122223333:key/base"
	middleARN = "arn:aws:sqs:eu-central-1:111122223333:middle"
	topARN    = "arn:aws:lambda:eu-central-1:111122223333:function:top"
	otherARN  = "arn:aws:sqs:eu-central-1:111122223333:before"
)

// world is what exists outside: the tags of objects, and what was done to them.
type world struct {
	mu    sync.Mutex
	done  []string
	tags  map[string]map[string]string
	fails map[string]error  // by what would be done
	then  map[string]func() // after it was done
}

func (w *world) do(what string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.fails[what]; err != nil {
		return err
	}
	w.done = append(w.done, what)
	if after := w.then[what]; after != nil {
		after()
	}
	return nil
}

func (w *world) did(t *testing.T, want ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.done, want) {
		t.Errorf("done: %q\nwant: %q", w.done, want)
	}
}

func is(arn string) func(string) bool { return func(other string) bool { return other == arn } }

// kind is one that only notes what is done to it.
func (w *world) kind(c bp.Component, arn string, after, outlives []string) kinds.Kind {
	return kinds.Kind{
		Component: c, Is: is(arn), Outlives: outlives,
		Steps: kinds.Steps(kinds.Step{ID: c.Name, After: after, Run: func(_ context.Context, u *kinds.Unit) error {
			if err := w.do("make " + c.Name); err != nil {
				return err
			}
			u.Known(c.Name, arn, bp.Null[string]())
			return nil
		}}),
		Identify: func(_ context.Context, _ *api.Client, arn string) (map[string]string, string, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if tags, exists := w.tags[arn]; exists {
				return tags, "", nil
			}
			return nil, "", &smithy.GenericAPIError{Code: "NotFoundException"}
		},
		Remove: func(_ context.Context, _ *api.Client, arn string) error { return w.do("remove " + arn) },
	}
}

// table has the made-up kinds, made from base to top and removed from top to base.
func (w *world) table() kinds.Table {
	served := kinds.Kind{Component: bp.AliasComponent(), Steps: kinds.Steps(kinds.Step{
		ID: alias, After: []string{top}, Run: func(context.Context, *kinds.Unit) error { return w.do("shift") },
	})}
	mid := w.kind(bp.QueueComponent(), middleARN, []string{base}, []string{top})
	mid.Is = func(arn string) bool { return arn == middleARN || arn == otherARN }
	return kinds.Table{
		w.kind(bp.FunctionComponent(), topARN, []string{middle}, nil), served, mid,
		w.kind(bp.KeyComponent(), baseARN, nil, []string{top, middle}),
	}
}

// clock stands still except for sleeps, which end at once.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return context.Cause(ctx)
}

func (w *world) units(all kinds.Table) *Units {
	quiet := func(context.Context, string, map[string]any) {}
	return New(&api.Client{Clock: &clock{}, Log: quiet, Inform: quiet, Ignore: func(string) bool { return false }}, all)
}

func tagged(unit, generation string) map[string]string {
	return map[string]string{bp.TagUnit: unit, bp.TagGeneration: generation}
}

func wanted() bp.Blueprint {
	return bp.Blueprint{
		Tags:     api.ValueTags(tagged("top", "new")),
		Key:      bp.Known(bp.Key{ARN: bp.Known(baseARN), Description: bp.Known("new")}),
		Queue:    bp.Known(bp.Queue{ARN: bp.Known(middleARN), RetentionSeconds: bp.Known[int64](60)}),
		Function: bp.Known(bp.Function{ARN: bp.Known(topARN), Name: bp.Known("top"), Timeout: bp.Known[int64](30)}),
		Alias:    bp.Known(bp.Alias{Name: bp.Known("live")}),
		Version:  bp.Known(bp.Version{Number: bp.Unknown[string]()}),
	}
}

func job(observed bp.Blueprint) kinds.Job {
	return kinds.Job{Draft: func(kinds.Learned) bp.Blueprint { return wanted() }, Observed: observed}
}

func TestApply_MakesFromBaseToTop(t *testing.T) {
	t.Parallel()
	w := &world{}
	result, err := w.units(w.table()).Apply(t.Context(), job(bp.Blueprint{}))
	if err != nil {
		t.Fatal(err)
	}
	w.did(t, "make "+base, "make "+middle, "make "+top, "shift")
	if want := wanted(); !bp.Equal(result.Managed.Key, want.Key) || !bp.Equal(result.Managed.Queue, want.Queue) || !bp.Equal(result.Managed.Function, want.Function) {
		t.Errorf("managed: %+v", result.Managed)
	}
	if !result.Shifted() || !result.Has(base) || !result.Has(top) {
		t.Errorf("shifted %t, learned %+v", result.Shifted(), result.Learned)
	}
}

// TestApply_PartOfIt keeps what was done and what was there before, and no more.
func TestApply_PartOfIt(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	w := &world{fails: map[string]error{"make " + middle: refused}}
	before := bp.Blueprint{Queue: bp.Known(bp.Queue{ARN: bp.Known(middleARN), RetentionSeconds: bp.Known[int64](30)})}
	result, err := w.units(w.table()).Apply(t.Context(), job(before))
	if !errors.Is(err, refused) || !strings.Contains(err.Error(), middle) {
		t.Errorf("%v does not name %s", err, middle)
	}
	w.did(t, "make "+base)
	if !bp.Equal(result.Managed.Key, wanted().Key) || !bp.Equal(result.Managed.Queue, before.Queue) || result.Managed.Function.IsKnown() {
		t.Errorf("managed: %+v", result.Managed)
	}
	if result.Shifted() || result.Has(middle) || !result.Has(base) {
		t.Errorf("learned %+v", result.Learned)
	}
}

// TestApply_Cancelled begins nothing after the cancellation.
func TestApply_Cancelled(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	w := &world{then: map[string]func(){"make " + middle: func() { cancel(stopped) }}}
	result, err := w.units(w.table()).Apply(ctx, job(bp.Blueprint{}))
	if !errors.Is(err, stopped) {
		t.Errorf("got %v", err)
	}
	w.did(t, "make "+base, "make "+middle)
	if !result.Managed.Queue.IsKnown() || result.Managed.Function.IsKnown() {
		t.Errorf("managed: %+v", result.Managed)
	}
}

// TestApply_WhatWasReplacedGoesLast and only if it is the unit's and nothing uses it.
func TestApply_WhatWasReplacedGoesLast(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tags map[string]string
		goes bool
	}{
		"the unit's":       {tagged("top", "new"), true},
		"another unit's":   {tagged("other", "new"), false},
		"never tagged":     {map[string]string{}, false},
		"of an old create": {tagged("top", "old"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{tags: map[string]map[string]string{otherARN: c.tags, middleARN: tagged("top", "new")}}
			j := job(bp.Blueprint{})
			j.Known = kinds.Learned{Superseded: []string{otherARN, middleARN}}
			result, err := w.units(w.table()).Apply(t.Context(), j)
			if err != nil {
				t.Fatal(err)
			}
			made := []string{"make " + base, "make " + middle, "make " + top, "shift"}
			if c.goes {
				made = append(made, "remove "+otherARN)
			}
			w.did(t, made...)
			if len(result.Superseded) > 0 || slices.Contains(result.Left, otherARN) == c.goes {
				t.Errorf("superseded %v, left %v", result.Superseded, result.Left)
			}
		})
	}
}

// TestApply_WaitsBeforeItTakesAway gives invocations of the version before the time
// that they have.
func TestApply_WaitsBeforeItTakesAway(t *testing.T) {
	t.Parallel()
	for _, takes := range []bool{true, false} {
		t.Run(fmt.Sprint(takes), func(t *testing.T) {
			t.Parallel()
			w := &world{}
			all := w.table()
			all[3].TakesAway = func(bp.Blueprint, bp.Blueprint) bool { return takes }
			all[3].Narrow = func(context.Context, *kinds.Unit) error { return w.do("narrow") }
			before := wanted()
			before.Version = bp.Known(bp.Version{Number: bp.Known("1")})
			units := w.units(all)
			if _, err := units.Apply(t.Context(), job(before)); err != nil {
				t.Fatal(err)
			}
			w.did(t, "make "+base, "make "+middle, "make "+top, "shift", "narrow")
			if waited := !units.Clock.Now().IsZero(); waited != takes {
				t.Errorf("waited: %t", waited)
			}
		})
	}
}

func inventory() bp.Inventory {
	identity := func(arn string) bp.Value[bp.Identity] { return bp.Known(bp.Identity{ARN: bp.Known(arn)}) }
	return bp.Inventory{Key: identity(baseARN), Queue: identity(middleARN), Function: identity(topARN)}
}

func TestRemove_FromTopToBase(t *testing.T) {
	t.Parallel()
	mine := tagged("top", "new")
	w := &world{tags: map[string]map[string]string{baseARN: mine, middleARN: mine, topARN: mine}}
	if err := w.units(w.table()).Remove(t.Context(), kinds.Removal{Inventory: inventory(), Owner: kinds.Owner{Unit: "top", Generation: "new"}}); err != nil {
		t.Fatal(err)
	}
	w.did(t, "remove "+topARN, "remove "+middleARN, "remove "+baseARN)
}

// TestRemove_PassesOverWhatIsGone and leaves what is another's, with all that this one
// needs.
func TestRemove_PassesOverWhatIsGone(t *testing.T) {
	t.Parallel()
	mine := tagged("top", "new")
	w := &world{tags: map[string]map[string]string{baseARN: mine, topARN: mine}}
	if err := w.units(w.table()).Remove(t.Context(), kinds.Removal{Inventory: inventory(), Owner: kinds.Owner{Unit: "top", Generation: "new"}}); err != nil {
		t.Fatal(err)
	}
	w.did(t, "remove "+topARN, "remove "+baseARN)

	w = &world{tags: map[string]map[string]string{baseARN: mine, middleARN: tagged("other", "new"), topARN: mine}}
	err := w.units(w.table()).Remove(t.Context(), kinds.Removal{Inventory: inventory(), Owner: kinds.Owner{Unit: "top", Generation: "new"}})
	if foreign, is := errors.AsType[*kinds.Foreign](err); !is || foreign.ARN != middleARN {
		t.Errorf("got %v", err)
	}
	w.did(t, "remove "+topARN)
}

// TestRemove_AsksBeforeItBegins what would be lost, and removes nothing then.
func TestRemove_AsksBeforeItBegins(t *testing.T) {
	t.Parallel()
	mine := tagged("top", "new")
	for name, stop := range map[string]func(*kinds.Kind, error){
		"the last look": func(k *kinds.Kind, err error) { k.Refuse = func(kinds.Removal) error { return err } },
		"a look now": func(k *kinds.Kind, err error) {
			k.Guard = func(context.Context, *api.Client, string, bool) error { return err }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{tags: map[string]map[string]string{baseARN: mine, middleARN: mine, topARN: mine}}
			full := errors.New("it is not empty")
			all := w.table()
			stop(&all[2], full)
			all[0].Outlives = []string{kinds.TaskMessages}
			err := w.units(all).Remove(t.Context(), kinds.Removal{Inventory: inventory(), Owner: kinds.Owner{Unit: "top", Generation: "new"}})
			if !errors.Is(err, full) {
				t.Errorf("got %v", err)
			}
			w.did(t)
		})
	}
}

// TestObserve_SettlesInTheOrderOfMaking: what an object is can depend on what it was
// made after.
func TestObserve_SettlesInTheOrderOfMaking(t *testing.T) {
	t.Parallel()
	w := &world{}
	all := w.table()
	for i := range all {
		name := all[i].Name
		all[i].Looks = func(_ *api.Client, t kinds.Target, _ *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
			return []kinds.Look{{What: name, Name: t.Refs[name].ARN, Find: func(context.Context) error { return w.fails[name] }}},
				func(context.Context) error { return w.do("settle " + name) }
		}
	}
	target := kinds.Target{Unit: "top", Refs: map[string]kinds.Ref{middle: {ARN: middleARN}}}
	if _, err := w.units(all).Observe(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	w.did(t, "settle "+base, "settle "+middle, "settle "+alias, "settle "+top)

	refused := errors.New("refused")
	w.done, w.fails = nil, map[string]error{middle: refused, top: errors.New("nobody asks about it")}
	if _, err := w.units(all).Observe(t.Context(), target); !errors.Is(err, refused) || !strings.Contains(err.Error(), middleARN) {
		t.Errorf("got %v", err)
	}
	w.did(t)
}

// roleOf is a client that knows one role.
func roleOf(c *api.Client, tags map[string]string, made time.Time) {
	c.IAM.GetRole = func(_ context.Context, in *iam.GetRoleInput, _ ...func(*iam.Options)) (*iam.GetRoleOutput, error) {
		arn, id := ordersRole, "AROA"
		return &iam.GetRoleOutput{Role: &iamtypes.Role{Arn: &arn, RoleId: &id, RoleName: in.RoleName, CreateDate: &made, Tags: api.ToIAMTags(tags)}}, nil
	}
}

// TestClaim_Resumes takes up what a run left unfinished, unless something about it speaks
// against its tags: then it is named, and not a tag is set.
func TestClaim_Resumes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		phase    string
		disputed bool
		adopts   bool
		marks    int
	}{
		"given up":                  {kinds.PhaseUnfinished, false, true, 1},
		"given up, and disputed":    {kinds.PhaseUnfinished, true, false, 0},
		"complete":                  {"", false, false, 0},
		"of a run that died":        {kinds.PhaseCreating, false, true, 1},
		"of a run that died, other": {kinds.PhaseCreating, true, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{}
			all := w.table()
			anchor := kinds.Kind{Component: bp.RoleComponent(), Anchors: true, Claim: func(context.Context, *api.Client, bp.Blueprint, map[string]string) (string, error) {
				return "", &kinds.Taken{Kind: kinds.KindRole, Name: "orders"}
			}}
			disputes := 0
			all[2].Adopt = func(context.Context, *api.Client, bp.Blueprint, kinds.Owner) (kinds.Ref, error) {
				return kinds.Ref{ARN: middleARN}, nil
			}
			all[2].Looks = func(_ *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
				return []kinds.Look{{What: middle, Name: t.Refs[middle].ARN, Find: func(context.Context) error {
					o.Queue = bp.Known(bp.Queue{ARN: bp.Known(middleARN)})
					return nil
				}}}, nil
			}
			all[2].Dispute = func(ctx context.Context, d *kinds.Disputes) {
				disputes++
				d.Judge(ctx, middleARN, d.Is.Queue.IsKnown(), func() ([]string, error) {
					if c.disputed {
						return []string{"it is somebody's"}, nil
					}
					return nil, nil
				})
			}
			units := w.units(append(all, anchor))
			tags := tagged("top", "old")
			if c.phase != "" {
				tags[bp.TagState] = kinds.Marker{Phase: c.phase, Run: "before"}.String()
			}
			roleOf(units.Client, tags, time.Unix(0, 0))
			marked := 0
			units.IAM.TagRole = func(context.Context, *iam.TagRoleInput, ...func(*iam.Options)) (*iam.TagRoleOutput, error) {
				marked++
				return &iam.TagRoleOutput{}, nil
			}
			want := wanted()
			want.Role = bp.Known(bp.Role{Name: bp.Known("orders"), ARN: bp.Known(ordersRole)})
			claim, err := units.Claim(t.Context(), want, kinds.Handed{})
			if (err == nil) != c.adopts || claim.Adopted != c.adopts || marked != c.marks {
				t.Errorf("adopted %t, marked %d times, %v", claim.Adopted, marked, err)
			}
			if c.disputed {
				if other, is := errors.AsType[*kinds.Disputed](err); !is || other.ARN != middleARN {
					t.Errorf("got %v", err)
				}
			}
			if c.adopts && !claim.Found.Queue.IsKnown() {
				t.Errorf("found %+v", claim.Found)
			}
		})
	}
}

var _ engine.Clock = (*clock)(nil)
