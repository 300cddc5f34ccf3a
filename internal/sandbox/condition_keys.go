package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// requestKeys are the condition keys of one call, in small letters.
type requestKeys map[string][]string

// Keys that a call either has or lacks, which is known here. About all others
// nothing is known.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
const (
	keySourceFunction = "lambda:sourcefunctionarn"
	keyViaService     = "kms:viaservice"
	keyContext        = "kms:encryptioncontext:"
	keyContextKeys    = "kms:encryptioncontextkeys"
	keyAccessPoint    = "elasticfilesystem:accesspointarn"
	keySecure         = "aws:securetransport"
	keyRegion         = "aws:requestedregion"
	keyAccount        = "aws:principalaccount"
	keyPrincipal      = "aws:principalarn"
)

var knownKeys = map[string]bool{
	keySourceFunction: true, keyViaService: true, keyContextKeys: true, keyAccessPoint: true,
	keySecure: true, keyRegion: true, keyAccount: true, keyPrincipal: true,
}

// lookUp says what a call has for a key, and whether that is known.
func (k requestKeys) lookUp(key string) (values []string, known bool) {
	key = strings.ToLower(key)
	values, present := k[key]
	return values, present || knownKeys[key] || strings.HasPrefix(key, keyContext)
}

// with adds keys.
func (k requestKeys) with(pairs ...string) requestKeys {
	more := requestKeys{}
	maps.Copy(more, k)
	for i := 0; i < len(pairs); i += 2 {
		more[pairs[i]] = append(slices.Clip(more[pairs[i]]), pairs[i+1])
	}
	return more
}

// asRole are the keys of every call in a role's name.
func (x *exchange) asRole(role string) requestKeys {
	return requestKeys{}.with(keySecure, "true", keyRegion, x.call.Region, keyAccount, x.call.Account, keyPrincipal, role)
}
