// Package awsmodel knows what AWS's own API models say about requests: which
// members an operation has and needs, how long and how large they may be, and
// which texts they match. The models are those of botocore, cut down to the
// operations that are called here.
//
// The models change, so everything read from them has a date: see Source.
package awsmodel

//go:generate go run ../tools/models -calls ../deployer/calls.json -roles ../access/roles.json.gz ../../facts/botocore.txt models.json.gz
