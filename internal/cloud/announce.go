package cloud

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

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
func (u *unit) announce(ctx context.Context, old bp.String, arn string) error {
	role, exists := u.job.Observed.Role.Get()
	before, replaces := old.Get()
	if !exists || !replaces || before == arn || len(tagSafe.Replace(arn)) > maxTagValue {
		return nil
	}
	k := u.kinds.of(arn)
	if k.next == "" {
		return nil
	}
	u.mu.Lock()
	u.announced = true
	u.mu.Unlock()
	return u.call(ctx, func() error {
		_, err := u.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: text(role.Name), Tags: toIAMTags(map[string]string{k.next: tagSafe.Replace(arn)})})
		return err
	})
}

// hasAnnounced reports whether the role's tags announce something.
func (u *unit) hasAnnounced() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.announced
}
