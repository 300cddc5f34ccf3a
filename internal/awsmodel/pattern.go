package awsmodel

import (
	"fmt"
	"time"

	"github.com/dlclark/regexp2"
)

// matchBound ends a match that backtracks without end.
const matchBound = 2 * time.Second

// matcher is a compiled pattern.
type matcher struct {
	expression *regexp2.Regexp
	err        error
}

// Compile makes an expression that matches whole texts. The models' patterns
// are Java's: look-around, \uXXXX and properties, which Go's own expressions do
// not all have.
func Compile(pattern string) (*regexp2.Regexp, error) {
	expression, err := regexp2.Compile(`\A(?:`+pattern+`)\z`, regexp2.RE2)
	if err != nil {
		return nil, fmt.Errorf("pattern %s: %w", pattern, err)
	}
	expression.MatchTimeout = matchBound
	return expression, nil
}

// matches reports whether the whole text fits the shape's pattern.
func (s *Shape) matches(text string) (bool, error) {
	s.compiled.Do(func() { s.matcher.expression, s.matcher.err = Compile(s.Pattern) })
	if s.matcher.err != nil {
		return false, s.matcher.err
	}
	return s.matcher.expression.MatchString(text)
}
