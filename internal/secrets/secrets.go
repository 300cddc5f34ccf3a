package secrets

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

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
func Find(name, value string) (Reason, bool) {
	value = strings.TrimSpace(value)
	switch {
	case value == "" || placeholder(value):
		return "", false
	case passwordInURL(value):
		return InURL, true
	case passwordInPairs(value):
		return InPairs, true
	case passwordName(name) && (number.MatchString(value) && len(value) > 3 || identifier.MatchString(value)):
		return ByName, true // which for others would be a count, or an id
	case secretName(name) && !reference(value) && !nameOfSecret(name, value):
		return ByName, true
	case len(value) < shortest || reference(value) && !strings.Contains(value, "://"):
		return "", false
	}
	return byForm(name, value)
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
			if finding.RuleID == generic && !mixed(value) {
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

// mixed reports whether a text has letters and digits in one word, as generated
// secrets do and names of things do not.
func mixed(value string) bool {
	for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		changes := 0
		digit := false
		for i, r := range word {
			if i > 0 && unicode.IsDigit(r) != digit {
				changes++
			}
			digit = unicode.IsDigit(r)
		}
		if changes > 2 && len(word) >= 16 {
			return true
		}
	}
	return false
}

var userInfo = regexp.MustCompile(`://[^\s/@"',;:]*:([^\s/@"',;]+)@`)

// passwordInURL looks at the user information of a URL.
func passwordInURL(value string) bool {
	if !strings.Contains(value, "://") {
		return false
	}
	at, err := url.Parse(value)
	if err != nil {
		// A password that is not escaped, or a text with URLs in it.
		for _, found := range userInfo.FindAllStringSubmatch(value, -1) {
			if !placeholder(found[1]) {
				return true
			}
		}
		return false
	}
	for key, values := range at.Query() {
		if secretName(key) && len(values) > 0 && values[0] != "" && !reference(values[0]) && !placeholder(values[0]) {
			return true
		}
	}
	password, given := at.User.Password()
	return given && password != "" && !placeholder(password)
}

var pairs = regexp.MustCompile(`(?i)(?:^|[;,\s&?])\s*([a-z][a-z0-9 _.-]{1,40}?)\s*=\s*("[^"]*"|'[^']*'|[^;,\s&]+)`)

// passwordInPairs looks at lists such as "Server=db;User Id=app;Password=...".
func passwordInPairs(value string) bool {
	found := pairs.FindAllStringSubmatch(value, -1)
	if len(found) < 2 {
		return false
	}
	for _, pair := range found {
		text := strings.Trim(pair[2], `"'`)
		if secretName(pair[1]) && text != "" && !placeholder(text) && !reference(text) {
			return true
		}
	}
	return false
}

// secretEndings are the last words of names that only secrets have.
var secretEndings = []string{
	"password", "passwd", "pwd", "passphrase", "secret", "secretkey", "apikey", "accesskey", "privatekey", "authtoken", "accesstoken",
	"refreshtoken", "bearertoken", "apitoken", "clientsecret", "credentials", "sharedaccesskey", "accountkey", "encryptionkey", "signingkey",
	"token", "webhooksecret", "masterkey", "secretaccesskey", "userpass", "dbpass", "pass",
}

// secretName reports whether a name says that what it names is a secret.
func secretName(name string) bool {
	squeezed := strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name))
	squeezed = strings.TrimRight(squeezed, "0123456789")
	words := splitName(name)
	last := ""
	if len(words) > 0 {
		last = words[len(words)-1]
	}
	return slices.ContainsFunc(secretEndings, func(ending string) bool {
		if len(ending) < 6 { // pwd, pass, token: whole words only
			return last == ending
		}
		return strings.HasSuffix(squeezed, ending)
	})
}

// passwordName reports whether a name is one that only passwords have.
func passwordName(name string) bool {
	words := splitName(name)
	return len(words) > 0 && slices.Contains([]string{"password", "passwd", "pwd", "passphrase"}, words[len(words)-1])
}

var inWords = regexp.MustCompile(`^[a-z]+(?:[-_][a-z]+){1,3}$`)

// nameOfSecret reports whether DB_SECRET or the like holds the name of a secret:
// a few plain words, as nobody's generated value has.
func nameOfSecret(name, value string) bool {
	words := splitName(name)
	return len(words) > 0 && words[len(words)-1] == "secret" && !slices.Contains(words, "client") && inWords.MatchString(value)
}

// splitName splits DB_PASS, db-pass and dbPass into lower-case words.
func splitName(name string) []string {
	var spaced strings.Builder
	var before rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(r)
		before = r
	}
	return strings.FieldsFunc(strings.ToLower(spaced.String()), func(r rune) bool { return !unicode.IsLetter(r) })
}

var (
	resourceName = regexp.MustCompile(`^arn:[a-z-]+:[a-z0-9-]+:`)
	hierarchy    = regexp.MustCompile(`^[a-z][a-z0-9_-]*(/[a-zA-Z0-9_.-]+)+$`) // of Secrets Manager, prod/orders/db
	parameter    = regexp.MustCompile(`^(/[\w.-]+)+/?$`)
	plainURL     = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://`)
	number       = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?[a-z]{0,2}$`)
	identifier   = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	resolved     = regexp.MustCompile(`^\{\{resolve:`)
	awsID        = regexp.MustCompile(`^(?:subnet|sg|vpc|eni|ami|i|key|acl|rtb|igw|vol|snap|fs|fsap|csc)-(?:[0-9a-f]{8}|[0-9a-f]{17})$`)
)

// reference reports whether a text only says where something is: the ARN of a
// secret, the name of a parameter, an address, a number, a switch.
func reference(value string) bool {
	switch strings.ToLower(value) {
	case "true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled", "required", "optional", "basic", "bearer", "jwt", "iam", "oauth2":
		return true
	}
	if _, err := url.Parse(value); err == nil && plainURL.MatchString(value) {
		return true
	}
	return resourceName.MatchString(value) || hierarchy.MatchString(value) || parameter.MatchString(value) || number.MatchString(value) ||
		identifier.MatchString(value) || resolved.MatchString(value) || awsID.MatchString(value)
}

var blank = regexp.MustCompile(`^(?:\*+|x{3,}|X{3,}|\.{3,}|<[^>]*>|\$\{[^}]*\}|\{\{[^}]*\}\}|%[A-Za-z_]+%)$`)

// placeholder reports whether a text stands for a value that is not there.
func placeholder(value string) bool { return blank.MatchString(value) }
