package provider

import "github.com/hashicorp/terraform-plugin-go/tftypes"

// Types of refused names: Terraform turns numbers and booleans into texts, and
// reports what it cannot turn into the type, with the name.
var (
	aText      = tftypes.String
	someTexts  = tftypes.List{ElementType: tftypes.String}
	aMap       = tftypes.Map{ElementType: tftypes.String}
	aMapOfMaps = tftypes.Map{ElementType: tftypes.Map{ElementType: tftypes.String}}
	conditions = tftypes.Map{ElementType: tftypes.Map{ElementType: tftypes.Set{ElementType: tftypes.String}}}
)

// refusedByUnit are names that people bring along to secure_lambda from the
// resources of hashicorp/aws, its modules, SAM, CloudFormation and policy
// documents.
var refusedByUnit = []refusal{
	{"access.*", "effect", aText, "Every entry allows, so this one would grant what it may be meant to deny. Leave `effect` out of a grant. To deny, set a `permissions_boundary`, or name a policy with the Deny in `additional_policy_arns`."},
	{"access.*", "not_actions", someTexts, "A grant of everything else cannot be judged. List what the function calls in `actions`."},
	{"access.*", "not_resources", someTexts, "A grant on everything else cannot be judged. List what the function uses in `resources`."},
	{"access.*", "principals not_principals", someTexts, "The role's own policy has no principals. Who may invoke the function stands in `permissions`."},
	{"access.*", "principal", aText, "The role's own policy has no principals. Who may invoke the function stands in `permissions`."},
	{"access.*", "condition", conditions, "Without its condition the grant would be wider than you wrote. Write `conditions = { OPERATOR = { KEY = [VALUES] } }`."},
	{"access.*", "sid statement_id", aText, "The label of the entry becomes the Sid. Leave it out."},
	{"access.*", "action", someTexts, "Write `actions`, a list."},
	{"access.*", "resource", someTexts, "Write `resources`, a list."},
	{"access.*", "arn resource_arn target_arn", aText, "Write `to`, with a `level`, or `resources` with `actions`."},
	{"access.*", "kms_key_id", aText, "Write `kms_key_arn`, the ARN of the key that `to` is encrypted with."},
	{"access.*", "policy policy_arn policy_json", aText, "An entry is one statement. Name managed policies in `additional_policy_arns`."},
	{"access.*", "enabled", aText, "An entry that is written grants. Leave the entry out to grant nothing."},
	{"access.*", "description", aText, "Write `reason`, or a comment."},

	{"permissions.*", "principal_org_id org_id principal_organization_id", aText, "Without it the grant would hold for the whole account. Write `organization_id`."},
	{"permissions.*", "source_arns", someTexts, "Without them the grant would not be bound to its sources. Write one entry with `source_arn` for each."},
	{"permissions.*", "source_account_id", aText, "Write `source_account`."},
	{"permissions.*", "condition conditions", conditions, "Without it the grant would be wider than you wrote. An entry can be bound by `source_arn`, `source_account` and `organization_id`."},
	{"permissions.*", "effect", aText, "Every entry allows. Leave out who is not to invoke the function."},
	{"permissions.*", "event_source_token", aText, "Without it any Alexa skill could invoke the function, and this version cannot set it. Bind the entry by `source_arn` or `source_account`."},
	{"permissions.*", "function_url_auth_type", aText, "This version has no function URLs: an entry allows `lambda:InvokeFunction` alone."},
	{"permissions.*", "action", aText, "An entry allows `lambda:InvokeFunction` and nothing else. Leave it out."},
	{"permissions.*", "actions", someTexts, "An entry allows `lambda:InvokeFunction` and nothing else. Leave it out."},
	{"permissions.*", "principals", someTexts, "Write one entry with `principal` for each."},
	{"permissions.*", "service", aText, "Write `principal`, such as `events.amazonaws.com`."},
	{"permissions.*", "statement_id statement_id_prefix sid", aText, "The label of the entry is the statement's id. Leave it out."},
	{"permissions.*", "qualifier function_name", aText, "An entry is always about the unit's alias. Leave it out."},
	{"permissions.*", "account account_id", aText, "Write `principal` with the 12 digits, or `source_account` beside a service."},

	{"async", "max_retry_attempts maximum_retry_attempts retry_attempts retries", aText, "Write `max_retries`."},
	{"async", "maximum_event_age maximum_event_age_in_seconds max_event_age_in_seconds", aText, "Write `max_event_age`, in seconds."},
	{"async", "destination_config", aMapOfMaps, "Write `on_success` and `on_failure`, each the ARN of a destination."},
	{"async", "destination_on_success success on_success_arn", aText, "Write `on_success`."},
	{"async", "destination_on_failure failure on_failure_arn", aText, "Write `on_failure`."},
	{"async", "dead_letter_arn dead_letter_target_arn", aText, "Write `dead_letter = { target_arn }` on the unit."},
	{"async", "kms_key_arn kms_key_id", aText, "Write `destination_kms_key_arns`, a list."},
	{"async", "qualifier function_name", aText, "The settings are always those of the unit's alias. Leave it out."},

	{"dead_letter", "kms_key_arn kms_key_id kms_master_key_id", aText, "The unit's own queue is encrypted with the unit's key: write `kms_key_arn` on the unit. The key of another target is `target_kms_key_arn`."},
	{"dead_letter", "sqs_managed_sse_enabled", aText, "The queue is always encrypted with the unit's key. Leave it out."},
	{"dead_letter", "message_retention_seconds", aText, "Write `retention_days`, in days."},
	{"dead_letter", "retention retention_in_days", aText, "Write `retention_days`."},
	{"dead_letter", "arn queue_arn topic_arn target sqs_arn sns_arn", aText, "Write `target_arn`."},
	{"dead_letter", "force_destroy skip_destroy", aText, "Write `on_destroy`, `refuse` or `force`."},
	{"dead_letter", "policy redrive_policy redrive_allow_policy", aText, "The unit writes the policy of its own queue. To use another queue, write its ARN as `target_arn`."},
	{"dead_letter", "name fifo_queue visibility_timeout_seconds max_receive_count delay_seconds", aText, "The unit's own queue has no such setting. To use another queue, write its ARN as `target_arn`."},
	{"dead_letter", "type", aText, "The ARN says what the target is. Leave it out."},

	{"concurrency", "provisioned", aMap, "This version has no provisioned concurrency. Leave it out."},
	{"concurrency", "provisioned_concurrent_executions provisioned_concurrency", aText, "This version has no provisioned concurrency. Leave it out."},
	{"concurrency", "reserved_concurrent_executions reserved_concurrency max maximum maximum_concurrency limit", aText, "Write `reserved`."},

	{"trust", "services principals trusted_entities aws_principals not_principals", someTexts, "Lambda alone may assume the role. Leave it out; a role that others assume too cannot be a unit's."},
	{"trust", "service principal", aText, "Lambda alone may assume the role. Leave it out; a role that others assume too cannot be a unit's."},
	{"trust", "condition conditions", conditions, "The trust policy has the conditions that `source_account` and `source_arn` switch on, and no others."},
	{"trust", "assume_role_policy policy", aText, "The unit writes the trust policy. Switch its conditions by `source_account` and `source_arn`."},
	{"trust", "external_id organization_id source_org_id", aText, "The trust policy has the conditions that `source_account` and `source_arn` switch on, and no others."},

	{"vpc", "vpc_id", aText, "The subnets say which VPC it is. Leave it out."},
	{"vpc", "ipv6_allowed_for_dual_stack ipv6_enabled", aText, "Write `ipv6`."},
	{"vpc", "subnets", someTexts, "Write `subnet_ids`."},
	{"vpc", "subnet_id", aText, "Write `subnet_ids`, a list."},
	{"vpc", "security_groups vpc_security_group_ids", someTexts, "Write `security_group_ids`."},
	{"vpc", "security_group_id", aText, "Write `security_group_ids`, a list."},
	{"vpc", "egress", aMap, "This version makes no security group. Name one in `security_group_ids`."},
	{"vpc", "replacement_security_group_ids", someTexts, "A unit does not swap security groups when it is destroyed. Leave it out."},
	{"vpc", "replace_security_groups_on_destroy", aText, "A unit does not swap security groups when it is destroyed. Leave it out."},

	{"file_system", "access_point_arn file_system_arn efs_arn", aText, "Write `arn`, that of the access point."},
	{"file_system", "mount_path path", aText, "Write `local_mount_path`."},
	{"file_system", "readonly", aText, "Without it the role may write. Write `read_only`."},

	{"logs", "retention_in_days retention", aText, "Write `retention_days`."},
	{"logs", "log_group log_group_name name", aText, "Write `group_name`."},
	{"logs", "log_format", aText, "Write `format`."},
	{"logs", "application_log_level log_level level", aText, "Write `application_level`."},
	{"logs", "system_log_level", aText, "Write `system_level`."},
	{"logs", "kms_key_id kms_key_arn", aText, "The log group is encrypted with the unit's key. Write `kms_key_arn` on the unit."},
	{"logs", "skip_destroy prevent_destroy", aText, "Without it the log group would be deleted with the unit. Write `on_destroy = \"retain\"`."},
	{"logs", "log_group_class", aText, "Write `class`."},
	{"logs", "data_protection_policy", aText, "Write `data_protection`, the kinds of data to mask."},

	{"code", "filename source_dir source_file source_path code_uri zip local_existing_package", aText, "Write `path`, a zip file or a directory."},
	{"code", "s3_bucket s3_key s3_object_version", aText, "Write `s3 = { bucket, key, version_id }`."},
	{"code", "image_uri", aText, "Write `image = { uri }`."},
	{"code", "source_code_hash source_code_sha256", aText, "The digest is read from the package itself. Leave it out."},
	{"code", "zip_file inline_code", aText, "Write the code into a file and its directory as `path`."},
	{"code", "package_type", aText, "`path` and `s3` are zip packages, `image` is an image. Leave it out."},
	{"code", "kms_key_arn source_kms_key_arn", aText, "This version cannot encrypt the package with a key of yours. Leave it out."},
	{"code.s3", "s3_bucket", nil, "Write `bucket`."},
	{"code.s3", "s3_key", nil, "Write `key`."},
	{"code.s3", "object_version s3_object_version version object_version_id", aText, "Without it the newest object would be deployed. Write `version_id`."},
	{"code.image", "image_uri", nil, "Write `uri`."},
	{"code.image", "cmd", someTexts, "Write `command`."},
	{"code.image", "entrypoint", someTexts, "Write `entry_point`."},
	{"code.image", "workdir working_dir", aText, "Write `working_directory`."},
	{"code.image", "tag digest", aText, "Write it into `uri`, after `:` or `@`."},
	{"code.signing", "profile_name signing_profile", nil, "Write `profile`."},

	{"alarms", "alarm_actions", someTexts, "Write `actions`."},
	{"alarms", "sns_topic_arn topic_arn", aText, "Without it nobody is told. Write `actions`, a list of ARNs."},
	{"alarms", "threshold period evaluation_periods datapoints_to_alarm treat_missing_data statistic", aText, "Write it in the alarm it is for, such as `errors`."},
	{"alarms", "actions_enabled", aText, "Write `enabled`, or `actions = []` for alarms that tell nobody."},
	{"alarms.?", "comparison_operator", aText, "Each alarm has the comparison that goes with its metric: a bound that is exceeded, for `throttles` reached. Leave it out and set `threshold`."},
	{"alarms.?", "alarm_actions", someTexts, "Write `actions`."},
	{"alarms.?", "actions_enabled", aText, "Write `enabled`, or `actions = []` for an alarm that tells nobody."},
	{"alarms.?", "extended_statistic", aText, "Write `statistic`, which takes percentiles too."},
	{"alarms.?", "evaluate_low_sample_count_percentiles metric_name namespace unit alarm_name alarm_description", nil, "The unit sets it. Leave it out."},
	{"alarms.?", "dimensions", nil, "The alarm watches the unit's alias. Leave it out."},

	{"release", "strategy steps bake_time smoke_tests rollback_on_alarms keep_versions pin_version retry", aText, "This version moves the alias at once, when the new version is active. Leave it out."},
	{"release", "deployment_preference routing_config additional_version_weights", aMap, "This version moves the alias at once, when the new version is active. Leave it out."},
	{"release", "alias_name name", aText, "Write `alias`."},
	{"release", "function_version version", aText, "The alias points to the version that the last apply published. Leave it out."},
	{"release", "publish", aText, "Every change publishes a version. Leave it out."},

	{"secrets.*", "secret_arn parameter_arn value_from", nil, "Write `arn`."},
	{"secrets.*", "value", nil, "A value would be in the state. Write it into `secret_values_wo`, or name a secret by its `arn`."},
	{"secrets.*", "kms_key_id", aText, "Write `kms_key_arn`."},
	{"secrets.*", "key", aText, "Write `json_key`."},
	{"secrets.*", "version_id", aText, "Write `version_stage`, a staging label."},
	{"secret_rotation", "rotation_lambda_arn lambda_arn", nil, "Write `function_arn`."},
	{"secret_rotation", "automatically_after_days rotation_days", aText, "Write `days`."},
	{"secret_rotation", "schedule_expression duration rotate_immediately", aText, "The unit's secret is rotated every so many `days`. Leave it out."},

	{"runtime_management", "runtime_version", nil, "Write `runtime_version_arn`."},
	{"runtime_management", "mode", nil, "Write `update_runtime_on`."},
	{"waivers.*", "expires_at expires_on expiry until", nil, "Write `expires`, a day."},
	{"waivers.*", "justification comment", nil, "Write `reason`."},
}

