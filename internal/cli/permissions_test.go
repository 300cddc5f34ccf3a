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
	"--boundary", "arn:aws:iam::111122223333:policy/boundary", "--deployer-role", "arn:aws:iam::111122223333:role/deployer", "--policy", "arn:aws:iam::111122223333:policy/shared",
	"--kms-key", "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab", "--own-keys",
	"--secrets", "--rotation-function", "arn:aws:lambda:eu-west-1:111122223333:function:rotate",
	"--topic", "arn:aws:sns:eu-west-1:111122223333:alarms", "--alarm-action", "arn:aws:ssm-incidents::111122223333:response-plan/orders", "--bucket", "artifacts/lambda/", "--staging-bucket", "staging",
	"--signing-profile", "orders", "--code-signing-config", "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0f6c334abcdea4d8b",
	"--repository", "arn:aws:ecr:eu-west-1:111122223333:repository/orders", "--layer", "arn:aws:lambda:eu-west-1:017000801446:layer:Powertools:*",
	"--vpc", "--file-system", "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123456789abcdef0",
}

// fenced names the least that policies of apply and destroy are printed with.
var fenced = []string{"permissions", "--name-prefix", "orders-", "--boundary", "arn:aws:iam::111122223333:policy/boundary"}

func TestPermissions_Golden(t *testing.T) {
	t.Parallel()
	for file, args := range map[string][]string{
		"everything.json":        everything,
		"everything.tf":          append(slices.Clip(everything), "--format", "terraform"),
		"defaults.json":          fenced,
		"audit.json":             {"permissions", "--phase", "audit"},
		"any_name.tf":            {"permissions", "--format", "terraform", "--any-name", "--no-boundary", "--own-keys"},
		"plan_in_china.json":     {"permissions", "--phase", "plan", "--region", "cn-north-1", "--account", "111122223333", "--name-prefix", "orders-"},
		"apply_house_key.tf":     append(slices.Clip(fenced), "--phase", "apply", "--format", "terraform", "--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/1"),
		"apply_with_import.json": append(slices.Clip(fenced), "--phase", "apply", "--import"),
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
		{append(slices.Clip(fenced), "--own-keys"), []string{"secure-plan", "secure-apply-1", "secure-apply-2", "secure-apply-3", "secure-destroy-1", "secure-destroy-2"}},
		{append(slices.Clip(fenced), "--phase", "destroy", "--phase", "plan"), []string{"secure-plan", "secure-destroy"}},
		{[]string{"permissions", "--phase", "plan", "--policy-name", "team"}, []string{"team-plan"}},
		// The guide says so, and that a role takes ten.
		{everything, []string{
			"orders-deployer-plan", "orders-deployer-apply-1", "orders-deployer-apply-2", "orders-deployer-apply-3", "orders-deployer-apply-4", "orders-deployer-apply-5",
			"orders-deployer-destroy-1", "orders-deployer-destroy-2",
		}},
	} {
		if got := names(t, c.args...); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.args, got, c.want)
		}
	}
}

func TestPermissions_SaysWhatIsLeftOpen(t *testing.T) {
	t.Parallel()
	const (
		boundary = "Note: the boundary holds for roles that have it"
		keys     = "Note: --own-keys: the deployer can take over any customer-managed key"
		none     = "Note: neither --kms-key nor --own-keys is given"
		itself   = "Note: the role that these policies are for could change itself"
		admin    = "Note: --no-boundary: the deployer can become an administrator"
	)
	plan := []string{"permissions", "--phase", "plan"}
	for _, c := range []struct {
		args []string
		says []string // what each line begins with
	}{
		{plan, []string{"Note: the policies can be narrowed with --account, --name-prefix, --region.\n"}},
		{append(slices.Clip(plan), "--region", "eu-west-1"), []string{"Note: the policies can be narrowed with --account, --name-prefix.\n"}},
		{fenced, []string{boundary, itself, none, "Note: the policies can be narrowed with --account, --region.\n"}},
		{append(slices.Clip(fenced), "--phase", "destroy", "--own-keys"), []string{itself, "Note: the policies can be narrowed with --account, --region.\n"}},
		{everything, []string{boundary, keys}},
		{[]string{"permissions", "--any-name", "--no-boundary", "--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/1"}, []string{
			"Note: --any-name: the deployer can change any function, role, policy", admin, itself, "Note: the policies can be narrowed with --account, --name-prefix, --region.\n",
		}},
		{[]string{"permissions", "--any-name", "--role-path", "/orders/", "--phase", "destroy", "--own-keys"}, []string{
			"Note: --any-name: the deployer can change any function, queue", itself, "Note: the policies can be narrowed",
		}},
	} {
		code, _, problems := run(t, c.args...)
		lines := slices.Collect(strings.Lines(problems))
		same := slices.EqualFunc(lines, c.says, strings.HasPrefix)
		if code != Success || !same {
			t.Errorf("%v: exit %d, says %q, want %q", c.args, code, lines, c.says)
		}
	}
}

