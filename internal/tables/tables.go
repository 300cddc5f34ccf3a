// Package tables lists every table about AWS that is embedded in the binary,
// with its day and its source, so that a user can see how old an answer may be.
package tables

import (
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

// Table is one of them. Day and Source are read from the table itself.
type Table struct {
	Name string
	// File is the embedded file, from internal.
	File string
	// Day is when AWS was so, as 2026-11-20.
	Day    string
	Source string
}

// All lists the tables by name.
func All() ([]Table, error) {
	models, err := awsmodel.Load()
	if err != nil {
		return nil, err
	}
	actions := access.Catalogue()
	escalated, escalators := access.EscalationsRead()
	passed, passers := access.RolesRead()
	first, last := rules.LimitsRead()
	return []Table{
		{"API models", "awsmodel/models.json.gz", models.Date, "botocore " + models.Botocore},
		{"escalations", "access/escalations.json.gz", escalated, escalators},
		{"IAM actions", "access/actions.gz", actions.Updated(), actions.Source()},
		{"limits", "rules/limits.json", first, "pages of AWS, the last read on " + last},
		{"passed roles", "access/roles.json.gz", passed, passers},
		{"runtimes", "artifact/runtimes.json.gz", artifact.RuntimesRead().Format(time.DateOnly), artifact.RuntimesSource()},
	}, nil
}
