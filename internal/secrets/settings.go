package secrets

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
)

// IsSettingsFile reports whether a file by its name is made to hold secrets.
func IsSettingsFile(file string) bool {
	base := path.Base(file)
	folder := path.Base(path.Dir(file))
	switch {
	case base == ".env" || base == ".envrc" || strings.HasPrefix(base, ".env.") || strings.HasSuffix(base, ".env"):
		return !strings.HasSuffix(base, ".example") && !strings.HasSuffix(base, ".sample") && !strings.HasSuffix(base, ".template")
	case slices.Contains([]string{".npmrc", ".pypirc", ".netrc", "_netrc", ".pgpass", "pgpass.conf", ".my.cnf", ".git-credentials", ".dockercfg", ".dockerconfigjson", ".s3cfg", ".boto", "kubeconfig", "credentials.csv"}, base):
		return true
	case base == "credentials" || base == "config":
		return slices.Contains([]string{".aws", "aws", ".kube", ".oci"}, folder) || base == "credentials" && folder == "."
	case base == "config.json" && folder == ".docker":
		return true
	}
	ending := path.Ext(base)
	return slices.Contains([]string{".tfstate", ".tfvars", ".kubeconfig"}, ending) || strings.Contains(base, ".tfstate.") || strings.HasSuffix(base, ".tfvars.json")
}

// form is how settings are written.
type form int

const (
	noForm form = iota
	inPairs
	asTree
	asMarkup
)

// formOf goes by the name of a file, and by its beginning where that says nothing.
func formOf(file string, text []byte) form {
	base := strings.ToLower(path.Base(file))
	switch path.Ext(base) {
	case ".json", ".yaml", ".yml", ".tfstate", ".jwk", ".jwks", ".kubeconfig", ".backup", ".json5", ".dockercfg", ".dockerconfigjson":
		return asTree
	case ".properties", ".ini", ".toml", ".cfg", ".conf", ".cnf", ".env", ".envrc", ".tfvars", ".csv":
		if base == "credentials.csv" || path.Ext(base) != ".csv" {
			return inPairs
		}
		return noForm
	case ".xml", ".config", ".plist":
		return asMarkup
	case ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".go", ".java", ".cs", ".sh", ".md", ".rst", ".html", ".css", ".sql":
		return noForm
	}
	if base == "dockerfile" || strings.HasPrefix(base, "dockerfile.") {
		return inPairs
	}
	head := bytes.TrimSpace(text[:min(len(text), 512)])
	switch {
	case bytes.HasPrefix(head, []byte("{")), bytes.Contains(head, []byte("apiVersion:")) && bytes.Contains(text, []byte("kind: Config")):
		return asTree
	case IsSettingsFile(file), bytes.Contains(text, []byte("aws_secret_access_key")):
		return inPairs
	}
	return noForm
}

// largestTree is above which a document is read line by line, in bytes.
const largestTree = 512 << 10

var (
	// worthReading is in every document with a secret that is found by its name.
	worthReading = []string{"pass", "pwd", "pw", "secret", "token", "key", "cred", "auth", "sensitive", "kennwort", "senha", "dsn", "jwt", "cookie", "private", "kty", "psw"}
	// noSettings are documents about settings, and about programs.
	noSettings = regexp.MustCompile(`(?i)^(?:package(?:-lock)?|composer|tsconfig.*|jsconfig.*|angular|nx|turbo|renovate|swagger.*|openapi.*|.*\.schema|.*\.deps|.*\.runtimeconfig|manifest)\.(?:json|ya?ml)$`)
	// translated are the texts that users read.
	translated = regexp.MustCompile(`(?i)(?:^|/)(?:i18n|l10n|locales?|lang(?:uages?)?|translations?|messages?)(?:[/_.-]|$)|[_.-][a-z]{2}(?:[_-][A-Z]{2})?\.(?:properties|json|ya?ml)$`)
)

