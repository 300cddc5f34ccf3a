// Package cli is the command line of the binary: what it does when Terraform
// did not start it. Each command has a file of its own.
package cli
