package secrets

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	// schemes are those of HTTP's Authorization, and what comes after each.
	schemes = regexp.MustCompile(`(?i)(?:^|[\s:"'=,{(\[])(bearer|basic|token|apikey|api-key|negotiate|splunk|geniekey|sso-key|digest|bot)[\s:]+([A-Za-z0-9+/=_.~:|-]{6,})`)
	// signed are parameters that a signature belongs to, as in addresses that are
	// signed for a while.
	signatureOf = regexp.MustCompile(`(?i)(?:^|[?&;\s"'])(?:sig|signature|x-amz-signature|x-goog-signature)=([^&;\s"']{16,})`)
	signedWith  = regexp.MustCompile(`(?i)(?:^|[?&;\s"'])(?:sv|se|sr|sp|skn|expires|key-pair-id|policy|awsaccesskeyid|googleaccessid|x-amz-[a-z]+|x-goog-[a-z]+)=`)
	ofSession   = regexp.MustCompile(`(?i)(?:^|[;,\s"'{])(?:set-)?cookie\s*:\s*\S|(?:^|[;\s])(?:session(?:id)?|sid|jsessionid|phpsessid|connect\.sid|auth_?token|sessiontoken)=([^;\s"']{12,})`)
	// flag matches an option of a command with its value, also as two elements of a
	// list.
	flag = regexp.MustCompile(`(?:^|[\s"'=,\[;&|(])(--?[A-Za-z][A-Za-z0-9_.-]*)(?:=|["']?[\s,:]+["']?)("[^"]*"|'[^']*'|[^\s"',\]]+)`)
	// slashFlag is one of Windows.
	slashFlag = regexp.MustCompile(`(?i)(?:^|\s)/(p(?:ass(?:word)?)?|pwd|pw|token|key)[:=]("[^"]*"|\S+)`)
	// clients are commands that take a password after a letter, and the letter.
	clients = regexp.MustCompile(`\b(?:(mysql\w*|mariadb\w*|sshpass|mongo\w*|docker\s+login|podman\s+login|7z\w*|influx\w*|cqlsh|smbclient|plink|pscp|rabbitmqadmin|clickhouse-client|helm|skopeo|nuget)|(sqlcmd|bcp|isql|zip|unzip|unrar)|(redis-cli|ansible-vault|ipmitool)|(ldap\w+))\b`)
	short   = map[string]*regexp.Regexp{
		"p": regexp.MustCompile(`(?:^|[\s"',\[])-p["',\s]*([^\s"',\]-][^\s"',\]]*)`),
		"P": regexp.MustCompile(`(?:^|[\s"',\[])-P["',\s]*([^\s"',\]-][^\s"',\]]*)`),
		"a": regexp.MustCompile(`(?:^|[\s"',\[])-a["',\s]+([^\s"',\]-][^\s"',\]]*)`),
		"w": regexp.MustCompile(`(?:^|[\s"',\[])-w["',\s]*([^\s"',\]-][^\s"',\]]*)`),
	}
	userFlag   = regexp.MustCompile(`(?:^|[\s"',\[])(?:-u|--user|--userpwd|--proxy-user|-U|--auth|-a|--creds)(?:=|["']?[\s,]*["']?)([^\s:"',=/]+):([^\s"',\]]+)`)
	requesters = regexp.MustCompile(`\b(?:curl|wget|https?|httpie|ab|lftp|ftp|nexus|jfrog|twine)\b`)
	portMap    = regexp.MustCompile(`^(?:[\d.]+:)*\d{1,5}(?:/\w+)?$`)
	// prose is what people write into a description.
	prose = regexp.MustCompile(`(?i)(?:^|[\s"'(\[])(?:(?:pass(?:word|wd|phrase|code)?|passwort|kennwort|pwd|pw|login)\b["'\x60]?(?:\s+(?:is|was|are|ist|lautet)\b|\s+for\s+[\w-]+\s*[:=]?|\s*(?:[:=]+|->|=>))?|(?:(?:api|access|secret|auth|private|license)[ _-]?key|(?:client|shared|app)[ _-]?secret|secret|(?:auth|access|api|bearer)?[ _-]?token|creds?|credentials?)\b["'\x60]?(?:\s+(?:is|was|are|ist|lautet)\b|\s*(?:[:=]+|->|=>)))\s*["'\x60(]?([^\s"'\x60,;)]{5,})`)
)

