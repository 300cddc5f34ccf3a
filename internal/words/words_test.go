package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

type rule struct {
	phrase  *regexp.Regexp
	instead string
}

func rules(t *testing.T) []rule {
	t.Helper()
	text, err := os.ReadFile("words.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []rule
	for line := range strings.Lines(string(text)) {
		phrase, instead, is := strings.Cut(strings.TrimSpace(line), " -> ")
		if is && !strings.HasPrefix(line, "#") {
			out = append(out, rule{regexp.MustCompile(phrase), instead})
		}
	}
	if len(out) == 0 {
		t.Fatal("no words were read")
	}
	return out
}

// check holds a text against the list. Where it is wrapped does not matter.
func check(t *testing.T, all []rule, where, text string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	for _, r := range all {
		if found := r.phrase.FindString(flat); found != "" {
			t.Errorf("%s says %q: write %s", where, found, r.instead)
		}
	}
}

func TestPages_SayItInTheTermsOfTheField(t *testing.T) {
	t.Parallel()
	all, read := rules(t), 0
	for _, place := range []string{"README.md", "CHANGELOG.md", "templates", "examples"} {
		if err := filepath.WalkDir(filepath.Join(root, place), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.Contains(filepath.Base(path), ".md") && !strings.HasSuffix(path, ".tf") {
				return err
			}
			text, err := os.ReadFile(path)
			read++
			check(t, all, path, string(text))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if read < 20 {
		t.Errorf("only %d pages were read", read)
	}
}

func TestTexts_SayItInTheTermsOfTheField(t *testing.T) {
	t.Parallel()
	all, read := rules(t), 0
	if err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "sandbox" || entry.Name() == "acceptance" || entry.Name() == "testdata"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		read++
		ast.Inspect(file, func(node ast.Node) bool {
			if literal, is := node.(*ast.BasicLit); is && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil {
					check(t, all, set.Position(literal.Pos()).String(), text)
				}
			}
			return true
		})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if read < 300 {
		t.Errorf("only %d files were read", read)
	}
}