func TestPermissions_RefusesWhatWouldOpenTheAccount(t *testing.T) {
	t.Parallel()
	with := func(args ...string) []string { return append(slices.Clip(fenced), args...) }
	boundary := fenced[3:]
	account := []string{"--account", "111122223333"}
	for _, c := range []struct {
		args, refused, stated []string // the flags that let it through
	}{
		{args: []string{"permissions"}, refused: []string{"name prefix:", "--any-name", "boundary:", "--no-boundary"}, stated: []string{"--any-name", "--no-boundary"}},
		{args: append([]string{"permissions"}, boundary...), refused: []string{"name prefix:"}, stated: []string{"--any-name"}},
		{args: append([]string{"permissions", "--role-path", "/orders/"}, boundary...), refused: []string{"a role path alone"}, stated: []string{"--any-name"}},
		{args: []string{"permissions", "--phase", "destroy"}, refused: []string{"name prefix:"}, stated: []string{"--any-name"}},
		{args: []string{"permissions", "--phase", "destroy", "--phase", "audit"}, refused: []string{"name prefix:"}},
		{args: fenced[:3], refused: []string{"boundary:", "administrator"}, stated: []string{"--no-boundary"}},
		{args: with("--log-group", "/*"), refused: []string{"log group:", "begins with a wildcard"}},
		{args: with("--log-group", "/a*"), refused: []string{"log group:", "functions and services"}},
		{args: with("--log-group", "/aws/*"), refused: []string{"log group:", "functions and services"}},
		{args: with("--log-group", "/aws/*/orders-api"), refused: []string{"log group:", "functions and services"}},
		{args: with("--log-group", "/aws/lambda/*"), refused: []string{"log group:", "functions and services"}},
		{args: with("--log-group", "/aws/lambda/?*"), refused: []string{"log group:", "functions and services"}},
		{args: with("--log-group", "/aws/lambda/ord*"), refused: []string{"log group:", "functions and services"}},
		{args: with("--log-group", "/aws/rds/*"), refused: []string{"log group:", "functions and services"}},
		{args: with("--role-name", "*-legacy"), refused: []string{"role name:"}},
		{args: with("--secrets", "--rotation-function", "arn:aws:lambda:*:*:function:?otate"), refused: []string{"rotation function:"}},
		{args: with("--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/*"), refused: []string{"key:", "Write the whole ARN"}},
		{args: with("--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/1*"), refused: []string{"key:", "Write the whole ARN"}},
		{args: with("--any-name"), refused: []string{"Give either --name-prefix or --any-name"}},
		{args: with("--no-boundary"), refused: []string{"Give either --boundary or --no-boundary"}},
		{args: with("--boundary", "arn:aws:iam::111122223333:policy/orders-*"), refused: []string{"has a wildcard"}},
		{args: with("--boundary", "arn:aws:iam::aws:policy/AdministratorAccess"), refused: []string{"AWS's own policy", "--no-boundary"}},
		{args: with("--boundary", "arn:aws:iam::aws:policy/IAMFullAccess"), refused: []string{"AWS's own policy", "--no-boundary"}},
		{args: with("--boundary", "arn:aws:iam::aws:policy/PowerUserAccess"), refused: []string{"AWS's own policy", "--no-boundary"}},
		{args: with("--boundary", "arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess"), refused: []string{"AWS's own policy"}},
		{args: with("--boundary", "arn:aws-cn:iam::111122223333:policy/boundary"), refused: []string{"partition aws-cn", "partition aws:"}},
		{args: with(append(account, "--boundary", "arn:aws:iam::999999999999:policy/b")...), refused: []string{"boundary:", "999999999999", "account 111122223333"}},
		{args: with(append(account, "--deployer-role", "arn:aws:iam::999999999999:role/x")...), refused: []string{"deployer role:", "account 999999999999", "account 111122223333"}},
		{args: with(append(account, "--policy", "arn:aws:iam::999999999999:policy/x")...), refused: []string{"policy:", "account 999999999999", "account 111122223333"}},
		{args: with("--deployer-role", "arn:aws:iam::111122223333:role/*"), refused: []string{"has a wildcard"}},
		{args: with("--deployer-role", "arn:aws:sts::111122223333:assumed-role/deployer/session"), refused: []string{"role/${RoleNameWithPath}"}},
	} {
		code, out, problems := run(t, c.args...)
		if code != Usage || out != "" {
			t.Errorf("%v: exit %d, printed %d characters", c.args, code, len(out))
		}
		for _, text := range c.refused {
			if !strings.Contains(problems, text) {
				t.Errorf("%v: want %q in %q", c.args, text, problems)
			}
		}
		if c.stated == nil {
			continue
		}
		if code, _, problems := run(t, append(slices.Clip(c.args), c.stated...)...); code != Success || !strings.Contains(problems, c.stated[0]) {
			t.Errorf("%v with %v: exit %d: %s", c.args, c.stated, code, problems)
		}
	}
}

