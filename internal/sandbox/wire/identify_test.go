package wire

import (
	"net/http/httptest"
	"strings"
	"testing"
)

var (
	form   = map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	copied = map[string]string{"X-Amz-Copy-Source": "a/b"}
)

func target(name string) map[string]string { return map[string]string{"X-Amz-Target": name} }

var requests = []struct {
	service, request, body string
	headers                map[string]string
	want                   string
	kind                   Kind
	resource               string
}{
	{"iam", "POST /", "Action=CreateRole&RoleName=r&Version=2010-05-08", form, "CreateRole", Write, "r"},
	{"sts", "POST /", "Action=GetCallerIdentity", form, "GetCallerIdentity", Read, ""},
	{"kms", "POST /", `{"KeyId":"k"}`, target("TrentService.DescribeKey"), "DescribeKey", Read, "k"},
	{"logs", "POST /", `{"logGroupName":"/g"}`, target("Logs_20140328.PutRetentionPolicy"), "PutRetentionPolicy", Write, "/g"},
	{"dynamodb", "POST /", `{"TableName":"t"}`, target("DynamoDB_20120810.GetItem"), "GetItem", Data, "t"},
	{"sqs", "POST /", `{"QueueUrl":"u"}`, target("AmazonSQS.SendMessage"), "SendMessage", Data, "u"},
	{"monitoring", "POST /service/GraniteServiceVersion20100801/operation/PutMetricAlarm", "\xa1\x69AlarmName\x61a", nil, "PutMetricAlarm", Write, "a"},
	{"monitoring", "POST /service/GraniteServiceVersion20100801/operation/DescribeAlarms", "\xa1\x6aAlarmNames\x82\x61a\x61b", nil, "DescribeAlarms", Read, "a"},

	{"lambda", "POST /2015-03-31/functions", `{"FunctionName":"f"}`, nil, "CreateFunction", Write, "f"},
	{"lambda", "GET /2015-03-31/functions/", "", nil, "ListFunctions", Read, ""},
	{"lambda", "GET /2015-03-31/functions/f?Qualifier=live", "", nil, "GetFunction", Read, "f"},
	{"lambda", "GET /2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu%3A1%3Afunction%3Af/configuration", "", nil, "GetFunctionConfiguration", Read, "arn:aws:lambda:eu:1:function:f"},
	{"lambda", "PUT /2015-03-31/functions/f/code", "{}", nil, "UpdateFunctionCode", Write, "f"},
	{"lambda", "POST /2015-03-31/functions/f/versions", "{}", nil, "PublishVersion", Write, "f"},
	{"lambda", "POST /2015-03-31/functions/f/invocations", "{}", nil, "Invoke", Data, "f"},
	{"lambda", "DELETE /2015-03-31/functions/f/policy/sid", "", nil, "RemovePermission", Write, "f"},
	{"lambda", "PUT /2017-10-31/functions/f/concurrency", "{}", nil, "PutFunctionConcurrency", Write, "f"},
	{"lambda", "GET /2019-09-25/functions/f/event-invoke-config", "", nil, "GetFunctionEventInvokeConfig", Read, "f"},
	{"lambda", "GET /2019-09-25/functions/f/event-invoke-config/list", "", nil, "ListFunctionEventInvokeConfigs", Read, "f"},
	{"lambda", "GET /2019-09-30/functions/f/provisioned-concurrency?Qualifier=live", "", nil, "GetProvisionedConcurrencyConfig", Read, "f"},
	{"lambda", "GET /2019-09-30/functions/f/provisioned-concurrency?List=ALL", "", nil, "ListProvisionedConcurrencyConfigs", Read, "f"},
	{"lambda", "GET /2018-10-31/layers?find=LayerVersion&Arn=a", "", nil, "GetLayerVersionByArn", Read, ""},
	{"lambda", "GET /2018-10-31/layers", "", nil, "ListLayers", Read, ""},
	{"lambda", "PUT /2024-08-31/functions/f/recursion-config", "{}", nil, "PutFunctionRecursionConfig", Write, "f"},
	{"lambda", "PUT /2021-07-20/functions/f/runtime-management-config", "{}", nil, "PutRuntimeManagementConfig", Write, "f"},
	{"lambda", "GET /2021-10-31/functions/f/url", "", nil, "GetFunctionUrlConfig", Read, "f"},
	{"lambda", "POST /2017-03-31/tags/arn%3Aa", "{}", nil, "TagResource", Write, "arn:a"},
	{"lambda", "GET /2016-08-19/account-settings", "", nil, "GetAccountSettings", Read, ""},

	{"s3", "GET /", "", nil, "ListBuckets", Read, ""},
	{"s3", "PUT /b", "", nil, "CreateBucket", Write, "b"},
	{"s3", "GET /b?list-type=2&prefix=x", "", nil, "ListObjectsV2", Read, "b"},
	{"s3", "GET /b?versioning", "", nil, "GetBucketVersioning", Read, "b"},
	{"s3", "PUT /b?encryption", "", nil, "PutBucketEncryption", Write, "b"},
	{"s3", "PUT /b/dir/key?x-id=PutObject", "", nil, "PutObject", Data, "b/dir/key"},
	{"s3", "PUT /b/key", "", copied, "CopyObject", Data, "b/key"},
	{"s3", "PUT /b/key?partNumber=1&uploadId=u", "", nil, "UploadPart", Data, "b/key"},
	{"s3", "POST /b?delete", "", nil, "DeleteObjects", Data, "b"},
	{"s3", "HEAD /b/key", "", nil, "HeadObject", Read, "b/key"},

	{"scheduler", "POST /schedules/s", "{}", nil, "CreateSchedule", Write, "s"},
	{"lambda", "PATCH /2015-03-31/functions/f", "", nil, "", Write, ""},
	{"lambda", "GET /2015-03-31/functions/f/unheard-of", "", nil, "", Write, ""},
}

