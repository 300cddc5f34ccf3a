package kinds

import (
	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Names of the kinds of objects whose names a new unit may find taken.
const (
	KindFunction = "Lambda function"
	KindRole     = "IAM role"
	KindPolicy   = "IAM policy"
	KindQueue    = "SQS queue"
	KindAlarm    = "CloudWatch alarm"
	KindKeyAlias = "KMS alias"
)

// IfTaken is one name that may be in use.
func IfTaken(kind string, name bp.String, exists func(name string) bool) []*Taken {
	if text, known := name.Get(); known && text != "" && exists(text) {
		return []*Taken{{Kind: kind, Name: text}}
	}
	return nil
}

// Taken says that a name is used by an object that is not this unit's.
type Taken struct {
	Kind string
	Name string
	Err  error
}

func (e *Taken) Error() string {
	text := "the " + e.Kind + " " + e.Name + " exists already and does not belong to this unit"
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Taken) Unwrap() error { return e.Err }
