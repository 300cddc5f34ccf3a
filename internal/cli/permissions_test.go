package cli

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// everything names all that units can use.
var everything = []string{
	"permissions", "--account", "111122223333", "--region", "eu-west-1", "--policy-name", "orders-deployer",
	"--name-prefix", "orders-", "--name-prefix", "billing-", "--role-path", "/orders/", "--role-name", "legacy-*", "--log-group", "/legacy/*",
	"--boundary", "arn:aws:iam::111122223333:policy/boundary", "--policy", "arn:aws:iam::111122223333:policy/shared",
	"--kms-key", "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab", "--own-keys",
	"--secrets", "--rotation-function", "arn:aws:lambda:eu-west-1:111122223333:function:rotate",
	"--topic", "arn:aws:sns:eu-west-1:111122223333:alarms", "--bucket", "artifacts/lambda/", "--staging-bucket", "staging",
	"--signing-profile", "orders", "--code-signing-config", "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0f6c334abcdea4d8b",
	"--repository", "arn:aws:ecr:eu-west-1:111122223333:repository/orders", "--layer", "arn:aws:lambda:eu-west-1:017000801446:layer:Powertools:*",
	"--vpc", "--file-system", "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123456789abcdef0",
}

func TestPermissions_Golden(t *testing.T) {
	t.Parallel()
	for file, args := range map[string][]string{
		"everything.json":        everything,
		"everything.tf":          append(slices.Clip(everything), "--format", "terraform"),
		"defaults.json":          {"permissions"},
		"plan_in_china.json":     {"permissions", "--phase", "plan", "--region", "cn-north-1", "--account", "111122223333", "--name-prefix", "orders-"},
		"apply_house_key.tf":     {"permissions", "--phase", "apply", "--format", "terraform", "--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/1"},
		"apply_with_import.json": {"permissions", "--phase", "apply", "--name-prefix", "orders-", "--import"},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			code, out, problems := run(t, args...)
			if code != Success {
				t.Fatalf("exit %d: %s", code, problems)
			}
			path := filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if out != string(want) {
				t.Errorf("%v differs from %s; go test ./internal/cli -update writes it anew, for git diff to show how:\n%s", args, path, out)
			}
		})
	}
}

// names reads the names of the policies that a command prints.
func names(t *testing.T, args ...string) []string {
	t.Helper()
	_, out, _ := run(t, args...)
	var policies map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &policies); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	var found []string
	for policy := range policies {
		found = append(found, policy)
	}
	slices.SortFunc(found, func(a, b string) int { return strings.Index(out, `"`+a+`"`) - strings.Index(out, `"`+b+`"`) })
	return found
}

func TestPermissions_Phases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want []string }{
		{[]string{"permissions"}, []string{"secure-plan", "secure-apply-1", "secure-apply-2", "secure-destroy"}},
		{[]string{"permissions", "--phase", "destroy", "--phase", "plan"}, []string{"secure-plan", "secure-destroy"}},
		{[]string{"permissions", "--phase", "plan", "--policy-name", "team"}, []string{"team-plan"}},
	} {
		if got := names(t, c.args...); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.args, got, c.want)
		}
	}
}

func TestPermissions_SaysWhatIsLeftOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"permissions"}, "Note: the policies can be narrowed with --account, --boundary, --name-prefix, --region.\n"},
		{[]string{"permissions", "--phase", "plan", "--region", "eu-west-1"}, "Note: the policies can be narrowed with --account, --name-prefix.\n"},
		{everything, ""},
	} {
		if _, _, problems := run(t, c.args...); problems != c.says {
			t.Errorf("%v: %q, want %q", c.args, problems, c.says)
		}
	}
}

func TestPermissions_OwnKeysUnlessKeysAreGiven(t *testing.T) {
	t.Parallel()
	given := []string{"permissions", "--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/1"}
	for _, c := range []struct {
		args []string
		own  bool
	}{
		{[]string{"permissions"}, true},
		{[]string{"permissions", "--own-keys=false"}, false},
		{given, false},
		{append(slices.Clip(given), "--own-keys"), true},
	} {
		if _, out, _ := run(t, c.args...); strings.Contains(out, "kms:CreateKey") != c.own {
			t.Errorf("%v: own keys %v", c.args, !c.own)
		}
	}
}