// inSettings judges what a file of settings holds by its names.
func inSettings(file string, text []byte) []Found {
	base := path.Base(file)
	how := formOf(file, text)
	if how == noForm || noSettings.MatchString(base) {
		return nil
	}
	made := IsSettingsFile(file)
	if lower := strings.ToLower(string(text)); !made && !slices.ContainsFunc(worthReading, func(word string) bool { return strings.Contains(lower, word) }) {
		return nil
	}
	judge := func(name, value string) (Reason, bool) {
		if made && (how != asTree || nameOf(name).certainty != unsaid) {
			return Find(name, value)
		}
		return inFile(file, name, value)
	}
	if how == asTree && len(text) <= largestTree {
		if !made && !mayName(text) {
			return nil
		}
		for _, read := range []func([]byte) (*node, error){readJSON, readYAML} {
			root, err := read(text)
			if err != nil {
				continue
			}
			if root.member("openapi", "swagger", "$schema") != nil {
				return nil
			}
			var found []Found
			root.walk("", func(name string, at *node) (Reason, bool) { return judge(name, at.text) }, func(line int, reason Reason) bool {
				found = append(found, Found{line, reason})
				return len(found) < 100
			})
			return found
		}
	}
	if how == asMarkup {
		return inTags(text, judge)
	}
	return inLines(text, judge)
}

// mayName reports whether a document has a line with a name that secrets have, or
// one that is written so that this cannot be told: reading all of it takes ten
// times as long.
func mayName(text []byte) bool {
	known := map[string]bool{}
	for line := range bytes.Lines(text) {
		if bytes.IndexByte(line, '{') >= 0 {
			return true
		}
		name, value, split := splitLine(string(bytes.TrimSpace(line)))
		if !split {
			continue
		}
		for _, word := range []string{name, value} {
			says, seen := known[word]
			if !seen && len(word) < 80 {
				says = nameOf(word).certainty != unsaid
				known[word] = says
			}
			if says {
				return true
			}
		}
		if len(value) >= 40 || name == "kty" || name == "sensitive" || strings.Contains(value, "@") {
			return true
		}
	}
	return bytes.Contains(text, []byte("|\n")) || bytes.Contains(text, []byte(">\n"))
}

// inFile judges a setting of a file that is not made for secrets: there are texts
// for users too, and names of types.
func inFile(file, name, value string) (Reason, bool) {
	said := nameOf(name)
	if inner, rest, is := strings.Cut(value, "="); is && said.certainty == unsaid && variable.MatchString(inner) {
		name, value, said = inner, rest, nameOf(inner) // of a list, as docker-compose has it
	}
	if said.certainty == unsaid && !mayHold(value) {
		return "", false
	}
	reason, is := Find(name, value)
	if !is {
		return "", false
	}
	value = strings.TrimSpace(value)
	switch {
	case reason == InURL || reason == InAddress:
		return reason, reason == InURL && !exampleURL(value) || reason == InAddress && odd(value)
	case reason != ByName:
		return reason, true
	case translated.MatchString(file), strings.Contains(value, " "), !isASCII(value), typeWords.MatchString(value), exampleWord.MatchString(value):
		return "", false
	case said.certainty == perhaps:
		return reason, !oneOf(name, "key", "keys", "id") // of an object, of a row
	case said.password:
		return reason, !titleWord.MatchString(value)
	}
	return reason, odd(value) || generated(value) || identifier.MatchString(value)
}

// mayHold reports whether a value may have a secret in it that the search of all
// text does not find: a look at each value would take a hundred times as long.
func mayHold(value string) bool {
	if len(value) < 12 || len(value) > 16<<10 {
		return false
	}
	if strings.Contains(value, "@") && strings.Contains(value, ":") || strings.Contains(value, "sig=") || strings.Contains(value, "ignature=") {
		return true
	}
	lower := strings.ToLower(value)
	if strings.HasPrefix(lower, "bearer ") || strings.HasPrefix(lower, "basic ") {
		return true
	}
	return (strings.ContainsAny(value, "={") || strings.Contains(value, ": ")) && slices.ContainsFunc([]string{"pass", "pwd", "secret", "token", "key", "kty"}, func(word string) bool { return strings.Contains(lower, word) })
}

