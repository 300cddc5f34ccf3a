package secrets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// secretWaits apply to a secret whose key was just made or enabled.
var secretWaits = []engine.Class{{
	Waiting: "the key to be usable by Secrets Manager",
	Match:   api.HasCode("EncryptionFailure"),
	Budget:  2 * time.Minute, First: time.Second, Most: 10 * time.Second,
	Hint: "The identity that runs Terraform needs kms:GenerateDataKey, kms:Encrypt and kms:Decrypt on the key through Secrets Manager, and the key has to be enabled",
}}

// createSecret makes the secret without a value.
func createSecret(ctx context.Context, c *api.Client, unit string, want bp.Secret, tags map[string]string) (arn string, err error) {
	in := &secretsmanager.CreateSecretInput{
		Name: api.Text(want.Name), KmsKeyId: api.Text(want.KMSKeyARN), Description: aws.String(bp.SecretDescription(unit)),
	}
	for _, key := range api.SortedKeys(tags) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	err = c.Call(ctx, func() error {
		out, err := c.Secrets.CreateSecret(ctx, in)
		if err == nil {
			arn = aws.ToString(out.ARN)
		}
		return err
	}, secretWaits...)
	if api.ErrorCode(err) == "ResourceExistsException" || api.HasCode("InvalidRequestException", "scheduled for deletion")(err) {
		err = &kinds.Taken{Kind: "secret", Name: want.Name.Or(""), Err: err}
	}
	return arn, err
}

func restoreSecret(ctx context.Context, c *api.Client, arn string) error {
	return c.Call(ctx, func() error {
		_, err := c.Secrets.RestoreSecret(ctx, &secretsmanager.RestoreSecretInput{SecretId: &arn})
		return err
	})
}

// rekeySecret has the versions in use encrypted with another key.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_update-encryption-key.html
func rekeySecret(ctx context.Context, c *api.Client, want bp.Secret) error {
	return c.Call(ctx, func() error {
		_, err := c.Secrets.UpdateSecret(ctx, &secretsmanager.UpdateSecretInput{SecretId: api.Text(want.ARN), KmsKeyId: api.Text(want.KMSKeyARN)})
		return err
	}, secretWaits...)
}

// UsedNumber says that values were put under the number before, and that these
// are others or not the last ones any more.
type UsedNumber struct {
	Number int64
	Err    error
}

func (e *UsedNumber) Error() string {
	text := fmt.Sprintf("values were put under secret_values_wo_version %d before, and a version never changes. Write a number that was not used yet", e.Number)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *UsedNumber) Unwrap() error { return e.Err }

// putValues makes the values the current ones. The version's id is derived from
// the number, so a put whose answer was lost is not made twice.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
func putValues(ctx context.Context, c *api.Client, arn, generation string, number int64, values string) error {
	var labels []string
	err := c.Call(ctx, func() error {
		out, err := c.Secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
			SecretId: &arn, SecretString: &values, ClientRequestToken: aws.String(bp.ValuesToken(generation, number)),
			VersionStages: []string{currentLabel, valuesLabel},
		})
		if err == nil {
			labels = out.VersionStages
		}
		return err
	}, secretWaits...)
	if api.ErrorCode(err) == "ResourceExistsException" || err == nil && !slices.Contains(labels, valuesLabel) {
		return &UsedNumber{number, err}
	}
	return err
}

// rotateSecret turns rotation on or off. The first one is left to the schedule:
// the values were put a moment ago.
func rotateSecret(ctx context.Context, c *api.Client, arn string, want bp.Value[bp.Rotation]) error {
	return c.Call(ctx, func() error {
		rotation, on := want.Get()
		if !on {
			_, err := c.Secrets.CancelRotateSecret(ctx, &secretsmanager.CancelRotateSecretInput{SecretId: &arn})
			return err
		}
		_, err := c.Secrets.RotateSecret(ctx, &secretsmanager.RotateSecretInput{
			SecretId: &arn, RotationLambdaARN: api.Text(rotation.FunctionARN), RotateImmediately: aws.Bool(false),
			RotationRules: &types.RotationRulesType{AutomaticallyAfterDays: aws.Int64(rotation.Days.Or(0))},
		})
		return err
	})
}

func tagSecret(ctx context.Context, c *api.Client, arn string, have, want map[string]string) error {
	set, remove := api.Retag(have, want)
	if len(remove) > 0 {
		if _, err := c.Secrets.UntagResource(ctx, &secretsmanager.UntagResourceInput{SecretId: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) == 0 {
		return nil
	}
	in := &secretsmanager.TagResourceInput{SecretId: &arn}
	for _, key := range api.SortedKeys(set) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(key), Value: aws.String(set[key])})
	}
	_, err := c.Secrets.TagResource(ctx, in)
	return err
}

// removeSecret schedules the secret's deletion. AWS refuses that of one which
// is scheduled already.
func removeSecret(ctx context.Context, c *api.Client, arn string) error {
	_, err := c.Secrets.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: &arn, RecoveryWindowInDays: aws.Int64(recoveryWindow)})
	if api.ErrorCode(err) == "InvalidRequestException" {
		if out, lookup := Describe(ctx, c, arn); lookup == nil && out.DeletedDate != nil {
			return nil
		}
	}
	return api.IgnoreMissing(err)
}
