package access

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var update = flag.Bool("update", false, "rewrite the golden policies")

const someKey = "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"

// examples are an ARN of each kind of resource.
var examples = map[string]string{
	"s3 bucket": "arn:aws:s3:::orders-incoming", "s3 object, or all objects below a prefix": "arn:aws:s3:::orders-incoming/in/*",
	"dynamodb table": "arn:aws:dynamodb:eu-central-1:111122223333:table/orders", "dynamodb index": "arn:aws:dynamodb:eu-central-1:111122223333:table/orders/index/by-day",
	"dynamodb stream": "arn:aws:dynamodb:eu-central-1:111122223333:table/orders/stream/2026-11-24T00:00:00.000",
	"sqs queue":       "arn:aws:sqs:eu-central-1:111122223333:orders", "sns topic": "arn:aws:sns:eu-central-1:111122223333:orders",
	"kinesis stream": "arn:aws:kinesis:eu-central-1:111122223333:stream/clicks", "events event bus": "arn:aws:events:eu-central-1:111122223333:event-bus/orders",
	"lambda function, version or alias": "arn:aws:lambda:eu-central-1:111122223333:function:prices:live",
	"states state machine":              "arn:aws:states:eu-central-1:111122223333:stateMachine:refund", "secretsmanager secret": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/db-AbCdEf",
	"ssm parameter": "arn:aws:ssm:eu-central-1:111122223333:parameter/orders/limit", "kms key": someKey,
	"firehose delivery stream":                  "arn:aws:firehose:eu-central-1:111122223333:deliverystream/clicks",
	"appconfig configuration of an environment": "arn:aws:appconfig:eu-central-1:111122223333:application/a1b2c3d/environment/e1f2a3b/configuration/c1d2e3f",
	"bedrock model or inference profile":        "arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-micro-v1:0",
}

// TestGive_Golden holds every level against its policy, and every policy
// against the catalogue.
func TestGive_Golden(t *testing.T) {
	t.Parallel()
	for _, l := range AllLevels() {
		key := ""
		if len(l.Key) > 0 {
			key = someKey
		}
		given, err := Give(examples[l.Service+" "+l.Resource], l.Level, key)
		if err != nil {
			t.Fatalf("%s %s %s: %v", l.Service, l.Resource, l.Level, err)
		}
		statements := []bp.Named{{Sid: "Access", Statement: given.Statement}}
		if companion, ok := given.Key.Get(); ok {
			statements = append(statements, bp.Named{Sid: "AccessKey", Statement: companion})
		}
		for _, s := range statements {
			if found := Lint(asked(s.Statement)); len(found) > 0 {
				t.Errorf("%s %s %s: %+v", l.Service, l.Resource, l.Level, found)
			}
			checkConditions(t, s.Statement)
		}
		if found := Escalations([]Grant{{Allow: true, Actions: l.Actions, Resources: []string{"*"}}}); len(found) > 0 {
			t.Errorf("%s %s escalates: %s", l.Service, l.Level, found[0].Describe())
		}
		text, err := bp.Document(statements)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := LintDocument(text); err != nil || len(found) > 0 {
			t.Errorf("%s %s %s: %v %v", l.Service, l.Resource, l.Level, found, err)
		}
		kind, _, _ := strings.Cut(l.Resource, ",")
		golden(t, strings.ReplaceAll(l.Service+"_"+kind+"_"+l.Level, " ", "_"), text)
	}
}

