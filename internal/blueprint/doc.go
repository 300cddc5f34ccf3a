// Package blueprint holds the one value everything else is a function of: every
// AWS object of a unit with every setting that matters.
//
// A [Spec] is what the user wrote, a [Blueprint] is what should exist or what
// does exist. Every leaf is a [Value]: null, unknown or known, so that a plan
// can be drawn before AWS has answered. The package uses the standard library
// only and reaches neither AWS nor Terraform.
package blueprint
