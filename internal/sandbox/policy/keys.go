package policy

import (
	"maps"
	"slices"
	"strings"
)

// Keys are the condition keys of one call, in small letters.
type Keys map[string][]string

// Keys that a call either has or lacks, which is known here. About all others
// nothing is known.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
const (
	KeySourceFunction = "lambda:sourcefunctionarn"
	KeyViaService     = "kms:viaservice"
	KeyContext        = "kms:encryptioncontext:"
	KeyContextKeys    = "kms:encryptioncontextkeys"
	KeyAccessPoint    = "elasticfilesystem:accesspointarn"
	KeySecure         = "aws:securetransport"
	KeyRegion         = "aws:requestedregion"
	KeyAccount        = "aws:principalaccount"
	KeyPrincipal      = "aws:principalarn"
)

var knownKeys = map[string]bool{
	KeySourceFunction: true, KeyViaService: true, KeyContextKeys: true, KeyAccessPoint: true,
	KeySecure: true, KeyRegion: true, KeyAccount: true, KeyPrincipal: true,
}

// lookUp says what a call has for a key, and whether that is known.
func (k Keys) lookUp(key string) (values []string, known bool) {
	key = strings.ToLower(key)
	values, present := k[key]
	return values, present || knownKeys[key] || strings.HasPrefix(key, KeyContext)
}

// With adds keys.
func (k Keys) With(pairs ...string) Keys {
	more := Keys{}
	maps.Copy(more, k)
	for i := 0; i < len(pairs); i += 2 {
		more[pairs[i]] = append(slices.Clip(more[pairs[i]]), pairs[i+1])
	}
	return more
}
