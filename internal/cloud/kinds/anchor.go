package kinds

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// UnfinishedSince reads the tag secure:state of a unit's role: whether the unit
// is not complete, and since when.
func UnfinishedSince(state string) (time.Time, bool) {
	m, unfinished := ParseMarker(state)
	return m.Since, unfinished
}

// Anchor is a unit's role as far as it says whose it is.
type Anchor struct {
	ARN, ID string
	Tags    map[string]string
	Made    time.Time
}

// ReadAnchor reads the tags, the id and the date of a role.
func ReadAnchor(ctx context.Context, c *api.Client, role string) (Anchor, error) {
	out, err := c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &role})
	if err != nil {
		return Anchor{}, err
	}
	return Anchor{aws.ToString(out.Role.Arn), aws.ToString(out.Role.RoleId), api.IAMTags(out.Role.Tags), aws.ToTime(out.Role.CreateDate)}, nil
}

// Anchored returns the generation that the unit's role carries now, nothing
// without one.
func Anchored(ctx context.Context, c *api.Client, roleARN, unit string) (generation string, err error) {
	_, name := bp.SplitRoleARN(roleARN)
	anchor, err := ReadAnchor(ctx, c, name)
	if err != nil || anchor.Tags[bp.TagUnit] != unit {
		return "", api.IgnoreMissing(err)
	}
	return anchor.Tags[bp.TagGeneration], nil
}
