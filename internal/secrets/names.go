package secrets

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// certainty is how sure a name is about what it names.
type certainty int

const (
	// unsaid: the name says nothing.
	unsaid certainty = iota
	// perhaps: a secret if it looks like one.
	perhaps
	// surely: a secret unless it only says where one is.
	surely
)

// named is what a name says.
type named struct {
	certainty

	// password: digits alone are one too.
	password bool
	// stored: secrets of Secrets Manager are named by such variables too.
	stored bool
	// core: the name of a secret is in it, and not only a word such as key.
	core bool
	// cryptographic: an identifier under it may be that of a KMS key.
	cryptographic bool
	// about is what of a secret is named instead of itself, "file" or "arn".
	about string
}

// secretEndings are how names end that only secrets have, without what separates
// words.
var secretEndings = []string{
	"password", "passwords", "passwd", "passphrase", "passcode", "pwd", "pswd", "passwort", "kennwort", "senha", "contrasena", "motdepasse",
	"secret", "secrets", "secretkey", "apikey", "apikeys", "accesskey", "privatekey", "privkey", "credential", "credentials", "creds",
	"token", "tokens", "authkey", "sharedaccesskey", "accountkey", "encryptionkey", "signingkey", "masterkey", "signaturekey", "sharedkey",
	"userpass", "dbpass", "sharedsecret", "clientkeydata", "wachtwoord", "passord", "losenord", "adgangskode", "presharedkey",
}

// wordedEndings are endings of secrets too, but their values are named in words
// where they are stored, as orders-encryption-key is.
var wordedEndings = []string{
	"aeskey", "fernetkey", "enckey", "cipherkey", "cryptokey", "cryptkey", "unsealkey", "seedphrase", "recoveryphrase", "backupphrase", "mnemonicphrase",
	"recoverycode", "recoverycodes", "backupcode", "backupcodes", "securitycode", "pincode", "pinnumber", "otpseed", "walletseed", "passwordsalt", "communitystring",
}

// secretWords are last words of such names, which other words end in too.
var secretWords = []string{"pass", "pw", "psw", "pwds", "tkn", "tok", "cred", "mdp", "pin", "authorization", "psk", "haslo", "heslo", "parola", "salasana"}

// passwordWords are what only passwords are called.
var passwordWords = []string{"password", "passwords", "passwd", "pwd", "pswd", "passphrase", "passcode", "pass", "pw", "psw", "passwort", "kennwort", "senha", "contrasena", "mdp", "pin", "pincode", "pinnumber", "code", "codes", "number", "wachtwoord", "haslo", "heslo", "parola", "salasana"}

// hintWords make a name one of a secret if the value looks like one.
var hintWords = []string{
	"key", "keys", "auth", "authorization", "bearer", "jwt", "cookie", "cookies", "session", "seed", "mnemonic", "sas", "hmac",
	"login", "dsn", "webhook", "otp", "totp", "mfa", "pat", "pepper", "kek", "dek", "pkey", "signkey", "license", "licence",
}

// strongHints are those of them under which a short value is one too.
var strongHints = []string{"hmac", "pat", "pepper", "bearer"}

// strongKeys are keys of that kind, by the word before.
var strongKeys = []string{"session", "license", "licence", "sign", "hmac", "csrf", "xsrf", "jwt", "cookie", "app", "deploy", "server", "storage", "serial", "activation", "product", "subscription", "recovery", "hash", "security"}

// countWords make the tokens of a model of what could be secrets.
var countWords = []string{"max", "min", "num", "total", "avg", "count", "limit"}

// openWords make a key one that everybody may have, or a name of something else.
var openWords = []string{
	"public", "publishable", "pub", "partition", "sort", "range", "primary", "foreign", "cache", "object", "s3", "feature", "idempotency", "routing", "site",
	"lookup", "group", "index", "row", "translation", "dedup", "deduplication", "message", "record", "item", "kms", "cmk", "fingerprint", "gpg", "pgp", "recaptcha",
}

// aboutWords follow the name of a secret where something about it is named.
var aboutWords = []string{
	"name", "names", "arn", "arns", "id", "ids", "ttl", "timeout", "expiry", "expires", "expire", "expiration", "exp", "age", "day", "days", "hour", "hours", "minute", "minutes",
	"second", "seconds", "secs", "ms", "duration", "interval", "lifetime", "length", "len", "min", "max", "size", "count", "counts", "limit", "limits", "budget", "policy", "policies", "rule", "rules",
	"required", "require", "enabled", "enable", "disabled", "disable", "endpoint", "endpoints", "url", "urls", "uri", "host", "hostname", "path", "paths", "file", "files", "filename",
	"dir", "directory", "folder", "location", "store", "manager", "provider", "type", "kind", "format", "algorithm", "alg", "hash", "hashes", "hashed", "hasher", "iterations",
	"rounds", "header", "headers", "prefix", "suffix", "pattern", "regex", "field", "fields", "column", "attribute", "attr", "param", "params", "parameter", "parameters", "ssm", "issuer",
	"audience", "scope", "scopes", "usage", "bucket", "table", "queue", "topic", "region", "zone", "cache", "rotation", "rotator", "recovery", "changed",
	"updated", "created", "validator", "validators", "validation", "check", "checks", "strength", "hint", "label", "title", "page", "link", "template", "attempts", "retries", "retry", "mode", "method",
	"flow", "grant", "lambda", "function", "role", "username", "alias", "ref", "reference", "version", "versions", "source", "engine", "bytes", "chars", "index", "input", "box", "form", "element", "selector",
	"stdin", "prompt", "env", "variable", "var", "service", "server", "class", "module", "plugin", "extension", "handler", "authorizer", "model", "price", "cost", "per", "tokenizer", "encoding", "charset",
	"derived", "iteration", "authentication", "backend", "schema", "namespace", "group", "owner", "status", "state", "date", "time", "timestamp", "fingerprint", "thumbprint", "stage", "labels", "mount", "address", "addresses", "contract", "symbol", "domain", "domains", "realm", "pool",
}

