package provider

import "github.com/hashicorp/terraform-plugin-framework/diag"

// rewritten is a diagnostic with other words at the same place.
func rewritten(d diag.Diagnostic, severity diag.Severity, detail string) diag.Diagnostic {
	var out diag.Diagnostic = diag.NewErrorDiagnostic(d.Summary(), detail)
	if severity == diag.SeverityWarning {
		out = diag.NewWarningDiagnostic(d.Summary(), detail)
	}
	if at, ok := d.(diag.DiagnosticWithPath); ok {
		return diag.WithPath(at.Path(), out)
	}
	return out
}

func asWarnings(found diag.Diagnostics) diag.Diagnostics {
	var out diag.Diagnostics
	for _, d := range found {
		out.Append(rewritten(d, diag.SeverityWarning, d.Detail()))
	}
	return out
}

// withWayOut says at the first refusal for a unit that exists how to destroy it:
// a destroy plans first, and meets the refusal too.
func withWayOut(found diag.Diagnostics) diag.Diagnostics {
	var out diag.Diagnostics
	said := false
	for _, d := range found {
		if d.Severity() == diag.SeverityError && !said {
			said = true
			d = rewritten(d, diag.SeverityError, d.Detail()+"\n\nA destroy plans first, so this stops it as well. To destroy the unit as it is: terraform destroy -refresh=false.")
		}
		out.Append(d)
	}
	return out
}