var variable = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{2,60}$`)

// titleWord is what stands beside a field.
var titleWord = regexp.MustCompile(`^[A-Z][a-z]+$`)

var typeWords = regexp.MustCompile(`(?i)^(?:str(?:ing)?|text|password|hidden|secret|int(?:eger)?|bool(?:ean)?|object|array|number|any|sensitive|masked|optional|mandatory|write|read|inherit|always|never|auto|default|empty|file|env|vault|ssm|bearer|basic|plain|files|compat|systemd)$`)

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 })
}

// exampleURL reports whether all passwords in URLs of a text are examples.
func exampleURL(text string) bool { return len(passwordsInURLs([]byte(text))) == 0 }

// netrc holds names and values without a sign between them.
var netrc = regexp.MustCompile(`\b(password|passwd)[ \t]+(\S+)`)

// inLines judges lines such as NAME=VALUE and name: value.
func inLines(text []byte, judge func(name, value string) (Reason, bool)) []Found {
	var found []Found
	number := 0
	for line := range bytes.Lines(text) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) < 5 || len(line) > 64<<10 || line[0] == '#' || line[0] == ';' || bytes.HasPrefix(line, []byte("//")) && bytes.IndexByte(line, '=') < 0 {
			continue
		}
		name, value, split := splitLine(string(line))
		if !split {
			if pair := netrc.FindSubmatch(line); pair != nil {
				name, value, split = string(pair[1]), string(pair[2]), true
			}
		}
		if split {
			if reason, is := judge(name, value); is {
				found = append(found, Found{number, reason})
				continue
			}
		}
		if ofPgpass.Match(line) && passwordInAddress(string(line)) || bytes.Contains(line, []byte("@")) && passwordInURL(string(line)) && !exampleURL(string(line)) {
			found = append(found, Found{number, InURL})
		}
	}
	return found
}

// splitLine takes the name and the value of a setting, without what is around
// them.
func splitLine(line string) (name, value string, ok bool) {
	at := strings.IndexByte(line, '=')
	if colon := strings.IndexByte(line, ':'); colon > 0 && (at < 0 || colon < at) && colon+1 < len(line) && (line[colon+1] == ' ' || line[colon+1] == '\t' || at < 0 && line[colon+1] != '/') {
		at = colon
	}
	if at <= 0 {
		return "", "", false
	}
	name, value = strings.TrimSpace(line[:at]), strings.TrimSpace(line[at+1:])
	name = name[strings.LastIndexAny(name, " \t:/")+1:] // export NAME, //registry/:_authToken
	name = strings.Trim(name, `"'[]{}$`)
	value = strings.TrimSuffix(value, ",")
	if quote := strings.IndexAny(value, `"'`); quote == 0 {
		if end := strings.IndexByte(value[1:], value[0]); end >= 0 {
			value = value[1 : 1+end]
		}
	} else if comment := strings.Index(value, " #"); comment >= 0 {
		value = strings.TrimSpace(value[:comment])
	}
	return name, value, name != "" && value != ""
}

var (
	inElement  = regexp.MustCompile(`<([A-Za-z][\w.:-]*)(?:\s[^<>]*)?>([^<>]{3,500})</`)
	nameValue  = regexp.MustCompile(`(?:key|name)\s*=\s*["']([^"'<>]{1,100})["'][^<>]{0,100}?value\s*=\s*["']([^"'<>]{3,900})["']`)
	attribute  = regexp.MustCompile(`\s([A-Za-z][\w.:-]*)\s*=\s*["']([^"'<>]{3,900})["']`)
	plistValue = regexp.MustCompile(`<key>([^<>]+)</key>\s*<string>([^<>]{3,500})</string>`)
)

// inTags judges elements and attributes of XML.
func inTags(text []byte, judge func(name, value string) (Reason, bool)) []Found {
	var found []Found
	for _, of := range []*regexp.Regexp{inElement, nameValue, attribute, plistValue} {
		for _, at := range of.FindAllSubmatchIndex(text, 2000) {
			if reason, is := judge(string(text[at[2]:at[3]]), string(text[at[4]:at[5]])); is {
				found = append(found, Found{1 + bytes.Count(text[:at[2]], []byte("\n")), reason})
			}
		}
	}
	return found
}

// inMarkup judges a value that is XML.
func inMarkup(value string) (Reason, bool) {
	if value[0] != '<' {
		return "", false
	}
	for _, found := range inTags([]byte(value), func(name, text string) (Reason, bool) {
		said := nameOf(name)
		return ByName, said.certainty != unsaid && said.holds(text) && !placeholder(text)
	}) {
		return found.Reason, true
	}
	return "", false
}
