package sandbox

import (
	"regexp"
	"sync"
)

// defaultAccount is where the emulator puts calls of keys it does not know.
const defaultAccount = "000000000000"

var accountID = regexp.MustCompile(`^\d{12}$`)

func isAccount(text string) bool { return accountID.MatchString(text) }

// keyring knows which account an access key belongs to: a key of 12 digits is
// an account, others are learned when STS or IAM hands them out.
type keyring struct {
	mu       sync.RWMutex
	accounts map[string]string
}

func newKeyring() *keyring { return &keyring{accounts: map[string]string{}} }

func (k *keyring) account(key string) string {
	if isAccount(key) {
		return key
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if account, ok := k.accounts[key]; ok {
		return account
	}
	return defaultAccount
}

func (k *keyring) learn(key, account string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.accounts[key] = account
}

var (
	issuedKey   = regexp.MustCompile(`<AccessKeyId>([^<]+)</AccessKeyId>`)
	assumedRole = regexp.MustCompile(`<Arn>arn:[^:]+:sts::(\d{12}):`)
)

// learnKeys watches the operations that issue credentials. A role's belong to
// the account of the role, all others to the caller's.
func learnKeys(keys *keyring) correction {
	return correction{
		operations: []string{
			"sts.AssumeRole", "sts.AssumeRoleWithWebIdentity", "sts.AssumeRoleWithSAML",
			"sts.GetSessionToken", "sts.GetFederationToken", "iam.CreateAccessKey",
		},
		wrap: after(func(x *exchange, a *answer) error {
			key := issuedKey.FindSubmatch(a.body)
			if key == nil {
				return nil
			}
			account := x.call.Account
			if role := assumedRole.FindSubmatch(a.body); role != nil {
				account = string(role[1])
			}
			keys.learn(string(key[1]), account)
			return nil
		}),
	}
}
