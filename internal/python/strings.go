package python

import "strings"

// str reads a string that begins with a prefix and its quote.
func (t *tokenizer) str(begin string) {
	prefix := strings.ToLower(strings.TrimRight(begin, `"'`))
	quote := begin[len(prefix):]
	if strings.Contains(prefix, "t") && t.release < templateStrings {
		t.add(word, len(prefix)) // a name, beside a string
		t.str(quote)
		return
	}
	from, line := t.at, t.line
	t.at += len(begin)
	if strings.ContainsAny(prefix, "ft") && t.release >= nestedStrings {
		t.format(quote, strings.Contains(prefix, "r"), line)
	} else {
		t.plain(quote, line)
	}
	if t.fault == nil && !t.unsure {
		t.tokens = append(t.tokens, token{text, string(t.in[from:t.at]), line, len(t.brackets)})
	}
}

// ends reports whether the string ends here, and passes its quote.
func (t *tokenizer) ends(quote string) bool {
	for i := range len(quote) {
		if t.peek(i) != quote[i] {
			return false
		}
	}
	t.at += len(quote)
	return true
}

// step passes one character of a string, and reports whether it may stand there.
func (t *tokenizer) step(quote string, line int) bool {
	if t.peek(0) == '\\' && t.at+1 < len(t.in) {
		t.at++
		if !t.newline() {
			t.at++
		}
		return true
	}
	if t.newline() {
		if len(quote) == 1 {
			t.fail(line, "the string that begins with %s has no end on its line", quote)
			return false
		}
		return true
	}
	t.at++
	return true
}

func (t *tokenizer) plain(quote string, line int) {
	for t.at < len(t.in) {
		if t.ends(quote) {
			return
		}
		if !t.step(quote, line) {
			return
		}
	}
	t.fail(line, "the string that begins with %s has no end", quote)
}

// format reads a string with expressions in it. What it does not understand
// within one is left to Python.
func (t *tokenizer) format(quote string, raw bool, line int) {
	for t.at < len(t.in) {
		switch {
		case t.ends(quote):
			return
		case t.peek(0) == '{' && t.peek(1) == '{', t.peek(0) == '}' && t.peek(1) == '}':
			t.at += 2
		case t.peek(0) == '{':
			t.at++
			t.field(quote, raw)
			if t.fault != nil || t.unsure {
				return
			}
		case t.peek(0) == '\\' && !raw && t.peek(1) == 'N' && t.peek(2) == '{':
			end := strings.IndexByte(string(t.in[t.at:min(len(t.in), t.at+200)]), '}')
			if end < 0 {
				t.unsure = true
				return
			}
			t.at += end + 1
		case t.peek(0) == '\\' && (t.peek(1) == '{' || t.peek(1) == '}'):
			t.at++
		default:
			if !t.step(quote, line) {
				return
			}
		}
	}
	t.fail(line, "the string that begins with %s has no end", quote)
}

// field reads an expression in a string up to its brace.
func (t *tokenizer) field(quote string, raw bool) {
	depth := 0
	for t.at < len(t.in) {
		b := t.peek(0)
		begin := stringAt(t.in[t.at:])
		switch {
		case begin != "":
			inner := &tokenizer{in: t.in, at: t.at, line: t.line, release: t.release}
			inner.str(begin)
			if inner.fault != nil || inner.unsure {
				t.unsure = true
				return
			}
			t.at, t.line = inner.at, inner.line
		case b == '#' || b == '\\':
			t.unsure = true
			return
		case strings.IndexByte("([{", b) >= 0:
			depth++
			t.at++
		case b == '}' && depth == 0:
			t.at++
			return
		case strings.IndexByte(")]}", b) >= 0:
			depth--
			t.at++
			if depth < 0 {
				t.unsure = true
				return
			}
		case b == ':' && depth == 0:
			t.at++
			t.layout(quote, raw)
			return
		case t.newline():
		case isWordByte(b):
			for t.at < len(t.in) && isWordByte(t.in[t.at]) {
				t.at++
			}
		default:
			t.at++
		}
	}
	t.unsure = true
}

// layout reads what follows the colon in an expression of a string.
func (t *tokenizer) layout(quote string, raw bool) {
	for t.at < len(t.in) && !t.unsure {
		switch b := t.peek(0); {
		case b == '}':
			t.at++
			return
		case b == '{' && t.peek(1) == '{', b == quote[0], b == '\\':
			t.unsure = true
		case b == '{':
			t.at++
			t.field(quote, raw)
		case t.newline():
		default:
			t.at++
		}
	}
	t.unsure = true
}
