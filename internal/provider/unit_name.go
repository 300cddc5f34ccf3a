package provider

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"
)

// nameUnit puts the unit's name into the summary of every warning about it:
// Terraform prints warnings of one summary once, with how many more there are,
// whatever their details say. The configuration may be that of the unit, or its
// state.
func nameUnit(found []*tfprotov6.Diagnostic, configurations ...*tfprotov6.DynamicValue) error {
	warns := func(d *tfprotov6.Diagnostic) bool { return d.Severity == tfprotov6.DiagnosticSeverityWarning }
	if !slices.ContainsFunc(found, warns) {
		return nil
	}
	name := ""
	for _, c := range configurations {
		text, err := tfvalue.TextAttribute(c, "name")
		if err != nil {
			return err
		}
		name = cmp.Or(name, text)
	}
	for _, d := range found {
		if warns(d) && name != "" && !names(d.Summary, name) {
			d.Summary += fmt.Sprintf(" (unit %s)", name)
		}
	}
	return nil
}

// names reports whether a summary says which unit or function it is about.
func names(summary, unit string) bool {
	for _, kind := range []string{"Unit ", "Function "} {
		if rest, ok := strings.CutPrefix(summary, kind+unit); ok && (rest == "" || strings.ContainsAny(rest[:1], " :")) {
			return true
		}
	}
	return false
}
