package posture_test

import (
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TestNoPublicInvoke_BoundToAnOrganization lets everybody of an organization or
// account invoke, as Lambda writes it for --principal-org-id, and nobody else.
func TestNoPublicInvoke_BoundToAnOrganization(t *testing.T) {
	t.Parallel()
	const anyone, accounts = `"Principal":"*"`, `"Principal":{"AWS":"*"}`
	for name, c := range map[string]struct {
		principal, condition string
		want                 posture.Outcome
	}{
		"no condition":               {anyone, ``, posture.Fail},
		"organization":               {anyone, `{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`, posture.Pass},
		"organization, any account":  {accounts, `{"StringEquals":{"AWS:principalorgid":["o-a1b2c3d4e5"]}}`, posture.Pass},
		"part of an organization":    {anyone, `{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/r-ab12/ou-ab12-*"}}`, posture.Pass},
		"organization of the source": {anyone, `{"StringEquals":{"aws:SourceOrgID":"o-a1b2c3d4e5"}}`, posture.Pass},
		"account of the source":      {anyone, `{"StringEquals":{"aws:SourceAccount":"111122223333"}}`, posture.Pass},
		"and another condition":      {anyone, `{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`, posture.Pass},
		"other condition":            {anyone, `{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}`, posture.Fail},
		"not an organization":        {anyone, `{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`, posture.Fail},
		"organization, if any":       {anyone, `{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`, posture.Fail},
		"some organization":          {anyone, `{"Null":{"aws:PrincipalOrgID":"false"}}`, posture.Fail},
		"any organization":           {anyone, `{"StringLike":{"aws:PrincipalOrgID":"o-*"}}`, posture.Fail},
		"one organization, or any":   {anyone, `{"StringLike":{"aws:PrincipalOrgID":["o-a1b2c3d4e5","*"]}}`, posture.Fail},
		"part of any organization":   {anyone, `{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-*/r-ab12/*"}}`, posture.Fail},
		"all parts, also of none":    {anyone, `{"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/*"}}`, posture.Fail},
		"all but a principal":        {`"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}`, `{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`, posture.Fail},
	} {
		text := `{"Sid":"Foreign","Effect":"Allow",` + c.principal + `,"Action":"lambda:InvokeFunction","Resource":"*"`
		if c.condition != "" {
			text += `,"Condition":` + c.condition
		}
		b := draft.Draft(complete())
		permissions, _ := b.Permissions.Get()
		permissions.Unexpected = bp.Known(map[string]bp.String{"Foreign": bp.Known(text + "}")})
		b.Permissions = bp.Known(permissions)
		if got := judged(t, b, facts())["no-public-invoke"]; got.Outcome != c.want {
			t.Errorf("%s is %s: %s", name, got.Outcome, got.Evidence)
		}
	}
}
