package services

import (
	"regexp"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

var (
	issuedKey   = regexp.MustCompile(`<AccessKeyId>([^<]+)</AccessKeyId>`)
	assumedRole = regexp.MustCompile(`<Arn>arn:[^:]+:sts::(\d{12}):`)
)

// learnKeys watches the operations that issue credentials. A role's belong to
// the account of the role, all others to the caller's.
func learnKeys(keys *wire.Keyring) correct.Correction {
	return correct.Correction{
		Operations: []string{
			"sts.AssumeRole", "sts.AssumeRoleWithWebIdentity", "sts.AssumeRoleWithSAML",
			"sts.GetSessionToken", "sts.GetFederationToken", "iam.CreateAccessKey",
		},
		Wrap: correct.After(func(x *wire.Exchange, a *wire.Answer) error {
			key := issuedKey.FindSubmatch(a.Body)
			if key == nil {
				return nil
			}
			account := x.Call.Account
			if role := assumedRole.FindSubmatch(a.Body); role != nil {
				account = string(role[1])
			}
			keys.Learn(string(key[1]), account)
			return nil
		}),
	}
}
