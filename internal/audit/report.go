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
	Minimum posture.Standard
	// Said is what states say of units, by the ARNs of their functions.
	Said      map[string]Said
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
	// Waived are the controls that are not met and that a waiver in force excuses, as
	// a state says.
	Waived map[string]Waiver
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

// excused reports whether a waiver in force excuses a control.
func (f Function) excused(id string) bool { _, is := f.Waived[id]; return is }

func (f Function) waiverOf(id string) *Waiver {
	if w, is := f.Waived[id]; is {
		return &w
	}
	return nil
}

// Fails lists the judgements that a minimum posture does not accept: controls
// that it asks for and that are not met.
func (r Report) Fails(f Function) []posture.Judgement {
	var out []posture.Judgement
	for _, j := range f.Judgements {
		if (j.Outcome == posture.Fail || j.Outcome == posture.NeedsInput) && r.Minimum != "" && j.AskedBy(r.Minimum) && !f.excused(j.ID) {
			out = append(out, j)
		}
	}
	return out
}
