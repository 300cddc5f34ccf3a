// Package orphans finds what units left behind that no state holds: after a run
// that was killed in the middle of a create, or a state that was lost.
package orphans
