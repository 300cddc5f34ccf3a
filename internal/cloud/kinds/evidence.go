package kinds

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Disputed says that an object carries the tags of a unit, and that what it is says
// otherwise. Whoever may tag can write any tag, so tags alone prove nothing.
type Disputed struct {
	ARN, Unit string
	// But are the facts that speak against it, a clause each.
	But []string
}

func (e *Disputed) Error() string {
	return fmt.Sprintf("%s carries the tags of unit %q, but %s. Anybody who may tag can set tags, so it was left alone. If it is not the unit's, remove the tags secure:unit, secure:generation and secure:state from it", e.ARN, e.Unit, strings.Join(e.But, ", and "))
}

// IfDisputed is nothing where nothing speaks against an object.
func IfDisputed(arn, unit string, but []string) error {
	if len(but) == 0 {
		return nil
	}
	return &Disputed{arn, unit, but}
}

// Described is a clause where an object does not have the description that the unit
// gives it. Tagging cannot change it, and a policy keeps its own for good.
func Described(description *string, want string) []string {
	if is := strings.TrimSpace(aws.ToString(description)); is != want {
		return []string{fmt.Sprintf("its description is %q, and the unit writes %q", is, want)}
	}
	return nil
}

// Named is a clause where an object has not the name that the unit gives it.
func Named(arn, want string) []string {
	if arn != want && !strings.HasPrefix(arn, want+"-") { // a secret's ARN ends in six letters of AWS's
		return []string{"a unit's is " + want}
	}
	return nil
}

// Users are the other functions that use a role, a key or a log group, in any
// version.
func Users(ctx context.Context, c *api.Client, unit string, uses func(types.FunctionConfiguration) bool) ([]string, error) {
	found, err := c.FunctionsIn(ctx, c.Place.Region)
	var names []string
	for _, f := range found {
		if name := aws.ToString(f.FunctionName); name != unit && uses(f) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, err
}

// UsedBy is a clause about functions that use an object.
func UsedBy(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	return []string{"it is used by function " + strings.Join(names, ", ")}
}

// WithRole picks the functions that have a role.
func WithRole(arn string) func(types.FunctionConfiguration) bool {
	return func(f types.FunctionConfiguration) bool { return aws.ToString(f.Role) == arn }
}

// WithGroup picks the functions that write to a log group.
func WithGroup(name string) func(types.FunctionConfiguration) bool {
	return func(f types.FunctionConfiguration) bool {
		own := ""
		if f.LoggingConfig != nil {
			own = aws.ToString(f.LoggingConfig.LogGroup)
		}
		return cmp.Or(own, bp.LogGroupName(aws.ToString(f.FunctionName))) == name
	}
}

// WithKey picks the functions whose variables a key encrypts.
func WithKey(arn string) func(types.FunctionConfiguration) bool {
	return func(f types.FunctionConfiguration) bool { return aws.ToString(f.KMSKeyArn) == arn }
}

// ForeignStatements are a clause about statements of a policy that no unit writes.
func ForeignStatements(unexpected bp.Value[map[string]bp.String]) []string {
	if sids := api.SortedKeys(unexpected.Or(nil)); len(sids) > 0 {
		return []string{fmt.Sprintf("its policy has statements that no unit writes (%v)", sids)}
	}
	return nil
}
