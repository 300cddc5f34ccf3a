// Command controls writes the catalogue of controls into a guide, as the
// command line prints it.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/cli"
)

const begin, end = "<!-- controls:begin -->\n", "<!-- controls:end -->\n"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: controls GUIDE.md")
		os.Exit(2)
	}
	if err := rewrite(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func rewrite(guide string) error {
	var table bytes.Buffer
	if code := cli.Run("dev", []string{"controls", "--format", "markdown"}, &table, os.Stderr); code != cli.Success {
		return errors.New("the controls could not be listed")
	}
	page, err := os.ReadFile(guide)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(page), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s lacks the markers of the table", guide)
	}
	return os.WriteFile(guide, []byte(before+begin+table.String()+end+after), 0o644)
}
