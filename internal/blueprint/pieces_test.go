package blueprint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// pieces are what tells one kind of object from others in an ARN.
var pieces = regexp.MustCompile(`(^|:)(function:|role/|policy/|key/|log-group:|secret:|alarm:|alias/)|:(sqs|iam|kms|lambda|logs|secretsmanager|cloudwatch|function|log-group|alarm):`)

// matchers are the functions of package strings and regexp that take a text apart.
var matchers = map[string]bool{
	"HasPrefix": true, "HasSuffix": true, "Contains": true, "Cut": true, "CutPrefix": true, "CutSuffix": true, "Index": true, "LastIndex": true,
	"Split": true, "SplitN": true, "TrimPrefix": true, "TrimSuffix": true, "EqualFold": true, "MustCompile": true,
}

// TestARNs_AreReadHereAlone proves that no room recognises a kind of object by a piece
// of its ARN: whoever adds a kind writes that once, in its own file of this package.
func TestARNs_AreReadHereAlone(t *testing.T) {
	t.Parallel()
	read := 0
	for _, room := range []string{"audit", "cli", "cloud", "deployer", "draft", "orphans", "posture", "provider", "render"} {
		if err := filepath.WalkDir(filepath.Join("..", room), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			read++
			ast.Inspect(file, func(node ast.Node) bool {
				call, is := node.(*ast.CallExpr)
				if !is {
					return true
				}
				selector, is := call.Fun.(*ast.SelectorExpr)
				if !is || !matchers[selector.Sel.Name] {
					return true
				}
				if from, is := selector.X.(*ast.Ident); !is || from.Name != "strings" && from.Name != "regexp" {
					return true
				}
				for _, argument := range call.Args {
					literal, is := argument.(*ast.BasicLit)
					if !is {
						continue
					}
					if text, err := strconv.Unquote(literal.Value); err == nil && pieces.MatchString(text) && strings.ContainsAny(text, ":/") {
						t.Errorf("%s takes an ARN apart at %q: package blueprint has functions for that", set.Position(literal.Pos()), text)
					}
				}
				return true
			})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if read < 200 {
		t.Errorf("only %d files were read", read)
	}
}
