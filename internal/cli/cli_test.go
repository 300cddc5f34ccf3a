package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// run runs a command line and returns what it says.
func run(t *testing.T, args ...string) (code int, out, problems string) {
	t.Helper()
	var o, p bytes.Buffer
	code = Run("1.2.3", args, &o, &p)
	return code, o.String(), p.String()
}

func TestRun_WithoutArgumentsIsHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"help"}, {"--help"}, {"-h"}} {
		code, out, problems := run(t, args...)
		if code != Success || problems != "" || !strings.Contains(out, "permissions") || !strings.Contains(out, "required_providers") {
			t.Errorf("%v: exit %d, %q, %s", args, code, problems, out)
		}
	}
}

func TestRun_EveryCommandHasHelpWithAnExample(t *testing.T) {
	t.Parallel()
	for _, command := range newRoot("1.2.3").Commands() {
		if command.Short == "" || !strings.Contains(command.Example, name+" "+command.Name()) {
			t.Errorf("%s has no example of itself", command.Name())
		}
		if code, out, problems := run(t, command.Name(), "--help"); code != Success || problems != "" || !strings.Contains(out, "Examples:") {
			t.Errorf("%s --help: exit %d, %q, %s", command.Name(), code, problems, out)
		}
	}
}

func TestRun_Version(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"--version"}} {
		if code, out, problems := run(t, args...); code != Success || problems != "" || !strings.Contains(out, "1.2.3") {
			t.Errorf("%v: exit %d, %q, %q", args, code, out, problems)
		}
	}
}

func TestRun_UsageErrorsGoToStderrWithExit2(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"permission"}, `unknown command "permission"`},
		{[]string{"--formt"}, "unknown flag"},
		{[]string{"version", "now"}, "unknown command"},
		{[]string{"permissions", "plan"}, "unknown command"},
		{[]string{"permissions", "--phase"}, "needs an argument"},
		{[]string{"permissions", "--phase", "refresh"}, `phase: "refresh" must be plan, apply, destroy or audit`},
		{[]string{"permissions", "--format", "yaml"}, `format: "yaml" must be json or terraform`},
		{[]string{"orphans", "--format", "yaml"}, `format: "yaml" must be table or json`},
		{[]string{"orphans", "--state", "absent.json"}, "absent.json: no such file"},
		{[]string{"orphans", "--older-than", "soon"}, "invalid"},
		{[]string{"audit", "--function", "arn:aws:lambda:eu-west-1:111122223333:function:orders"}, "must be a name, or a pattern"},
		{[]string{"audit", "--function", ""}, "must be a name, or a pattern"},
		{[]string{"audit", "--minimum", "best"}, "minimum"},
		{[]string{"audit", "--all-regions", "--region", "eu-west-1"}, "leave one of the two out"},
		{[]string{"audit", "--region", "mars-1"}, `region: "mars-1" is not a region`},
		{[]string{"audit", "--region", "eu-west-1", "--region", "eu-west-1a"}, `region: "eu-west-1a" is not a region`},
		{[]string{"orphans", "--region", "mars-1"}, `region: "mars-1" is not a region`},
		{[]string{"permissions", "--region", "mars-1"}, `region: "mars-1" is not a region`},
		{[]string{"render"}, "accepts 1 arg"},
		{[]string{"render", "absent.json"}, "absent.json: no such file"},
		{[]string{"render", "testdata/apply_house_key.tf"}, "this is not what terraform show -json prints"},
		{[]string{"render", "absent.json", "--format", "yaml"}, `format: "yaml" must be cloudformation, sam or terraform`},
		{[]string{"permissions", "--policy-name", "a b"}, "policy name"},
		{[]string{"permissions", "--account", "1"}, "account"},
		{[]string{"permissions", "--region", "eu-west-1", "--partition", "aws-cn"}, "region eu-west-1 is in partition aws, not in aws-cn"},
		{[]string{"permissions", "--boundary", "boundary"}, "must be an ARN of the form"},
	} {
		code, out, problems := run(t, c.args...)
		if code != Usage || out != "" || !strings.HasPrefix(problems, "Error: ") || !strings.Contains(problems, c.says) || !strings.Contains(problems, "--help") {
			t.Errorf("%v: exit %d, stdout %q, stderr %q", c.args, code, out, problems)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

var errBroken = errors.New("the pipe is broken")

func TestRun_FailuresAreExit1(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{fenced, {"version"}} {
		var problems bytes.Buffer
		if code := Run("1.2.3", args, broken{}, &problems); code != Failure || !strings.Contains(problems.String(), "Error: the pipe is broken\n") {
			t.Errorf("%v: exit %d, %q", args, code, problems.String())
		}
	}
}
