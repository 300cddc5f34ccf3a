// Command guide writes a table into a guide, between the markers that bear its
// name: the catalogue of controls, or the levels of access.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/cli"
)

var tables = map[string]func() (string, error){"controls": controls, "levels": levels}

func main() {
	if len(os.Args) != 3 || tables[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: guide controls|levels GUIDE.md")
		os.Exit(2)
	}
	if err := rewrite(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func rewrite(name, guide string) error {
	table, err := tables[name]()
	if err != nil {
		return err
	}
	page, err := os.ReadFile(guide)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->\n"
	before, rest, found := strings.Cut(string(page), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s lacks the markers of the table", guide)
	}
	return os.WriteFile(guide, []byte(before+begin+table+end+after), 0o644)
}

// controls are what the command line prints.
func controls() (string, error) {
	var table bytes.Buffer
	if code := cli.Run("dev", []string{"controls", "--format", "markdown"}, &table, os.Stderr); code != cli.Success {
		return "", errors.New("the controls could not be listed")
	}
	return table.String(), nil
}

func levels() (string, error) {
	var out strings.Builder
	out.WriteString("| `to` is | `level` | actions | with `kms_key_arn` |\n|---|---|---|---|\n")
	for _, l := range access.AllLevels() {
		key := "refused: the function needs none"
		if len(l.Key) > 0 {
			key = code(l.Key)
		}
		fmt.Fprintf(&out, "| %s: %s | `%s` | %s | %s |\n", l.Service, l.Resource, l.Level, code(l.Actions), key)
	}
	return out.String(), nil
}

func code(texts []string) string { return "`" + strings.Join(texts, "`, `") + "`" }
