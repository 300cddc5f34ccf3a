package secrets

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	// recoveryWindow is how many days AWS keeps a deleted secret: the longest it
	// offers, and as long as a deleted key, so that the two can be had back
	// together.
	recoveryWindow = 30
	// currentLabel is on the version that is read, valuesLabel on the one that
	// the unit put last, whatever a rotation has put since.
	currentLabel = "AWSCURRENT"
	valuesLabel  = "secure-values"
)

// Describe reads what a secret is, and never a value of it.
func Describe(ctx context.Context, c *api.Client, id string) (*secretsmanager.DescribeSecretOutput, error) {
	return c.Secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &id})
}

func secretTags(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// Find reads the unit's own secret, never a value of it. One that is gone
// is null; one that is scheduled for deletion is there, but not available.
func Find(ctx context.Context, c *api.Client, id string, reference map[string]string) (bp.Value[bp.Secret], error) {
	none := bp.Null[bp.Secret]()
	out, err := Describe(ctx, c, id)
	if err != nil {
		return none, api.IgnoreMissing(err)
	}
	secret := bp.Secret{
		Name: api.Optional(out.Name), ARN: api.Optional(out.ARN), // Secrets Manager answers with what it was given.
		KMSKeyARN: bp.Map(api.Optional(out.KmsKeyId), c.Place.KeyARN),
		Available: bp.Known(out.DeletedDate == nil),
		Tags:      c.Deviation(secretTags(out.Tags), reference),
	}
	for version, labels := range out.VersionIdsToStages {
		if slices.Contains(labels, valuesLabel) {
			secret.ValuesVersion = bp.ValuesNumber(version)
		}
	}
	if aws.ToBool(out.RotationEnabled) {
		rotation := bp.Rotation{FunctionARN: api.Optional(out.RotationLambdaARN)}
		if out.RotationRules != nil && out.RotationRules.AutomaticallyAfterDays != nil {
			rotation.Days = bp.Known(*out.RotationRules.AutomaticallyAfterDays)
		}
		secret.Rotation = bp.Known(rotation)
	}
	if out.DeletedDate == nil { // of one that is deleted AWS tells no more
		secret.Unexpected, err = secretPolicy(ctx, c, aws.ToString(out.ARN))
	}
	return bp.Known(secret), api.IgnoreMissing(err)
}

func secretPolicy(ctx context.Context, c *api.Client, arn string) (bp.Value[map[string]bp.String], error) {
	none := bp.Null[map[string]bp.String]()
	out, err := c.Secrets.GetResourcePolicy(ctx, &secretsmanager.GetResourcePolicyInput{SecretId: &arn})
	if err != nil || aws.ToString(out.ResourcePolicy) == "" {
		return none, err
	}
	parsed, err := bp.ParseDocument(*out.ResourcePolicy)
	if err != nil {
		return none, fmt.Errorf("secret %s: %w", arn, err)
	}
	_, rest := bp.Sort(parsed, func(string) bool { return false })
	return rest, nil
}
