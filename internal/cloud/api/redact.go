package api

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// redacted hides secrets in the text of an error and keeps the error itself.
type redacted struct {
	error

	text string
}

func (r redacted) Error() string { return r.text }

func (r redacted) Unwrap() error { return r.error }

// In bytes: hiding "1" or "yes", or five letters of base64 that can be anything,
// would garble a text and keep no secret.
const (
	shortestSecret  = 4
	shortestEncoded = 8
)

// hiddenValue is what stands in place of a value.
const hiddenValue = "(value hidden)"

// Redact replaces every one of the given values in the error's text: AWS
// repeats what it was sent in some validation errors. A value is found as it is,
// escaped as in JSON, URLs or XML, and in base64, also within a longer text.
func Redact(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, form := range hidden(secrets) {
		text = hide(text, form)
	}
	if text == err.Error() {
		return err
	}
	return redacted{error: err, text: text}
}

// hidden lists what to hide, the longest first, so that no value is hidden only
// as far as a shorter one goes.
func hidden(secrets []string) []string {
	var out []string
	for _, secret := range secrets {
		for _, form := range []string{secret, strings.TrimSpace(secret)} {
			if len(form) < shortestSecret {
				continue
			}
			out = append(out, form)
			for _, text := range []string{form, inJSON(form, true), inJSON(form, false)} {
				out = append(out, encoded(text)...)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(out)
}

// inJSON is a text as it stands between the quotes of JSON.
func inJSON(text string, escapeHTML bool) string {
	var quoted strings.Builder
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(escapeHTML)
	if encoder.Encode(text) != nil {
		return text // texts always encode
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(quoted.String()), `"`), `"`)
}

// encoded are the forms of a text in base64 and in hexadecimal. Three bytes make
// four letters, so what a longer text shows of it depends on how many bytes are
// before it; letters that also depend on what is around it are left out.
func encoded(text string) []string {
	out := []string{hex.EncodeToString([]byte(text)), strings.ToUpper(hex.EncodeToString([]byte(text)))}
	for _, alphabet := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		out = append(out, alphabet.EncodeToString([]byte(text)), alphabet.WithPadding(base64.NoPadding).EncodeToString([]byte(text)))
		for before := range 3 {
			letters := alphabet.WithPadding(base64.NoPadding).EncodeToString(append(make([]byte, before), text...))
			from, to := (before*8+5)/6, (before+len(text))*8/6
			if to-from >= shortestEncoded {
				out = append(out, letters[from:to])
			}
		}
	}
	return out
}

// hide replaces a value wherever it stands, however its characters are escaped.
func hide(text, value string) string {
	var out strings.Builder
	kept := 0
	for at := 0; at < len(text); {
		end := endOf(text, at, value)
		if end < 0 {
			at++
			continue
		}
		out.WriteString(text[kept:at] + hiddenValue)
		at, kept = end, end
	}
	if kept == 0 {
		return text
	}
	out.WriteString(text[kept:])
	return out.String()
}

// endOf is where a value ends that begins at a place of a text, or -1 if it does
// not.
func endOf(text string, at int, value string) int {
	for value != "" {
		r, size := utf8.DecodeRuneInString(value)
		if r == '\\' {
			// Backslashes are doubled once or more, and may begin the next escape too.
			run := len(value) - len(strings.TrimLeft(value, `\`))
			there := len(text[at:]) - len(strings.TrimLeft(text[at:], `\`))
			value = value[run:]
			for n := there; n >= run; n-- {
				if end := endOf(text, at+n, value); end >= 0 {
					return end
				}
			}
			if there > 0 {
				return -1
			}
			at = endOfEscape(text, at, r, `\`)
			for range run - 1 {
				if at >= 0 {
					at = endOfEscape(text, at, r, `\`)
				}
			}
			if at < 0 {
				return -1
			}
			continue
		}
		char := value[:size]
		value = value[size:]
		escaped := endOfEscape(text, at, r, char)
		plain := strings.HasPrefix(text[at:], char)
		switch {
		case r == '%' && plain: // may be escaped too, once or more, which cannot be told before the rest
			for more := at + size; ; more += len("25") {
				if end := endOf(text, more, value); end >= 0 {
					return end
				}
				if !strings.HasPrefix(text[more:], "25") {
					return -1
				}
			}
		case plain && escaped >= 0: // "&" of "&amp;" is both
			if end := endOf(text, at+size, value); end >= 0 {
				return end
			}
			at = escaped
		case plain:
			at += size
		case escaped >= 0:
			at = escaped
		default:
			return -1
		}
	}
	return at
}

// endOfEscape is where a character ends that is escaped in one of the ways of
// JSON, URLs and XML, or -1.
func endOfEscape(text string, at int, r rune, char string) int {
	if at >= len(text) {
		return -1
	}
	rest := text[at:]
	switch rest[0] {
	case '+':
		if r == ' ' {
			return at + 1
		}
	case '%':
		if end := endOfPercent(text, at, char); end >= 0 || r != ' ' {
			return end
		}
		return endOfPercent(text, at, "+") // as a form has it, in a query
	case '&':
		return endOfEntity(text, at, r)
	case '\\':
		body := strings.TrimLeft(rest, `\`)
		at += len(rest) - len(body)
		for _, short := range shortEscapes[r] {
			if strings.HasPrefix(body, short) {
				return at + len(short)
			}
		}
		if r == '"' || r == '/' || r == '\'' {
			if strings.HasPrefix(body, char) {
				return at + 1
			}
		}
		if long := fmt.Sprintf("U%08x", r); len(body) >= len(long) && strings.EqualFold(body[:len(long)], long) {
			return at + len(long)
		}
		units := utf16.Encode([]rune{r})
		for i, unit := range units {
			if i > 0 {
				trimmed := strings.TrimLeft(body, `\`)
				at += len(body) - len(trimmed)
				body = trimmed
			}
			if len(body) < 5 || body[0] != 'u' || !strings.EqualFold(body[1:5], fmt.Sprintf("%04x", unit)) {
				return -1
			}
			at, body = at+5, body[5:]
		}
		return at
	}
	return -1
}

// shortEscapes are those of JSON for what cannot be seen.
var shortEscapes = map[rune][]string{'\n': {"n"}, '\r': {"r"}, '\t': {"t"}, '\b': {"b"}, '\f': {"f"}}

// endOfPercent takes "%2F", "%2f", and "%252F", which is escaped twice.
func endOfPercent(text string, at int, char string) int {
	for i := range len(char) {
		if at >= len(text) || text[at] != '%' {
			return -1
		}
		at++
		for strings.HasPrefix(text[at:], "25") {
			at += 2
		}
		if len(text)-at < 2 || !strings.EqualFold(text[at:at+2], fmt.Sprintf("%02x", char[i])) {
			return -1
		}
		at += 2
	}
	return at
}

// endOfEntity takes "&amp;", "&#38;" and "&#x26;".
func endOfEntity(text string, at int, r rune) int {
	name, _, found := strings.Cut(text[at+1:min(len(text), at+12)], ";")
	if !found {
		return -1
	}
	end := at + 1 + len(name) + 1
	if strings.EqualFold(name, namedEntities[r]) {
		return end
	}
	digits, isNumber := strings.CutPrefix(name, "#")
	if !isNumber {
		return -1
	}
	base := 10
	if hexadecimal, is := strings.CutPrefix(strings.ToLower(digits), "x"); is {
		digits, base = hexadecimal, 16
	}
	if code, err := strconv.ParseInt(digits, base, 32); err != nil || rune(code) != r {
		return -1
	}
	return end
}

var namedEntities = map[rune]string{'&': "amp", '<': "lt", '>': "gt", '"': "quot", '\'': "apos"}
