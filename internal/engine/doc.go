// Package engine runs the steps of a unit in dependency order and repeats the
// ones AWS asks to repeat. It knows nothing of AWS, Terraform or the rest of
// this module.
package engine