func golden(t *testing.T, name, text string) {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	pretty, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	pretty = append(pretty, '\n')
	path := filepath.Join("testdata", "levels", name+".json")
	if *update {
		if err := os.WriteFile(path, pretty, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != string(pretty) {
		t.Errorf("%s is not what it was (-update rewrites it): %v\n%s", name, err, pretty)
	}
}

func asked(s bp.Statement) Asked {
	a := Asked{}
	a.Actions, _ = s.Actions.Or(nil).Strings()
	a.Resources, _ = s.Resources.Or(nil).Strings()
	a.Conditions = GrantOf(bp.Named{Statement: s}).Conditions
	return a
}

// checkConditions holds every condition against the keys that the action's
// requests carry.
func checkConditions(t *testing.T, s bp.Statement) {
	t.Helper()
	a := asked(s)
	for _, name := range a.Actions {
		action, _ := Catalogue().Action(name)
		for _, keys := range a.Conditions {
			for key := range keys {
				if _, ok := action.Condition(key); !ok {
					t.Errorf("%s carries no %s", name, key)
				}
			}
		}
	}
}

func TestGive_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ to, level, key, at, says string }{
		{examples["sqs queue"], "read", "", "level", `Write "consume" or "send"`},
		{examples["sns topic"], "read", "", "level", `Write "publish", or name`},
		{examples["s3 object, or all objects below a prefix"], "delete", "", "level", `"delete" is not a level of an object, or all objects below a prefix. Each kind of resource has levels of its own. Write "list", "put", "read", "read_write" or "write"`},
		{"arn:aws:sqs:eu-central-1:111122223333:*", "send", "", "to", "Write the ARN of a queue"},
		{"arn:aws:s3:::*", "read", "", "to", "Write the ARN of one of these: a bucket; an object, or all objects below a prefix."},
		{"arn:aws:rds:eu-central-1:111122223333:db:orders", "read", "", "to", "Name actions and resources"},
		{"orders", "read", "", "to", "is not an ARN"},
		{"arn:aws:s3:::images/*.png", "read", "", "to", "does not say which resource it is"},
		{"arn:aws:s3:::im?ges/out/*", "read", "", "to", "does not say which resource it is"},
		{"arn:aws:s3:::*/out", "read", "", "to", "Write the ARN"},
		{"arn:aws:s3:::im*/out", "read", "", "to", "a wildcard would make it many"},
		{"arn:aws:ssm:eu-central-1:111122223333:parameter/*", "read", "", "to", "does not say which resource it is"},
		{"arn:aws:ssm:*:111122223333:parameter/orders/*", "read", "", "to", "does not say which resource it is"},
		{"arn:aws:ssm:eu-central-1:*:parameter/orders/*", "read", "", "to", "does not say which resource it is"},
		{"arn:aws:secretsmanager:eu-central-1:111122223333:secret:*", "read", "", "to", "a wildcard would make it many"},
		{"arn:aws:s3:::${aws:PrincipalTag/team}/*", "read", "", "to", "Write the ARN"},
		{"arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", "read", "", "to", "is not one resource that has levels. It is an access point"},
		{"arn:aws:s3:eu-central-1:123456789012:images/out/*", "put", "", "to", `has neither region nor account, so this one would match nothing. Write "arn:aws:s3:::images/out/*"`},
		{"arn:aws-cn:s3::123456789012:images", "read", "", "to", `Write "arn:aws-cn:s3:::images"`},
		{"arn:aws:sqs:eu-central-1:111122223333:*", "send", "", "to", "a wildcard would make it many"},
		{"arn:aws:dynamodb:eu-central-1:111122223333:orders", "read", "", "to", "this is none of them. Write the ARN of one of these: a table;"},
		{examples["s3 bucket"], "readwrite", "", "level", `Write "read_write". If you mean another level, write "list", "put", "read" or "write", or name`},
		{examples["s3 bucket"], "Read-Write", "", "level", `Write "read_write". `},
		{examples["sns topic"], "Publishes", "", "level", `its own. Write "publish", or name`},
		{examples["sqs queue"], "Consumes", "", "level", `Write "consume". If you mean another level, write "send", or name`},
		{examples["sqs queue"], "read", "", "level", `of its own. Write "consume" or "send"`},
		{examples["sqs queue"], "send", "alias/orders", "kms_key_arn", "is not the ARN of a key"},
		{examples["lambda function, version or alias"], "invoke", someKey, "kms_key_arn", "Leave kms_key_arn out"},
		{examples["s3 bucket"], "list", someKey, "kms_key_arn", `The level "list" of a bucket needs no key`},
	} {
		_, err := Give(c.to, c.level, c.key)
		problem, ok := errors.AsType[*GiveError](err)
		if !ok || problem.At != c.at || !strings.Contains(problem.Error(), c.says) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestTargets_HaveTheRightArticle reads every kind of resource out loud.
func TestTargets_HaveTheRightArticle(t *testing.T) {
	t.Parallel()
	for _, target := range targets {
		if vowel := strings.ContainsRune("aeiou", rune(target.noun[0])); strings.HasPrefix(target.one(), "an ") != vowel {
			t.Errorf("%q", target.one())
		}
	}
}

// TestGive_PutDeletesNothing holds the levels that add, and those that look,
// against every action that deletes.
func TestGive_PutDeletesNothing(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, l := range AllLevels() {
		if l.Level != "put" && l.Level != levelList {
			continue
		}
		seen[l.Service+" "+l.Resource+" "+l.Level] = true
		for _, action := range l.Actions {
			if strings.Contains(action, "Delete") || action == "dynamodb:BatchWriteItem" {
				t.Errorf("%s %s %s allows %s", l.Service, l.Resource, l.Level, action)
			}
		}
	}
	for _, want := range []string{
		"s3 bucket put", "s3 object, or all objects below a prefix put", "dynamodb table put", "s3 bucket list", "s3 object, or all objects below a prefix list",
	} {
		if !seen[want] {
			t.Errorf("there is no level %s", want)
		}
	}
}

// TestGive_ListOnAPrefix lists that prefix of the bucket, and no other.
func TestGive_ListOnAPrefix(t *testing.T) {
	t.Parallel()
	given, err := Give("arn:aws:s3:::orders-incoming/in/*", "list", "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := bp.Document([]bp.Named{{Sid: "A", Statement: given.Statement}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"Action":"s3:ListBucket"`, `"Resource":"arn:aws:s3:::orders-incoming"`, `"StringLike":{"s3:prefix":"in/*"}`} {
		if !strings.Contains(text, want) {
			t.Errorf("the statement lacks %s:\n%s", want, text)
		}
	}
	for level, want := range map[string]string{"list": "s3:prefix", "read": ""} {
		if got := BoundBy("arn:aws:s3:::orders-incoming/in/*", level); got != want {
			t.Errorf("%s is bound by %q", level, got)
		}
	}
	if got := BoundBy("arn:aws:s3:::orders-incoming", "list"); got != "" {
		t.Errorf("a whole bucket is bound by %q", got)
	}
}

func TestLooksLikePrefix(t *testing.T) {
	t.Parallel()
	for to, write := range map[string]string{
		"arn:aws:s3:::acme/in/":                               `write to = "arn:aws:s3:::acme/in/*"`,
		"arn:aws:s3:::acme/in":                                `write to = "arn:aws:s3:::acme/in/*". If there is an object`,
		"arn:aws:s3:::acme/a/b/in":                            `write to = "arn:aws:s3:::acme/a/b/in/*"`,
		"arn:aws-cn:s3:::acme/v1.2/":                          `write to = "arn:aws-cn:s3:::acme/v1.2/*"`,
		"arn:aws:s3:::acme":                                   "",
		"arn:aws:s3:::acme/in/*":                              "",
		"arn:aws:s3:::acme/in/2026-??":                        "",
		"arn:aws:s3:::acme/config.json":                       "",
		"arn:aws:s3:::acme/in/a.tar.gz":                       "",
		"arn:aws:sqs:eu-central-1:111122223333:in":            "",
		"arn:aws:dynamodb:eu-central-1:111122223333:table/in": "",
		"acme/in/": "",
	} {
		found, doubtful := LooksLikePrefix(to)
		if doubtful != (write != "") || !strings.Contains(found.Write, write) {
			t.Errorf("%s: %v, %+v", to, doubtful, found)
		}
	}
}

func passedTo(service string) map[string]map[string][]string {
	return map[string]map[string][]string{"StringEquals": {"iam:PassedToService": {service}}}
}

func TestLint(t *testing.T) {
	t.Parallel()
	table := []string{"arn:aws:dynamodb:eu-central-1:111122223333:table/orders"}
	role := []string{"arn:aws:iam::111122223333:role/worker"}
	for name, c := range map[string]struct {
		asked Asked
		says  string
	}{
		"fine":                        {Asked{Actions: []string{"dynamodb:GetItem"}, Resources: table}, ""},
		"mistyped":                    {Asked{Actions: []string{"dynamodb:GetItm"}, Resources: table}, "dynamodb:GetItem"},
		"newer than the catalogue":    {Asked{Actions: []string{"dynamodb:Teleport"}, Resources: table, Reason: "new action"}, ""},
		"another service's":           {Asked{Actions: []string{"dynamodb:GetItem"}, Resources: []string{"arn:aws:s3:::orders"}}, "cannot be allowed on any"},
		"two on another service's":    {Asked{Actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"}, Resources: []string{"arn:aws:s3:::orders"}}, "dynamodb:GetItem and dynamodb:PutItem cannot be allowed on any"},
		"three that take none":        {Asked{Actions: []string{"ec2:DescribeRegions", "ec2:DescribeVpcs", "xray:PutTraceSegments"}, Resources: table}, `ec2:DescribeRegions, ec2:DescribeVpcs and xray:PutTraceSegments take no resource but "*"`},
		"takes no resource":           {Asked{Actions: []string{"xray:PutTraceSegments"}, Resources: table}, `takes no resource but "*"`},
		"on everything":               {Asked{Actions: []string{"s3:GetObject"}, Resources: []string{"*"}}, "names every resource"},
		"on everything of a service":  {Asked{Actions: []string{"sqs:SendMessage"}, Resources: []string{"arn:aws:sqs:*:*:*"}}, "names every resource"},
		"on everything, needed":       {Asked{Actions: []string{"xray:PutTraceSegments"}, Resources: []string{"*"}}, ""},
		"on everything, with reason":  {Asked{Actions: []string{"s3:GetObject"}, Resources: []string{"*"}, Reason: "serves any bucket of the data team"}, ""},
		"wildcard":                    {Asked{Actions: []string{"dynamodb:*"}, Resources: table}, "allows whatever AWS adds"},
		"wildcard with reason":        {Asked{Actions: []string{"dynamodb:Get*"}, Resources: table, Reason: "reads only"}, ""},
		"a role to any service":       {Asked{Actions: []string{"iam:PassRole"}, Resources: role}, "iam:PassedToService"},
		"a role to any by a wildcard": {Asked{Actions: []string{"iam:PassRole"}, Resources: role, Conditions: passedTo("*")}, "iam:PassedToService"},
		"a role to any but one":       {Asked{Actions: []string{"iam:PassRole"}, Resources: role, Conditions: map[string]map[string][]string{"StringNotEquals": {"iam:PassedToService": {"ec2.amazonaws.com"}}}}, "iam:PassedToService"},
		"a role if it says where":     {Asked{Actions: []string{"iam:PassRole"}, Resources: role, Conditions: map[string]map[string][]string{"StringEqualsIfExists": {"iam:PassedToService": {"ec2.amazonaws.com"}}}}, "iam:PassedToService"},
		"a role to one service":       {Asked{Actions: []string{"iam:PassRole"}, Resources: role, Conditions: passedTo("states.amazonaws.com")}, ""},
	} {
		found := Lint(c.asked)
		if c.says == "" && len(found) > 0 || c.says != "" && (len(found) != 1 || !strings.Contains(found[0].What+found[0].Why+found[0].Write, c.says)) {
			t.Errorf("%s: %+v does not say %q", name, found, c.says)
		}
	}
}

// TestEscalations finds every set of the facts, with and without wildcards, and
// none in a part of it.
func TestEscalations(t *testing.T) {
	t.Parallel()
	all := AllEscalations()
	if len(all) != 70 {
		t.Errorf("%d sets, want 59 methods and 11 paths", len(all))
	}
	for _, e := range all {
		contains := func(actions []string) bool {
			grants := []Grant{{Allow: true, Actions: actions, Resources: []string{"*"}}}
			return slices.ContainsFunc(Escalations(grants), func(f Escalation) bool { return f.ID == e.ID })
		}
		var wild []string
		for _, a := range e.Actions {
			wild = append(wild, a[:len(a)-3]+"*")
		}
		if !contains(e.Actions) || !contains(wild) || contains(e.Actions[1:]) {
			t.Errorf("%s: %v", e.ID, e.Actions)
		}
	}
}

// TestEscalations_OverStatements takes iam:PassRole and what runs with the role
// from two statements.
func TestEscalations_OverStatements(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, action, to string // no service: to any
		escalates        bool
	}{
		{"states", "states:CreateStateMachine", "states.amazonaws.com", true},
		{"states in a region", "states:UpdateStateMachine", "states.eu-west-1.amazonaws.com", true},
		{"states, elsewhere", "states:CreateStateMachine", "glue.amazonaws.com", false},
		{"states to any", "states:CreateStateMachine", "", true},
		{"states to a wildcard", "states:CreateStateMachine", "s*.amazonaws.com", true},
		{"scheduler", "scheduler:CreateSchedule", "scheduler.amazonaws.com", true},
		{"events", "events:PutTargets", "events.amazonaws.com", true},
		{"glue", "glue:UpdateJob", "glue.amazonaws.com", true},
		{"ecs", "ecs:RunTask", "ecs-tasks.amazonaws.com", true},
		{"ec2", "ec2:RunInstances", "ec2.amazonaws.com", true},
		{"sagemaker", "sagemaker:CreateProcessingJob", "sagemaker.amazonaws.com", true},
		{"cloudformation", "cloudformation:CreateChangeSet", "cloudformation.amazonaws.com", true},
		{"codebuild", "codebuild:UpdateProject", "codebuild.amazonaws.com", true},
		{"codepipeline", "codepipeline:CreatePipeline", "codepipeline.amazonaws.com", true},
		{"function with a URL", "lambda:CreateFunction", "lambda.amazonaws.com", true},
		{"another role of a function", "lambda:UpdateFunctionConfiguration", "lambda.amazonaws.com", true},
		{"batch, as a container", "batch:RegisterJobDefinition", "ecs-tasks.amazonaws.com", true},
		{"start only", "states:StartExecution", "states.amazonaws.com", false},
	} {
		pass := Grant{Allow: true, Actions: []string{"iam:PassRole"}, Resources: []string{"arn:aws:iam::111122223333:role/worker"}}
		if c.to != "" {
			pass.Conditions = passedTo(c.to)
		}
		run := Grant{Allow: true, Actions: []string{c.action}, Resources: []string{"*"}}
		found := Escalations([]Grant{pass, run})
		if (len(found) > 0) != c.escalates {
			t.Errorf("%s: %v", c.name, found)
		}
		if len(Escalations([]Grant{pass})) > 0 {
			t.Errorf("%s: to pass a role alone escalates", c.name)
		}
	}
}

func TestLintDocument(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		document string
		says     []string
	}{
		"fine":        {`{"Statement":{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1:111122223333:orders"}}`, nil},
		"denials":     {`{"Statement":[{"Effect":"Deny","NotAction":"iam:*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]}`, nil},
		"inverse":     {`{"Statement":[{"Sid":"But","Effect":"Allow","NotResource":"arn:aws:s3:::x","Action":"s3:GetObject"}]}`, []string{"But: the statement allows by exception"}},
		"two at once": {`{"Statement":[{"Sid":"A","Effect":"Allow","Action":["iam:PutRolePolicy"],"Resource":"arn:aws:iam::111122223333:role/x"},{"Sid":"B","Effect":"Allow","Action":"sqs:SendMesage","Resource":"*"}]}`, []string{"B: ", "all statements: "}},
		"too long":    {`{"Statement":[{"Sid":"Long","Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1:111122223333:` + strings.Repeat("q", 6200) + `"}]}`, []string{"a managed policy holds 6144"}},
	} {
		found, err := LintDocument(c.document)
		text := strings.Join(found, "\n")
		if err != nil || c.says == nil && len(found) > 0 {
			t.Errorf("%s: %v %v", name, found, err)
		}
		for _, want := range c.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q does not say %q", name, text, want)
			}
		}
	}
	if _, err := LintDocument(`{"Statement":`); err == nil {
		t.Error("half a document is judged")
	}
}
