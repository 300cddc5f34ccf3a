package judge_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/judge"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// judgedAgent is the client whose requests are judged.
const judgedAgent = "judged/1.0"

// wired is a request as it goes over the wire.
type wired struct {
	service, method, path string
	header                http.Header
	body                  []byte
}

func formRequest(service string, pairs ...string) wired {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return wired{service, http.MethodPost, "/", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(form.Encode())}
}

func jsonRequest(service, target, body string) wired {
	return wired{service, http.MethodPost, "/", http.Header{"X-Amz-Target": {target}, "Content-Type": {"application/x-amz-json-1.1"}}, []byte(body)}
}

func restRequest(service, method, path, body string, header ...string) wired {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return wired{service, method, path, h, []byte(body)}
}

func cborRequest(operation string, members map[string]any) wired {
	return wired{
		"monitoring", http.MethodPost, "/service/GraniteServiceVersion20100801/operation/" + operation,
		http.Header{"Content-Type": {"application/cbor"}, "Smithy-Protocol": {"rpc-v2-cbor"}}, wire.AppendCBOR(nil, members),
	}
}

func (r wired) send(t *testing.T, account string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.method, sandboxtest.Box.Endpoint()+r.path, bytes.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, r.header)
	req.Header.Set("Authorization", sandboxtest.Authorization(account, r.service))
	req.Header.Set("User-Agent", judgedAgent)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
}

// alarm is one that AWS takes, with changes; nil drops a member.
func alarm(changes map[string]any) wired {
	members := map[string]any{
		"AlarmName": "a", "MetricName": "Errors", "Namespace": "AWS/Lambda", "Statistic": "Sum", "Period": int64(60),
		"EvaluationPeriods": int64(1), "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold",
	}
	for name, value := range changes {
		members[name] = value
		if value == nil {
			delete(members, name)
		}
	}
	return cborRequest("PutMetricAlarm", members)
}