// refusedByProvider are such names of the provider block.
var refusedByProvider = []refusal{
	{"endpoints", "cloudwatchlogs cloudwatchlog", aText, "Write `logs`."},
	{"endpoints", "cloudwatchmetrics monitoring", aText, "Write `cloudwatch`."},
	{"endpoints", "awslambda", aText, "Write `lambda`."},
	{"endpoints", "s3api", aText, "Write `s3`."},
	{"endpoints", "resourcegroupstagging", aText, "Write `resourcegroupstaggingapi`."},
	{"assume_role.*", "duration_seconds", aText, "Write `duration`, such as `1h`."},
	{"assume_role_with_web_identity", "duration_seconds", aText, "Write `duration`, such as `1h`."},
	{"ignore_tags", "prefixes", someTexts, "Write `key_prefixes`."},
	{"vpc", "vpc_id", aText, "The subnets say which VPC it is. Leave it out."},
	{"vpc", "ipv6_allowed_for_dual_stack ipv6_enabled", aText, "Write `ipv6`."},
	{"vpc", "subnets", someTexts, "Write `subnet_ids`."},
	{"vpc", "subnet_id", aText, "Write `subnet_ids`, a list."},
	{"vpc", "security_groups vpc_security_group_ids", someTexts, "Write `security_group_ids`."},
	{"vpc", "security_group_id", aText, "Write `security_group_ids`, a list."},
	{"vpc", "enabled", aText, "A unit stays out of the house's VPC by its own `vpc = { enabled = false }`. Leave it out, or leave `vpc` out."},
	{"waivers.*", "expires_at expires_on expiry until", nil, "Write `expires`, a day."},
	{"waivers.*", "justification comment", nil, "Write `reason`."},
}