// credential looks for what is sent or typed with a secret in it: headers,
// options of commands, signatures, cookies.
func credential(value string) (Reason, bool) {
	for _, found := range schemes.FindAllStringSubmatch(value, -1) {
		if inHeader(found[1], found[2]) {
			return InHeader, true
		}
	}
	if signedWith.MatchString(value) {
		if found := signatureOf.FindStringSubmatch(value); found != nil && !placeholder(found[1]) {
			return Signed, true
		}
	}
	if found := ofSession.FindStringSubmatch(value); found != nil && odd(found[1]) && generated(found[1]) {
		return InHeader, true
	}
	if inCommand(value) || afterName(value) {
		return InCommand, true
	}
	if strings.Contains(value, " ") {
		for _, found := range prose.FindAllStringSubmatch(value, -1) {
			if text := strings.TrimRight(found[1], ".!?"); odd(text) && !template.MatchString(text) && !strings.Contains(text, "://") && !strings.HasPrefix(text, "-") && strings.ContainsAny(text, "0123456789!$#@%&*") {
				return InText, true
			}
		}
	}
	return "", false
}

func inHeader(scheme, text string) bool {
	if placeholder(text) {
		return false
	}
	if strings.EqualFold(scheme, "basic") {
		return basic(text)
	}
	if strings.EqualFold(scheme, "token") || strings.EqualFold(scheme, "bot") || strings.EqualFold(scheme, "digest") {
		return generated(text)
	}
	return generated(text) || len(text) >= 8 && odd(text) && !strings.Contains(text, "=")
}

var userAndPassword = regexp.MustCompile(`^[^\s:]{1,128}:([^\s]{3,})$`)

// basic reports whether a text is a name and a password in base64.
func basic(text string) bool {
	decoded, ok := fromBase64(text)
	if !ok || !utf8.Valid(decoded) || !printable(string(decoded)) {
		return false
	}
	found := userAndPassword.FindStringSubmatch(string(decoded))
	return found != nil && !placeholder(found[1])
}

// inCommand looks at the options of a command.
func inCommand(value string) bool {
	if !strings.ContainsAny(value, "-/") {
		return false
	}
	for _, of := range []*regexp.Regexp{flag, slashFlag} {
		for _, found := range of.FindAllStringSubmatch(value, -1) {
			if inFlag(strings.TrimLeft(found[1], "-"), strings.Trim(found[2], `"'`)) {
				return true
			}
		}
	}
	for _, found := range userFlag.FindAllStringSubmatch(value, -1) {
		if !placeholder(found[2]) && !portMap.MatchString(found[1]+":"+found[2]) && (odd(found[2]) || requesters.MatchString(value)) {
			return true // and not a user with a group
		}
	}
	letters := []string{"p"}
	known := clients.FindStringSubmatch(value)
	if known != nil {
		letters = nil
		for i, letter := range []string{"p", "P", "a", "w"} {
			if known[i+1] != "" {
				letters = append(letters, letter)
			}
		}
	}
	for _, letter := range letters {
		for _, found := range short[letter].FindAllStringSubmatch(value, -1) {
			text := found[1]
			if placeholder(text) || template.MatchString(text) || portMap.MatchString(text) || strings.HasPrefix(text, "/") || strings.HasPrefix(text, ".") {
				continue
			}
			if known != nil && len(text) >= 4 || odd(text) && len(text) >= 6 && !strings.ContainsAny(text, "/=:") {
				return true
			}
		}
	}
	return false
}

// afterName reports whether the name of a secret is followed by what looks like one.
func afterName(value string) bool {
	words := strings.Fields(value)
	for i := range len(words) - 1 {
		if secretName(words[i]) && generated(words[i+1]) && !placeholder(words[i+1]) {
			return true
		}
	}
	return false
}

func inFlag(name, text string) bool {
	if after, is := strings.CutPrefix(name, "D"); is && strings.Contains(after, ".") {
		name = after
	}
	said := nameOf(name)
	if said.certainty == unsaid && strings.Contains(text, "=") {
		// -e DB_PASSWORD=..., --from-literal=password=..., -Dpassword=...
		inner, rest, _ := strings.Cut(text, "=")
		if secretName(inner) {
			text, said = rest, nameOf(inner)
		}
	}
	if text == "" || strings.HasPrefix(text, "-") || placeholder(text) || template.MatchString(text) || slices.ContainsFunc([]string{"id=", "name=", "src=", "file="}, func(p string) bool { return strings.HasPrefix(text, p) }) {
		return false
	}
	switch said.certainty {
	case surely:
		return number.MatchString(text) && said.password && len(text) > 3 || identifier.MatchString(text) || !reference(text) && (!said.stored || !wordy(text))
	case perhaps:
		return generated(text)
	case unsaid:
	}
	return false
}
