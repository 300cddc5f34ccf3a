package secrets

import (
	"regexp"
	"strings"
)

var (
	schemeAt = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://`)
	// userInfo matches what is between "://" and the host, up to the last "@".
	userInfo = regexp.MustCompile(`^([^\s/@:?#]*):(.+)@(?:[\w.\[-]|\$\{|\(|$)`)
	userOnly = regexp.MustCompile(`^([^\s/@:?#]{16,})@([\w.-]+)`)
	ofPort   = regexp.MustCompile(`^[0-9]{1,5}(?:[/?#,]|$)`)
	inQuery  = regexp.MustCompile(`[?&#;]([A-Za-z][\w.-]*)=([^&#;\s]*)`)
	// hooks are addresses that whoever knows them may post to.
	hooks = regexp.MustCompile(`(?i)discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20}|api\.telegram\.org/bot\d+:[\w-]{20}|\.office\.com/webhookb2/[\w@-]{20}|hooks\.slack\.com/(?:services|workflows|triggers)/\w+/\w+/\w{8}|hooks\.zapier\.com/hooks/catch/\d+/\w{4}|maker\.ifttt\.com/trigger/\w+/with/key/[\w-]{8}`)
)

// passwordInURL looks at the user information and the query of each URL in a
// text.
func passwordInURL(value string) bool {
	starts := schemeAt.FindAllStringIndex(value, -1)
	for i, start := range starts {
		end := len(value)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		rest := value[start[1]:end]
		if cut := strings.IndexAny(rest, " \t\r\n\"'`<>|"); cut >= 0 && !strings.HasPrefix(rest[cut:], "<") {
			rest = rest[:cut]
		}
		if inUserInfo(rest) || hooks.MatchString(value[start[0]:end]) {
			return true
		}
		for _, pair := range inQuery.FindAllStringSubmatch(rest, -1) {
			if inParameter(pair[1], pair[2]) {
				return true
			}
		}
	}
	return false
}

func inUserInfo(rest string) bool {
	if parts := userInfo.FindStringSubmatch(rest); parts != nil {
		password := parts[2]
		return !ofPort.MatchString(password) && !placeholder(password) && (parts[1] != "" || !strings.Contains(password, "/"))
	}
	parts := userOnly.FindStringSubmatch(rest)
	return parts != nil && generated(parts[1]) && !strings.Contains(parts[2], "sentry") // whose key is public
}

// inParameter judges a parameter of a query.
func inParameter(key, value string) bool {
	if value == "" || placeholder(value) || reference(value) && !identifier.MatchString(value) {
		return false
	}
	switch key := strings.ToLower(key); key {
	case "sig", "signature", "x-amz-signature", "x-goog-signature", "x-oss-signature", "x-amz-security-token", "hmac":
		return len(value) >= 16
	case "key", "code", "auth", "subscription-key", "k", "t", "sas", "authkey":
		return generated(value)
	}
	switch said := nameOf(key); said.certainty {
	case surely:
		return true
	case perhaps:
		return generated(value)
	case unsaid:
	}
	return false
}

var (
	bareDSN   = regexp.MustCompile(`(?:^|[\s"'=,;|])(?://)?([\w.+%-]{1,64}):([^\s"'/@][^\s"']*)@((?:tcp|tcp4|tcp6|udp|unix)?\([^)]*\)|[A-Za-z][A-Za-z0-9.-]*|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\])?(:\d{2,5})?([/?][^\s"']*)?`)
	ofOracle  = regexp.MustCompile(`(?:^|[\s"'=:])([A-Za-z][\w$#]*)/([^\s@/"']+)@(?://[\w.-]+|\(DESCRIPTION|[\w.-]+:\d{2,5})`)
	ofOracleJ = regexp.MustCompile(`(?i)jdbc:oracle:\w+:([^/\s:]+)/([^\s@]+)@`)
	ofPgpass  = regexp.MustCompile(`(?m)^[\w.*-]+:(?:\d{2,5}|\*):[\w*.-]+:[\w*.-]+:(\S+)$`)
)

// labels stand before an address of mail, and before what is no password.
var labels = []string{"owner", "team", "contact", "email", "mail", "mailto", "cc", "bcc", "to", "from", "author", "maintainer", "maintainers", "notify", "support", "user", "users", "alert", "alerts", "sip", "acct", "xmpp", "npm", "pkg", "arn", "urn", "image", "git", "serviceaccount", "reply-to", "admin", "principal", "member", "group"}

// passwordInAddress looks for user:password@host without a scheme.
func passwordInAddress(value string) bool {
	for _, found := range bareDSN.FindAllStringSubmatch(value, -1) {
		user, password, host, port, rest := found[1], found[2], found[3], found[4], found[5]
		switch {
		case strings.HasPrefix(password, "//"), placeholder(password), oneOf(user, "arn", "urn", "pkg", "npm"), oneOf(host, "sha256", "sha512"), ofPort.MatchString(password) && host == "":
		case host == "" && rest == "":
		case port == "" && rest == "" && !strings.Contains(host, "("):
			if odd(password) && !oneOf(user, labels...) {
				return true
			}
		case !oneOf(user, labels[:len(labels)-4]...) || odd(password):
			return true
		}
	}
	for _, of := range []*regexp.Regexp{ofOracle, ofOracleJ} {
		for _, found := range of.FindAllStringSubmatch(value, -1) {
			if !placeholder(found[2]) {
				return true
			}
		}
	}
	for _, found := range ofPgpass.FindAllStringSubmatch(value, -1) {
		if !placeholder(found[1]) && !reference(found[1]) {
			return true
		}
	}
	return false
}

var pairs = regexp.MustCompile(`(?i)(?:^|[;,\s&?{(])\s*["']?([a-z][a-z0-9 _.-]{1,40}?)["']?\s*=\s*("[^"]*"|'[^']*'|\{[^}]*\}|[^;,\s&]+)`)

// passwordInPairs looks at lists such as "Server=db;User Id=app;Password=...".
func passwordInPairs(value string) bool {
	found := pairs.FindAllStringSubmatch(value, -1)
	for _, pair := range found {
		text := strings.Trim(pair[2], `"'{}`)
		if !secretName(pair[1]) || text == "" || placeholder(pair[2]) || placeholder(text) || reference(text) && !identifier.MatchString(text) && !nameOf(pair[1]).password {
			continue
		}
		if len(found) > 1 && !oneOf(text, "true", "false", "none", "required") || odd(text) {
			return true
		}
	}
	return false
}