func TestIdentify_NamesTheOperation(t *testing.T) {
	t.Parallel()
	for _, c := range requests {
		t.Run(c.service+" "+c.request, func(t *testing.T) {
			t.Parallel()
			method, url, _ := strings.Cut(c.request, " ")
			r := httptest.NewRequestWithContext(t.Context(), method, url, strings.NewReader(c.body))
			for key, value := range c.headers {
				r.Header.Set(key, value)
			}
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-central-1/"+c.service+"/aws4_request, SignedHeaders=host, Signature=0")
			x := &Exchange{Request: r}
			Identify(x, NewKeyring())
			got := x.Call
			if got.Operation != c.want || got.Service != c.service || got.Account != "123456789012" || got.Region != "eu-central-1" {
				t.Errorf("got %q of %q in %s %s, want %q", got.Operation, got.Service, got.Account, got.Region, c.want)
			}
			if c.want != "" && (got.Kind != c.kind || got.Resource != c.resource) {
				t.Errorf("got %s %q, want %s %q", got.Kind, got.Resource, c.kind, c.resource)
			}
		})
	}
}

func TestIdentify_ReadsThePresignedCredential(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/b/k?X-Amz-Credential=123456789012%2F20260101%2Feu-west-1%2Fs3%2Faws4_request", nil)
	x := &Exchange{Request: r}
	Identify(x, NewKeyring())
	if x.Call.Name() != "s3.GetObject" || x.Call.Account != "123456789012" || x.Call.Region != "eu-west-1" {
		t.Errorf("got %+v", x.Call)
	}
}

func TestKind_FollowsTheVerbAndItsExceptions(t *testing.T) {
	t.Parallel()
	cases := map[string]Kind{
		"iam.SimulatePrincipalPolicy": Read, "iam.GenerateCredentialReport": Read, "iam.UploadServerCertificate": Write,
		"iam.GenerateServiceLastAccessedDetails": Read, "iam.TagRole": Write, "iam.ResyncMFADevice": Write,
		"kms.Decrypt": Data, "kms.GenerateDataKey": Data, "kms.ScheduleKeyDeletion": Write, "kms.RetireGrant": Write, "kms.ReplicateKey": Write,
		"logs.FilterLogEvents": Read, "logs.StartQuery": Read, "logs.PutLogEvents": Data, "logs.AssociateKmsKey": Write, "logs.TestMetricFilter": Read,
		"sts.AssumeRole": Read, "sts.DecodeAuthorizationMessage": Read, "sts.GetCallerIdentity": Read,
		"sqs.ReceiveMessage": Data, "sqs.PurgeQueue": Data, "sqs.SetQueueAttributes": Write, "sqs.ListQueues": Read,
		"monitoring.PutMetricData": Data, "monitoring.SetAlarmState": Write, "monitoring.DescribeAlarms": Read,
		"tagging.GetResources": Read, "tagging.TagResources": Write, "tagging.StartReportCreation": Read,
		"secretsmanager.BatchGetSecretValue": Read, "secretsmanager.RotateSecret": Write, "secretsmanager.ValidateResourcePolicy": Read,
		"ssm.LabelParameterVersion": Write, "ssm.GetParameters": Read, "sns.Publish": Data, "sns.Subscribe": Write, "sns.CheckIfPhoneNumberIsOptedOut": Read,
		"events.PutEvents": Data, "events.PutRule": Write, "events.TestEventPattern": Read,
		"dynamodb.BatchGetItem": Data, "dynamodb.DescribeTable": Read, "dynamodb.RestoreTableFromBackup": Write,
		"lambda.InvokeWithResponseStream": Data, "lambda.AddPermission": Write, "s3.HeadBucket": Read, "s3.PutBucketPolicy": Write,
	}
	for name, want := range cases {
		service, operation, _ := strings.Cut(name, ".")
		if got := KindOf(service, operation); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
