// Package render writes a unit down in other people's languages: as a
// CloudFormation or SAM template, or as a Terraform module of plain resources.
// Scanners can read those, and whoever leaves this provider can keep them. It
// is pure: a blueprint goes in, a text comes out.
package render
