// Command permissions rebuilds the policies that docs/guides/permissions.md
// shows, by the command line that the guide shows with them.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/cli"
)

// place narrows the policies as the guide's first example does.
var place = []string{
	"permissions", "--account", "111122223333", "--region", "eu-west-1",
	"--name-prefix", "orders-", "--role-path", "/orders/",
	"--boundary", "arn:aws:iam::111122223333:policy/boundary",
	"--deployer-role", "arn:aws:iam::111122223333:role/deployer",
	"--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
}

// files are what to run for each of them.
var files = map[string][]string{
	"plan.json":    {"--phase", "plan"},
	"apply.json":   {"--phase", "apply"},
	"destroy.json": {"--phase", "destroy"},
	"plan.tf":      {"--phase", "plan", "--format", "terraform"},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: permissions FOLDER")
		os.Exit(2)
	}
	for file, flags := range files {
		var out bytes.Buffer
		if code := cli.Run("dev", slices.Concat(place, flags), &out, os.Stderr); code != cli.Success {
			os.Exit(code)
		}
		if err := os.WriteFile(filepath.Join(os.Args[1], file), out.Bytes(), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