const (
	allowGet = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}`
	rootMay  = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:root"},"Action":"kms:*","Resource":"*"}`
	otherMay = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"kms:*","Resource":"*"}`
	protects = `{"Name":"p","Version":"2021-06-01","Statement":[` +
		`{"Sid":"a","DataIdentifier":["x"],"Operation":{"Audit":{"FindingsDestination":{}}}},` +
		`{"Sid":"b","DataIdentifier":["x"],"Operation":{"Deidentify":{"MaskConfig":{}}}}]}`
)

func quoted(text string) string { return fmt.Sprintf("%q", text) }

func createPolicy(document string) wired {
	return formRequest("iam", "Action", "CreatePolicy", "Version", "2010-05-08", "PolicyName", "p", "PolicyDocument", document)
}

func putKeyPolicy(account, document string) wired {
	return jsonRequest("kms", "TrentService.PutKeyPolicy",
		`{"KeyId":"k","Policy":`+quoted(strings.ReplaceAll(document, "ACCOUNT", account))+`}`)
}

func putProtection(document string) wired {
	return jsonRequest("logs", "Logs_20140328.PutDataProtectionPolicy", `{"logGroupIdentifier":"g","policyDocument":`+quoted(document)+`}`)
}

// badRequests are one a row: what is sent, and the member and rule that is
// violated.
var badRequests = []struct {
	name         string
	request      wired
	member, rule string
}{
	{"unknown member, REST", restRequest("lambda", "POST", "/2015-03-31/functions/f/versions", `{"Comment":"d"}`), "Comment", "unknown member"},
	{"unknown query parameter", restRequest("lambda", "GET", "/2015-03-31/functions/f?Qualifer=x", ""), "Qualifer", "unknown query parameter"},
	{"unknown header", restRequest("lambda", "POST", "/2015-03-31/functions/f/invocations", "{}", "X-Amz-Invocation-Typ", "Event"), "X-Amz-Invocation-Typ", "unknown header"},
	{"required in a body", restRequest("lambda", "POST", "/2015-03-31/functions/f/aliases", `{"Name":"live"}`), "FunctionVersion", "required"},
	{"range", restRequest("lambda", "PUT", "/2015-03-31/functions/f/configuration", `{"Timeout":5401}`), "Timeout", "at most 5400"},
	{"type", restRequest("lambda", "PUT", "/2015-03-31/functions/f/configuration", `{"MemorySize":"128"}`), "MemorySize", "not a number"},
	{"length of A5", restRequest("lambda", "POST", "/2015-03-31/functions/f/policy",
		`{"StatementId":"`+strings.Repeat("s", 101)+`","Action":"lambda:InvokeFunction","Principal":"s3.amazonaws.com"}`), "StatementId", "at most 100"},
	{"path pattern of a function", restRequest("lambda", "GET", "/2015-03-31/functions/a%20b", ""), "FunctionName", "does not match"},
	{"look-ahead of an alias", restRequest("lambda", "POST", "/2015-03-31/functions/f/aliases", `{"Name":"12","FunctionVersion":"1"}`), "Name", "does not match"},
	{"role of A3", restRequest("lambda", "PUT", "/2015-03-31/functions/f/configuration", `{"Role":"arn:aws:iam::111111111111:role/a~b/r"}`), "Role", "does not match"},
	{"query list, A1", jsonRequest("logs", "Logs_20140328.ListTagsForResource", `{"resourceArn":"arn:aws:logs:eu-central-1:1:log-group:a#b"}`), "resourceArn", "does not match"},
	{"retention is a number", jsonRequest("logs", "Logs_20140328.PutRetentionPolicy", `{"logGroupName":"g","retentionInDays":"7"}`), "retentionInDays", "not a number"},
	{"data protection without masking", putProtection(strings.Replace(protects, "Deidentify", "Audit", 1)), "policyDocument.Statement[1].Operation", "Deidentify"},
	{"data protection of other data", putProtection(strings.Replace(protects, `["x"]`, `["y"]`, 1)), "policyDocument.Statement[1].DataIdentifier", "not the same"},
	{"tag value of A2", formRequest("iam", "Action", "TagRole", "RoleName", "r", "Tags.member.1.Key", "secure:next", "Tags.member.1.Value", "a#b"), "Tags[0].Value", "does not match"},
	{"tag keys of A7", formRequest("iam", "Action", "TagRole", "RoleName", "r", "Tags.member.1.Key", "Owner", "Tags.member.1.Value", "",
		"Tags.member.2.Key", "owner", "Tags.member.2.Value", ""), "Tags[1]", "twice"},
	{"document of A4", createPolicy(sandboxtest.PolicyOf(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/ł"}`)), "PolicyDocument", "does not match"},
	{"unknown form member", formRequest("iam", "Action", "GetRole", "RoleNam", "r"), "RoleNam", "unknown member"},
	{"required form member", formRequest("iam", "Action", "GetRole", "RoleNam", "r"), "RoleName", "required"},
	{"sid", createPolicy(sandboxtest.PolicyOf(`{"Sid":"a b","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`)), "PolicyDocument.Statement[0].Sid", "does not match"},
	{"sid twice", createPolicy(sandboxtest.PolicyOf(`{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}`)),
		"PolicyDocument.Statement[1].Sid", "twice"},
	{"both actions", createPolicy(sandboxtest.PolicyOf(`{"Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*"}`)), "PolicyDocument.Statement[0]", "both"},
	{"resource", createPolicy(sandboxtest.PolicyOf(`{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}`)), "PolicyDocument.Statement[0].Resource", "neither an ARN"},
	{"operator", createPolicy(sandboxtest.PolicyOf(`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqual":{"aws:x":"y"}}}`)),
		"PolicyDocument.Statement[0].Condition.StringEqual", "no condition operator"},
	{"policy size", createPolicy(sandboxtest.PolicyOf(strings.Repeat(allowGet+",", 90) + allowGet)), "PolicyDocument", "at most 6144"},
	{"trust with a resource", formRequest("iam", "Action", "CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", sandboxtest.PolicyOf(allowGet)),
		"AssumeRolePolicyDocument.Statement[0].Resource", "no resource"},
	{"lockout", putKeyPolicy("", sandboxtest.PolicyOf(otherMay)), "Policy", "kms:PutKeyPolicy"},
	{"key id", jsonRequest("kms", "TrentService.DescribeKey", `{"KeyId":""}`), "KeyId", "at least 1"},
	{"waiting period", jsonRequest("kms", "TrentService.ScheduleKeyDeletion", `{"KeyId":"k","PendingWindowInDays":"30"}`), "PendingWindowInDays", "not a number"},
	{"kms tag", jsonRequest("kms", "TrentService.TagResource", `{"KeyId":"k","Tags":[{"TagKey":"a!","TagValue":""}]}`), "Tags[0]", "characters besides"},
	{"queue tag", jsonRequest("sqs", "AmazonSQS.TagQueue", `{"QueueUrl":"u","Tags":{"a#":"b"}}`), "Tags[a#]", "characters besides"},
	{"queue member", jsonRequest("sqs", "AmazonSQS.CreateQueue", `{"QueueName":"q","Attribute":{}}`), "Attribute", "unknown member"},
	{"secret member", jsonRequest("secretsmanager", "secretsmanager.CreateSecret", `{"Name":"","ClientRequestToken":"t"}`), "Name", "at least 1"},
	{"aws: tag", jsonRequest("secretsmanager", "secretsmanager.TagResource", `{"SecretId":"s","Tags":[{"Key":"aws:x","Value":""}]}`), "Tags[0]", "AWS's own"},
	{"alarm of two kinds", alarm(map[string]any{"Metrics": []any{map[string]any{"Id": "m", "Expression": "1"}}}), "MetricName", "not beside"},
	{"low samples of a sum", alarm(map[string]any{"EvaluateLowSampleCountPercentile": "ignore"}), "EvaluateLowSampleCountPercentile", "only for percentiles"},
	{"trimmed low samples, C13", alarm(map[string]any{"Statistic": nil, "ExtendedStatistic": "tm99", "EvaluateLowSampleCountPercentile": "evaluate"}),
		"EvaluateLowSampleCountPercentile", "only for percentiles"},
	{"alarm over a day", alarm(map[string]any{"Period": int64(300), "EvaluationPeriods": int64(300)}), "EvaluationPeriods", "at most 86400"},
	{"alarm period", alarm(map[string]any{"Period": int64(90)}), "Period", "multiple of 60"},
	{"two that return data", alarm(map[string]any{
		"MetricName": nil, "Namespace": nil, "Statistic": nil, "Period": nil,
		"Metrics": []any{map[string]any{"Id": "m1", "Expression": "1"}, map[string]any{"Id": "m2", "Expression": "2"}},
	}), "Metrics", "return data"},
	{"alarm without a name", alarm(map[string]any{"AlarmName": nil}), "AlarmName", "required"},
	{"filter of ec2", formRequest("ec2", "Action", "DescribeSubnets", "Version", "2016-11-15", "SubnetIds.1", "subnet-1"), "SubnetIds (as parameter)", "unknown member"},
	{"page of ec2", formRequest("ec2", "Action", "DescribeSubnets", "Version", "2016-11-15", "MaxResults", "2"), "MaxResults", "at least 5"},
	{"image", jsonRequest("ecr", "AmazonEC2ContainerRegistry_V20150921.BatchGetImage", `{"repositoryName":"UPPER","imageIds":[{"imageTag":"x"}]}`), "repositoryName", "does not match"},
	{"list of the tagging API", jsonRequest("tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", `{"ResourceARNList":["`+strings.Repeat(`a","`, 100)+`a"]}`), "ResourceARNList", "at most 100"},
	{"topic", formRequest("sns", "Action", "GetTopicAttributes", "TopicArm", "x"), "TopicArn", "required"},
	{"identity", formRequest("sts", "Action", "GetCallerIdentity", "Account", "x"), "Account", "unknown member"},
	{"bucket parameter", restRequest("s3", "HEAD", "/b/k?version=1", ""), "version", "unknown query parameter"},
	{"bucket header", restRequest("s3", "PUT", "/b/k", "x", "X-Amz-Server-Side-Encrypt", "aws:kms"), "X-Amz-Server-Side-Encrypt", "unknown header"},
	{"signing job", restRequest("signer", "POST", "/signing-jobs", `{"source":{},"destination":{},"profileName":"a-b","clientRequestToken":"t"}`), "profileName", "does not match"},
}

