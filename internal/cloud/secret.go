package cloud

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

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

// secretWaits apply to a secret whose key was just made or enabled.
var secretWaits = []engine.Class{{
	Waiting: "the key to be usable by Secrets Manager",
	Match:   hasCode("EncryptionFailure"),
	Budget:  2 * time.Minute, First: time.Second, Most: 10 * time.Second,
	Hint: "Whoever runs Terraform needs kms:GenerateDataKey, kms:Encrypt and kms:Decrypt on the key through Secrets Manager, and the key has to be enabled",
}}

func (c *Client) describeSecret(ctx context.Context, id string) (*secretsmanager.DescribeSecretOutput, error) {
	return c.secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &id})
}

func secretTags(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// findSecret reads the unit's own secret, never a value of it. One that is gone
// is null; one that is scheduled for deletion is there, but not available.
func (c *Client) findSecret(ctx context.Context, id string, reference map[string]string) (bp.Value[bp.Secret], error) {
	none := bp.Null[bp.Secret]()
	out, err := c.describeSecret(ctx, id)
	if err != nil {
		return none, ignoreMissing(err)
	}
	secret := bp.Secret{
		Name: optional(out.Name), ARN: optional(out.ARN), KMSKeyARN: bp.Map(optional(out.KmsKeyId), func(key string) string { return c.keyARN(key) }),
		Available: bp.Known(out.DeletedDate == nil),
		Tags:      c.deviation(secretTags(out.Tags), reference),
	}
	for version, labels := range out.VersionIdsToStages {
		if slices.Contains(labels, valuesLabel) {
			secret.ValuesVersion = bp.ValuesNumber(version)
		}
	}
	if aws.ToBool(out.RotationEnabled) {
		rotation := bp.Rotation{FunctionARN: optional(out.RotationLambdaARN)}
		if out.RotationRules != nil && out.RotationRules.AutomaticallyAfterDays != nil {
			rotation.Days = bp.Known(*out.RotationRules.AutomaticallyAfterDays)
		}
		secret.Rotation = bp.Known(rotation)
	}
	if out.DeletedDate == nil { // of one that is deleted AWS tells no more
		secret.Unexpected, err = c.secretPolicy(ctx, aws.ToString(out.ARN))
	}
	return bp.Known(secret), ignoreMissing(err)
}

// keyARN completes an id: Secrets Manager answers with what it was given.
func (c *Client) keyARN(key string) string {
	if strings.HasPrefix(key, "arn:") || strings.HasPrefix(key, "alias/") {
		return key
	}
	return fmt.Sprintf("arn:%s:kms:%s:%s:key/%s", c.Place.Partition, c.Place.Region, c.Place.Account, key)
}

func (c *Client) secretPolicy(ctx context.Context, arn string) (bp.Value[map[string]bp.String], error) {
	none := bp.Null[map[string]bp.String]()
	out, err := c.secrets.GetResourcePolicy(ctx, &secretsmanager.GetResourcePolicyInput{SecretId: &arn})
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

// createSecret makes the secret without a value.
func (c *Client) createSecret(ctx context.Context, unit string, want bp.Secret, tags map[string]string) (arn string, err error) {
	in := &secretsmanager.CreateSecretInput{
		Name: text(want.Name), KmsKeyId: text(want.KMSKeyARN), Description: aws.String(bp.SecretDescription(unit)),
	}
	for _, key := range sortedKeys(tags) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	err = c.call(ctx, func() error {
		out, err := c.secrets.CreateSecret(ctx, in)
		if err == nil {
			arn = aws.ToString(out.ARN)
		}
		return err
	}, secretWaits...)
	if ErrorCode(err) == "ResourceExistsException" || hasCode("InvalidRequestException", "scheduled for deletion")(err) {
		err = &Taken{Kind: "secret", Name: want.Name.Or(""), Err: err}
	}
	return arn, err
}

func (c *Client) restoreSecret(ctx context.Context, arn string) error {
	return c.call(ctx, func() error {
		_, err := c.secrets.RestoreSecret(ctx, &secretsmanager.RestoreSecretInput{SecretId: &arn})
		return err
	})
}

// rekeySecret has the versions in use encrypted with another key.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_update-encryption-key.html
func (c *Client) rekeySecret(ctx context.Context, want bp.Secret) error {
	return c.call(ctx, func() error {
		_, err := c.secrets.UpdateSecret(ctx, &secretsmanager.UpdateSecretInput{SecretId: text(want.ARN), KmsKeyId: text(want.KMSKeyARN)})
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
func (c *Client) putValues(ctx context.Context, arn, generation string, number int64, values string) error {
	var labels []string
	err := c.call(ctx, func() error {
		out, err := c.secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
			SecretId: &arn, SecretString: &values, ClientRequestToken: aws.String(bp.ValuesToken(generation, number)),
			VersionStages: []string{currentLabel, valuesLabel},
		})
		if err == nil {
			labels = out.VersionStages
		}
		return err
	}, secretWaits...)
	if ErrorCode(err) == "ResourceExistsException" || err == nil && !slices.Contains(labels, valuesLabel) {
		return &UsedNumber{number, err}
	}
	return err
}

// rotateSecret turns rotation on or off. The first one is left to the schedule:
// the values were put a moment ago.
func (c *Client) rotateSecret(ctx context.Context, arn string, want bp.Value[bp.Rotation]) error {
	return c.call(ctx, func() error {
		rotation, on := want.Get()
		if !on {
			_, err := c.secrets.CancelRotateSecret(ctx, &secretsmanager.CancelRotateSecretInput{SecretId: &arn})
			return err
		}
		_, err := c.secrets.RotateSecret(ctx, &secretsmanager.RotateSecretInput{
			SecretId: &arn, RotationLambdaARN: text(rotation.FunctionARN), RotateImmediately: aws.Bool(false),
			RotationRules: &types.RotationRulesType{AutomaticallyAfterDays: aws.Int64(rotation.Days.Or(0))},
		})
		return err
	})
}

func (c *Client) tagSecret(ctx context.Context, arn string, have, want map[string]string) error {
	set, remove := retag(have, want)
	if len(remove) > 0 {
		if _, err := c.secrets.UntagResource(ctx, &secretsmanager.UntagResourceInput{SecretId: &arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) == 0 {
		return nil
	}
	in := &secretsmanager.TagResourceInput{SecretId: &arn}
	for _, key := range sortedKeys(set) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(key), Value: aws.String(set[key])})
	}
	_, err := c.secrets.TagResource(ctx, in)
	return err
}

// removeSecret schedules the secret's deletion. AWS refuses that of one which
// is scheduled already.
func (c *Client) removeSecret(ctx context.Context, arn string) error {
	_, err := c.secrets.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: &arn, RecoveryWindowInDays: aws.Int64(recoveryWindow)})
	if ErrorCode(err) == "InvalidRequestException" {
		if out, lookup := c.describeSecret(ctx, arn); lookup == nil && out.DeletedDate != nil {
			return nil
		}
	}
	return ignoreMissing(err)
}

