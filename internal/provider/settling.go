package provider

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// IAM, KMS and SQS may answer a read with what was there before a write. So an
// apply notes what the objects looked like before it, and a refresh that sees
// exactly that again, soon after, looks once more before it calls it drift.

// privateWritten is the private-state key of that note.
const privateWritten = "written"

const (
	// settlesWithin is how long after a write a read may show what was there
	// before. SQS documents 60 seconds, KMS and IAM less.
	// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
	// https://docs.aws.amazon.com/kms/latest/developerguide/programming-eventual-consistency.html
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
	settlesWithin = 75 * time.Second
	// retentionWithin is how long the retention of a queue may take, too long
	// to wait for.
	retentionWithin = 15 * time.Minute
	// retentionPath is the leaf that it is about.
	retentionPath = "dead_letter_queue.retention_seconds"
	// looksForRole is how often a role that is missing is looked for.
	looksForRole = 3
)

// written is the note of an apply: when it ended, and what every setting that it
// changed was before, by path and as a digest. Absent lists the objects that did
// not exist.
type written struct {
	At     time.Time         `json:"at"`
	Before map[string]string `json:"before,omitempty"`
	Absent []string          `json:"absent,omitempty"`
}

// lagging are the parts of a unit whose reads lag behind, with what AWS shows of
// one that was just made.
func lagging(b bp.Blueprint) map[string]struct{ is, fresh any } {
	type part = struct{ is, fresh any }
	key, role, queue := b.Key.Or(bp.Key{}), b.Role.Or(bp.Role{}), b.Queue.Or(bp.Queue{})
	key.Rotation, key.Alias = bp.Known(false), bp.Null[string]()
	role.AttachedPolicies = bp.Known(bp.Set{})
	queue.RetentionSeconds, queue.KMSKeyARN, queue.Policy = bp.Known[int64](defaultRetentionSeconds), bp.Null[string](), bp.Known(bp.QueuePolicy{})
	return map[string]part{
		"key": {b.Key, key}, "role": {b.Role, role}, "policy": {b.Policy, b.Policy.Or(bp.Policy{})}, "dead_letter_queue": {b.Queue, queue},
	}
}

// defaultRetentionSeconds is what SQS gives a queue that asks for nothing.
const defaultRetentionSeconds = 4 * 24 * 60 * 60

func leavesOf(part any) map[string]string {
	out := map[string]string{}
	for _, leaf := range bp.Leaves(part) {
		out[leaf.Path] = bp.HashText(fmt.Sprintf("%v %#v", leaf.State, leaf.Value))[:16]
	}
	return out
}

// noteWritten compares what was there before an apply with what is there now.
func noteWritten(before, after bp.Blueprint, now time.Time) written {
	note := written{At: now.UTC(), Before: map[string]string{}}
	was := lagging(before)
	for name, part := range lagging(after) {
		state, _ := part.is.(bp.Node).Inspect()
		if state != bp.StateKnown {
			continue
		}
		had, old := was[name].is, any(nil)
		if state, _ := had.(bp.Node).Inspect(); state == bp.StateKnown {
			old = had
		} else {
			note.Absent, old = append(note.Absent, name), part.fresh
		}
		earlier, current := leavesOf(old), leavesOf(part.is)
		for path := range union(earlier, current) {
			if earlier[path] != current[path] {
				note.Before[name+"."+path] = earlier[path]
			}
		}
	}
	return note
}

// writtens are the notes of the applies of the last quarter of an hour, the
// oldest first.
type writtens []written

// with adds a note and drops those that are out of date.
func (w writtens) with(note written) writtens {
	var out writtens
	for _, earlier := range w {
		if elapsed(earlier.At, note.At) < retentionWithin {
			out = append(out, earlier)
		}
	}
	return append(out, note)
}

// elapsed is the time since a note, which another machine may have taken: a note
// from the future says nothing.
func elapsed(at, now time.Time) time.Duration {
	if since := now.Sub(at); since > -clocksDiffer {
		return max(0, since)
	}
	return retentionWithin
}

// clocksDiffer is how far the clocks of two machines may be apart.
const clocksDiffer = 5 * time.Second

func (w writtens) encode() []byte {
	text, err := json.Marshal(w)
	if err != nil {
		return nil // times and texts always marshal
	}
	return text
}

func decodeWritten(text []byte) writtens {
	var w writtens
	if json.Unmarshal(text, &w) != nil {
		return nil
	}
	return w
}

// stale lists the settings that are seen as they were before the last apply.
func (w written) stale(wanted, observed bp.Blueprint) []string {
	var out []string
	found := lagging(observed)
	for name, part := range lagging(wanted) {
		if state, _ := part.is.(bp.Node).Inspect(); state != bp.StateKnown {
			continue
		}
		seen := found[name].is
		if state, _ := seen.(bp.Node).Inspect(); state != bp.StateKnown {
			if slices.Contains(w.Absent, name) {
				out = append(out, name)
			}
			continue
		}
		want, have := leavesOf(part.is), leavesOf(seen)
		for path := range union(want, have) {
			before, changed := w.Before[name+"."+path]
			if changed && have[path] != want[path] && have[path] == before {
				out = append(out, name+"."+path)
			}
		}
	}
	return out
}

func union(a, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for _, m := range []map[string]string{a, b} {
		for path := range m {
			all[path] = true
		}
	}
	return all
}

// settled decides whether a look at a unit has to be taken again, and says for
// how long in all.
func (w writtens) settled(state unitState, now time.Time) (again func(cloud.Observation, int) bool, budget time.Duration) {
	managed := state.Managed.Or(bp.Blueprint{})
	for _, note := range w {
		budget = max(budget, settlesWithin-elapsed(note.At, now))
	}
	return func(o cloud.Observation, looks int) bool {
		if managed.Role.IsKnown() && o.Role.IsNull() && o.Exists() && looks < looksForRole {
			return true
		}
		for _, note := range w {
			for _, path := range note.stale(managed, o.Blueprint) {
				if path != retentionPath && elapsed(note.At, now) < settlesWithin {
					return true
				}
			}
		}
		return false
	}, budget
}

// assumeRetention fills in the retention of a queue that SQS does not show yet.
func (w writtens) assumeRetention(state unitState, o *cloud.Observation, now time.Time) {
	managed := state.Managed.Or(bp.Blueprint{})
	for _, note := range w {
		if elapsed(note.At, now) >= retentionWithin || !slices.Contains(note.stale(managed, o.Blueprint), retentionPath) {
			continue
		}
		queue, seen := o.Queue.Get()
		if want, wanted := managed.Queue.Get(); seen && wanted {
			queue.RetentionSeconds = want.RetentionSeconds
			o.Queue = bp.Known(queue)
		}
	}
}