func TestEveryBadRequestIsAViolation(t *testing.T) {
	t.Parallel()
	services := map[string]bool{}
	for _, bad := range badRequests {
		services[bad.request.service] = true
		t.Run(bad.name, func(t *testing.T) {
			t.Parallel()
			account := sandboxtest.New(t).Account
			bad.request.send(t, account)
			found := sandboxtest.Box.Violations(account, judgedAgent)
			if !slices.ContainsFunc(found, func(v judge.Violation) bool { return v.Member == bad.member && strings.Contains(v.Rule, bad.rule) }) {
				t.Errorf("%s at %q is not among %v", bad.rule, bad.member, found)
			}
			if others := sandboxtest.Box.Violations(account, "other/"); len(others) > 0 {
				t.Errorf("another client is blamed for %v", others)
			}
		})
	}
	if len(badRequests) < 25 || len(services) < 10 {
		t.Errorf("%d bad requests of %d services, at least 25 of 10", len(badRequests), len(services))
	}
}

func TestGoodRequestsAreNoViolations(t *testing.T) {
	t.Parallel()
	account := sandboxtest.New(t).Account
	good := []wired{
		restRequest("lambda", "GET", "/2015-03-31/functions/arn:aws:lambda:eu-central-1:111111111111:function:f?Qualifier=live", ""),
		restRequest("lambda", "PUT", "/2015-03-31/functions/f/configuration", `{"Timeout":5400,"Role":"arn:aws:iam::111111111111:role/a/r","Environment":{"Variables":{"AB":"c"}}}`),
		restRequest("lambda", "POST", "/2015-03-31/functions/f/invocations", `{"any":"thing"}`, "X-Amz-Invocation-Type", "Event"),
		formRequest("iam", "Action", "TagRole", "RoleName", "r", "Tags.member.1.Key", "Owner", "Tags.member.1.Value", "a=b"),
		formRequest("iam", "Action", "CreateRole", "RoleName", "r", "Path", "/a/", "AssumeRolePolicyDocument", sandboxtest.Trust),
		createPolicy(sandboxtest.PolicyOf(allowGet)),
		createPolicy(sandboxtest.PolicyOf(`{"Sid":"A1","Effect":"Deny","NotAction":["iam:*"],"NotResource":["arn:*:s3:::b"],"Condition":{"ForAnyValue:StringLikeIfExists":{"aws:x":["y"]}}}`)),
		putKeyPolicy(account, sandboxtest.PolicyOf(rootMay)),
		jsonRequest("kms", "TrentService.PutKeyPolicy", `{"KeyId":"k","BypassPolicyLockoutSafetyCheck":true,"Policy":`+quoted(sandboxtest.PolicyOf(otherMay))+`}`),
		putProtection(protects),
		jsonRequest("sqs", "AmazonSQS.CreateQueue", `{"QueueName":"q","Attributes":{"VisibilityTimeout":"30"},"tags":{"a b":"c/d"}}`),
		alarm(nil),
		alarm(map[string]any{"Statistic": nil, "ExtendedStatistic": "p99", "EvaluateLowSampleCountPercentile": "evaluate"}),
		alarm(map[string]any{"Period": int64(3600), "EvaluationPeriods": int64(168)}),
		alarm(map[string]any{
			"MetricName": nil, "Namespace": nil, "Statistic": nil, "Period": nil,
			"Metrics": []any{
				map[string]any{"Id": "rate", "Expression": "e/n"},
				map[string]any{"Id": "e", "ReturnData": false, "MetricStat": map[string]any{
					"Metric": map[string]any{"Namespace": "AWS/Lambda", "MetricName": "Errors"}, "Period": int64(60), "Stat": "Sum"}},
			},
		}),
		formRequest("ec2", "Action", "DescribeSubnets", "Version", "2016-11-15", "SubnetId.1", "subnet-1", "Filter.1.Name", "vpc-id", "Filter.1.Value.1", "vpc-1"),
		jsonRequest("tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", `{"TagFilters":[{"Key":"k","Values":["v"]}],"ResourcesPerPage":100}`),
		restRequest("s3", "PUT", "/b/a/k?x-id=PutObject", "content", "X-Amz-Server-Side-Encryption", "AES256", "X-Amz-Meta-Any", "thing"),
		formRequest("sts", "Action", "GetCallerIdentity", "Version", "2011-06-15"),
	}
	for _, request := range good {
		request.send(t, account)
	}
	for _, v := range sandboxtest.Box.Violations(account) {
		t.Error(v)
	}
}

