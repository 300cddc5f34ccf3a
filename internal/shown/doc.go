// Package shown reads units out of what Terraform and OpenTofu show of plans
// and states.
package shown
