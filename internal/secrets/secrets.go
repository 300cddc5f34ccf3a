package secrets

import (
	"strings"
	"sync"

	"github.com/zricethezav/gitleaks/v8/detect"
)

// Reason says why a text is taken for a secret: a rule of gitleaks such as
// "github-pat", or one of these.
type Reason string

// The reasons of this package's own.
const (
	// InURL is a URL with a password in it.
	InURL Reason = "password in a URL"
	// InPairs is a list of settings with a password among them.
	InPairs Reason = "password in a connection string"
	// InAddress is a user and a password before a host, without a scheme.
	InAddress Reason = "password in an address"
	// InHeader is what is sent to log in, such as "Bearer ...".
	InHeader Reason = "credentials of a request"
	// Signed is an address that anybody may use who has it.
	Signed Reason = "signed address"
	// InCommand is an option of a command, such as "--password=...".
	InCommand Reason = "password of a command"
	// InText is a password that a text tells.
	InText Reason = "password in a text"
	// ByName is a value under a name that only secrets have.
	ByName Reason = "its name"
)

// shortest is the length below which nothing is a secret but under its name.
const shortest = 8

// detector compiles gitleaks' rules, which takes some tens of milliseconds: not
// before the first text that needs them. It keeps no state between texts but
// what it found, so it is used by one at a time.
var detector = sync.OnceValue(func() *detect.Detector {
	d, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		return nil // the rules are part of the module, and a test loads them
	}
	d.Redact = 100
	d.IgnoreGitleaksAllow = true // a mark in the value itself excuses nothing
	return d
})

var detecting sync.Mutex

// Find looks at a value and the name it goes under.
func Find(name, value string) (Reason, bool) { return find(name, value, 0) }

// find also looks at what a value is made of, depth of them deep.
func find(name, value string, depth int) (Reason, bool) {
	value = strings.TrimSpace(value)
	if value == "" || depth > deepest || placeholder(value) {
		return "", false
	}
	said := nameOf(name)
	switch {
	case passwordInURL(value):
		return InURL, true
	case passwordInAddress(value):
		return InAddress, true
	case passwordInPairs(value):
		return InPairs, true
	case said.certainty == surely && said.holds(value):
		return ByName, true
	case len(value) < shortest:
		return "", false
	}
	if found := privateKeys([]byte(value)); len(found) > 0 {
		return PrivateKey, true
	}
	if reason, is := KeyFile("", []byte(value)); is {
		return reason, true
	}
	for _, look := range []func() (Reason, bool){
		func() (Reason, bool) { return InPhrase, inPhrase(name, value) },
		func() (Reason, bool) { return credential(value) },
		func() (Reason, bool) { return vendorToken(value) },
		func() (Reason, bool) { return inStructure(value, depth) },
		func() (Reason, bool) {
			if reference(value) && !strings.Contains(value, "://") {
				return "", false
			}
			return byForm(name, value)
		},
		func() (Reason, bool) { return inEncoded(name, value, depth) },
		func() (Reason, bool) { return ByName, said.holds(value) && said.certainty == perhaps },
		func() (Reason, bool) { return ByName, said.misplaced(value) },
	} {
		if reason, is := look(); is {
			return reason, true
		}
	}
	return "", false
}

// holds reports whether a value under a name is a secret because of the name.
func (n named) holds(value string) bool {
	switch n.certainty {
	case surely:
		switch {
		case number.MatchString(value):
			return n.password && len(value) > 3 || longNumber.MatchString(value) // for others a short one would be a count
		case identifier.MatchString(value):
			return !n.cryptographic || n.password
		case n.stored && inWords.MatchString(value):
			return false // the name of a secret
		}
		return !reference(value)
	case perhaps:
		if elsewhere.MatchString(value) || strings.ContainsAny(value[:1], "{[<") || strings.Contains(value, "\n") {
			return false // of a structure the parts are looked at
		}
		return generated(value) || n.core && len(value) >= 8 && odd(value) && strings.ContainsAny(value, "0123456789")
	case unsaid:
	}
	return false
}

// byForm asks gitleaks, which wants to see how a value is assigned.
func byForm(name, value string) (Reason, bool) {
	d := detector()
	if d == nil {
		return "", false
	}
	detecting.Lock()
	defer detecting.Unlock()
	for _, text := range []string{value, name + ` = "` + value + `"`} {
		for _, finding := range d.DetectString(text) {
			if finding.RuleID == generic && (!mixed(value) || ofEverybody(name)) {
				continue
			}
			return Reason(finding.RuleID), true
		}
	}
	return "", false
}

// generic is the rule of gitleaks that goes by a name and by entropy: words
// have some too.
const generic = "generic-api-key"
