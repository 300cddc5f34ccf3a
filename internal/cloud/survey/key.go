package survey

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/keys"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// surveyedKey is a key as far as it could be read, and what could not: asked once for
// all functions, refused or not.
type surveyedKey struct {
	bp.Value[bp.Key]

	refusals []Refusal
}

// keyOwner is the unit that a key is tagged with, or why that is not known.
type keyOwner struct {
	unit string
	err  error
}

// key reads the key that encrypts what the function has. That of a unit which does
// not own it is judged by its policy alone, as in a plan; any other function's key
// counts as its own. AWS's own keys have no policy that could be judged.
func (s *survey) key(ctx context.Context, name string, f bp.Function, out *Surveyed) {
	group, _ := out.LogGroup.Get()
	arn, encrypted := f.KMSKeyARN.Else(group.KMSKeyARN).Get()
	place, ok := bp.PlaceOf(arn)
	if !encrypted || !ok {
		return
	}
	if place.Account != s.Place.Account {
		out.Around.Key = s.KeyWriting(ctx, arn)
		return
	}
	found, _ := s.keys.Load(arn, func() (surveyedKey, bool, error) { return s.readKey(ctx, arn), true, nil })
	for _, r := range found.refusals {
		s.refused(r.Action, name, r.Err)
	}
	out.Key = found.Value
	key, read := out.Key.Get()
	unit := tagOf(out.Tags, bp.TagUnit)
	if !read || unit != name {
		return
	}
	owner, _ := s.owners.Load(arn, func() (keyOwner, bool, error) {
		tags, err := keys.Tags(ctx, s.Client, arn)
		return keyOwner{tags[bp.TagUnit], err}, true, nil
	})
	switch {
	case s.refused("kms:ListResourceTags", name, owner.err):
		// Only of its own a unit has to answer for more than the policy.
		if key.Rotation != bp.Known(true) {
			key.Rotation = bp.Unknown[bool]()
		}
		if key.Enabled != bp.Known(true) {
			key.Enabled = bp.Unknown[bool]()
		}
		out.Key = bp.Known(key)
	case owner.unit != unit && key.Policy.IsKnown():
		out.Key = bp.Null[bp.Key]()
		out.Around.Key = bp.Writing{Of: arn, Statements: parsedOf(key.Policy)}
	case owner.unit != unit:
		out.Key = bp.Null[bp.Key]()
		out.Around.Key = s.KeyWriting(ctx, arn) // why it could not be read
	}
}

// readKey reads a key call by call: what one does not tell is unknown, and the rest
// is judged all the same.
func (s *survey) readKey(ctx context.Context, arn string) surveyedKey {
	var out surveyedKey
	refused := func(action string, err error) bool {
		if err != nil {
			out.refusals = append(out.refusals, Refusal{Action: action, Err: err})
		}
		return err != nil
	}
	key := bp.Key{ARN: bp.Known(arn), Enabled: bp.Unknown[bool](), Rotation: bp.Unknown[bool](), Policy: bp.Unknown[bp.KeyPolicy]()}
	described, err := s.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if api.Missing(err) {
		return out
	}
	if !refused("kms:DescribeKey", err) {
		key.Enabled = bp.Known(described.KeyMetadata.KeyState == types.KeyStateEnabled)
		key.Description = api.Optional(described.KeyMetadata.Description)
	}
	rotation, err := s.KMS.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: aws.String(arn)})
	if !refused("kms:GetKeyRotationStatus", err) {
		key.Rotation = bp.Known(rotation.KeyRotationEnabled)
	}
	document, err := s.GivenKeyPolicy(ctx, arn)
	var parsed []bp.Parsed
	if err == nil {
		if parsed, err = bp.ParseDocument(document); err != nil {
			err = fmt.Errorf("key %s: %w", arn, err)
		}
	}
	if !refused("kms:GetKeyPolicy", err) {
		ours, rest := bp.Sort(parsed, func(sid string) bool { return sid == bp.SidAccount || sid == bp.SidLogs })
		key.Policy = bp.Known(bp.KeyPolicy{Account: bp.StatementOf(ours, bp.SidAccount), Logs: bp.StatementOf(ours, bp.SidLogs), Unexpected: rest})
	}
	out.Value = bp.Known(key)
	return out
}
