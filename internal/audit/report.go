// Package audit judges functions that already exist, managed by this provider
// or not, and writes down what it found.
package audit

import (
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// Report is what an audit found.
type Report struct {
	// Version is the provider's.
	Version string
	// At is when the account was read.
	At      time.Time
	Account string
	// Minimum is the posture that was asked for, or empty.
	Minimum   posture.Standard
	Functions []Function
	// Problems are calls that AWS refused. What they would have told is unknown.
	Problems []Problem
}

// Function is one function with its judgements.
type Function struct {
	Name, ARN, Region string
	// Managed says that it is a unit of this provider.
	Managed bool
	Runtime string
	// Score is of a hundred points; see posture.Score.
	Score      int64
	Judgements []posture.Judgement
}

// Problem is a call that AWS refused.
type Problem struct {
	Region string
	// Call is the IAM action that was asked for, lambda:GetPolicy.
	Call string
	// Code is AWS's error code.
	Code string
	// Functions is how many functions it left unknown.
	Functions int
	Message   string
}

// Fails lists the judgements that a minimum posture does not accept: controls
// that it asks for and that are not met.
func (r Report) Fails(f Function) []posture.Judgement {
	var out []posture.Judgement
	for _, j := range f.Judgements {
		if (j.Outcome == posture.Fail || j.Outcome == posture.NeedsInput) && r.Minimum != "" && j.AskedBy(r.Minimum) {
			out = append(out, j)
		}
	}
	return out
}
