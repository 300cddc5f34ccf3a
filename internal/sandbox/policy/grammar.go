package policy

import "regexp"

// Quotas of IAM, in characters that are not white space.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	ManagedPolicyLimit = 6144
	TrustPolicyLimit   = 2048
	RolePolicyLimit    = 10240
)

// SidForm is what the id of a statement looks like.
var SidForm = regexp.MustCompile(`^[0-9A-Za-z]*$`)
