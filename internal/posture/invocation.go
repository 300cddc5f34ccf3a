package posture

import (
	"strings"
)

var invocationControls = []Control{
	{
		ID: "no-public-invoke", At: "permissions", Title: "Nobody outside may invoke the function unasked", Fault: "Anybody may invoke the function", Severity: Critical, Since: "1.0",
		Standards: []Standard{FSBP, NIST, PCI, HIPAA},
		External: ids("securityhub Lambda.1, config lambda-function-public-access-prohibited, checkov CKV_AWS_301, prowler awslambda_function_not_publicly_accessible, " +
			"cfn-guard LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED LAMBDA_NO_WILDCARD_PRINCIPALS, controltower CT.LAMBDA.PR.2, " +
			"cdk-nag HIPAA.Security-LambdaFunctionPublicAccessProhibited NIST.800.53.R4-LambdaFunctionPublicAccessProhibited NIST.800.53.R5-LambdaFunctionPublicAccessProhibited PCI.DSS.321-LambdaFunctionPublicAccessProhibited"),
		Remedy: "Name the principal in permissions: an account, a service with its source_arn, or an organization. What others opened on another alias or version: aws lambda remove-permission --function-name NAME --qualifier QUALIFIER --statement-id SID.",
		Page:   "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
		judge: func(s *subject) answer {
			return s.permissionGrants().explain("permissions to invoke", "every principal is named, or bounded by a condition", func(g grant) (bool, string) {
				return g.Public(), strings.Join(g.OpenSources(), "; ")
			})
		},
	},
	{
		ID: "invoke-by-source", At: "permissions", Title: "A service may invoke the function only for a source", Fault: "A service may invoke the function on anybody's behalf", Severity: High, Since: "1.0",
		External: ids("checkov CKV_AWS_364, trivy AWS-0067"),
		Remedy:   "Write source_arn with the account in it, or source_account where the ARN has none, beside the service principal.",
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
		judge: func(s *subject) answer {
			return s.permissionGrants().explain("permissions to invoke", "every service is bound to a source", func(g grant) (bool, string) {
				return g.AnySource(), s.unbound(g)
			})
		},
	},
	{
		ID: "dead-letter-target", OfFunction: true, At: "dead_letter", Title: "Failed events are kept", Fault: "Failed events are lost", Severity: Medium, Since: "1.0",
		Standards: []Standard{NIST, HIPAA},
		External: ids("config lambda-dlq-check, checkov CKV_AWS_116, prowler awslambda_function_no_dead_letter_queue, cfn-guard LAMBDA_DLQ_CHECK, " +
			"cdk-nag HIPAA.Security-LambdaDLQ NIST.800.53.R5-LambdaDLQ Serverless-LambdaDLQ"),
		Remedy: "Write dead_letter = { enabled = true } for a queue of the unit's own, or name a target.",
		Page:   "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
		judge: func(s *subject) answer {
			return given("function.dead_letter_target_arn", s.function.DeadLetterARN)
		},
	},
	{
		ID: "alias-in-service", OfFunction: true, At: "release", Title: "Callers are served by a published version", Fault: "Callers are not served by a published version", Severity: Low, Since: "1.0",
		Remedy: "Call the alias's ARN; the unit publishes a version for every change.",
		Page:   "https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html",
		judge: func(s *subject) answer {
			alias, exists := s.Alias.Get()
			switch {
			case s.Alias.IsUnknown():
				return unsure("alias")
			case !exists:
				return fail("the function has no alias")
			case strings.HasPrefix(alias.Version.Or("1"), "$"):
				return fail("alias.version is %s", alias.Version)
			default:
				return pass("alias %s serves a version", alias.Name.Or(""))
			}
		},
	},
}
