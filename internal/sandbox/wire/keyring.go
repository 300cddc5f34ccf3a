package wire

import (
	"regexp"
	"sync"
)

// defaultAccount is where the emulator puts calls of keys it does not know.
const defaultAccount = "000000000000"

var accountID = regexp.MustCompile(`^\d{12}$`)

// IsAccount reports whether a text is the id of an account.
func IsAccount(text string) bool { return accountID.MatchString(text) }

// Keyring knows which account an access key belongs to: a key of 12 digits is
// an account, others are learned when STS or IAM hands them out.
type Keyring struct {
	mu       sync.RWMutex
	accounts map[string]string
}

// NewKeyring knows accounts only.
func NewKeyring() *Keyring { return &Keyring{accounts: map[string]string{}} }

func (k *Keyring) account(key string) string {
	if IsAccount(key) {
		return key
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if account, ok := k.accounts[key]; ok {
		return account
	}
	return defaultAccount
}

// Learn notes that an access key belongs to an account.
func (k *Keyring) Learn(key, account string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.accounts[key] = account
}
