// Package artifact reads deployment packages: a zip file as it is, or a
// directory as a zip that has the same bytes on every machine.
package artifact
