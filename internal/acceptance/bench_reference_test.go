package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// givenQueue is others' queue that the reference unit sends failed events to.
const givenQueue = "tfacc-failed"

// reference are the attributes of the unit that budgets and benchmarks are
// about: a key of its own with its alias, log group, role, one policy, queue,
// function, version, alias, settings of asynchronous invocations, one
// permission, and all nine alarms, two of which need a reservation and a
// destination to watch.
var reference = map[string]string{
	"alarms":      `{ profile = "full", async_dropped = { enabled = true } }`,
	"async":       `{ on_failure = "arn:aws:sqs:eu-central-1:ACCOUNT:` + givenQueue + `" }`,
	"concurrency": `{ reserved = 1 }`,
	"permissions": `{ rule = { principal = "events.amazonaws.com", source_arn = "arn:aws:events:eu-central-1:ACCOUNT:rule/tfacc" } }`,
}

// referenceUnit renders it, with more or other attributes.
func referenceUnit(t *testing.T, name string, attributes map[string]string) string {
	t.Helper()
	all := maps.Clone(reference)
	maps.Copy(all, attributes)
	return unit(t, "x", name, all)
}

// referenceUnits renders many of them, named prefix-0000 and so on.
func referenceUnits(t *testing.T, prefix string, count int) string {
	t.Helper()
	one := referenceUnit(t, prefix, nil)
	name := fmt.Sprintf("name = %q", prefix)
	if !strings.Contains(one, name) {
		t.Fatalf("no %s in\n%s", name, one)
	}
	return strings.Replace(one, name, fmt.Sprintf("count = %d\n  name = format(\"%s-%%04d\", count.index)", count, prefix), 1)
}

// referenceWrites are the changes that make it: a unit that is made of less is
// not the one that the budget is for.
var referenceWrites = map[string]int{
	"kms.CreateKey": 1, "kms.CreateAlias": 1, "logs.CreateLogGroup": 1, "iam.CreateRole": 1, "iam.CreatePolicy": 1, "iam.AttachRolePolicy": 1,
	"sqs.CreateQueue": 1, "lambda.CreateFunction": 1, "lambda.PutFunctionConcurrency": 1, "lambda.CreateAlias": 1,
	"lambda.PutFunctionEventInvokeConfig": 1, "lambda.AddPermission": 1, "monitoring.PutMetricAlarm": 9,
}

// wholeReference reports what a create left out.
func wholeReference(calls []sandbox.Call) error {
	made := map[string]int{}
	for _, c := range calls {
		if c.Status < 300 {
			made[c.Name()]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(referenceWrites)) {
		if made[name] != referenceWrites[name] {
			return fmt.Errorf("%d times %s, want %d", made[name], name, referenceWrites[name])
		}
	}
	return nil
}
