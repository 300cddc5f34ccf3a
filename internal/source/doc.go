// Package source reads the configuration files that a Terraform or OpenTofu run
// works on and finds names in them that the core drops in silence: unknown names
// inside an object that is given to an attribute. It reads literal text only and
// evaluates nothing. What it cannot read or follow it leaves alone.
package source
