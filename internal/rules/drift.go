package rules

import (
	"errors"
	"fmt"

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
	if own, ok := errors.AsType[*blueprint.KeepError](err); ok {
		v.Write = own.Write
	}
	return v
}
