package judge

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
)

// defaults are what AWS gives to an object whose create says nothing of a
// member, as the pages had it on 2026-11-29. A member that only says so can
// still be refused, by a region or for a kind of function that does not have
// what it is about.
//
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
var defaults = map[string]map[string]string{
	"lambda.CreateFunction": {
		"Architectures": "[x86_64]", "EphemeralStorage.Size": "512", "MemorySize": "128", "Timeout": "3", "PackageType": "Zip",
		"TracingConfig.Mode": "PassThrough", "SnapStart.ApplyOn": "None", "Publish": "false",
		"LoggingConfig.LogFormat": "Text", "LoggingConfig.ApplicationLogLevel": "INFO", "LoggingConfig.SystemLogLevel": "INFO",
		"VpcConfig.Ipv6AllowedForDualStack": "false",
	},
	"lambda.PutFunctionEventInvokeConfig": {"MaximumRetryAttempts": "2", "MaximumEventAgeInSeconds": "21600"},
	"iam.CreateRole":                      {"Path": "/", "MaxSessionDuration": "3600"},
	"iam.CreatePolicy":                    {"Path": "/"},
	"logs.CreateLogGroup":                 {"logGroupClass": "STANDARD", "deletionProtectionEnabled": "false"},
	"kms.CreateKey":                       {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS", "MultiRegion": "false", "BypassPolicyLockoutSafetyCheck": "false"},
	"kms.EnableKeyRotation":               {"RotationPeriodInDays": "365"},
	"monitoring.PutMetricAlarm":           {"ActionsEnabled": "true", "TreatMissingData": "missing", "EvaluateLowSampleCountPercentile": "evaluate"},
	"secretsmanager.PutResourcePolicy":    {"BlockPublicPolicy": "false"},
	"sqs.CreateQueue": {
		"Attributes.DelaySeconds": "0", "Attributes.MaximumMessageSize": "262144", "Attributes.MessageRetentionPeriod": "345600",
		"Attributes.ReceiveMessageWaitTimeSeconds": "0", "Attributes.VisibilityTimeout": "30", "Attributes.SqsManagedSseEnabled": "true",
		"Attributes.KmsDataKeyReusePeriodSeconds": "300", "Attributes.FifoQueue": "false",
	},
}

// sayNothing lists the members of a request that say only what AWS does anyway:
// a default, an empty text or an empty collection. Those of an update that are
// empty take something away.
func sayNothing(call string, input map[string]any) []awsmodel.Problem {
	known, creates := defaults[call], strings.Contains(call, ".Create")
	if known == nil && !creates {
		return nil
	}
	var found []awsmodel.Problem
	var walk func(at string, value any)
	walk = func(at string, value any) {
		said := written(value)
		if otherwise, ok := known[at]; ok && said == otherwise {
			found = append(found, awsmodel.Problem{Member: at, Rule: "says only what AWS does anyway: " + said})
			return
		}
		members, isObject := value.(map[string]any)
		if creates && (said == "" || isObject && len(members) == 0) && at != "" {
			found = append(found, awsmodel.Problem{Member: at, Rule: "is empty and says nothing"})
			return
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			walk(strings.TrimPrefix(at+"."+name, "."), members[name])
		}
	}
	walk("", input)
	return found
}

// written is a value of a request as the table has it: texts as they are, lists
// in brackets, empty ones as nothing.
func written(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return fmt.Sprintf("%d members", len(v))
	case []any:
		if len(v) == 0 {
			return ""
		}
		return fmt.Sprint(v)
	}
	if text, ok := awsmodel.AsText(value); ok {
		return text
	}
	return fmt.Sprint(value)
}
