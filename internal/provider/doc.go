// Package provider is Terraform's face: schemas, diagnostics and the order in
// which the other packages are called. It holds no knowledge of AWS.
package provider
