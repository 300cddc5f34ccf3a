package secrets

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"html"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of what is looked for within a value: how often it is unpacked, and how
// many bytes come out.
const (
	deepest  = 5
	unpacked = 256 << 10
)

// inStructure looks into a value that is JSON, YAML or a list of settings.
func inStructure(value string, depth int) (reason Reason, is bool) {
	if len(value) < 5 || !strings.ContainsAny(value, ":=<") {
		return "", false
	}
	lines := strings.Contains(value, "\n")
	for _, read := range []func([]byte) (*node, error){readJSON, readYAML} {
		if value[0] != '{' && value[0] != '[' && !lines && !strings.HasPrefix(value, "- ") && !yamlPair.MatchString(value) {
			break
		}
		root, err := read([]byte(value))
		if err != nil {
			continue
		}
		root.walk("", func(name string, at *node) (Reason, bool) { return find(name, at.text, depth+1) }, func(_ int, why Reason) bool {
			reason, is = why, true
			return false
		})
		if is {
			return reason, true
		}
		break
	}
	if lines || strings.HasPrefix(value, "export ") || strings.Contains(value, ";") {
		for _, found := range inLines([]byte(strings.ReplaceAll(value, ";", "\n")), func(name, text string) (Reason, bool) { return find(name, text, depth+1) }) {
			return found.Reason, true
		}
	}
	return inMarkup(value)
}

var yamlPair = regexp.MustCompile(`^["']?[A-Za-z_][\w.-]*["']?\s*:\s+\S`)

var (
	base64Text = regexp.MustCompile(`^[A-Za-z0-9+/_-]{12,}={0,2}$`)
	base64Word = regexp.MustCompile(`[A-Za-z0-9+/_-]{24,}={0,2}`)
	percent    = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	hexText    = regexp.MustCompile(`^(?:[0-9a-f]{2}){16,}$|^(?:[0-9A-F]{2}){16,}$`)
)

// fromBase64 decodes any of the four kinds, with line ends or without.
func fromBase64(text string) ([]byte, bool) {
	text = strings.Join(strings.Fields(text), "")
	if !base64Text.MatchString(text) || len(text) > unpacked {
		return nil, false
	}
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.RawURLEncoding
	}
	out, err := encoding.DecodeString(strings.TrimRight(text, "="))
	return out, err == nil
}

func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.IsSpace(r) })
}

// inEncoded looks at what a value, or a word of it, is the base64, the
// hexadecimal or the escaped form of.
func inEncoded(name, value string, depth int) (Reason, bool) {
	texts := []string{value}
	if joined := strings.Join(strings.Fields(value), ""); !base64Text.MatchString(joined) {
		texts = base64Word.FindAllString(value, 20)
	}
	for _, text := range texts {
		if decoded, ok := fromBase64(text); ok {
			if reason, is := inDecoded(name, decoded, depth); is {
				return reason, true
			}
		}
	}
	if digits := strings.TrimPrefix(strings.TrimPrefix(value, "0x"), "0X"); hexText.MatchString(digits) {
		if decoded, err := hex.DecodeString(digits); err == nil {
			if reason, is := inDecoded(name, decoded, depth); is {
				return reason, true
			}
		}
	}
	if percent.MatchString(value) {
		if plain, err := url.QueryUnescape(value); err == nil && plain != value {
			return find(name, plain, depth+1)
		}
	}
	if plain := unescaped(value); plain != value {
		return find(name, plain, depth+1)
	}
	if strings.Contains(value, `\n`) || strings.Contains(value, `\"`) {
		if plain := strings.NewReplacer(`\n`, "\n", `\"`, `"`).Replace(value); plain != value {
			return find(name, plain, depth+1)
		}
	}
	return "", false
}

// escape is a character as JavaScript and C write it, entity as HTML does.
var (
	escape = regexp.MustCompile(`\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}`)
	entity = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);`)
)

// unescaped writes escaped characters out.
func unescaped(text string) string {
	if strings.Contains(text, `\`) {
		text = escape.ReplaceAllStringFunc(text, func(escaped string) string {
			code, _ := strconv.ParseUint(escaped[2:], 16, 16) // it matches
			return string(rune(code))
		})
	}
	if entity.MatchString(text) {
		text = html.UnescapeString(text)
	}
	return text
}

// fromUTF16 turns what Windows writes into UTF-8: characters of ASCII have a byte of
// zero behind them there.
func fromUTF16(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\xff\xfe"))
	if len(text) < 4 || len(text)%2 != 0 || text[1] != 0 || text[3] != 0 {
		return text
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(text[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

func inDecoded(name string, decoded []byte, depth int) (Reason, bool) {
	if reason, is := KeyFile("", decoded); is {
		return reason, true
	}
	if bytes.HasPrefix(decoded, []byte("\x1f\x8b")) {
		if in, err := gzip.NewReader(bytes.NewReader(decoded)); err == nil {
			decoded, _ = io.ReadAll(io.LimitReader(in, unpacked)) // what there is of it
		}
	}
	if bytes.HasPrefix(decoded, []byte("\x78")) {
		if in, err := zlib.NewReader(bytes.NewReader(decoded)); err == nil {
			decoded, _ = io.ReadAll(io.LimitReader(in, unpacked)) // what there is of it
		}
	}
	text := string(fromUTF16(decoded))
	if len(text) < 6 || !printable(text) {
		return "", false
	}
	if said := nameOf(name); said.certainty != unsaid || strings.Contains(strings.ToLower(name), "auth") {
		if found := userAndPassword.FindStringSubmatch(text); found != nil && !placeholder(found[1]) && !strings.HasPrefix(found[1], "//") {
			return InHeader, true
		}
	}
	return find(name, text, depth+1)
}
