package secrets

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/zricethezav/gitleaks/v8/config"
)

// Found is a secret in a file. What it is, is not repeated.
type Found struct {
	// Line counts from 1. It is 0 where there are none.
	Line   int
	Reason Reason
}

// The reasons that only files have.
const (
	// PrivateKey is a key in the form of PEM.
	PrivateKey Reason = "private-key"
	// KeyStore is a file of keys, most of which ask for a password.
	KeyStore Reason = "store of private keys"
)

// Bounds of what Scan looks at, in bytes.
const (
	shortestWord = 16   // below which a word is no generated secret
	longestWord  = 2000 // above which it is data
	before       = 200  // how far from a word its name is looked for
	after        = 100
	// longLine is where a line was written by a machine: names in it say little.
	longLine = 1000
)

// Scan finds secrets in the text of a file. Only words that are long and have
// letters and digits are shown to gitleaks, with what is around them on their
// line; that makes it fast enough for every file of a package.
//
// In the code of others, which is full of examples, only secrets count that have
// a form of their own, such as a token that begins with "ghp_".
//
// Of a compiled module of Python the texts are looked at. They have no lines.
func Scan(file string, text []byte, others bool) []Found {
	if strings.HasSuffix(file, ".pyc") {
		return withoutLines(Scan(strings.TrimSuffix(file, "c"), compiled(text, !others), others))
	}
	found := scanWords(file, text, others)
	found = append(found, privateKeys(text)...)
	found = append(found, encodedKeys(text)...)
	if !others {
		found = append(found, passwordsInURLs(text)...)
		found = append(found, inSettings(file, text)...)
		found = append(found, phrases(text)...)
	}
	slices.SortFunc(found, func(a, b Found) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Reason, b.Reason)) })
	return slices.CompactFunc(found, func(a, b Found) bool { return a.Line == b.Line })
}

// withoutLines leaves one of each reason.
func withoutLines(found []Found) []Found {
	for i := range found {
		found[i].Line = 0
	}
	slices.SortFunc(found, func(a, b Found) int { return cmp.Compare(a.Reason, b.Reason) })
	return slices.Compact(found)
}

// excerpt is a piece of a line that may hold a secret.
type excerpt struct {
	text []byte
	line int
	long bool // the line is
}

func scanWords(file string, text []byte, others bool) []Found {
	excerpts := suspicious(text)
	if len(excerpts) == 0 {
		return nil // without the rules, which take memory too
	}
	d := detector()
	if d == nil || !others && passedOver(file) {
		return nil
	}
	var joined strings.Builder
	var found []Found
	for _, e := range excerpts {
		if reason, is := vendorToken(string(e.text)); is {
			found = append(found, Found{Line: e.line, Reason: reason})
		}
		joined.Write(e.text)
		joined.WriteByte('\n')
	}
	detecting.Lock()
	defer detecting.Unlock()
	if others { // rules by name take most of the time
		all := d.Config.Rules
		d.Config.Rules = formed()
		defer func() { d.Config.Rules = all }()
	}
	findings := d.DetectString(joined.String())
	for _, f := range findings {
		if f.StartLine < 0 || f.StartLine >= len(excerpts) {
			continue
		}
		e := excerpts[f.StartLine]
		if goesByName(f.RuleID) && (e.long || f.RuleID == generic && !mixed(string(e.text))) {
			continue
		}
		found = append(found, Found{Line: e.line, Reason: Reason(f.RuleID)})
	}
	return found
}

// passedOver reports whether gitleaks looks into no file of that name, such as
// the lock files of package managers.
func passedOver(file string) bool {
	return slices.ContainsFunc(detector().Config.Allowlists, func(a *config.Allowlist) bool { return a.PathAllowed(file) })
}

// formed are the rules of gitleaks that go by the form a value has.
var formed = sync.OnceValue(func() map[string]config.Rule {
	rules := maps.Clone(detector().Config.Rules)
	maps.DeleteFunc(rules, func(_ string, r config.Rule) bool {
		return r.RuleID == generic || r.Regex == nil || strings.Contains(r.Regex.String()[:min(40, len(r.Regex.String()))], `[\w.-]{0,50}?(?`)
	})
	return rules
})

// goesByName reports whether a rule goes by the name that a value has.
func goesByName(rule string) bool {
	_, ok := formed()[rule]
	return !ok
}

// The classes of bytes that words are made of.
const (
	inWord = 1 << iota
	isLetter
	isDigit
)

var classes = func() (table [256]byte) {
	for c := range table {
		switch {
		case c >= '0' && c <= '9':
			table[c] = inWord | isDigit
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			table[c] = inWord | isLetter
		case strings.IndexByte("_-+=~", byte(c)) >= 0:
			table[c] = inWord
		}
	}
	return table
}()

// suspicious cuts out the words that may be secrets, with what is around them.
func suspicious(text []byte) []excerpt {
	var out []excerpt
	for number, start := 1, 0; start < len(text); number++ {
		end := len(text)
		if at := bytes.IndexByte(text[start:], '\n'); at >= 0 {
			end = start + at
		}
		out = inLine(out, text[start:end], number)
		start = end + 1
	}
	return out
}

