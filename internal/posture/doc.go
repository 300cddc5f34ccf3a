// Package posture judges a unit against the industry's controls. It is pure: a
// blueprint, desired or observed, and what a blueprint does not carry go in, a
// judgement of every control comes out. Nothing here reads a clock, so that a
// plan and its apply always agree; the expiry of waivers is checked by itself.
package posture

//go:generate go run ../tools/guide controls ../../templates/guides/controls.md