func TestPermissions_TakesWhatTheUnitsAreGiven(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--log-group", "/legacy/*"},
		{"--log-group", "/aws/lambda/legacy-*"},
		{"--log-group", "/aws/lambda/orders-*"},
		{"--log-group", "/aws/lambda/orders-api"},
		{"--log-group", "/aws/vendedlogs/orders*"},
		{"--account", "111122223333", "--policy", "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"},
		{"--account", "111122223333", "--kms-key", "arn:aws:kms:eu-west-1:999999999999:key/1"},
		{"--target", "arn:aws:sqs:eu-west-1:111122223333:failed", "--target", "arn:aws:sns:eu-west-1:111122223333:failed"},
	} {
		if code, _, problems := run(t, append(slices.Clip(fenced), args...)...); code != Success {
			t.Errorf("%v: exit %d: %s", args, code, problems)
		}
	}
}

func TestPermissions_SaysOneFaultOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--kms-key", "*"}, `Error: key: "*" must be an ARN of the form`},
		{[]string{"--rotation-function", "*"}, `Error: rotation function: "*" must be an ARN of the form`},
		{[]string{"--log-group", "* b"}, `Error: log group: "* b" must be`},
		{[]string{"--account", "123"}, `Error: account: "123" is not an account id. An account id has 12 digits, with leading zeros, such as 111122223333`},
		{[]string{"--target", "arn:aws:s3:::x"}, `Error: target: "arn:aws:s3:::x" must be the ARN of a queue or topic`},
		{[]string{"--target", "*"}, `Error: target: "*" must be the ARN of a queue or topic`},
		{[]string{"--boundary", "arn:aws-cn:iam::aws:policy/AdministratorAccess"}, `Error: boundary: `},
	} {
		_, _, problems := run(t, append(slices.Clip(fenced), c.args...)...)
		if !strings.HasPrefix(problems, c.want) || strings.Count(problems, "\n") != 2 {
			t.Errorf("%v: want %q alone, got %q", c.args, c.want, problems)
		}
	}
}

func TestPermissions_SaysWhatPoliciesLetTheDeployerDo(t *testing.T) {
	t.Parallel()
	boundless := []string{"permissions", "--name-prefix", "orders-", "--no-boundary"}
	for _, c := range []struct {
		args []string
		says string // "" is nothing
	}{
		{append(slices.Clip(fenced), "--policy", "arn:aws:iam::111122223333:policy/*"), "also one that others make later; the boundary limits what it may do.\n"},
		{append(slices.Clip(fenced), "--policy", "arn:aws:iam::aws:policy/*"), "AWS's AdministratorAccess too; the boundary limits what it may do.\n"},
		{append(slices.Clip(boundless), "--policy", "arn:aws:iam::aws:policy/*"), "AWS's AdministratorAccess too, and so is an administrator.\n"},
		{append(slices.Clip(boundless), "--policy", "arn:aws:iam::*:policy/Admin*"), "AWS's AdministratorAccess too, and so is an administrator.\n"},
		{append(slices.Clip(boundless), "--policy", "arn:aws:iam::aws:policy/AdministratorAccess"), "a policy that allows everything, and so is an administrator.\n"},
		{append(slices.Clip(boundless), "--policy", "arn:aws:iam::aws:policy/PowerUserAccess"), "all that this policy of AWS's allows, now and after AWS changes it.\n"},
		{append(slices.Clip(boundless), "--policy", "arn:aws:iam::111122223333:policy/shared"), ""},
		{append(slices.Clip(fenced), "--policy", "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"), ""},
		{append(slices.Clip(fenced), "--phase", "plan", "--policy", "arn:aws:iam::111122223333:policy/*"), ""},
	} {
		code, _, problems := run(t, c.args...)
		if said := strings.Contains(problems, "Note: --policy "); code != Success || said != (c.says != "") || !strings.Contains(problems, c.says) {
			t.Errorf("%v: exit %d, want %q in %q", c.args, code, c.says, problems)
		}
	}
}

// What the notes say is in the policies' code too, where it is read by whoever
// reviews it.
func TestPermissions_TerraformCarriesTheNotes(t *testing.T) {
	t.Parallel()
	_, out, problems := run(t, "permissions", "--format", "terraform", "--any-name", "--no-boundary", "--own-keys")
	for line := range strings.Lines(problems) {
		if !strings.Contains(out, "# "+line) {
			t.Errorf("the code does not say %q", line)
		}
	}
}

func TestPermissions_OwnKeysAreStated(t *testing.T) {
	t.Parallel()
	given := append(slices.Clip(fenced), "--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/1")
	for _, c := range []struct {
		args       []string
		reads, own bool
	}{
		{fenced, true, false},
		{append(slices.Clip(fenced), "--own-keys"), true, true},
		{append(slices.Clip(fenced), "--own-keys=false"), false, false},
		{given, false, false},
		{append(slices.Clip(given), "--own-keys"), true, true},
	} {
		_, out, _ := run(t, c.args...)
		if reads, own := strings.Contains(out, "ReadOwnKeys"), strings.Contains(out, "kms:CreateKey"); reads != c.reads || own != c.own {
			t.Errorf("%v: reads own keys %v, makes them %v", c.args, reads, own)
		}
	}
}
