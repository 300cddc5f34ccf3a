package provider

import (
	"slices"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func lateUnit() bp.Blueprint {
	return bp.Blueprint{
		Key:    bp.Known(bp.Key{ARN: bp.Known("arn:key"), Alias: bp.Known("alias/secure/x"), Enabled: bp.Known(true), Rotation: bp.Known(true)}),
		Role:   bp.Known(bp.Role{Name: bp.Known("x"), AttachedPolicies: bp.Known(bp.SetOf("arn:policy"))}),
		Policy: bp.Known(bp.Policy{ARN: bp.Known("arn:policy")}),
		Queue:  bp.Known(bp.Queue{ARN: bp.Known("arn:queue"), RetentionSeconds: bp.Known[int64](1209600), KMSKeyARN: bp.Known("arn:key")}),
	}
}

// TestWritten_StaleIsWhatWasThereBefore and nothing else.
func TestWritten_StaleIsWhatWasThereBefore(t *testing.T) {
	t.Parallel()
	made := decodeWritten(writtens{noteWritten(bp.Blueprint{}, lateUnit(), time.Now())}.encode())[0]
	changed := lateUnit()
	queue := changed.Queue.Or(bp.Queue{})
	queue.RetentionSeconds = bp.Known[int64](604800)
	changed.Queue = bp.Known(queue)
	updated := noteWritten(lateUnit(), changed, time.Now())
	see := func(b bp.Blueprint, edit func(*bp.Blueprint)) bp.Blueprint { edit(&b); return b }
	retention := func(seconds int64) func(*bp.Blueprint) {
		return func(b *bp.Blueprint) {
			q := b.Queue.Or(bp.Queue{})
			q.RetentionSeconds = bp.Known(seconds)
			b.Queue = bp.Known(q)
		}
	}
	for name, c := range map[string]struct {
		note         written
		wanted, seen bp.Blueprint
		stale        []string
	}{
		"all is there":                       {made, lateUnit(), lateUnit(), nil},
		"a new role is not seen":             {made, lateUnit(), see(lateUnit(), func(b *bp.Blueprint) { b.Role = bp.Null[bp.Role]() }), []string{"role"}},
		"a new key does not rotate yet":      {made, lateUnit(), see(lateUnit(), func(b *bp.Blueprint) { k := b.Key.Or(bp.Key{}); k.Rotation = bp.Known(false); b.Key = bp.Known(k) }), []string{"key.rotation"}},
		"a new key has no alias yet":         {made, lateUnit(), see(lateUnit(), func(b *bp.Blueprint) { k := b.Key.Or(bp.Key{}); k.Alias = bp.Null[string](); b.Key = bp.Known(k) }), []string{"key.alias"}},
		"a new key that others disabled":     {made, lateUnit(), see(lateUnit(), func(b *bp.Blueprint) { k := b.Key.Or(bp.Key{}); k.Enabled = bp.Known(false); b.Key = bp.Known(k) }), nil},
		"a new queue has what SQS gives":     {made, lateUnit(), see(lateUnit(), retention(345600)), []string{"dead_letter_queue.retention_seconds"}},
		"a new queue that others changed":    {made, lateUnit(), see(lateUnit(), retention(60)), nil},
		"a change is not seen yet":           {updated, changed, see(changed, retention(1209600)), []string{"dead_letter_queue.retention_seconds"}},
		"others changed it since":            {updated, changed, see(changed, retention(120)), nil},
		"what was not changed is not there":  {updated, changed, see(changed, func(b *bp.Blueprint) { b.Role = bp.Null[bp.Role]() }), nil},
		"nothing is known of the last apply": {written{}, lateUnit(), see(lateUnit(), retention(345600)), nil},
	} {
		if got := c.note.stale(c.wanted, c.seen); !slices.Equal(got, c.stale) {
			t.Errorf("%s: stale is %v, want %v", name, got, c.stale)
		}
	}
}

// TestWritten_SettlesWithinItsTime looks again only soon after the apply, but for
// a role always: IAM may not find one for a moment.
func TestWritten_SettlesWithinItsTime(t *testing.T) {
	t.Parallel()
	now := time.Now()
	note := writtens{noteWritten(bp.Blueprint{}, lateUnit(), now)}
	state := unitState{outputs: outputs{Managed: bp.Known(lateUnit())}}
	without := func(edit func(*bp.Blueprint)) cloud.Observation {
		b := lateUnit()
		b.Function = bp.Known(bp.Function{})
		edit(&b)
		return cloud.Observation{Blueprint: b}
	}
	noQueue := without(func(b *bp.Blueprint) { b.Queue = bp.Null[bp.Queue]() })
	noRole := without(func(b *bp.Blueprint) { b.Role = bp.Null[bp.Role]() })
	soon, budget := note.settled(state, now.Add(30*time.Second))
	if !soon(noQueue, 1) || !soon(noQueue, 9) || budget != 45*time.Second {
		t.Errorf("30 s after the apply it is not looked again, with a budget of %s", budget)
	}
	late, budget := note.settled(state, now.Add(time.Hour))
	if late(noQueue, 1) || budget != 0 {
		t.Errorf("an hour after the apply it is looked again, with a budget of %s", budget)
	}
	if !late(noRole, 1) || !late(noRole, 2) || late(noRole, 3) {
		t.Error("a role that is missing is not looked for twice more")
	}
	// A retention may take a quarter of an hour, and is not waited for.
	o := without(func(b *bp.Blueprint) {
		q := b.Queue.Or(bp.Queue{})
		q.RetentionSeconds = bp.Known[int64](defaultRetentionSeconds)
		b.Queue = bp.Known(q)
	})
	if soon(o, 1) {
		t.Error("a retention is waited for")
	}
	note.assumeRetention(state, &o, now.Add(10*time.Minute))
	if got := o.Queue.Or(bp.Queue{}).RetentionSeconds; got != bp.Known[int64](1209600) {
		t.Errorf("ten minutes after the apply the retention is %v", got)
	}
	// Another apply since then does not make it forgotten, and a clock that is
	// ahead hides nothing for ever.
	later := note.with(noteWritten(lateUnit(), lateUnit(), now.Add(2*time.Minute)))
	o.Queue = bp.Map(o.Queue, func(q bp.Queue) bp.Queue { q.RetentionSeconds = bp.Known[int64](defaultRetentionSeconds); return q })
	later.assumeRetention(state, &o, now.Add(10*time.Minute))
	if got := o.Queue.Or(bp.Queue{}).RetentionSeconds; got != bp.Known[int64](1209600) {
		t.Errorf("after another apply the retention is %v", got)
	}
	if kept := later.with(written{At: now.Add(time.Hour)}); len(kept) != 1 {
		t.Errorf("an hour later %d notes are kept", len(kept))
	}
	if _, budget := note.settled(state, now.Add(-time.Hour)); budget > 0 {
		t.Errorf("a note from the future has a budget of %s", budget)
	}
}
