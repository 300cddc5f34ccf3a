package judges

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/render"
)

// nagDisagreements are ids of cdk-nag that do not turn in what render writes,
// and why.
var nagDisagreements = map[string]string{
	"Serverless-LambdaDefaultMemorySize": writesDefaults,
	"Serverless-LambdaDefaultTimeout":    writesDefaults,
	"LambdaLogging":                      "passes plain text too; LoggingConfig has to be there, and always is",
	"AwsSolutions-SQS2":                  "passes SQS's own key, which every new queue has; we want a key with a policy",

	"HIPAA.Security-CloudWatchLogGroupRetentionPeriod": anyRetention,
	"NIST.800.53.R4-CloudWatchLogGroupRetentionPeriod": anyRetention,
	"NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod": anyRetention,
	"PCI.DSS.321-CloudWatchLogGroupRetentionPeriod":    anyRetention,
	"Serverless-CloudWatchLogGroupRetentionPeriod":     anyRetention,

	"HIPAA.Security-IAMNoInlinePolicy": noInline,
	"NIST.800.53.R4-IAMNoInlinePolicy": noInline,
	"NIST.800.53.R5-IAMNoInlinePolicy": noInline,
	"PCI.DSS.321-IAMNoInlinePolicy":    noInline,
}

const (
	writesDefaults = "wants the property to be written, whatever it says; render always writes it"
	anyRetention   = "wants that events expire at all; we want a year at least, and for ever is longer than that"
	noInline       = "a policy by other hands on the role is a name in a blueprint, and render leaves it out with a note"
)

// nagFailures are rules of cdk-nag that the best unit fails, and why.
var nagFailures = map[string]string{
	"AwsSolutions-L1":                          newerRuntime,
	"Serverless-LambdaLatestVersion":           newerRuntime,
	"Serverless-SQSRedrivePolicy":              lastQueue,
	"Serverless-LambdaAsyncFailureDestination": "the function has a dead-letter queue; Lambda would deliver to both, in two formats",
}

const (
	newerRuntime = "the CDK has a name for python3.15 before Lambda offers it to all"
	lastQueue    = "the queue is the dead-letter queue; one behind it has no end"
)

// nagFindings are what AwsSolutions-IAM5, which has a verdict for each action
// and resource, says of the best unit.
var nagFindings = map[string]string{
	"Resource::*": "X-Ray and network interfaces take no resource",
	"Resource::arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/orders:*": "the streams of the function's own log group",
}

// cdkNag judges templates. A rule that could not read one has no verdict.
func cdkNag(t *testing.T, m *matrix) verdicts {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.dir, "*", "*", "*.yaml"))
	must(t, err)
	out := execute(t, filepath.Join(installed(t), "nodejs", "bin", "node"), append([]string{"testdata/nag.cjs"}, files...)...)
	var report map[string]map[string]string
	must(t, json.Unmarshal(out, &report))
	found := verdicts{}
	for path, rules := range report {
		file, err := filepath.Rel(m.dir, path)
		must(t, err)
		for id, verdict := range rules {
			rule, finding, named := strings.Cut(strings.TrimSuffix(id, "]"), "[")
			switch {
			case named:
				found.add(file, rule, nagFindings[finding] != "")
			case verdict == "unread":
			default:
				found.add(file, strings.TrimPrefix(rule, "Others-"), verdict == "passed")
			}
		}
	}
	return found
}

// TestCdkNag_TurnsWithUs judges by all of cdk-nag's packs.
func TestCdkNag_TurnsWithUs(t *testing.T) {
	t.Parallel()
	installed(t)
	m := newMatrix(t, render.CloudFormation)
	found := cdkNag(t, m)
	table(t, "cdk-nag", m.turned(t, found), nagDisagreements)
	m.passesBut(t, found, nagFailures)
}
