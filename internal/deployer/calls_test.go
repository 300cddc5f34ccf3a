package deployer

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// signingNames are those services whose requests are signed for another name
// than that of their package in the SDK.
var signingNames = map[string]string{
	"cloudwatch": "monitoring", "cloudwatchlogs": "logs", "resourcegroupstaggingapi": "tagging",
}

const sdkServices = "github.com/aws/aws-sdk-go-v2/service/"

// madeCalls reads out of the source which calls the provider can make: it makes
// none without naming its input, such as lambda.GetFunctionInput.
func madeCalls(t *testing.T) map[string]string {
	t.Helper()
	made := map[string]string{}
	for _, folder := range []string{"../cloud", "../provider"} {
		if err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				callsIn(t, path, made)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	// No phase makes them: they are the command orphans', whose guide names them.
	maps.DeleteFunc(made, func(call, _ string) bool { return call == "iam.ListRoles" || call == "iam.ListPolicies" })
	return made
}

func callsIn(t *testing.T, path string, made map[string]string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]string{} // by name in the file
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		service, ok := strings.CutPrefix(imported, sdkServices)
		if !ok || strings.Contains(service, "/") {
			continue
		}
		name := service
		if spec.Name != nil {
			name = spec.Name.Name
		}
		services[name] = service
	}
	ast.Inspect(file, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := selector.X.(*ast.Ident)
		operation, isInput := strings.CutSuffix(selector.Sel.Name, "Input")
		if service := services[identName(pkg)]; ok && isInput && service != "" {
			if signed, differs := signingNames[service]; differs {
				service = signed
			}
			made[service+"."+operation] = set.Position(node.Pos()).String()
		}
		return true
	})
}

func identName(i *ast.Ident) string {
	if i == nil {
		return ""
	}
	return i.Name
}

func mappedCalls() []string {
	var calls []string
	for _, needs := range needsByService {
		calls = slices.AppendSeq(calls, maps.Keys(needs))
	}
	slices.Sort(calls)
	return calls
}

func TestCalls_EveryCallOfTheProviderIsKnown(t *testing.T) {
	t.Parallel()
	made := madeCalls(t)
	if len(made) < 100 {
		t.Fatalf("only %d calls were found in the source: this test no longer reads it", len(made))
	}
	phases := slices.Concat(slices.Collect(maps.Values(callsByPhase()))...)
	for _, call := range slices.Sorted(maps.Keys(made)) {
		if _, ok := needsOf(call); !ok {
			t.Errorf("%s: the provider calls %s, and nothing says which IAM actions it needs: add it to internal/deployer/needs_*.go", made[call], call)
		}
		if !slices.Contains(phases, call) {
			t.Errorf("%s: the provider calls %s, and it is in no phase: add it to internal/deployer/calls.json, "+
				"under plan if it can happen there, else under apply and destroy as it does", made[call], call)
		}
	}
	for _, call := range mappedCalls() {
		if _, ok := made[call]; !ok {
			t.Errorf("internal/deployer/needs_*.go maps %s, which the provider does not call: take it out", call)
		}
	}
	for _, call := range phases {
		if _, ok := made[call]; !ok {
			t.Errorf("internal/deployer/calls.json lists %s, which the provider does not call: take it out", call)
		}
	}
}

func TestCalls_AreInOrder(t *testing.T) {
	t.Parallel()
	for phase, calls := range callsByPhase() {
		if !isPhase(phase) {
			t.Errorf("calls.json has a phase %q", phase)
		}
		if !slices.IsSorted(calls) || len(slices.Compact(slices.Clone(calls))) != len(calls) {
			t.Errorf("the calls of %s are not sorted, or one is listed twice", phase)
		}
		for _, call := range calls {
			if phase != Plan && phase != Audit && slices.Contains(callsByPhase()[Plan], call) {
				t.Errorf("%s is listed under %s and under plan, with which every phase begins", call, phase)
			}
		}
	}
	if seen := mappedCalls(); len(slices.Compact(slices.Clone(seen))) != len(seen) {
		t.Error("needs_*.go map a call twice")
	}
}

func TestCovered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		phase              Phase
		service, operation string
		covered            bool
	}{
		{Plan, "lambda", "GetFunction", true},
		{Plan, "monitoring", "DescribeAlarms", true},
		{Plan, "lambda", "CreateFunction", false},
		{Apply, "lambda", "GetFunction", true},
		{Apply, "lambda", "CreateFunction", true},
		{Apply, "kms", "ScheduleKeyDeletion", false},
		{Destroy, "kms", "ScheduleKeyDeletion", true},
		{Destroy, "lambda", "CreateFunction", false},
		{Destroy, "sts", "GetCallerIdentity", true},
		{Apply, "cloudwatch", "PutMetricAlarm", false}, // signed for monitoring
		{Apply, "dynamodb", "PutItem", false},
		{"refresh", "lambda", "GetFunction", false},
	} {
		if got := Covered(c.phase, c.service, c.operation); got != c.covered {
			t.Errorf("%s in %s.%s: %v", c.phase, c.service, c.operation, got)
		}
	}
}
