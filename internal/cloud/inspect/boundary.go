package inspect

import (
	"context"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/policies"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Boundary is what a plan needs to know about a permissions boundary.
type Boundary struct {
	Missing    bool
	Statements []bp.Parsed
}

// InspectBoundary reads the policy that is a permissions boundary, once for all
// units that have it.
func (c *Inspector) InspectBoundary(ctx context.Context, arn string) (Boundary, error) {
	return c.boundaries.Load(arn, func() (Boundary, bool, error) {
		_, statements, err := policies.Read(ctx, c.Client, arn)
		if api.Missing(err) {
			return Boundary{Missing: true}, false, nil
		}
		return Boundary{Statements: statements}, err == nil, err
	})
}