// lettersOnly is how the tokens begin that need have no digit, those of Hugging Face.
var lettersOnly = []byte("hf_")

func inLine(out []excerpt, line []byte, number int) []excerpt {
	until := 0 // what of the line is cut out already
	for at := 0; at < len(line); {
		seen, from := byte(0), at
		for at < len(line) && classes[line[at]] != 0 {
			seen |= classes[line[at]]
			at++
		}
		if length := at - from; length >= shortestWord && length <= longestWord && (seen == inWord|isLetter|isDigit || bytes.HasPrefix(line[from:], lettersOnly)) {
			begin, end := max(until, from-before), min(len(line), at+after)
			if end > begin {
				out = append(out, excerpt{line[begin:end], number, len(line) > longLine})
				until = end
			}
			at = max(at, end)
		}
		at++
	}
	return out
}

var (
	keyMark = []byte("PRIVATE KEY")
	// A key is a key with its text: programs that read keys name the mark too.
	wholeKey = regexp.MustCompile(`^-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\\[rn]|[\s"'+,]|[A-Za-z-]+: [^\n]{0,200}\n)*[A-Za-z0-9+/=]{40}`)
)

func privateKeys(text []byte) []Found {
	var found []Found
	for at := 0; ; {
		next := bytes.Index(text[at:], keyMark)
		if next < 0 {
			return found
		}
		mark := at + next
		at = mark + len(keyMark)
		begin := bytes.LastIndex(text[max(0, mark-60):mark], []byte("-----BEGIN"))
		if begin < 0 {
			continue
		}
		begin += max(0, mark-60)
		if wholeKey.Match(text[begin:min(len(text), begin+2000)]) {
			found = append(found, Found{1 + bytes.Count(text[:begin], []byte("\n")), PrivateKey})
		}
	}
}

// keyMarks are how keyMark looks in base64, which depends on what is before it.
var keyMarks = func() (marks [][]byte) {
	for before := range 3 {
		letters := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), keyMark...))
		marks = append(marks, []byte(letters[(before*8+5)/6:(before+len(keyMark))*8/6]))
	}
	return marks
}()

// encodedKeys finds keys in base64, on one line or on several.
func encodedKeys(text []byte) []Found {
	var found []Found
	for _, mark := range keyMarks {
		for at := 0; ; {
			next := bytes.Index(text[at:], mark)
			if next < 0 {
				break
			}
			at += next
			from, to := at, at
			for from > 0 && isBase64(text[from-1]) {
				from--
			}
			for to < len(text) && (isBase64(text[to]) || text[to] == '\n' || text[to] == '\r') {
				to++
			}
			letters := bytes.Join(bytes.Fields(text[from:min(to, from+4000)]), nil)
			if decoded, ok := fromBase64(string(letters[:len(letters)&^3])); ok && len(privateKeys(decoded)) > 0 {
				found = append(found, Found{1 + bytes.Count(text[:from], []byte("\n")), PrivateKey})
			}
			at = to
		}
	}
	return found
}

func isBase64(c byte) bool { return classes[c]&(isLetter|isDigit) != 0 || c == '+' || c == '/' }

var urlPassword = regexp.MustCompile("^://[^\\s/@\"',;:<>`]{1,60}:([^\\s/@\"',;<>`]{1,100})@([^\\s/:\"',;?`]+)")

// passwordsInURLs leaves out those that documents give as an example.
func passwordsInURLs(text []byte) []Found {
	var found []Found
	for at := 0; ; {
		next := bytes.Index(text[at:], []byte("://"))
		if next < 0 {
			return found
		}
		at += next
		parts := urlPassword.FindSubmatch(text[at:min(len(text), at+300)])
		if parts != nil && !example(string(parts[1]), string(parts[2])) || isHook(text[max(0, at-5):min(len(text), at+300)]) {
			found = append(found, Found{1 + bytes.Count(text[:at], []byte("\n")), InURL})
		}
		at += 3
	}
}

// isHook reports whether an address is one that whoever knows it may post to.
func isHook(address []byte) bool {
	if end := bytes.IndexAny(address, "\n\"'<>` "); end >= 0 {
		address = address[:end]
	}
	return (bytes.Contains(address, []byte("hook")) || bytes.Contains(address, []byte("trigger"))) && hooks.Match(address)
}

var exampleWord = regexp.MustCompile(`(?i)^(?:my|your|the|a|some|user|db)?[_-]?(?:pass(?:word|wd|phrase)?|pwd|pw|secret|user(?:name)?|token|key|changeme|example|test|guest|foo|bar|baz|root|admin|postgres)[0-9]{0,3}$`)

func example(password, host string) bool {
	local := host == "localhost" || strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "example.") || strings.Contains(host, ".example")
	return local || placeholder(password) || strings.ContainsAny(password, "${}%*()[]\\") || strings.HasPrefix(password, "...") || exampleWord.MatchString(password)
}
