package python

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// The releases N of 3.N whose grammar the rules were held against. A later one
// may take what these refuse.
const (
	oldestRelease = 8
	newestRelease = 14
)

// declared matches what says that a file is not in UTF-8.
// https://peps.python.org/pep-0263/
var declared = regexp.MustCompile(`^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`)

// release is N of the runtime python3.N, or zero for one that is not judged.
func release(runtime string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(runtime, "python3."))
	if err != nil || n < oldestRelease || n > newestRelease {
		return 0
	}
	return n
}

func isUTF8(in []byte) bool {
	for range 2 {
		first, rest, _ := bytes.Cut(in, []byte("\n"))
		if found := declared.FindSubmatch(first); found != nil {
			return slices.Contains([]string{"utf-8", "utf8", "utf_8", "ascii", "us-ascii"}, strings.ToLower(string(found[1])))
		}
		in = rest
	}
	return true
}

// Read reads a module for a runtime, such as python3.14: the names that it has, or
// what makes the runtime refuse to load it. It finds nothing in a file that the
// runtime loads.
func Read(in []byte, runtime string) (Names, *Fault) {
	n := release(runtime)
	s := tokenize(in, cmp.Or(n, newestRelease))
	if n != 0 && isUTF8(in) {
		fault := s.judgeLines(n)
		if s.fault != nil && (fault == nil || s.fault.Line < fault.Line) {
			fault = s.fault
		}
		if fault != nil {
			return Names{}, fault
		}
	}
	names := s.names()
	names.Sure = names.Sure && isUTF8(in)
	return names, nil
}

// judgeLines holds whole lines, and how they are indented, against the grammar.
func (s source) judgeLines(release int) *Fault {
	lines := s.lines
	if (s.unsure || s.fault != nil) && len(lines) > 0 {
		lines = lines[:len(lines)-1] // it may be cut
	}
	for i, l := range lines {
		first, last := l.tokens[0], l.tokens[len(l.tokens)-1]
		if i > 0 {
			above := lines[i-1].tokens
			opened := above[len(above)-1].is(":")
			switch {
			case opened && l.indent <= lines[i-1].indent:
				return &Fault{first.line, fmt.Sprintf("no indented block follows the %q of line %d", above[0].text, above[0].line)}
			case !opened && l.indent > lines[i-1].indent:
				return &Fault{first.line, "it is indented, and the line above it opens no block"}
			}
		} else if l.indent > 0 {
			return &Fault{first.line, "it is indented, and no line above it opens a block"}
		}
		if what := judgeLine(l.tokens, release); what != "" {
			return &Fault{first.line, what}
		}
		if i == len(lines)-1 && last.is(":") && !s.unsure && s.fault == nil {
			return &Fault{last.line, fmt.Sprintf("no indented block follows the %q of line %d", first.text, first.line)}
		}
	}
	return nil
}

var (
	keywords = set(`False None True and as assert async await break class continue def del elif else except finally for from
		global if import in is lambda nonlocal not or pass raise return try while with yield`)
	blockWords = set("async class def elif else except finally for if try while with")
	// infix operators begin no expression; of prefixes that cannot be said.
	infix = set("= == != < > <= >= / // % @ & | ^ := -> += -= *= /= //= %= @= &= |= ^= >>= <<= **= << >>")
	// atEnd can end no line.
	atEnd = set("= == != < > <= >= / // % @ & | ^ . := -> += -= *= /= //= %= @= &= |= ^= >>= <<= **= << >> + - ~ not lambda and or in is if ** from")
	// beforeClosing are operators that stand before no closing bracket: * and / do
	// in signatures.
	beforeClosing = set("= == != < > <= >= // % @ & | ^ . := -> += -= *= /= //= %= @= &= |= ^= >>= <<= **= << >> + - ~ not lambda")
	// atBegin can begin no line.
	atBegin = set("= == != < > <= >= / // % & | ^ := -> += -= *= /= //= %= @= &= |= ^= >>= <<= **= << >> ** , : ;")
	// statements are the keywords that no expression has.
	statements = set("assert break class continue def del except finally global import nonlocal pass raise return try while with")
	closing    = set(") ] }")
	endings    = set(") ] } None True False")
	beginnings = set("{ None True False")
)

func (t token) isKeyword() bool { return t.kind == word && keywords[t.text] }

// endsOperand and beginsOperand leave out what is also a statement or an
// operator.
func (t token) endsOperand() bool {
	return t.kind == number || t.kind == text || t.in(endings) || t.kind == word && !t.isKeyword()
}

func (t token) beginsOperand() bool {
	return t.kind == number || t.kind == text || t.in(beginnings) || t.kind == word && !t.isKeyword()
}