// qualifiers follow the name of a secret and leave it one: where it holds, which
// of several it is, how it is written.
var qualifiers = []string{
	"prod", "production", "dev", "develop", "development", "test", "testing", "tests", "staging", "stg", "qa", "uat", "int", "integration", "live", "sandbox", "sbx", "local",
	"preprod", "preprd", "nonprod", "prd", "tst", "acc", "acceptance", "perf", "preview", "nightly", "pilot", "emea", "apac", "global", "internal", "external", "binary", "beta", "alpha", "canary", "demo", "ci", "dr", "old", "new", "prev", "previous", "current", "curr", "next", "backup", "bak", "legacy", "tmp", "temp", "default", "primary",
	"secondary", "fallback", "rotated", "active", "pending", "value", "val", "text", "txt", "string", "str", "plain", "plaintext", "raw", "clear", "cleartext", "b64", "base64", "enc", "encoded",
	"hex", "json", "eu", "us", "ap", "west", "east", "north", "south", "central", "rw", "ro", "readonly", "readwrite", "admin", "root", "master", "replica", "a", "b", "c", "x",
	"pw", "pwd", "pass", "one", "two", "first", "second", "final", "real", "hidden", "secure", "ssm", "neu", "alt", "blue", "green", "red", "canary", "shadow", "standby",
}

var (
	cryptoWord  = regexp.MustCompile(`crypt|sign|master|data|cipher|aes|enc`)
	versionWord = regexp.MustCompile(`^v?[0-9]+$`)
	notPass     = regexp.MustCompile(`(?:com|by|tres|encom|sur|over|under|im)pass$`)
)

// nameOf judges a name such as DB_PASSWORD_PROD, dbPassword2 or db-password.
func nameOf(name string) named {
	words := splitName(name)
	for len(words) > 1 && (versionWord.MatchString(words[len(words)-1]) || slices.Contains(qualifiers, words[len(words)-1]) && !isCore(words[len(words)-1:]) && !worded(words)) {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return named{}
	}
	last := words[len(words)-1]
	if last == "tokens" && slices.ContainsFunc(words, func(w string) bool { return slices.Contains(countWords, w) }) {
		return named{}
	}
	if isCore(words) {
		if slices.ContainsFunc(words, func(w string) bool { return w == "public" || w == "publishable" }) {
			return named{}
		}
		return named{
			certainty: surely, password: slices.ContainsFunc(passwordWords, func(w string) bool { return last == w || len(w) > 4 && strings.HasSuffix(last, w) }),
			stored:        worded(words) || slices.Contains([]string{"secret", "secrets", "credentials", "creds", "credential"}, last) && !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(ownSecrets, w) }),
			cryptographic: strings.HasSuffix(last, "key") && cryptoWord.MatchString(strings.Join(words, " ")),
		}
	}
	for at, word := range slices.Backward(words) {
		hint := slices.Contains(hintWords, word) && !ofEverybody(name)
		if !hint && !isCore(words[:at+1]) {
			continue
		}
		if what := slices.IndexFunc(words[at+1:], func(w string) bool { return slices.Contains(aboutWords, w) }); what >= 0 {
			return named{about: words[at+1+what]}
		}
		strong := slices.Contains(strongHints, word) || at > 0 && strings.HasPrefix(word, "key") && slices.Contains(strongKeys, words[at-1])
		return named{certainty: perhaps, core: !hint || strong}
	}
	return named{}
}

// ownSecrets are words of secrets that a program signs or logs in with: they are
// the value themselves.
var ownSecrets = []string{"client", "jwt", "session", "app", "cookie", "signing", "webhook", "auth", "nextauth", "oauth", "hmac", "csrf", "shared", "consumer", "token", "access", "api", "hash", "encryption"}

// isCore reports whether words end as the name of a secret.
func isCore(words []string) bool {
	last := words[len(words)-1]
	if slices.Contains(secretWords, last) {
		return true
	}
	squeezed := strings.Join(words, "")
	if strings.HasSuffix(last, "pass") {
		return !notPass.MatchString(last)
	}
	return worded(words) || strings.HasSuffix(last, "pw") || slices.ContainsFunc(secretEndings, func(ending string) bool { return strings.HasSuffix(squeezed, ending) })
}

func worded(words []string) bool {
	squeezed := strings.Join(words, "")
	return slices.ContainsFunc(wordedEndings, func(ending string) bool { return strings.HasSuffix(squeezed, ending) })
}

// ofEverybody reports whether a name is one of a key that is no secret.
func ofEverybody(name string) bool {
	return slices.ContainsFunc(splitName(name), func(w string) bool { return slices.Contains(openWords, w) })
}

// secretName reports whether a name says that what it names is a secret.
func secretName(name string) bool { return nameOf(name).certainty == surely }

// splitName splits DB_PASS, db-pass, dbPass2 and DBPass into lower-case words.
func splitName(name string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) == 0 {
			return
		}
		text := strings.ToLower(string(word))
		word = word[:0]
		if !versionWord.MatchString(text) && text != "b64" && text != "base64" {
			text = strings.TrimRight(text, "0123456789")
		}
		words = append(words, text)
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsUpper(runes[i-1]) && unicode.IsLower(runes[i+1])):
			end()
		}
		word = append(word, r)
	}
	end()
	return words
}
