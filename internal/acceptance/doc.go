// Package acceptance tests the provider from outside: the real terraform or
// tofu binary applies configurations, and AWS's own API is asked what is really
// there.
//
// Without further settings it runs against the local sandbox. With
// SECURE_ACC_AWS=1 it runs against the account that the environment's
// credentials belong to; tests that read the sandbox's call recorder are then
// skipped and say so.
package acceptance
