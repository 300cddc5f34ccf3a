package inspect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/loggroups"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/secrets"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// LogGroupTaken reports whether a log group of that name exists that is not the
// unit's, be it one that a destroyed unit of the name left.
func (c *Inspector) LogGroupTaken(ctx context.Context, name, unit string) (bool, error) {
	found, err := loggroups.Find(ctx, c.Client, name, map[string]string{bp.TagUnit: unit}, false)
	group, exists := found.Get()
	if err != nil || !exists {
		return false, err
	}
	_, foreign := group.Tags.Or(nil)[bp.TagUnit]
	return foreign, nil
}

// WholeSecretARN returns the ARN of the secret that a text names, which may be
// an ARN without the characters that Secrets Manager chose. Nothing without one.
func (c *Inspector) WholeSecretARN(ctx context.Context, id string) (string, error) {
	out, err := secrets.Describe(ctx, c.Client, id)
	if err != nil {
		return "", api.IgnoreMissing(err)
	}
	return aws.ToString(out.ARN), nil
}
