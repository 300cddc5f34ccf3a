package acceptance

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// tally sorts the calls of one operation. Budgets are about the counted ones:
// the others depend on how long AWS takes, or are made once for all units.
type tally struct {
	counted []sandbox.Call
	// polls look again at a function since its last change, whatever version
	// of it: until a version is published there is one, and then it is the one
	// that is waited for.
	polls []sandbox.Call
	// retries are changes that were refused and made again.
	retries []sandbox.Call
	// checks are what a plan asks about the account, and Terraform plans once
	// more at apply.
	checks []sandbox.Call
	// given are about what the unit uses and others own: a run makes each once, for
	// all units together.
	given []sandbox.Call
	// configure is what the provider asks before any unit.
	configure []sandbox.Call
}

// aboutGiven reports whether a call is about the queue that the reference unit is
// given for events that failed.
func aboutGiven(call sandbox.Call) bool {
	return !call.Mutating() && call.Service == "sqs" && strings.Contains(call.Resource, givenQueue)
}

// planChecks are made by plans only.
var planChecks = []string{"lambda.GetAccountSettings", "sns.GetTopicAttributes"}

// looksForName reports whether a call is the plan's look for objects of others
// under the names of a new unit, whose first object is the role.
func looksForName(call sandbox.Call, later []sandbox.Call) bool {
	return !call.Mutating() && slices.ContainsFunc(later, func(c sandbox.Call) bool { return c.Name() == "iam.CreateRole" })
}

func tallyOf(calls []sandbox.Call) tally {
	var t tally
	looked := map[string]bool{} // functions in transition that were looked at
	for i, call := range calls {
		again := func(later sandbox.Call) bool {
			return later.Name() == call.Name() && later.Resource == call.Resource
		}
		switch {
		case call.Service == "sts":
			t.configure = append(t.configure, call)
			continue
		case call.Name() == "iam.TagRole" && slices.ContainsFunc(calls[i+1:], func(c sandbox.Call) bool { return c.Name() == "iam.UntagRole" }):
			t.polls = append(t.polls, call) // a create that takes long says that it is alive
			continue
		case aboutGiven(call):
			t.given = append(t.given, call)
			continue
		case slices.Contains(planChecks, call.Name()), looksForName(call, calls[i+1:]):
			t.checks = append(t.checks, call)
			continue
		case call.Throttled || call.Mutating() && call.Status >= 400 && slices.ContainsFunc(calls[i+1:], again):
			t.retries = append(t.retries, call)
			continue
		case call.Name() == "lambda.GetFunction":
			if looking, changed := looked[call.Resource]; changed && looking {
				t.polls = append(t.polls, call)
				continue
			} else if changed {
				looked[call.Resource] = true
			}
		case call.Service == "lambda" && call.Mutating():
			looked[call.Resource] = false
		}
		t.counted = append(t.counted, call)
	}
	return t
}

// named counts calls by name, most frequent first.
func named(calls []sandbox.Call) string {
	return enumerate(calls, sandbox.Call.Name)
}

// buckets counts calls by the quota that they use.
func buckets(calls []sandbox.Call) string {
	return enumerate(calls, func(c sandbox.Call) string {
		bucket, _, limited := sandbox.PublishedQuotas().Bucket(c)
		if !limited {
			return "without a quota"
		}
		return bucketTitle(bucket)
	})
}

// bucketTitle is a bucket's name without an asterisk, which Markdown takes for
// emphasis.
func bucketTitle(bucket string) string {
	return strings.Replace(bucket, ".*", " shared", 1)
}

// inBucket counts the calls that take from a bucket.
func inBucket(calls []sandbox.Call, bucket string) int {
	n := 0
	for _, c := range calls {
		if name, _, limited := sandbox.PublishedQuotas().Bucket(c); limited && name == bucket {
			n++
		}
	}
	return n
}

// quotaFloor is the least time in seconds that the quotas leave for some calls,
// and the bucket that says so.
func quotaFloor(calls []sandbox.Call) (seconds float64, bucket string) {
	taken, rates := map[string]float64{}, map[string]float64{}
	for _, c := range calls {
		if name, rate, limited := sandbox.PublishedQuotas().Bucket(c); limited {
			taken[name]++
			rates[name] = rate
		}
	}
	for _, name := range slices.Sorted(maps.Keys(taken)) {
		if floor := taken[name] / rates[name]; floor > seconds {
			seconds, bucket = floor, name
		}
	}
	return seconds, bucket
}

func enumerate(calls []sandbox.Call, key func(sandbox.Call) string) string {
	counts := map[string]int{}
	for _, c := range calls {
		counts[key(c)]++
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = fmt.Sprintf("%d %s", counts[k], k)
	}
	return strings.Join(parts, ", ")
}

// String lists everything, for the log of a test.
func (t tally) String() string {
	text := fmt.Sprintf("%d calls: %s\n  buckets: %s", len(t.counted), named(t.counted), buckets(t.counted))
	for _, a := range t.aside() {
		text += fmt.Sprintf("\n  %s, not counted: %s", a.what, named(a.calls))
	}
	return text
}

// group is some calls that are not counted.
type group struct {
	what  string
	calls []sandbox.Call
}

// aside are those groups that are not empty.
func (t tally) aside() []group {
	all := []group{{"polls", t.polls}, {"retries", t.retries}, {"plan checks", t.checks}, {"given, once a run for all units", t.given}, {"configure", t.configure}}
	return slices.DeleteFunc(all, func(g group) bool { return len(g.calls) == 0 })
}

// beside says how many there are.
func (t tally) beside() string {
	var parts []string
	for _, a := range t.aside() {
		parts = append(parts, fmt.Sprintf("%s %d", a.what, len(a.calls)))
	}
	return "beside them " + strings.Join(parts, ", ")
}

// TestTally_SortsCalls sorts a create that had to wait.
func TestTally_SortsCalls(t *testing.T) {
	t.Parallel()
	call := func(service, operation, resource string, kind sandbox.Kind, status int) sandbox.Call {
		return sandbox.Call{Service: service, Operation: operation, Resource: resource, Kind: kind, Status: status}
	}
	get := call("lambda", "GetFunction", "f", sandbox.Read, 200)
	throttled := call("lambda", "AddPermission", "f", sandbox.Write, 429)
	throttled.Throttled = true
	got := tallyOf([]sandbox.Call{
		call("sts", "GetCallerIdentity", "", sandbox.Read, 200),
		call("lambda", "GetAccountSettings", "", sandbox.Read, 200),
		get, get, // of the function and of its version: nothing has changed yet
		call("lambda", "CreateFunction", "f", sandbox.Write, 400),
		call("lambda", "CreateFunction", "f", sandbox.Write, 201),
		get, get, get,
		call("lambda", "PublishVersion", "f", sandbox.Write, 201),
		get,
		throttled,
		call("iam", "DetachRolePolicy", "gone", sandbox.Write, 404),
		call("sqs", "GetQueueAttributes", "https://sqs/111122223333/"+givenQueue, sandbox.Read, 200),
	})
	if len(got.given) != 1 || len(got.counted) != 7 || len(got.polls) != 2 || len(got.retries) != 2 || len(got.checks) != 1 || len(got.configure) != 1 {
		t.Errorf("want 7 counted, 2 polls, 2 retries, a check, one of what is given and a configure, got\n%v", got)
	}
	if floor, bucket := quotaFloor(got.counted); bucket != "lambda.*" || floor != 2.0/15 {
		t.Errorf("the floor is %v, by %q", floor, bucket)
	}
}
