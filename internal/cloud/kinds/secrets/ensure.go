package secrets

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// secretNow is the unit's secret as this apply found or made it.
type secretNow struct {
	bp.Secret

	// labels are its tags.
	labels map[string]string
	// again says that the values it holds may be of another time.
	again bool
}

// ensure sees to it that the secret is there and can be written to. One
// that is not wanted any more stays until no version in service reads it.
func (now *secretNow) ensure(ctx context.Context, u *kinds.Unit) error {
	want, own := u.Want().Secret.Get()
	have, exists := u.Job.Observed.Secret.Get()
	switch {
	case !own && !exists:
		return nil
	case !own:
		u.Learn(func(l *kinds.Learned) { l.Superseded = api.AppendNew(l.Superseded, have.ARN.Or("")) })
		if current, tags, differ := u.Tags(have.Tags); differ {
			return tagSecret(ctx, u.Client, have.ARN.Or(""), current, tags) // made by a run before
		}
		return nil
	case !exists:
		return now.make(ctx, u, want)
	}
	arn := have.ARN.Or("")
	u.Known(bp.ComponentSecret, arn, bp.Null[string]())
	if have.Available == bp.Known(false) {
		if err := restoreSecret(ctx, u.Client, arn); err != nil {
			return err
		}
	}
	labels, _, _ := u.Tags(have.Tags)
	*now = secretNow{Secret: have, labels: labels, again: ofAnotherTime(have.Tags)}
	return closeSecret(ctx, u, have)
}

// closeSecret takes away a resource policy: the role reads by its own.
func closeSecret(ctx context.Context, u *kinds.Unit, have bp.Secret) error {
	if have.Unexpected.IsNull() {
		return nil
	}
	_, err := u.Secrets.DeleteResourcePolicy(ctx, &secretsmanager.DeleteResourcePolicyInput{SecretId: api.Text(have.ARN)})
	return err
}

// ofAnotherTime reports whether an object's generation is not the unit's.
func ofAnotherTime(deviation api.TagMap) bool {
	_, differs := deviation.Or(nil)[bp.TagGeneration]
	return differs
}

// make notes the new secret before anything else can fail.
func (now *secretNow) make(ctx context.Context, u *kinds.Unit, want bp.Secret) error {
	_, tags, _ := u.Tags(bp.Null[map[string]bp.String]())
	arn, err := createSecret(ctx, u.Client, u.Owner().Unit, want, tags)
	have := bp.Secret{Name: want.Name, ARN: bp.Known(arn), KMSKeyARN: want.KMSKeyARN}
	*now = secretNow{Secret: have, labels: tags}
	if err == nil {
		noteSecret(u, arn)
	} else if *now, err = takeSecret(ctx, u, want, tags, err); err != nil {
		return err
	}
	return closeSecret(ctx, u, now.Secret)
}

func noteSecret(u *kinds.Unit, arn string) {
	u.Known(bp.ComponentSecret, arn, bp.Null[string]())
}

// takeSecret takes the secret that has the name: one that this apply made and
// whose answer was lost, or one that an earlier unit of the name has deleted.
func takeSecret(ctx context.Context, u *kinds.Unit, want bp.Secret, tags map[string]string, taken error) (secretNow, error) {
	if _, exists := errors.AsType[*kinds.Taken](taken); !exists && !api.Ambiguous(taken) {
		return secretNow{}, taken
	}
	out, err := Describe(ctx, u.Client, want.Name.Or(""))
	if err != nil {
		return secretNow{}, taken
	}
	labels, owner := secretTags(out.Tags), u.Owner()
	deleted := out.DeletedDate != nil
	if owner.Generation == "" || !owner.Owns(labels) && (!deleted || labels[bp.TagUnit] != owner.Unit) {
		return secretNow{}, taken
	}
	// Noted first: the answer to a restore may be lost, and one that is refused
	// leaves what a destroy passes over.
	noteSecret(u, aws.ToString(out.ARN))
	if deleted {
		if err := restoreSecret(ctx, u.Client, *out.ARN); err != nil {
			return secretNow{}, err
		}
	}
	found, err := Find(ctx, u.Client, *out.ARN, tags)
	have, exists := found.Get()
	if err != nil || !exists {
		return secretNow{}, errors.Join(taken, err)
	}
	return secretNow{Secret: have, labels: u.Visible(labels, tags), again: true}, nil
}

// ensureValues writes to the secret once the role may read what is written:
// the version in service reads the same values. Its tags come last, so that an
// apply that is cut before still finds the values to be an earlier unit's.
func (now *secretNow) ensureValues(ctx context.Context, u *kinds.Unit) error {
	want, own := u.Want().Secret.Get()
	if !own {
		return nil
	}
	have, arn := *now, want.ARN.Or("")
	if have.KMSKeyARN != want.KMSKeyARN {
		err := rekeySecret(ctx, u.Client, want)
		// The values that are there are out of reach with the key that encrypted
		// them, as after a restore while that key is pending deletion. The secret
		// has the new key, and its values are put anew.
		if api.ErrorCode(err) == "DecryptionFailure" && u.Job.SecretValues != "" {
			u.Log(ctx, "the secret's values cannot be decrypted any more and are put anew", map[string]any{"secret": arn})
			now.again, err = true, nil
		}
		if err != nil {
			return err
		}
	}
	put, err := now.lacks(ctx, u, want)
	if err != nil {
		return err
	}
	if put {
		if u.Job.SecretValues == "" {
			return errors.New("the values of secret_values_wo are needed and are not in the configuration")
		}
		if err := putValues(ctx, u.Client, arn, u.Owner().Generation, want.ValuesVersion.Or(0), u.Job.SecretValues); err != nil {
			return err
		}
	}
	if !bp.Equal(have.Rotation, want.Rotation) {
		if err := rotateSecret(ctx, u.Client, arn, want.Rotation); err != nil {
			return err
		}
	}
	return tagSecret(ctx, u.Client, arn, have.labels, api.PlainTags(u.Want().Tags))
}

// lacks reports whether the values have to be put. Under a number that this
// very unit put last they are not put again: values that are made anew for every
// run would be refused as others. After a change of the key they are, for those
// of another time may be out of the new key's reach.
func (now *secretNow) lacks(ctx context.Context, u *kinds.Unit, want bp.Secret) (bool, error) {
	have := *now
	if have.ValuesVersion != want.ValuesVersion {
		return true, nil
	}
	if !have.again || have.KMSKeyARN != want.KMSKeyARN {
		return have.again, nil
	}
	out, err := Describe(ctx, u.Client, want.ARN.Or(""))
	if err != nil {
		return false, err
	}
	token := bp.ValuesToken(u.Owner().Generation, want.ValuesVersion.Or(0))
	return !slices.Contains(out.VersionIdsToStages[token], valuesLabel), nil
}
