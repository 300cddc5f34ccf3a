// Package cloud reads and changes the AWS objects of a unit, one file for each
// kind. It gets a blueprint of what should exist and returns one of what does.
package cloud