func secretKind() kind {
	return kind{
		Component: bp.SecretComponent(),
		looks:     (*Client).secretLooks,
		locate:    (*Client).locateSecret,
		adopt:     (*Client).adoptSecret,
		tagged:    func(b bp.Blueprint) tagMap { return bp.ValueOf(b.Secret).Tags },
		dispute:   (*disputes).secret,
		is:        bp.IsSecretARN,
		identify:  withoutID((*Client).secretTagsOf),
		leaving:   (*Client).secretLeaving,
		made:      (*Client).secretMade,
		contest:   (*Client).contestSecret,
		inherited: (*Client).inheritedSecret,
		outlives:  []string{taskFunction},
		remove:    (*Client).removeSecret,
		steps: func() []step {
			var now secretNow
			return []step{
				{taskSecret, []string{taskKey}, func(u *unit, ctx context.Context) error { return now.ensure(ctx, u) }},
				{taskValues, []string{taskSecret, taskAttachments}, func(u *unit, ctx context.Context) error { return now.ensureValues(ctx, u) }},
			}
		},
		settled: []string{taskSecret, taskValues, taskSuperseded},
	}
}

func (c *Client) secretTagsOf(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.describeSecret(ctx, arn)
	if err != nil {
		return nil, err
	}
	return secretTags(out.Tags), nil
}

func (c *Client) secretLeaving(ctx context.Context, arn string) (bool, error) {
	out, err := c.describeSecret(ctx, arn)
	if err != nil {
		return false, err
	}
	return out.DeletedDate != nil, nil
}

func (c *Client) secretMade(ctx context.Context, arn string) (time.Time, error) {
	out, err := c.describeSecret(ctx, arn)
	if err != nil {
		return time.Time{}, err
	}
	return dated(out.CreatedDate)
}

