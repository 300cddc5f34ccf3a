package kinds

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// maxTagValue is how long a tag's value may be.
const maxTagValue = 256

// The name of a role may hold a comma, the value of a tag may not.
var (
	tagSafe = strings.NewReplacer(",", "@2C", "@", "@40")
	fromTag = strings.NewReplacer("@2C", ",", "@40", "@")
)

// announce notes on the unit's role what is about to be made in the place of
// something else, so that it is found should this run be killed.
func (u *Unit) announce(ctx context.Context, old bp.String, arn string) error {
	role, exists := u.Job.Observed.Role.Get()
	before, replaces := old.Get()
	if !exists || !replaces || before == arn || len(tagSafe.Replace(arn)) > maxTagValue {
		return nil
	}
	k := u.Kinds.Of(arn)
	if k.Next == "" {
		return nil
	}
	u.mu.Lock()
	u.announced = true
	u.mu.Unlock()
	return u.Call(ctx, func() error {
		_, err := u.IAM.TagRole(ctx, &iam.TagRoleInput{RoleName: api.Text(role.Name), Tags: api.ToIAMTags(map[string]string{k.Next: tagSafe.Replace(arn)})})
		return err
	})
}

// HasAnnounced reports whether the role's tags announce something.
func (u *Unit) HasAnnounced() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.announced
}

// AnnouncedBy are the ARNs that a role's tags announce, by tag.
func AnnouncedBy(tags map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range tags {
		if strings.HasPrefix(key, bp.TagNext) {
			out[key] = fromTag.Replace(value)
		}
	}
	return out
}
