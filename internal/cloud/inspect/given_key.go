package inspect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// GivenKey is what a plan needs to know about a key that was handed in.
type GivenKey struct {
	State     string
	Symmetric bool
	// AdmitsLogs is unknown when the key's policy may not be read.
	AdmitsLogs bp.Value[bool]
	// Logs are the statements of its policy that do, with their conditions.
	Logs []bp.Parsed
}

// InspectKey reads a key that the unit does not own, once for all units that
// are given it.
func (c *Inspector) InspectKey(ctx context.Context, arn string) (GivenKey, error) {
	return c.givenKeys.Load(arn, func() (GivenKey, bool, error) {
		key, err := c.inspectKey(ctx, arn)
		return key, true, err
	})
}

func (c *Inspector) inspectKey(ctx context.Context, arn string) (GivenKey, error) {
	out, err := c.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil {
		return GivenKey{}, err
	}
	key := GivenKey{
		State:      string(out.KeyMetadata.KeyState),
		Symmetric:  out.KeyMetadata.KeySpec == types.KeySpecSymmetricDefault || out.KeyMetadata.KeySpec == "",
		AdmitsLogs: bp.Unknown[bool](),
	}
	document, err := c.GivenKeyPolicy(ctx, aws.ToString(out.KeyMetadata.Arn))
	if api.ErrorCode(err) == "AccessDeniedException" {
		return key, nil
	}
	if err != nil {
		return key, err
	}
	statements, err := bp.ParseDocument(document)
	if err != nil {
		return key, err
	}
	for _, s := range statements {
		if admits([]bp.Parsed{s}, c.Place.LogsPrincipal()) {
			key.Logs = append(key.Logs, s)
		}
	}
	key.AdmitsLogs = bp.Known(len(key.Logs) > 0)
	return key, nil
}

// admits reports whether a policy lets a service encrypt with the key under
// some condition. Conditions are left to AWS: only a missing statement is sure.
func admits(statements []bp.Parsed, service string) bool {
	for _, s := range statements {
		if s.Statement.Effect != bp.Known("Allow") {
			continue
		}
		for _, who := range s.Statement.Principals.Or(nil) {
			names, _ := who.Or(nil).Strings()
			for _, name := range names {
				if (name == service || name == "*") && access.ParsedGrant(s).Allows("kms:GenerateDataKey") {
					return true
				}
			}
		}
	}
	return false
}
