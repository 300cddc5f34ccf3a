// Package deployer derives what IAM must allow the principal that runs
// Terraform: the least for a plan, an apply and a destroy.
//
// calls.json says which calls each phase makes, needs_*.go which actions a call
// needs on which objects and under which conditions, and [Options] where the
// units live and what of the account they use. Everything is derived from those
// three: no statement is written down as such.
package deployer

//go:generate go run ../tools/permissions ../../examples/permissions