func TestUnknownEnumerationsAreDoubts(t *testing.T) {
	t.Parallel()
	account := sandboxtest.New(t).Account
	restRequest("lambda", "PUT", "/2015-03-31/functions/f/configuration", `{"Runtime":"python9.9"}`).send(t, account)
	if found := sandboxtest.Box.Violations(account); len(found) > 0 {
		t.Errorf("a new value is a violation: %v", found)
	}
	doubts := sandboxtest.Box.Doubts(account, judgedAgent)
	if len(doubts) != 1 || doubts[0].Member != "Runtime" {
		t.Errorf("%v, not one doubt about Runtime", doubts)
	}
}

func TestTagsAreCountedWithThoseThatAreThere(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.FreshRole(t, "r", sandboxtest.Trust)
	add := func(from, to int) {
		pairs := []string{"Action", "TagRole", "Version", "2010-05-08", "RoleName", "r"}
		for i := from; i <= to; i++ {
			pairs = append(pairs, fmt.Sprintf("Tags.member.%d.Key", i-from+1), fmt.Sprintf("k%d", i), fmt.Sprintf("Tags.member.%d.Value", i-from+1), "v")
		}
		formRequest("iam", pairs...).send(t, c.Account)
	}
	add(1, 47)
	add(45, 50)
	if found := sandboxtest.Box.Violations(c.Account, judgedAgent); len(found) > 0 {
		t.Fatalf("50 tags: %v", found)
	}
	add(51, 51)
	found := sandboxtest.Box.Violations(c.Account, judgedAgent)
	if len(found) != 1 || !strings.Contains(found[0].Rule, "gets 51 tags") {
		t.Errorf("51 tags: %v", found)
	}
}

func TestAnUpdateWhileOneIsUnderWayIsAViolation(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	update := restRequest("lambda", "PUT", "/2015-03-31/functions/f/configuration", `{"Description":"one"}`)
	update.send(t, c.Account)
	if found := sandboxtest.Box.Violations(c.Account, judgedAgent); len(found) > 0 {
		t.Fatalf("the first update: %v", found)
	}
	update.send(t, c.Account)
	found := sandboxtest.Box.Violations(c.Account, judgedAgent)
	if len(found) != 1 || !strings.Contains(found[0].Rule, "while one is under way") {
		t.Errorf("the second update: %v", found)
	}
}
