package judges

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/render"
)

// guardFailures are rules of AWS Control Tower that the best unit fails, and
// why.
var guardFailures = map[string]string{
	"CT.SQS.PR.1": lastQueue,
	"CT.KMS.PR.3": "wants the key to deny grants by people; who may give some is decided by the account's policies, as for every key whose policy names the account",
}

// TestControlTower_TurnsWithUs judges by the rules that AWS publishes for the
// proactive controls of Control Tower.
func TestControlTower_TurnsWithUs(t *testing.T) {
	t.Parallel()
	rules := filepath.Join(guardPackage(t), "rules", "control-tower", "cfn-guard")
	m := newMatrix(t, render.CloudFormation)
	found := guard(t, m, rules, func(file, _ string) string {
		return strings.ToUpper(strings.ReplaceAll(strings.TrimSuffix(filepath.Base(file), ".guard"), "-", "."))
	}, "cloudwatch", "identityandaccessmanagement", "keymanagementservice", "lambda", "sqs")
	table(t, "controltower", m.turned(t, found), nil)
	m.passesBut(t, found, guardFailures)
}

// guardDisagreements are rules of the cfn-guard registry that do not turn in
// what render writes, and why.
var guardDisagreements = map[string]string{
	"CW_LOGGROUP_RETENTION_PERIOD_CHECK":         anyRetention,
	"IAM_NO_INLINE_POLICY_CHECK":                 noInline,
	"IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE":    starOnly,
	"IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": "reads AWS::IAM::Policy only, which puts a policy into a role; a unit's is managed, and IAM_MANAGEDPOLICY_NO_STATEMENTS_WITH_FULL_ACCESS says the same of it",
}

// registryFailures are rules of the registry that the best unit fails, and why.
var registryFailures = map[string]string{
	"IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE": starOnly,
}

const starOnly = "X-Ray and network interfaces take no resource, and every * fails"

// TestGuardRegistry_TurnsWithUs judges by the rules of
// github.com/aws-cloudformation/aws-guard-rules-registry, which are in no package
// registry: SECURE_GUARD_RULES says where a clone is.
func TestGuardRegistry_TurnsWithUs(t *testing.T) {
	t.Parallel()
	clone := os.Getenv("SECURE_GUARD_RULES")
	if clone == "" {
		t.Skip("make judges GUARD_RULES=clone of aws-guard-rules-registry runs this")
	}
	m := newMatrix(t, render.CloudFormation)
	found := guard(t, m, filepath.Join(clone, "rules", "aws"), func(_, rule string) string { return rule },
		"amazon_sqs", "aws_kms", "cloudwatch", "iam", "lambda", "secrets_manager")
	table(t, "cfn-guard", m.turned(t, found), guardDisagreements)
	m.passesBut(t, found, registryFailures)
}

// guardPackage is the npm package that has cfn-guard for this machine.
func guardPackage(t *testing.T) string {
	t.Helper()
	return filepath.Join(installed(t), "npm", "node_modules", "@cdklabs", "cdk-validator-cfnguard")
}

var ruleName = regexp.MustCompile(`(?m)^rule\s+(\w+)`)

// guard judges templates by the rules for some services, each of which has the
// id that is made of its file and name.
func guard(t *testing.T, m *matrix, rules string, id func(file, rule string) string, services ...string) verdicts {
	t.Helper()
	system, processor := map[string]string{"linux": "ubuntu", "darwin": "macos"}[runtime.GOOS], map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	if system == "" || processor == "" {
		t.Skipf("there is no cfn-guard for %s on %s", runtime.GOOS, runtime.GOARCH)
	}
	ids := map[string]string{}
	arguments := []string{"validate", "--data", m.dir, "--structured", "--output-format", "json", "--show-summary", "none"}
	for _, service := range services {
		files, err := filepath.Glob(filepath.Join(rules, service, "*.guard"))
		must(t, err)
		if len(files) == 0 {
			t.Fatalf("no rules for %s in %s", service, rules)
		}
		for _, path := range files {
			text, err := os.ReadFile(path)
			must(t, err)
			for _, match := range ruleName.FindAllSubmatch(text, -1) {
				ids[string(match[1])] = id(path, string(match[1]))
			}
			arguments = append(arguments, "--rules", path)
		}
	}
	out := execute(t, filepath.Join(guardPackage(t), "bin", system, processor, "cfn-guard"), arguments...)
	var reports []struct {
		Name         string
		Compliant    []string
		NotCompliant []struct{ Rule struct{ Name string } } `json:"not_compliant"`
	}
	must(t, json.Unmarshal(out, &reports))
	found := verdicts{}
	for _, r := range reports {
		file, err := filepath.Rel(m.dir, r.Name)
		must(t, err)
		for _, rule := range r.Compliant {
			found.add(file, ids[rule], true)
		}
		for _, rule := range r.NotCompliant {
			found.add(file, ids[rule.Rule.Name], false)
		}
	}
	return found
}
