package posture

import (
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var functionControls = []Control{
	{
		// Terraform prints the lines of the attribute that an error is about, so it
		// is the one that should hold the secret, never the one that does.
		ID: NoPlaintextSecrets, At: "secrets", Title: "No environment value, tag or description is a secret", Fault: "A secret is in plain text", Severity: Critical, Since: "1.0",
		External: ids("checkov CKV_AWS_45, prowler awslambda_function_no_secrets_in_variables"),
		Remedy:   moveVariable + " Tags and description must not hold one at all.",
		remedy:   remedyOfSecrets,
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
		judge: func(s *subject) answer {
			if len(s.facts.Secrets) > 0 {
				found := fail("%s", strings.Join(s.facts.Secrets, ", "))
				found.later = s.facts.SecretsOpen // there may be more
				return found
			}
			if s.facts.SecretsOpen || s.function.Environment.IsUnknown() {
				return unsure("environment")
			}
			if kept := s.facts.SecretsUnseen; len(kept) > 0 {
				return answer{outcome: Unknown, evidence: "the configuration does not state " + strings.Join(kept, ", ") + ", so their values were not looked at"}
			}
			return pass("nothing looks like a secret")
		},
	},
	{
		ID: "no-secrets-in-code", At: "code", Title: "No file of the code package holds a secret", Fault: "The code package holds a secret", Severity: Critical, Since: "1.0", CodeOnly: true,
		External: ids("prowler awslambda_function_no_secrets_in_code"),
		Remedy:   "Leave the file out of the package, and replace the secret, since others may have it by now. Give the new one to the function with secret_values_wo, or with secrets if it is in Secrets Manager or Parameter Store.",
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html",
		judge: func(s *subject) answer {
			const most = 10
			found := s.facts.CodeSecrets
			switch {
			case len(found) > most:
				return fail("%s and %d more%s", strings.Join(found[:most], ", "), len(found)-most, restLater)
			case len(found) > 0:
				return fail("%s", strings.Join(found, ", "))
			case !s.facts.CodeRead:
				return unread("the code package")
			}
			return pass("nothing in the code package looks like a secret")
		},
	},
	{
		ID: "environment-encrypted", At: "kms_key_arn", Title: "The environment is encrypted with a customer-managed key", Fault: "The environment is not encrypted with a customer-managed key", Severity: High, Since: "1.0",
		External: ids("checkov CKV_AWS_173, prowler awslambda_function_env_vars_not_encrypted_with_cmk"),
		Remedy:   "Leave kms_key_arn out for a key of the unit's own, or name a customer-managed one.",
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
		judge: func(s *subject) answer {
			if s.function.Environment.IsNull() {
				return none("environment")
			}
			return s.encrypted("function.kms_key_arn", s.function.KMSKeyARN)
		},
	},
	{
		ID: SupportedRuntime, At: "runtime", Title: "AWS patches the runtime", Fault: "AWS no longer patches the runtime", Severity: Medium, Since: "1.0",
		Standards: []Standard{FSBP},
		External:  ids("securityhub Lambda.2, config lambda-function-settings-check, checkov CKV_AWS_363, prowler awslambda_function_using_supported_runtimes"),
		Remedy:    "Move to the runtime's successor.",
		Page:      "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
		judge:     supportedRuntime,
	},
	{
		ID: "latest-runtime", At: "runtime", Title: "The runtime is the newest of its family", Fault: "There is a newer runtime of the family", Severity: Low, Input: true, Since: "1.0",
		External: ids("cdk-nag AwsSolutions-L1 Serverless-LambdaLatestVersion"),
		Remedy:   "Test with the newest runtime of the family and move to it.",
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
		judge:    latestRuntime,
	},
	{
		ID: "tracing-active", At: "tracing", Title: "X-Ray traces the function", Fault: "X-Ray does not trace the function", Severity: Low, Since: "1.0",
		External: ids("securityhub Lambda.7, config lambda-function-xray-enabled, checkov CKV_AWS_50, cdk-nag Serverless-LambdaTracing, trivy AWS-0066"),
		Remedy:   `Write tracing = "Active", on the unit or in the provider block.`,
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
		judge:    func(s *subject) answer { return equals("function.tracing", s.function.Tracing, "Active") },
	},
	{
		ID: "reserved-concurrency", At: "concurrency.reserved", Title: "The function's concurrency is bounded", Fault: "The function's concurrency has no useful bound", Severity: Medium, Input: true, Since: "1.0",
		Standards: []Standard{NIST, HIPAA},
		External:  ids("config lambda-concurrency-check, checkov CKV_AWS_115, cdk-nag HIPAA.Security-LambdaConcurrency NIST.800.53.R5-LambdaConcurrency, cfn-guard LAMBDA_CONCURRENCY_CHECK"),
		Remedy:    "Write concurrency = { reserved = N } with what the function needs at its peak.",
		Page:      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
		judge: func(s *subject) answer {
			if n, known := s.function.ReservedConcurrency.Get(); known && n == 0 {
				return fail("function.reserved_concurrency is 0: the function is switched off")
			}
			return given("function.reserved_concurrency", s.function.ReservedConcurrency)
		},
	},
	{
		ID: "in-vpc", At: "vpc", Title: "The function runs in a VPC", Fault: "The function runs outside a VPC", Severity: Low, Input: true, Since: "1.0",
		Standards: []Standard{NIST, PCI, HIPAA},
		External: ids("securityhub Lambda.3, config lambda-inside-vpc, checkov CKV_AWS_117, prowler awslambda_function_inside_vpc, cfn-guard LAMBDA_INSIDE_VPC, " +
			"cdk-nag HIPAA.Security-LambdaInsideVPC NIST.800.53.R4-LambdaInsideVPC NIST.800.53.R5-LambdaInsideVPC PCI.DSS.321-LambdaInsideVPC, controltower CT.LAMBDA.PR.3"),
		Remedy: "Write vpc = { subnet_ids, security_group_ids }, on the unit or in the provider block, or waive it for a function that needs nothing in a VPC.",
		Page:   "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
		judge:  func(s *subject) answer { return given("function.network", s.function.Network) },
	},
	{
		ID: "vpc-multi-az", At: "vpc.subnet_ids", Title: "A function in a VPC uses several availability zones", Fault: "The function depends on a single availability zone", Severity: Medium, Since: "1.0",
		Standards: []Standard{FSBP},
		External:  ids("securityhub Lambda.5, config lambda-vpc-multi-az-check, prowler awslambda_function_vpc_multi_az"),
		Remedy:    "Give subnets in at least two availability zones.",
		Page:      "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html",
		judge:     severalZones,
	},
	{
		ID: "code-signing", At: "code_signing_config_arn", Title: "Lambda takes only signed packages", Fault: "Lambda takes unsigned packages", Severity: Medium, Input: true, Since: "1.0",
		External: ids("checkov CKV_AWS_272"),
		Remedy:   "Write code_signing_config_arn, or set it for all units in the provider block, and have the package signed with code.signing.",
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html",
		judge: func(s *subject) answer {
			if s.function.Image.IsKnown() {
				return none("zip package: images are signed in their registry")
			}
			return given("function.code_signing_config_arn", s.function.CodeSigningConfigARN)
		},
	},
	{
		ID: "own-layers", At: "layers", Title: "Layers come from the unit's own account", Fault: "A layer comes from another account", Severity: Low, Since: "1.0",
		External: ids("prowler awslambda_function_using_cross_account_layers"),
		Remedy:   "Publish the layer in the account and use that ARN, or waive it: AWS's own extensions are other accounts' layers too.",
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html",
		judge:    ownLayers,
	},
	{
		ID: "sized-on-purpose", At: "memory_size", Title: "Memory and timeout were chosen", Fault: "Nobody chose the function's memory and timeout", Severity: Low, Since: "1.0",
		External: ids("cdk-nag Serverless-LambdaDefaultMemorySize Serverless-LambdaDefaultTimeout"),
		Remedy:   "Write memory_size and timeout.",
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html",
		judge: func(s *subject) answer {
			memory, timeout := s.function.MemorySize, s.function.Timeout
			switch {
			case memory.IsUnknown() || timeout.IsUnknown():
				return unsure("function.memory_size or timeout")
			case memory.Or(lambdaMemory) == lambdaMemory && timeout.Or(lambdaTimeout) == lambdaTimeout:
				return fail("function.memory_size is %d MB and timeout %d s, which are Lambda's defaults", lambdaMemory, lambdaTimeout)
			default:
				return pass("%d MB, %d s", memory.Or(lambdaMemory), timeout.Or(lambdaTimeout))
			}
		},
	},
	{
		ID: "structured-logs", At: "logs.format", Title: "Logs are JSON in a group of the function's own", Fault: "The logs are not JSON", Severity: Low, Since: "1.0",
		External: ids("cdk-nag LambdaLogging"),
		Remedy:   `Write logs.format = "JSON", or log_format = "JSON" in the provider block.`,
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html",
		judge: func(s *subject) answer {
			logging, _ := s.function.Logging.Get()
			return equals("function.logging.format", logging.Format, "JSON")
		},
	},
	{
		ID: "recursion-stopped", At: "recursion", Title: "Lambda stops the function when it sets itself off", Fault: "Lambda lets the function set itself off without end", Severity: Low, Since: "1.0",
		Remedy: `Leave recursion out, or write "Terminate".`,
		Page:   "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",
		judge: func(s *subject) answer {
			return s.unlessItSendsNowhere(equals("function.recursion", s.function.Recursion, "Terminate"))
		},
	},
	{
		ID: "tagged", At: "tags", Title: "The function is tagged", Fault: "The function has no tag", Severity: Low, Since: "1.0",
		External: ids("securityhub Lambda.6"),
		Remedy:   "Write tags, or default_tags in the provider block.",
		Page:     "https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html",
		judge: func(s *subject) answer {
			if s.Tags.IsUnknown() {
				return unsure("tags")
			}
			for key := range s.Tags.Or(nil) {
				if !strings.HasPrefix(key, "aws:") {
					return pass("%d tags", len(s.Tags.Or(nil)))
				}
			}
			return fail("the function has no tag")
		},
	},
}

// unlessItSendsNowhere takes a fault back where the function's role lets it send
// nowhere that could set it off. What Lambda itself delivers sets nothing off.
func (s *subject) unlessItSendsNowhere(found answer) answer {
	byLambda := []string{bp.SidDeadLetter, bp.SidOnSuccess, bp.SidOnFailure}
	sends := slices.ContainsFunc(s.policy.allowing(), func(g grant) bool { return !slices.Contains(byLambda, g.Sid) && g.Sends() })
	switch {
	case found.outcome != Fail || sends:
		return found
	case s.policy.open:
		return unsure("a statement of the " + what)
	case len(s.policy.unread) > 0:
		return found // any of them may be what lets it send
	default:
		return answer{outcome: NotApplicable, evidence: "its role lets it send nowhere that could set it off"}
	}
}

// What Lambda gives a function that states neither.
const (
	lambdaMemory  = 128 // MB
	lambdaTimeout = 3   // seconds
)

// supportedRuntime compares with the table of this release, not with a clock:
// a judgement is part of a plan.
func supportedRuntime(s *subject) answer {
	if s.function.Image.IsKnown() {
		return none("runtime: an image brings its own")
	}
	id, known := s.function.Runtime.Get()
	if !known {
		return given("function.runtime", s.function.Runtime)
	}
	runtime, listed := artifact.LookupRuntime(id)
	switch {
	case !listed:
		return pass("%s is newer than this release", id)
	case runtime.DeprecatedAt(artifact.RuntimesRead()):
		return fail("%s is deprecated since %s; its successor is %s", id, runtime.Deprecated, runtime.Successor)
	default:
		return pass("%s is supported", id)
	}
}

func latestRuntime(s *subject) answer {
	if s.function.Image.IsKnown() {
		return none("runtime: an image brings its own")
	}
	id, known := s.function.Runtime.Get()
	if !known {
		return given("function.runtime", s.function.Runtime)
	}
	newest := artifact.NewerRuntime(id)
	if _, listed := artifact.LookupRuntime(id); newest == "" && !listed {
		return pass("%s is newer than this release", id)
	}
	if newest == "" {
		return pass("%s is the newest of its family", id)
	}
	return fail("function.runtime is %q, and %q is newer", id, newest)
}

func severalZones(s *subject) answer {
	network, inside := s.function.Network.Get()
	if !inside {
		if s.function.Network.IsUnknown() {
			return unsure("function.network")
		}
		return none("VPC")
	}
	subnets := network.SubnetIDs.Or(nil)
	zones, asked := s.facts.Zones.Get()
	switch {
	case network.SubnetIDs.IsUnknown() || !allKnown(subnets):
		return unsure("function.network.subnet_ids")
	case asked && zones > 1:
		return pass("the subnets are in %d availability zones", zones)
	case asked:
		return fail("the subnets are in %d availability zone", zones)
	case len(subnets) == 1:
		return fail("function.network has one subnet")
	default:
		return pass("there are %d subnets", len(subnets))
	}
}

func allKnown(set bp.Set) bool {
	_, whole := set.Strings()
	return whole
}

func ownLayers(s *subject) answer {
	if s.function.Layers.IsUnknown() {
		return unsure("function.layers")
	}
	layers, whole := s.function.Layers.Or(nil).Strings()
	var foreign []string
	for _, arn := range layers {
		if fields := strings.Split(arn, ":"); len(fields) > 4 && fields[4] != s.facts.Account {
			foreign = append(foreign, arn)
		}
	}
	slices.Sort(foreign)
	switch {
	case !whole:
		return unsure("function.layers")
	case len(layers) == 0:
		return none("layers")
	case len(foreign) > 0:
		return fail("function.layers has layers of other accounts: %s", strings.Join(foreign, ", "))
	default:
		return pass("all layers are the account's own")
	}
}