// since are the releases that words came with which are names elsewhere.
var since = map[string]int{"match": 10, "case": 10, "type": 12}

// judgeLine says what is wrong with a logical line, empty for nothing.
func judgeLine(tokens []token, release int) string {
	first, last := tokens[0], tokens[len(tokens)-1]
	soft := first.kind == word && since[first.text] > 0 && release >= since[first.text]
	if first.in(atBegin) {
		return fmt.Sprintf("%q begins no line of Python", first.text)
	}
	if what := judgeOperands(tokens, soft); what != "" {
		return what
	}
	if last.in(atEnd) {
		return fmt.Sprintf("something is missing after %q", last.text)
	}
	opens := first.kind == word && blockWords[first.text]
	if !opens {
		if last.is(":") && !soft {
			return fmt.Sprintf("%q opens no block%s", first.text, meant(first.text))
		}
		return ""
	}
	return judgeBlock(tokens, release)
}

// meant offers the word that a slip was meant to be.
func meant(text string) string {
	best, least := "", 3
	for keyword := range blockWords {
		off := levenshtein.Distance(text, keyword, nil)
		if len(keyword) > 2 && (off < least || off == least && keyword < best) {
			best, least = keyword, off
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": is it %q?", best)
}

// judgeOperands wants an operator between two names, numbers or texts.
func judgeOperands(tokens []token, soft bool) string {
	for i := 1; i < len(tokens); i++ {
		left, right := tokens[i-1], tokens[i]
		switch {
		case right.depth > 0 && right.kind == word && right.in(statements):
			return fmt.Sprintf("%q stands within brackets", right.text)
		case left.is("async") && left.kind == word && !right.is("def", "for", "with"):
			return fmt.Sprintf("%s follows async", shown(right))
		case left.kind == text && right.kind == text, i == 1 && soft:
		case left.endsOperand() && right.beginsOperand():
			if left.is("print", "exec") && i == 1 {
				return fmt.Sprintf("%s is a function in Python 3: write %s(...)", left.text, left.text)
			}
			return fmt.Sprintf("nothing stands between %s and %s", shown(left), shown(right))
		case left.in(beforeClosing) && right.in(closing):
			return fmt.Sprintf("something is missing after %q", left.text)
		case left.is("&") && right.is("&"), left.is("|") && right.is("|"):
			return fmt.Sprintf("Python has no %s%s: write %s", left.text, right.text, map[string]string{"&": "and", "|": "or"}[left.text])
		case left.in(infix) && right.in(infix) && !right.is("@"):
			return fmt.Sprintf("%q follows %q", right.text, left.text)
		}
	}
	return ""
}

// shown is a token in a sentence. Of a string it is the kind alone: it may be
// secret.
func shown(t token) string {
	if t.kind == text {
		return "a string"
	}
	return strconv.Quote(t.text)
}

// judgeBlock judges a line that begins with a word such as def or if.
func judgeBlock(tokens []token, release int) string {
	colon := slices.IndexFunc(tokens, func(t token) bool { return t.depth == 0 && t.is(":") })
	first := tokens[0]
	name := first.text
	if colon < 0 {
		return fmt.Sprintf("the line that begins with %q has no colon", name)
	}
	rest := tokens[1:colon]
	switch {
	case first.is("def", "class") && len(rest) == 0:
		return fmt.Sprintf("no name follows %q", name)
	case first.is("def", "class") && (rest[0].kind != word || rest[0].isKeyword()):
		return fmt.Sprintf("no name follows %q", name)
	case first.is("def", "class") && len(rest) > 1 && rest[1].is("[") && release < 12:
		return fmt.Sprintf("type parameters came with Python 3.12, and the runtime has 3.%d", release)
	case first.is("def") && (len(rest) < 2 || !rest[1].is("(", "[")):
		return fmt.Sprintf("no parentheses follow the name %q", rest[0].text)
	case first.is("else", "try", "finally") && len(rest) > 0:
		return fmt.Sprintf("%q stands between %q and its colon", rest[0].text, name)
	case first.is("if", "elif", "while") && slices.ContainsFunc(rest, func(t token) bool { return t.depth == 0 && t.is("=") }):
		return fmt.Sprintf("the condition after %q holds = in place of ==", name)
	case first.is("except") && len(rest) > 0 && rest[0].is("*") && release < 11:
		return fmt.Sprintf("except* came with Python 3.11, and the runtime has 3.%d", release)
	case first.is("except") && release < 14 && slices.ContainsFunc(rest, func(t token) bool { return t.depth == 0 && t.is(",") }):
		return "several exceptions after except need parentheses"
	}
	return ""
}
