package api

import (
	"context"
	"sync"
	"time"
)

// batch joins the questions of units that are refreshed side by side into one
// call. A question waits for others until the window closes or the call is
// full.
type batch[V any] struct {
	// fetch answers up to limit keys at once. A key without an answer is absent.
	fetch  func(ctx context.Context, keys []string) (map[string]V, error)
	limit  int
	window time.Duration

	mu      sync.Mutex
	pending *bundle[V]
}

// bundle is one call that is being put together.
type bundle[V any] struct {
	keys    []string
	known   map[string]bool
	flush   sync.Once
	done    chan struct{}
	answers map[string]V
	err     error
}

const (
	batchWindow = 25 * time.Millisecond
	// batchTimeout ends a call that nobody may be waiting for any more.
	batchTimeout = 2 * time.Minute
)

// load returns the answers for some keys, at most limit of them.
func (b *batch[V]) load(ctx context.Context, keys []string) (map[string]V, error) {
	if len(keys) == 0 {
		return map[string]V{}, nil
	}
	own := b.join(ctx, keys)
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-own.done:
	}
	if own.err != nil {
		return nil, own.err
	}
	out := make(map[string]V, len(keys))
	for _, key := range keys {
		if v, ok := own.answers[key]; ok {
			out[key] = v
		}
	}
	return out, nil
}

// join puts the keys into the bundle that is open, or opens one.
func (b *batch[V]) join(ctx context.Context, keys []string) *bundle[V] {
	b.mu.Lock()
	defer b.mu.Unlock()
	// The call outlives the one who happened to ask first.
	ctx = context.WithoutCancel(ctx)
	if full := b.pending; full != nil && len(full.keys)+len(keys) > b.limit {
		b.pending = nil
		go b.send(ctx, full)
	}
	if b.pending == nil {
		opened := &bundle[V]{known: map[string]bool{}, done: make(chan struct{})}
		b.pending = opened
		time.AfterFunc(b.window, func() { b.close(ctx, opened) })
	}
	for _, key := range keys {
		if !b.pending.known[key] {
			b.pending.known[key] = true
			b.pending.keys = append(b.pending.keys, key)
		}
	}
	return b.pending
}

func (b *batch[V]) close(ctx context.Context, own *bundle[V]) {
	b.mu.Lock()
	if b.pending == own {
		b.pending = nil
	}
	b.mu.Unlock()
	b.send(ctx, own)
}

func (b *batch[V]) send(ctx context.Context, own *bundle[V]) {
	own.flush.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, batchTimeout)
		defer cancel()
		own.answers, own.err = b.fetch(ctx, own.keys)
		close(own.done)
	})
}
