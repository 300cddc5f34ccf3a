package secrets

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	resourceName = regexp.MustCompile(`^arn:[a-z-]+:[a-z0-9-]+:\S*$`)
	plainURL     = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://`)
	number       = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?[a-z]{0,2}$`)
	identifier   = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	longNumber   = regexp.MustCompile(`^[0-9]{10,}$`)
	hostName     = regexp.MustCompile(`^(?:[a-z0-9-]+\.)+[a-z]{2,12}(?::[0-9]+)?$`)
	awsID        = regexp.MustCompile(`^(?:subnet|sg|vpc|eni|ami|i|key|acl|rtb|igw|vol|snap|fs|fsap|csc)-(?:[0-9a-f]{8}|[0-9a-f]{17})$|^mrk-[0-9a-f]{32}$|^alias/[\w/-]+$|^0x[0-9a-fA-F]{40}$`)
	// elsewhere is how values begin that others resolve, or that are encrypted:
	// with KMS, Vault, sops, Jasypt or a key of Spring Cloud Config; and keys that
	// are meant for browsers.
	elsewhere = regexp.MustCompile(`^(?:\{\{resolve:|resolve:|(?:aws-)?ssm:|secretsmanager:|vault:|op://|gcp?[sm]*:|sops:|kms:|file:|env:|@Microsoft\.KeyVault\(|projects/[^/]+/secrets/|ENC[\[(]|\{cipher\}|AQICA|pk_(?:live|test)_|valueFrom:|ref\+|\$+\.[A-Za-z]|\$\{.*\}$|!(?:Ref|GetAtt|Sub|ImportValue)\b)`)
	template  = regexp.MustCompile(`\$\{\{?[^}]*\}?\}|\{\{[^}]*\}\}|\$\([^)]*\)|\$[A-Za-z_]\w*|%[A-Za-z_]+%|%\([a-z_]+\)s|<[A-Za-z_][^>]*>|\{[A-Za-z_][\w.-]*\}|\[[A-Za-z_][\w -]*\]|%[sdvq]`)
)

// reference reports whether a text only says where something is: the ARN of a
// secret, the name of a parameter, an address, a number, a switch.
func reference(value string) bool {
	switch strings.ToLower(value) {
	case "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "enabled", "disabled", "required", "optional", "basic", "bearer", "jwt", "iam", "oauth", "oauth2", "accesstoken", "access_token", "token", "cookie", "n/a", "string", "text":
		return true
	}
	if _, err := url.Parse(value); err == nil && plainURL.MatchString(value) {
		return true
	}
	return resourceName.MatchString(value) || number.MatchString(value) || identifier.MatchString(value) || elsewhere.MatchString(value) || awsID.MatchString(value) || place(value)
}

// place reports whether a text is a path or the name of a parameter: a random
// password with a slash in it has no words.
func place(value string) bool {
	if !strings.Contains(value, "/") || strings.ContainsAny(value, " +=!@#$%^&*()[]{}|\\\"'<>?;,") || strings.Contains(value, "//") {
		return false
	}
	parts := 0
	for part := range strings.SplitSeq(strings.Trim(value, "/"), "/") {
		parts++
		if !wordy(part) {
			return false
		}
	}
	return parts > 1 || strings.HasPrefix(value, "/") && parts == 1
}

var (
	camelWord  = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+`)
	wordShape  = regexp.MustCompile(`^(?:[a-z]+|[A-Z]+|[A-Z]?[a-z]+(?:[A-Z]+[a-z]*)*)[0-9]{0,4}$`)
	shortDigit = regexp.MustCompile(`^[0-9]{1,8}$|^v[0-9]+$|^[0-9]+[a-z]{1,2}$|^[a-z]{1,4}[0-9]{1,2}[a-z]{0,2}$`)
)

// wordy reports whether a text is words, as names are and what was generated is
// not: orders-db, prod.orders_v2, MyTable3.
func wordy(text string) bool {
	for piece := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("-_.: ~", r) }) {
		if shortDigit.MatchString(piece) {
			continue
		}
		if !wordShape.MatchString(piece) || !pronounceable(piece) {
			return false
		}
	}
	return true
}

// pronounceable reports whether the parts of a word have vowels where words have.
func pronounceable(piece string) bool {
	parts := camelWord.FindAllString(piece, -1)
	if len(parts) > 2 && len(piece) < 3*len(parts) {
		return false
	}
	for _, part := range parts {
		if len(part) < 6 {
			continue
		}
		vowels, run := 0, 0
		for _, r := range strings.ToLower(part) {
			if strings.ContainsRune("aeiouy", r) {
				vowels++
				run = 0
			} else if run++; run > 5 {
				return false
			}
		}
		if vowels*6 < len(part) {
			return false
		}
	}
	return true
}

// generated reports whether a text looks as if a machine had drawn it.
func generated(text string) bool {
	for word := range strings.FieldsSeq(text) {
		word = strings.Trim(word, `"',;`)
		if len(word) < 12 || identifier.MatchString(word) || wordy(word) || plainURL.MatchString(word) || resourceName.MatchString(word) || place(word) || template.MatchString(word) || hostName.MatchString(word) {
			continue
		}
		if mixed(word) || len(word) >= 16 && changes(word) >= 5 {
			return true
		}
	}
	return false
}

// changes counts how often the kind of a character changes, among small and
// capital letters, digits and signs.
func changes(text string) (n int) {
	before := -1
	for _, r := range text {
		kind := 3
		switch {
		case unicode.IsLower(r):
			kind = 0
		case unicode.IsUpper(r):
			kind = 1
		case unicode.IsDigit(r):
			kind = 2
		}
		if before >= 0 && kind != before {
			n++
		}
		before = kind
	}
	return n
}

// odd reports whether a short text is more than words: hunter2hunter2, P4ss!word.
func odd(text string) bool {
	return len(text) >= 4 && !wordy(text) && !number.MatchString(text) && !reference(text) && !placeholder(text) && strings.ContainsFunc(text, unicode.IsLetter) &&
		strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
}

var (
	blank      = regexp.MustCompile(`^(?:\*+|[xX]{3,}(?:[-_.@][xX0-9]+)*|\.{3,}|-+|#+|<[^>]*>)$`)
	insertHere = regexp.MustCompile(`(?i)^(?:<?your|<?enter|<?insert|replace|<?todo|tbd\b|fixme|dummy|fake|placeholder|not[-_ ]?(?:set|used|real)|redacted|unset)(?:[-_ .:]|$|[A-Z])|[-_ ](?:here|placeholder|goes[-_ ]here)>?$|^(?:AIza|sk-|ghp_|AKIA|SG\.|xox[bp]-|whsec_|[sp]k_(?:test|live)_)?[xX.*]{3,}$`)
)

// placeholder reports whether a text stands for a value that is not there.
func placeholder(value string) bool {
	if blank.MatchString(value) || insertHere.MatchString(value) && !generated(value) {
		return true
	}
	// What is left when the variables are taken out.
	rest := template.ReplaceAllString(value, "")
	return rest != value && !strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

var inWords = regexp.MustCompile(`^[a-z]+[0-9]?(?:[-_](?:[a-z]+[0-9]?|v?[0-9]{1,2}))+$`)

// mixed reports whether a text has letters and digits in one word, as generated
// secrets do and names of things do not.
func mixed(value string) bool {
	for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		n := 0
		digit := false
		for i, r := range word {
			if i > 0 && unicode.IsDigit(r) != digit {
				n++
			}
			digit = unicode.IsDigit(r)
		}
		if n > 2 && len(word) >= 16 {
			return true
		}
	}
	return false
}

// oneOf reports whether a text is one of some words, whatever their case.
func oneOf(text string, words ...string) bool {
	return slices.Contains(words, strings.ToLower(text))
}
