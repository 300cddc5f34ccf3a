package acceptance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// What AWS takes in the benchmark of a create: each call, and a new role until
// Lambda can assume it.
const (
	callLatency     = 40 * time.Millisecond
	rolePropagation = 8 * time.Second
)

// step is a part of a create: calls one after the other, once other steps are
// done.
type step struct {
	id    string
	calls []string // by name, or by service: "kms."
	after []string
}

// createSteps are the tasks of an apply (the steps of cloud/kinds) that make a reference
// unit, with what each waits for. The looks at the function and its version
// count as one step's: they are on one path.
var createSteps = []step{
	{id: "role", calls: []string{"iam.CreateRole"}},
	{id: "key", calls: []string{"kms."}, after: []string{"role"}},
	{id: "log group", calls: []string{"logs."}, after: []string{"key"}},
	{id: "policy", calls: []string{"iam.CreatePolicy"}, after: []string{"key"}},
	{id: "queue", calls: []string{"sqs."}, after: []string{"key", "policy"}},
	{id: "role policies", calls: []string{"iam.AttachRolePolicy"}, after: []string{"policy"}},
	{id: "function", calls: []string{"lambda.CreateFunction"}, after: []string{"role policies", "log group", "queue"}},
	{id: "settings", calls: []string{"lambda.PutFunctionConcurrency"}, after: []string{"function"}},
	{id: "version", calls: []string{"lambda.GetFunction", "lambda.PublishVersion"}, after: []string{"settings"}},
	{id: "alias", calls: []string{"lambda.CreateAlias"}, after: []string{"version"}},
	{id: "permission", calls: []string{"lambda.AddPermission"}, after: []string{"alias"}},
	{id: "asynchronous", calls: []string{"lambda.PutFunctionEventInvokeConfig"}, after: []string{"alias"}},
	{id: "alarms", calls: []string{"monitoring."}, after: []string{"role"}},
}

// longestChain is the least time in which the counted calls of a create can be
// made, if each takes latency, the steps wait for each other as createSteps
// says, and the function for the role to spread. It leaves out everything that
// better code would avoid, and what neither the calls nor the role account for:
// time between calls, looks that come too early, the function's way to Active.
func longestChain(calls []sandbox.Call, latency, propagation time.Duration) (_ time.Duration, path []string, _ error) {
	made := map[string]int{}
	for _, call := range calls {
		at := slices.IndexFunc(createSteps, func(s step) bool {
			return slices.ContainsFunc(s.calls, func(c string) bool {
				return c == call.Name() || strings.HasSuffix(c, ".") && strings.HasPrefix(call.Name(), c)
			})
		})
		if at < 0 {
			return 0, nil, fmt.Errorf("%s is in no step of a create: add it to createSteps", call.Name())
		}
		made[createSteps[at].id]++
	}
	ends, paths := map[string]time.Duration{}, map[string][]string{}
	longest := ""
	for _, s := range createSteps { // each is listed after those it waits for
		var begin time.Duration
		var before []string
		for _, id := range s.after {
			if ends[id] > begin {
				begin, before = ends[id], paths[id]
			}
		}
		if spread := ends["role"] + propagation; s.id == "function" && spread > begin {
			begin, before = spread, append(slices.Clone(paths["role"]), fmt.Sprintf("%v for the role to spread", propagation))
		}
		ends[s.id] = begin + time.Duration(made[s.id])*latency
		paths[s.id] = append(slices.Clone(before), fmt.Sprintf("%d %s", made[s.id], s.id))
		if longest == "" || ends[s.id] > ends[longest] {
			longest = s.id
		}
	}
	return ends[longest], paths[longest], nil
}

// createTime applies one reference unit under those conditions. The time is
// that between Terraform's own start and end of the apply of the resource.
func createTime(t *testing.T, name string) (time.Duration, []sandbox.Call) {
	t.Helper()
	a := newTenant(t)
	c := newCore(t, a, a.there(t, "provider \"secure\" {\n  quota_share = 1\n}\n"+referenceUnit(t, name, nil)))
	box.SetConditions(a.id, sandbox.Conditions{Latency: callLatency, RolePropagation: rolePropagation})
	c.must("plan", "-out=create")
	mark := box.Recorder().Mark()
	out := c.must("apply", "-json", "create")
	took, err := appliedIn(out)
	must(t, err)
	return took, box.Recorder().Since(mark, sandbox.InAccount(a.id))
}

// appliedIn reads how long the apply of the one resource took from Terraform's
// machine-readable messages.
func appliedIn(messages string) (time.Duration, error) {
	at := map[string]time.Time{}
	for scanner := bufio.NewScanner(strings.NewReader(messages)); scanner.Scan(); {
		var message struct {
			Type string    `json:"type"`
			At   time.Time `json:"@timestamp"`
		}
		if json.Unmarshal(scanner.Bytes(), &message) == nil {
			at[message.Type] = message.At
		}
	}
	began, ended := at["apply_start"], at["apply_complete"]
	if began.IsZero() || ended.IsZero() {
		return 0, fmt.Errorf("no start and end of an apply in:\n%s", messages)
	}
	return ended.Sub(began), nil
}

// TestLongestChain_IsTheSlowestPath checks the model on chains of known length.
func TestLongestChain_IsTheSlowestPath(t *testing.T) {
	t.Parallel()
	calls := func(names ...string) (all []sandbox.Call) {
		for _, name := range names {
			service, operation, _ := strings.Cut(name, ".")
			all = append(all, sandbox.Call{Service: service, Operation: operation})
		}
		return all
	}
	one := []string{"iam.CreateRole", "kms.CreateKey", "kms.CreateAlias", "iam.CreatePolicy", "sqs.CreateQueue", "lambda.CreateFunction", "lambda.CreateAlias"}
	for name, test := range map[string]struct {
		propagation time.Duration
		calls       []string
		want        time.Duration
	}{
		"the role spreads longer than the rest takes": {8 * time.Second, one, 8*time.Second + 3*time.Second},
		"the role spreads at once":                    {0, one, 7 * time.Second},
		"the alarms take longest":                     {0, append(slices.Repeat([]string{"monitoring.PutMetricAlarm"}, 9), one...), 10 * time.Second},
	} {
		got, path, err := longestChain(calls(test.calls...), time.Second, test.propagation)
		if err != nil || got != test.want {
			t.Errorf("%s: %v by %v, want %v; %v", name, got, path, test.want, err)
		}
	}
	if _, _, err := longestChain(calls("lambda.Invoke"), time.Second, 0); err == nil {
		t.Error("a call without a step is passed over")
	}
}
