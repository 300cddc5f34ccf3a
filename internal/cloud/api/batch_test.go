package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// counted answers every key with itself and notes the calls.
type counted struct {
	mu    sync.Mutex
	calls [][]string
	err   error
}

func (c *counted) fetch(_ context.Context, keys []string) (map[string]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, slices.Clone(keys))
	out := map[string]string{}
	for _, key := range keys {
		if key != "absent" {
			out[key] = key
		}
	}
	return out, c.err
}

func TestBatch_JoinsWhatIsAskedSideBySide(t *testing.T) {
	t.Parallel()
	c := &counted{}
	b := &batch[string]{fetch: c.fetch, limit: 100, window: 50 * time.Millisecond}
	var group sync.WaitGroup
	for unit := range 10 {
		group.Go(func() {
			keys := []string{fmt.Sprint("a", unit), fmt.Sprint("b", unit), "shared"}
			got, err := b.load(t.Context(), keys)
			if err != nil || len(got) != 3 {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	group.Wait()
	if len(c.calls) != 1 || len(c.calls[0]) != 21 {
		t.Errorf("%d calls, the first for %d keys", len(c.calls), len(c.calls[0]))
	}
}

func TestBatch_NeverAsksForMoreThanOneCallTakes(t *testing.T) {
	t.Parallel()
	c := &counted{}
	b := &batch[string]{fetch: c.fetch, limit: 10, window: 20 * time.Millisecond}
	var group sync.WaitGroup
	for unit := range 7 {
		group.Go(func() {
			keys := []string{fmt.Sprint("a", unit), fmt.Sprint("b", unit), fmt.Sprint("c", unit), fmt.Sprint("d", unit)}
			if got, err := b.load(t.Context(), keys); err != nil || len(got) != 4 {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	group.Wait()
	for _, keys := range c.calls {
		if len(keys) > 10 {
			t.Errorf("a call for %d keys", len(keys))
		}
	}
}

func TestBatch_AbsentKeysAreAbsentAndErrorsReachEverybody(t *testing.T) {
	t.Parallel()
	c := &counted{}
	b := &batch[string]{fetch: c.fetch, limit: 10, window: time.Millisecond}
	got, err := b.load(t.Context(), []string{"absent", "there"})
	if err != nil || len(got) != 1 || got["there"] != "there" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := b.load(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	c.err = errors.New("denied")
	if _, err := b.load(t.Context(), []string{"x"}); !errors.Is(err, c.err) {
		t.Errorf("%v", err)
	}
}

func TestBatch_OneWhoGivesUpDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	c := &counted{}
	b := &batch[string]{fetch: c.fetch, limit: 10, window: 50 * time.Millisecond}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.load(ctx, []string{"x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if got, err := b.load(t.Context(), []string{"y"}); err != nil || got["y"] != "y" {
		t.Errorf("%v, %v", got, err)
	}
}
