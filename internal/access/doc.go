// Package access knows what IAM knows: which actions there are, what each can
// be allowed on, and which condition keys it has. It uses the standard library
// only and reaches neither AWS nor Terraform.
package access

//go:generate go run ../tools/guide levels ../../templates/guides/access.md
