package posture

import (
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// longRetention is what the standards ask log events to be kept for, in days.
const longRetention = 365

// maxRotation is how many days Security Hub SecretsManager.4 lets pass.
const maxRotation = 90

// forEver is how CloudWatch Logs says that it deletes nothing.
const forEver = 0

var storageControls = []Control{
	{
		ID: "log-group-encrypted", At: "kms_key_arn", Title: "Log events are encrypted with a customer-managed key", Fault: "Log events are not encrypted with a customer-managed key", Severity: High, Since: "1.0",
		Standards: []Standard{NIST, PCI, HIPAA},
		External: ids("checkov CKV_AWS_158, prowler cloudwatch_log_group_kms_encryption_enabled, cfn-guard CLOUDWATCH_LOG_GROUP_ENCRYPTED, trivy AWS-0017, " +
			"cdk-nag HIPAA.Security-CloudWatchLogGroupEncrypted NIST.800.53.R4-CloudWatchLogGroupEncrypted NIST.800.53.R5-CloudWatchLogGroupEncrypted PCI.DSS.321-CloudWatchLogGroupEncrypted, controltower CT.CLOUDWATCH.PR.3"),
		Remedy: "Leave kms_key_arn out for a key of the unit's own, or name a customer-managed one.",
		Page:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
		judge: func(s *subject) answer {
			return component("log group", s.LogGroup, func(group bp.LogGroup) answer {
				return s.encrypted("log_group.kms_key_arn", group.KMSKeyARN)
			})
		},
	},
	{
		ID: "log-retention", At: "logs.retention_days", Title: "Log events are kept for a year", Fault: "Log events are kept for less than a year", Severity: Medium, Since: "1.0",
		Standards: []Standard{NIST, PCI, HIPAA},
		External: ids("securityhub CloudWatch.16, config cw-loggroup-retention-period-check, checkov CKV_AWS_66 CKV_AWS_338, prowler cloudwatch_log_group_retention_policy_specific_days_enabled, " +
			"cfn-guard CW_LOGGROUP_RETENTION_PERIOD_CHECK, cdk-nag HIPAA.Security-CloudWatchLogGroupRetentionPeriod NIST.800.53.R4-CloudWatchLogGroupRetentionPeriod " +
			"NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod PCI.DSS.321-CloudWatchLogGroupRetentionPeriod Serverless-CloudWatchLogGroupRetentionPeriod, controltower CT.CLOUDWATCH.PR.2"),
		Remedy: "Leave logs.retention_days out, or write 365 or more.",
		Page:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
		judge: func(s *subject) answer {
			return component("log group", s.LogGroup, func(group bp.LogGroup) answer {
				days, known := group.RetentionDays.Get()
				switch {
				case !known:
					return given("log_group.retention_days", group.RetentionDays)
				case days < longRetention && days != forEver:
					return fail("log_group.retention_days is %d", days)
				default:
					return pass("log events are kept for %d days", days)
				}
			})
		},
	},
	{
		ID: "queue-encrypted", At: "kms_key_arn", Title: "The dead-letter queue is encrypted with a customer-managed key", Fault: "The dead-letter queue is not encrypted with a customer-managed key", Severity: High, Since: "1.0",
		External: ids("securityhub SQS.1, checkov CKV_AWS_27 CKV2_AWS_73, prowler sqs_queues_server_side_encryption_enabled, cfn-guard SQS_QUEUE_KMS_MASTER_KEY_ID_RULE, " +
			"cdk-nag AwsSolutions-SQS2, trivy AWS-0096 AWS-0135, controltower CT.SQS.PR.2"),
		Remedy: ownEncryption + " A given queue needs encryption of any kind: switch it on there.",
		remedy: whoseEvidence(ownEncryption, givenEncryption, unencrypted),
		Page:   "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
		judge: func(s *subject) answer {
			return s.deadLetterQueue(func(queue bp.Queue) answer {
				// The queue of others is theirs to encrypt: by any key, as Security Hub asks.
				if given := s.Queue.IsNull(); given && (queue.KMSKeyARN.IsKnown() || s.facts.Around.EncryptedBySQS) {
					return pass("the given queue is encrypted")
				} else if given {
					return fail(unencrypted)
				}
				if bp.IsAWSKeyOf(queue.KMSKeyARN.Or(""), "sqs") {
					return fail("dead_letter_queue.kms_key_arn is AWS's own key")
				}
				return s.encrypted("dead_letter_queue.kms_key_arn", queue.KMSKeyARN)
			})
		},
	},
	{
		ID: "queue-tls-only", At: "dead_letter", Title: "The dead-letter queue takes encrypted connections only", Fault: "The dead-letter queue takes unencrypted connections", Severity: Medium, Since: "1.0",
		External: ids("cdk-nag AwsSolutions-SQS4"),
		Remedy:   ownQueueTLS + " The policy of a given queue has to do so itself.",
		remedy:   whoseEvidence(ownQueueTLS, givenQueueTLS, givenTLS),
		Page:     "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
		judge: func(s *subject) answer {
			if why := s.unreadQueue(); why != "" {
				return answer{outcome: Unknown, evidence: why, unread: true}
			}
			if arn := s.awaitedQueue(); arn != "" {
				return unsure("queue " + arn)
			}
			g := queueGrants(s.deadLetters())
			if !g.exists {
				return none("dead-letter queue")
			}
			for _, statement := range g.list {
				if statement.Denies("aws:SecureTransport", "false", "sqs:SendMessage", "sqs:ReceiveMessage") {
					return pass("they are denied by %s", statement.name())
				}
			}
			if g.open {
				return unsure("dead_letter_queue.policy")
			}
			if s.Queue.IsNull() {
				return fail(givenTLS)
			}
			return fail(ownTLS)
		},
	},
	{
		ID: "queue-not-public", At: "dead_letter", Title: "Nobody outside may use the target for failed events", Fault: "The target for failed events is open to others", Severity: Critical, Since: "1.0",
		Standards: []Standard{FSBP},
		External: ids("securityhub SQS.3, config sqs-queue-no-public-access, checkov CKV_AWS_72 CKV_AWS_168 CKV_AWS_387, prowler sqs_queues_not_publicly_accessible, trivy AWS-0097, " +
			"cfn-guard SQS_QUEUEPOLICY_NO_ALLOW_PLUS_NOT_ACTION SQS_QUEUEPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL SQS_QUEUEPOLICY_NO_WILDCARD_ACTION SQS_QUEUEPOLICY_NO_WILDCARD_PRINCIPAL"),
		Remedy: ownTarget + " Of a given queue or topic, name the principals in its policy, and the source of a service.",
		remedy: whoseStatement(ownTarget, givenTarget, ofGivenTarget),
		Page:   "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
		judge: func(s *subject) answer {
			return s.targetGrants().explain("dead-letter queue or destination", "no statement lets anybody in", func(g grant) (bool, string) {
				everything := slices.ContainsFunc(access.WholeServices([]access.Grant{g.Grant}), func(service string) bool { return service == "sqs" || service == "sns" || service == "*" })
				return g.Public() || g.Inverse != "" || everything && !g.Within(s.facts.Account) || g.AnySource(), strings.Join(g.OpenSources(), "; ")
			})
		},
	},
	{
		ID: "secret-encrypted", At: "kms_key_arn", Title: "The unit's own secret is encrypted with a customer-managed key", Fault: "The unit's own secret is not encrypted with a customer-managed key", Severity: High, Since: "1.0",
		Standards: []Standard{NIST, PCI, HIPAA},
		External: ids("checkov CKV_AWS_149, trivy AWS-0098, cfn-guard SECRETSMANAGER_USING_CMK, cdk-nag HIPAA.Security-SecretsManagerUsingKMSKey " +
			"NIST.800.53.R5-SecretsManagerUsingKMSKey PCI.DSS.321-SecretsManagerUsingKMSKey"),
		Remedy: "Leave kms_key_arn out for a key of the unit's own, or name a customer-managed one.",
		Page:   "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
		judge: func(s *subject) answer {
			return component("secret of its own", s.Secret, func(secret bp.Secret) answer {
				if bp.IsAWSKeyOf(secret.KMSKeyARN.Or(""), "secretsmanager") {
					return fail("secret.kms_key_arn is AWS's own key")
				}
				return s.encrypted("secret.kms_key_arn", secret.KMSKeyARN)
			})
		},
	},
	{
		ID: "secret-rotated", At: "secret_rotation", Title: "The unit's own secret is rotated within 90 days", Fault: "The unit's own secret is not rotated within 90 days", Severity: Medium, Since: "1.0", Input: true,
		Standards: []Standard{FSBP, NIST, HIPAA},
		External: ids("securityhub SecretsManager.1 SecretsManager.4, config secretsmanager-rotation-enabled-check secretsmanager-secret-periodic-rotation, checkov CKV2_AWS_57 CKV_AWS_304, " +
			"prowler secretsmanager_automatic_rotation_enabled, cfn-guard SECRETSMANAGER_ROTATION_ENABLED_CHECK, cdk-nag AwsSolutions-SMG4 HIPAA.Security-SecretsManagerRotationEnabled " +
			"NIST.800.53.R5-SecretsManagerRotationEnabled"),
		Remedy: "Write secret_rotation with a function that rotates the secret, or waive this for values that nobody can rotate by a function.",
		Page:   "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html",
		judge: func(s *subject) answer {
			return component("secret of its own", s.Secret, func(secret bp.Secret) answer {
				rotation, on := secret.Rotation.Get()
				if !on {
					return given("secret.rotation", secret.Rotation)
				}
				switch days, known := rotation.Days.Get(); {
				case !known:
					return given("secret.rotation.days", rotation.Days)
				case days > maxRotation:
					return fail("secret.rotation.days is %d", days)
				default:
					return pass("the secret is rotated every %d days", days)
				}
			})
		},
	},
	{
		ID: "secret-not-public", At: "secret_values_wo_version", Title: "Nobody else may read the unit's own secret", Fault: "A policy opens the unit's own secret to others", Severity: Critical, Since: "1.0",
		External: ids("prowler secretsmanager_not_publicly_accessible"),
		Remedy:   "Apply again: a resource policy is removed.",
		Page:     "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
		judge: func(s *subject) answer {
			return secretGrants(s.Secret).check("secret of its own", "no policy opens it to others", func(grant) bool { return true })
		},
	},
	{
		ID: "key-rotation", At: "kms_key_arn", Title: "AWS rotates the unit's own key", Fault: "AWS does not rotate the unit's own key", Severity: Medium, Since: "1.0",
		Standards: []Standard{FSBP, NIST, PCI},
		External: ids("securityhub KMS.4, checkov CKV_AWS_7, prowler kms_cmk_rotation_enabled, cfn-guard CMK_BACKING_KEY_ROTATION_ENABLED, trivy AWS-0065, " +
			"cdk-nag AwsSolutions-KMS5 NIST.800.53.R4-KMSBackingKeyRotationEnabled NIST.800.53.R5-KMSBackingKeyRotationEnabled PCI.DSS.321-KMSBackingKeyRotationEnabled, controltower CT.KMS.PR.1"),
		Remedy: "Apply again: the unit switches rotation on.",
		Page:   "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
		judge: func(s *subject) answer {
			return component("key of its own", s.Key, func(key bp.Key) answer {
				return isTrue("key.rotation", key.Rotation)
			})
		},
	},
	{
		ID: "key-enabled", At: "kms_key_arn", Title: "The unit's own key can be used", Fault: "The unit's own key cannot be used", Severity: High, Since: "1.0",
		Standards: []Standard{FSBP},
		External:  ids("securityhub KMS.3, checkov CKV_AWS_227, prowler kms_cmk_are_used kms_cmk_not_deleted_unintentionally"),
		Remedy:    "Apply again: the unit cancels the deletion and enables the key.",
		Page:      "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html",
		judge: func(s *subject) answer {
			return component("key of its own", s.Key, func(key bp.Key) answer {
				return isTrue("key.enabled", key.Enabled)
			})
		},
	},
	{
		ID: "key-policy-closed", At: "kms_key_arn", Title: "The key's policy names who may use it", Fault: "The key's policy lets anybody use the key", Severity: Critical, Since: "1.0",
		Standards: []Standard{FSBP},
		External:  ids("securityhub KMS.5, checkov CKV_AWS_33 CKV2_AWS_64, prowler kms_key_not_publicly_accessible, cfn-guard KMS_NO_WILDCARD_PRINCIPAL"),
		Remedy:    ownKey + " Of a given key, name the principals in its policy, or bind it to the account with kms:CallerAccount.",
		remedy:    whoseStatement(ownKey, givenKey, ofGivenKey),
		Page:      "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
		judge: func(s *subject) answer {
			return s.keyGrants().explain("key policy", "every principal is named", func(g grant) (bool, string) {
				return g.Public(), strings.Join(g.OpenSources(), "; ")
			})
		},
	},
}
