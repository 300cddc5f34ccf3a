package render

import (
	"strings"
	"unicode"
)

// A mark is a piece of a text that stands for something outside of it: an
// attribute of another object of the unit, or a parameter. No text of AWS's
// contains these characters.
const (
	markOpen  = "\x02"
	markClose = "\x03"
)

// Objects that others refer to.
const (
	objectKey      = "key"
	objectRole     = "role"
	objectPolicy   = "policy"
	objectQueue    = "dead letter queue"
	objectLogGroup = "log group"
	objectFunction = "function"
	objectAlias    = "alias"
	objectSecret   = "secret"
)

// Attributes of those.
const (
	attributeARN  = "arn"
	attributeName = "name"
)

func reference(object, attribute string) string {
	return markOpen + object + "." + attribute + markClose
}

func parameterMark(name string) string { return markOpen + "?" + name + markClose }

// piece is a part of a text: literal, or a mark.
type piece struct {
	text              string
	object, attribute string // of a reference
	parameter         string // its name
}

func (p piece) literal() bool { return p.object == "" && p.parameter == "" }

// pieces takes a text apart at its marks.
func pieces(text string) []piece {
	var out []piece
	for text != "" {
		before, rest, found := strings.Cut(text, markOpen)
		if before != "" {
			out = append(out, piece{text: before})
		}
		if !found {
			break
		}
		body, after, _ := strings.Cut(rest, markClose)
		if name, ok := strings.CutPrefix(body, "?"); ok {
			out = append(out, piece{parameter: name})
		} else {
			object, attribute, _ := strings.Cut(body, ".")
			out = append(out, piece{object: object, attribute: attribute})
		}
		text = after
	}
	return out
}

// words splits a name at everything that is no letter or digit, and before
// capitals.
func words(name string) []string {
	var out []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	upper := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) || r > unicode.MaxASCII:
			flush()
			upper = false
			continue
		case unicode.IsUpper(r) && !upper && word.Len() > 0:
			flush()
		}
		upper = unicode.IsUpper(r)
		word.WriteRune(r)
	}
	flush()
	return out
}

// camel writes a name as CloudFormation's logical ids are.
func camel(name string) string {
	var out strings.Builder
	for _, w := range words(name) {
		out.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return out.String()
}

// snake writes a name as Terraform's are.
func snake(name string) string { return strings.Join(words(name), "_") }

// distinct gives every name a form of its own.
func distinct(names []string, form func(string) string) map[string]string {
	out, taken := map[string]string{}, map[string]bool{}
	for _, name := range names {
		id := form(name)
		for taken[id] {
			id = form(id + " again")
		}
		out[name], taken[id] = id, true
	}
	return out
}
