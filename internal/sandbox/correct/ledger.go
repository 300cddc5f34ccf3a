package correct

import (
	"maps"
	"sync"
)

// Locks serialise the calls that change one thing.
type Locks struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

// Lock waits for the lock of a key.
func (k *Locks) Lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*sync.Mutex{}
	}
	lock, ok := k.locks[key]
	if !ok {
		lock = &sync.Mutex{}
		k.locks[key] = lock
	}
	k.mu.Unlock()
	lock.Lock()
	return lock.Unlock
}

// Ledger is a concurrent map for what passing calls have shown.
type Ledger[V any] struct {
	mu     sync.Mutex
	values map[string]V
}

// Get is what is known for a key.
func (l *Ledger[V]) Get(key string) (V, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	value, ok := l.values[key]
	return value, ok
}

// Put replaces what is known for a key.
func (l *Ledger[V]) Put(key string, value V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.values == nil {
		l.values = map[string]V{}
	}
	l.values[key] = value
}

// Drop forgets a key.
func (l *Ledger[V]) Drop(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.values, key)
}

// All is a copy.
func (l *Ledger[V]) All() map[string]V {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.values)
}

// Any reports whether anything is known.
func (l *Ledger[V]) Any() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.values) > 0
}