func (c *Client) contestSecret(ctx context.Context, of claims, arn string) ([]string, error) {
	secret, err := c.findSecret(ctx, arn, nil)
	if err != nil {
		return nil, err
	}
	but := append(named(bp.SecretNameOf(arn), bp.SecretName(of.unit)), foreignStatements(bp.ValueOf(secret).Unexpected)...)
	values, err := c.foreignValues(ctx, of.unit, arn)
	return append(but, values...), err
}

// inheritedSecret reports whether a secret of an earlier generation is one that the
// unit took over: until the values are put it carries the other's. A later unit of
// the name, which may have taken it in turn, shows by its role.
func (c *Client) inheritedSecret(ctx context.Context, r Removal) (bool, error) {
	role, known := bp.ValueOf(r.Inventory.Role).ARN.Get()
	if !known {
		return false, nil
	}
	generation, err := c.Anchored(ctx, role, r.Owner.Unit)
	return err == nil && (generation == "" || generation == r.Owner.Generation), err
}

// WholeSecretARN returns the ARN of the secret that a text names, which may be
// an ARN without the characters that Secrets Manager chose. Nothing without one.
func (c *Client) WholeSecretARN(ctx context.Context, id string) (string, error) {
	out, err := c.describeSecret(ctx, id)
	if err != nil {
		return "", ignoreMissing(err)
	}
	return aws.ToString(out.ARN), nil
}

func (c *Client) secretLooks(t Target, o *Observation) ([]look, func(context.Context) error) {
	id := t.Refs[bp.ComponentSecret].ARN
	return []look{{"secret", id, func(ctx context.Context) (err error) {
		o.Secret, err = c.findSecret(ctx, id, t.Tags)
		return err
	}}}, nil
}

// locateSecret returns the ARN of the secret that carries the unit's tag. Who may
// not look, as deployers of units without one may not, hears of it only where the
// function is told of a secret or may be.
func (c *Client) locateSecret(ctx context.Context, s seed) (Ref, []error, error) {
	unit := s.unit
	out, err := c.describeSecret(ctx, bp.SecretName(unit))
	_, told := s.environment[bp.SecretVariable]
	if missing(err) || ErrorCode(err) == "AccessDeniedException" && !told && s.unreadable == "" {
		return Ref{}, nil, nil
	}
	if err != nil {
		return Ref{}, nil, fmt.Errorf("secret %s: %w", bp.SecretName(unit), err)
	}
	if out.DeletedDate != nil || secretTags(out.Tags)[bp.TagUnit] != unit {
		return Ref{}, nil, nil
	}
	return Ref{ARN: aws.ToString(out.ARN)}, nil, nil
}

func (c *Client) adoptSecret(ctx context.Context, want bp.Blueprint, owner Owner) (Ref, error) {
	name := bp.SecretName(owner.Unit)
	out, err := c.describeSecret(ctx, name)
	switch wanted := want.Secret.IsKnown(); {
	case err == nil && (wanted || out.DeletedDate == nil && owner.unfinished(secretTags(out.Tags))):
		return Ref{ARN: name}, nil
	case ignoreMissing(err) != nil && (wanted || !denied(err)):
		return Ref{}, err
	}
	return Ref{}, nil
}

func (d *disputes) secret(ctx context.Context) {
	secret := bp.ValueOf(d.o.Secret)
	// One that an earlier unit of the name has deleted is older, and nobody uses it.
	ask := d.dated
	if secret.Available == bp.Known(false) {
		ask = d.judge
	}
	ask(ctx, secret.ARN.Or(""), d.o.Secret.IsKnown(), func() ([]string, error) {
		values, err := d.foreignValues(ctx, d.unit, secret.ARN.Or(""))
		return append(foreignStatements(secret.Unexpected), values...), err
	})
}

// foreignValues are clauses about what a unit never writes on its secret: another
// description, or values that it has not put. Of a deleted secret, whose unit was
// complete, a rotation may have put the last ones.
func (c *Client) foreignValues(ctx context.Context, unit, arn string) ([]string, error) {
	out, err := c.describeSecret(ctx, arn)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	but := described(out.Description, bp.SecretDescription(unit))
	var others []string
	for _, version := range sortedKeys(out.VersionIdsToStages) {
		if !bp.ValuesNumber(version).IsKnown() {
			others = append(others, version)
		}
	}
	if len(others) == len(out.VersionIdsToStages) && len(others) > 0 || len(others) > 0 && out.DeletedDate == nil {
		but = append(but, "it holds values that the unit has not put (version "+strings.Join(others, ", ")+")")
	}
	return but, nil
}
