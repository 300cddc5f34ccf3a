package api

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func TestRedact_HidesEveryForm(t *testing.T) {
	t.Parallel()
	const pem = "-----BEGIN KEY-----\nMIIE\"<&>\\x\n-----END KEY-----"
	inJSON, err := json.Marshal(map[string]string{"PEM": pem})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text    string
		secrets []string
		leaks   []string
	}{
		"as it is":           {"sent " + pem, []string{pem}, []string{"MIIE"}},
		"in JSON":            {"String measured: " + string(inJSON), []string{pem}, []string{"MIIE", "BEGIN"}},
		"one within another": {"hunter2-prod-9f8e and hunter2", []string{"hunter2", "hunter2-prod-9f8e"}, []string{"hunter2", "prod"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cause := errors.New(c.text)
			got := Redact(cause, c.secrets)
			for _, leak := range c.leaks {
				if strings.Contains(got.Error(), leak) {
					t.Errorf("%q shows %q", got, leak)
				}
			}
			if !errors.Is(got, cause) {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestRedact_LeavesShortValuesAndOtherErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("timeout is 1, yes")
	if got := Redact(cause, []string{"1", "yes", "absent-value"}); got.Error() != cause.Error() {
		t.Errorf("got %q", got)
	}
	if Redact(nil, []string{"secret"}) != nil {
		t.Error("nil became an error")
	}
}

// TestRedact_HidesEscapedAndEncoded sends values through the ways in which
// services, SDKs and logs write them, alone and within longer texts.
func TestRedact_HidesEscapedAndEncoded(t *testing.T) {
	t.Parallel()
	inJSON := func(v any) string { text, _ := json.Marshal(v); return string(text) }
	ways := map[string]func(v string) string{
		"plain":        func(v string) string { return v },
		"query":        url.QueryEscape,
		"path":         url.PathEscape,
		"query, lower": func(v string) string { return lowerEscapes(url.QueryEscape(v)) },
		"query, twice": func(v string) string { return url.QueryEscape(url.QueryEscape(v)) },
		"every byte": func(v string) string {
			return "%" + strings.TrimSuffix(spaced(hex.EncodeToString([]byte(v)), "%"), "%")
		},
		"form":            func(v string) string { return url.Values{"Value": {v}, "Other": {"x"}}.Encode() },
		"JSON":            func(v string) string { return inJSON(map[string]string{"V": v}) },
		"JSON in JSON":    func(v string) string { return inJSON(map[string]string{"V": inJSON(map[string]string{"V": v})}) },
		"JSON, ASCII":     strconv.QuoteToASCII,
		"JSON, slashes":   func(v string) string { return strings.ReplaceAll(inJSON(v), "/", `\/`) },
		"XML":             html.EscapeString,
		"base64":          func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) },
		"base64, raw":     func(v string) string { return base64.RawStdEncoding.EncodeToString([]byte(v)) },
		"base64, URL":     func(v string) string { return base64.URLEncoding.EncodeToString([]byte(v)) },
		"base64, raw URL": func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) },
		"base64, query":   func(v string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(v))) },
		"base64 of JSON": func(v string) string {
			return base64.StdEncoding.EncodeToString([]byte(inJSON(map[string]string{"V": v})))
		},
		"hexadecimal": func(v string) string { return hex.EncodeToString([]byte(v)) },
	}
	for before := range 3 {
		ways[fmt.Sprintf("base64, %d before", before)] = func(v string) string {
			return base64.StdEncoding.EncodeToString([]byte("xyz"[:before] + v + " and more"))
		}
		ways[fmt.Sprintf("base64 URL, %d before", before)] = func(v string) string {
			return base64.RawURLEncoding.EncodeToString([]byte("user:"[:2+before] + v))
		}
	}
	values := []string{"hunter2-hunter2", "p@ss/w0rd+1=?&<x>", "a b\\c\"d'e%41", "Grüße an 日本", "🔑🔑 key", "line one\nline two\n", `{"password":"x/y z"}`, "%25%25 && ++ \\\\", "ÿÿÿ>>>???~~~"}
	hidden, all := 0, 0
	for name, way := range ways {
		for _, value := range values {
			all++
			sent := way(value)
			text := "ValidationException: Value '" + sent + "' at 'environment' failed"
			got := Redact(errors.New(text), []string{"other-value", value}).Error()
			// Two letters of base64 at each end depend on what is around too.
			least := len(strings.TrimSpace(value))
			if strings.HasPrefix(name, "base64") {
				least = least*8/6 - 3
			}
			if len(text)+len(hiddenValue)-len(got) < least || strings.Count(got, hiddenValue) != 1 {
				t.Errorf("%s of %q: %s", name, value, got)
				continue
			}
			hidden++
		}
	}
	fmt.Printf("redaction: %d of %d values hidden, each in one of %d ways to write it\n", hidden, all, len(ways))
}

func lowerEscapes(text string) string {
	out := []byte(text)
	for i := range out {
		if i >= 2 && (out[i-1] == '%' || out[i-2] == '%') && out[i] >= 'A' && out[i] <= 'F' || i == 1 && out[0] == '%' {
			out[i] |= 0x20
		}
	}
	return string(out)
}

// spaced puts a mark after every two digits.
func spaced(digits, mark string) string {
	var out strings.Builder
	for i := 0; i < len(digits); i += 2 {
		out.WriteString(digits[i:i+2] + mark)
	}
	return out.String()
}

// TestRedact_LeavesWhatOnlyBeginsAlike hides whole values and nothing else.
func TestRedact_LeavesWhatOnlyBeginsAlike(t *testing.T) {
	t.Parallel()
	const text = "hunter3 hunte%72 aHVudGVy"
	if got := Redact(errors.New(text), []string{"hunter2"}); got.Error() != text {
		t.Errorf("got %q", got)
	}
}

// FuzzRedact hides what stands in a text, and ends.
func FuzzRedact(f *testing.F) {
	f.Add("a%25b", "%b")
	f.Add(`\\\\x`, `\x`)
	f.Fuzz(func(t *testing.T, text, value string) {
		got := Redact(errors.New(text+value), []string{value})
		if len(value) >= shortestSecret && !strings.Contains(hiddenValue, value) && strings.HasSuffix(got.Error(), text+value) {
			t.Errorf("%q in %q: %q", value, text, got)
		}
	})
}
