// Package tfvalue carries blueprint values into and out of Terraform: the
// same struct tags that name a blueprint's fields give the schema of the
// computed attribute, its documentation and both conversions.
package tfvalue
