package api

import (
	"sync"
)

// unoffered are features that the region turned out not to have. Each is told of
// once.
type unoffered struct {
	mu    sync.Mutex
	known map[string]bool
	fresh []string
}

func (u *unoffered) note(feature string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.known == nil {
		u.known = map[string]bool{}
	}
	if !u.known[feature] {
		u.known[feature] = true
		u.fresh = append(u.fresh, feature)
	}
}

// Unoffered returns the features that the region turned out not to have since
// the last time it was asked. They count as being at AWS's default.
func (c *Client) Unoffered() []string {
	c.unoffered.mu.Lock()
	defer c.unoffered.mu.Unlock()
	fresh := c.unoffered.fresh
	c.unoffered.fresh = nil
	return fresh
}

// UnlessOffered drops the error of a read for a feature that the region does not
// have, and for an absent object.
func (c *Client) UnlessOffered(feature string, err error) error {
	if NotOffered(err) {
		c.unoffered.note(feature)
		return nil
	}
	return IgnoreMissing(err)
}
