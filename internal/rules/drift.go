package rules

import (
	"errors"
	"fmt"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// IgnoredPath checks a path whose drift is to be ignored.
func IgnoredPath(path string) error {
	err := blueprint.KeepPath(path)
	if err == nil {
		return nil
	}
	v := &Violation{
		What:  fmt.Sprintf("%q is not a setting that can be left to others", path),
		Why:   err.Error(),
		Write: "Write a path into managed, such as \"alarms.errors.threshold\"",
	}
	if meant := nearestPath(path); errors.Is(err, blueprint.ErrNoSetting) && meant != "" {
		v.Write = fmt.Sprintf("Write %q", meant)
	}
	if own, ok := errors.AsType[*blueprint.KeepError](err); ok {
		v.Write = own.Write
	}
	return v
}

// nearestPath is the setting that a path is a slip of, with its component or
// without: environment is function.environment. Empty for none, and for one of
// several.
func nearestPath(written string) string {
	written = strings.ToLower(written)
	best, least, several := "", 0, false
	for _, path := range blueprint.KeepPaths() {
		off := levenshtein.Distance(written, path, nil)
		for short := path; off > 0 && short != ""; {
			_, short, _ = strings.Cut(short, ".")
			off = min(off, levenshtein.Distance(written, short, nil))
		}
		switch {
		case off > min(2, len(written)/4), best != "" && off > least:
		case best != "" && off == least:
			several = true
		default:
			best, least, several = path, off, false
		}
	}
	if several {
		return ""
	}
	return best
}
