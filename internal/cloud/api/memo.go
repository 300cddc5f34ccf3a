package api

import (
	"sync"
)

// Memo remembers answers about what many units of one configuration name, such
// as a topic or the house key, so that it is looked at once.
type Memo[V any] struct {
	mu    sync.Mutex
	known map[string]*recalled[V]
}

type recalled[V any] struct {
	mu    sync.Mutex
	valid bool
	value V
}

// Load returns the answer for a key. One that lasts is recalled; errors are
// not.
func (m *Memo[V]) Load(key string, fetch func() (value V, lasts bool, err error)) (V, error) {
	m.mu.Lock()
	if m.known == nil {
		m.known = map[string]*recalled[V]{}
	}
	entry := m.known[key]
	if entry == nil {
		entry = &recalled[V]{}
		m.known[key] = entry
	}
	m.mu.Unlock()
	entry.mu.Lock()
	defer entry.mu.Unlock()
	if entry.valid {
		return entry.value, nil
	}
	value, lasts, err := fetch()
	if err == nil && lasts {
		entry.value, entry.valid = value, true
	}
	return value, err
}
