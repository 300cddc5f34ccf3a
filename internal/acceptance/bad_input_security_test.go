package acceptance

import (
	"fmt"
	"maps"
)

const (
	someKey   = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	someTable = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
)

// securityMistakes are found by validate: key, role, policies and access.
var securityMistakes = []badInput{
	{"key empty", keyARN(""), "kms_key_arn", `"" is not a valid ARN here`, "arn:partition:service:region:account:resource"},
	{"key that is an id", keyARN("1234abcd-12ab-34cd-56ef-1234567890ab"), "kms_key_arn", "is not a valid ARN here", "An ARN has six fields"},
	{"key alias name", keyARN("alias/orders"), "kms_key_arn", `"alias/orders" is not a valid ARN here`, "An ARN has six fields"},
	{"key alias ARN", keyARN("arn:aws:kms:eu-central-1:111122223333:alias/orders"), "kms_key_arn", "is not a valid ARN here", "data.aws_kms_alias.x.target_key_arn"},
	{"key of another service", keyARN("arn:aws:s3:eu-central-1:111122223333:key/a"), "kms_key_arn", "is not a valid ARN here", `The service is "s3" and must be "kms"`},
	{"key in no partition", keyARN("arn:amazon:kms:eu-central-1:111122223333:key/a"), "kms_key_arn", "is not a valid ARN here", `"amazon" is not one of AWS's partitions`},
	{"key in another partition's region", keyARN("arn:aws:kms:cn-north-1:111122223333:key/a"), "kms_key_arn", "is not a valid ARN here", "Region cn-north-1 is not in partition aws"},
	{"key in no region", keyARN("arn:aws:kms:frankfurt:111122223333:key/a"), "kms_key_arn", "is not a valid ARN here", `"frankfurt" is not a region`},
	{"key in a zone", keyARN("arn:aws:kms:eu-central-1a:111122223333:key/a"), "kms_key_arn", "is not a valid ARN here", `"eu-central-1a" is not a region`},
	{"key of a short account", keyARN("arn:aws:kms:eu-central-1:1111:key/a"), "kms_key_arn", "is not a valid ARN here", `"1111" is not an account id of 12 digits`},
	{"key without an id", keyARN("arn:aws:kms:eu-central-1:111122223333:key/"), "kms_key_arn", "is not a valid ARN here", `must start with "key/"`},

	{"role name with a slash", settings{"role_name": "team/orders"}, "role_name", `"team/orders" is not a role name`, "Leave role_name out"},
	{"role name empty", settings{"role_name": ""}, "role_name", `"" is not a role name`, "IAM takes letters"},
	{"role path without slashes", settings{"role_path": "service"}, "role_path", `"service" is not an IAM path`, `Write a path such as "/service/orders/"`},
	{"role path without an end", settings{"role_path": "/service"}, "role_path", `"/service" is not an IAM path`, "It begins and ends with a slash"},
	{"boundary of another service", settings{"permissions_boundary": someKey}, "permissions_boundary", "is not a valid ARN here", `The service is "kms" and must be "iam"`},
	{"boundary in a region", settings{"permissions_boundary": "arn:aws:iam:eu-central-1:111122223333:policy/b"}, "permissions_boundary", "is not a valid ARN here", "must be empty: iam is global"},
	{"boundary that is a role", settings{"permissions_boundary": "arn:aws:iam::111122223333:role/b"}, "permissions_boundary", "is not a valid ARN here", `must start with "policy/"`},
	{"boundary of no account", settings{"permissions_boundary": "arn:aws:iam::amazon:policy/b"}, "permissions_boundary", "is not a valid ARN here", "not an account id of 12 digits"},
	{"policy by name", settings{"additional_policy_arns": []any{"ReadOnlyAccess"}}, `additional_policy_arns["ReadOnlyAccess"]`, `"ReadOnlyAccess" is not a valid ARN here`, "Write an ARN such as"},
	{"policy null", settings{"additional_policy_arns": []any{nil}}, "additional_policy_arns[null]", "An element of additional_policy_arns is null", "leave the element out"},

	{"label in upper case", access("OrdersTable", settings{}), `access["OrdersTable"]`, `"OrdersTable" cannot name an access entry`, `such as "orders_table"`},
	{"label with a hyphen", access("orders-table", settings{}), `access["orders-table"]`, "cannot name an access entry", `such as "orders_table"`},
	{"label of the unit's own", access("secure_logs", settings{}), `access["secure_logs"]`, "cannot name an access entry", "labels that start with secure are the unit's own"},
	{"condition on what the unit sets", access("orders", settings{"conditions": settings{"ArnEquals": settings{"lambda:SourceFunctionArn": []any{"arn:aws:lambda:eu-central-1:111122223333:function:other"}}}}), `access["orders"].conditions["ArnEquals"]["lambda:SourceFunctionArn"]`, "lambda:SourceFunctionArn is set by the unit", "bind_to_function = false"},
	{"condition operator misspelt", access("orders", settings{"conditions": settings{"arnequals": settings{"aws:SourceArn": []any{"x"}}}}), `access["orders"].conditions["arnequals"]`, `"arnequals" is not a condition operator`, `Write "ArnEquals"`},
	{"condition without a key", access("orders", settings{"conditions": settings{"StringEquals": settings{}}}), `access["orders"].conditions["StringEquals"]`, "The condition has no key", "leave the operator out"},
	{"condition without a value", access("orders", settings{"conditions": settings{"StringEquals": settings{"aws:PrincipalTag/team": []any{}}}}), `access["orders"].conditions["StringEquals"]["aws:PrincipalTag/team"]`, "The condition has no value", "leave the key out"},
	{"every action", access("orders", settings{"actions": []any{"*"}}), `access["orders"].actions["*"]`, `"*" grants every action of every service`, `In access["orders"].actions: A function with it`},
	{"action without a service", access("orders", settings{"actions": []any{"GetItem"}}), `access["orders"].actions["GetItem"]`, `"GetItem" is not an IAM action`, `such as "dynamodb:GetItem"`},
	{"action in upper case", access("orders", settings{"actions": []any{"DynamoDB:GetItem"}}), `access["orders"].actions["DynamoDB:GetItem"]`, "is not an IAM action", "a service prefix in lower case"},
	{"action null", access("orders", settings{"actions": []any{nil}}), `access["orders"].actions[null]`, `An element of access["orders"].actions is null`, "leave the element out"},
	{"no actions", access("orders", settings{"actions": []any{}}), `access["orders"].actions`, "The entry grants no action", "or remove the entry"},
	{"actions missing", access("orders", settings{"actions": nil}), `access["orders"].actions`, `access["orders"].actions is missing`, `Write actions = ["dynamodb:GetItem"]`},
	{"resource by name", access("orders", settings{"resources": []any{"orders"}}), `access["orders"].resources["orders"]`, `"orders" is not the ARN of a resource`, `Write an ARN such as "arn:aws:dynamodb`},
	{"resource of a short account", access("orders", settings{"resources": []any{"arn:aws:sqs:eu-central-1:1111:q"}}), `access["orders"].resources["arn:aws:sqs:eu-central-1:1111:q"]`, "is not the ARN of a resource", "an account of 12 digits or none"},
	{"resource in no partition", access("orders", settings{"resources": []any{"arn:amazon:s3:::acme"}}), `access["orders"].resources["arn:amazon:s3:::acme"]`, "is not the ARN of a resource", "arn:partition:service"},
	{"both forms", access("orders", settings{"to": "arn:aws:sqs:eu-central-1:111122223333:orders", "level": "send"}), `access["orders"]`, "The entry has both forms", "in an entry of its own each"},
	{"level without a resource", given(settings{"level": "send"}), `access["orders"].to`, `access["orders"].to is missing`, "the ARN of what the function uses"},
	{"resource without a level", given(settings{"to": "arn:aws:sqs:eu-central-1:111122223333:orders"}), `access["orders"].level`, `access["orders"].level is missing`, `level = "read"`},
	{"level of another service", given(settings{"to": "arn:aws:sqs:eu-central-1:111122223333:orders", "level": "read"}), `access["orders"].level`, `"read" is not a level of a queue`, `In access["orders"].level: Each kind of resource has levels of its own. Write "consume" or "send"`},
	{"level of a prefix misspelt", given(settings{"to": "arn:aws:s3:::acme/in/*", "level": "delete"}), `access["orders"].level`, `"delete" is not a level of an object, or all objects below a prefix`, `Write "list", "put", "read", "read_write" or "write"`},
	{"level of two words as one", given(settings{"to": "arn:aws:s3:::acme/in/*", "level": "readwrite"}), `access["orders"].level`, `"readwrite" is not a level of an object`, `Write "read_write". If you mean another level, write "list"`},
	{"level on a bucket in a region", given(settings{"to": "arn:aws:s3:eu-central-1:123456789012:images/out/*", "level": "put"}), `access["orders"].to`, "is not the ARN of a bucket or object", `Write "arn:aws:s3:::images/out/*"`},
	{"level on a queue's URL", given(settings{"to": "https://sqs.eu-central-1.amazonaws.com/123456789012/orders", "level": "send"}), `access["orders"].to`, "is not the ARN of a resource", `"arn:aws:sqs:eu-central-1:123456789012:orders"`},
	{"level on a name", given(settings{"to": "acme-images", "level": "read"}), `access["orders"].to`, `"acme-images" is not the ARN of a resource`, `In access["orders"].to: `},
	{"level with a key's alias", given(settings{"to": "arn:aws:sqs:eu-central-1:111122223333:orders", "level": "send", "kms_key_arn": "alias/orders"}), `access["orders"].kms_key_arn`, `"alias/orders" is not a valid ARN here`, `In access["orders"].kms_key_arn: `},
	{"level without a letter", given(settings{"to": "arn:aws:sqs:eu-central-1:111122223333:orders", "level": ""}), `access["orders"].level`, "empty", "Write"},
	{"prefix stated beside the level", given(settings{"to": "arn:aws:s3:::acme/in/*", "level": "list", "conditions": settings{"StringLike": settings{"s3:Prefix": []any{"*"}}}}), `access["orders"].conditions["StringLike"]["s3:Prefix"]`, "s3:prefix is set by the level", "Leave it out"},
	{"level on a wildcard", given(settings{"to": "arn:aws:sqs:eu-central-1:111122223333:*", "level": "send"}), `access["orders"].to`, "is not one resource that has levels", "Write the ARN of a queue"},
	{"level of a service without any", given(settings{"to": "arn:aws:rds:eu-central-1:111122223333:db:orders", "level": "read"}), `access["orders"].to`, `Service "rds" has no levels`, "Name actions and resources"},
	{"key that nobody needs", given(settings{"to": "arn:aws:states:eu-central-1:111122223333:stateMachine:refund", "level": "start", "kms_key_arn": someKey}), `access["orders"].kms_key_arn`, `The level "start" of a state machine needs no key`, "Leave kms_key_arn out"},
	{"short reason", access("orders", settings{"reason": "because"}), `access["orders"].reason`, "is too short a reason", "at least 10 characters"},
	{"posture that nobody asks for", settings{"minimum_posture": "iso27001"}, "minimum_posture", `"iso27001" is not a value of minimum_posture`, "it takes baseline, fsbp, nist, pci, hipaa"},
	{"posture in upper case", settings{"minimum_posture": "PCI"}, "minimum_posture", `"PCI" is not a value of minimum_posture`, `Write "pci"`},
	{"waiver without a reason", settings{"waivers": settings{"in-vpc": settings{"expires": "2027-01-31"}}}, `waivers["in-vpc"].reason`, "is missing", "why it is accepted"},
	{"waiver with a short reason", settings{"waivers": settings{"in-vpc": settings{"reason": "legacy", "expires": "2027-01-31"}}}, `waivers["in-vpc"].reason`, `"legacy" is too short a reason`, "at least 10 characters"},
	{"waiver until some time", settings{"waivers": settings{"in-vpc": settings{"reason": "talks to public APIs only", "expires": "next year"}}}, `waivers["in-vpc"].expires`, `"next year" is not a day`, `such as "2027-01-31"`},
	{"waiver for ever", settings{"waivers": settings{"in-vpc": settings{"reason": "talks to public APIs only"}}}, `waivers["in-vpc"].expires`, "is missing", "the last day"},
	{"no resources", access("orders", settings{"resources": []any{}}), `access["orders"].resources`, "The entry names no resource", "Write the ARN of what the function uses"},
	{"resources missing", access("orders", settings{"resources": nil}), `access["orders"].resources`, `access["orders"].resources is missing`, "the ARN of what the function uses"},
	{"condition null", access("orders", settings{"conditions": settings{"StringEquals": nil}}), `access["orders"].conditions["StringEquals"]`, `access["orders"].conditions["StringEquals"] is null`, "or leave StringEquals out"},
	{"condition's key null", access("orders", settings{"conditions": settings{"StringEquals": settings{"s3:prefix": nil}}}), `access["orders"].conditions["StringEquals"]["s3:prefix"]`, `access["orders"].conditions["StringEquals"]["s3:prefix"] is null`, "Write a value for s3:prefix, or leave s3:prefix out"},
	{"condition's value null", access("orders", settings{"conditions": settings{"StringEquals": settings{"s3:prefix": []any{nil}}}}), `access["orders"].conditions["StringEquals"]["s3:prefix"][null]`, `An element of access["orders"].conditions["StringEquals"]["s3:prefix"] is null`, "leave the element out"},
}

// operationMistakes are found by validate: tags, logs, tracing and release.
var operationMistakes = []badInput{
	{"tag key of AWS", tagged("aws:owner", "x"), `tags["aws:owner"]`, `"aws:owner" is not a tag key`, "Keys that start with aws: are AWS's own"},
	{"tag key of AWS in upper case", tagged("AWS:owner", "x"), `tags["AWS:owner"]`, "is not a tag key", "AWS's own"},
	{"tag key of the unit", tagged("secure:unit", "x"), `tags["secure:unit"]`, `"secure:unit" is not a tag key`, "set by the provider"},
	{"tag key empty", tagged("", "x"), `tags[""]`, `"" is not a tag key`, "A key has one character at least"},
	{"tag key with a star", tagged("cost*", "x"), `tags["cost*"]`, `"cost*" is not a tag key`, `Write a key such as "cost-center"`},
	{"tag value with a comma", tagged("team", "a,b"), `tags["team"]`, `"a,b" is not a tag value`, "Leave the other characters out"},
	{"too many tags", settings{"tags": manyTags("tag", 45)}, "tags", "There are 45 tags, the provider's default_tags included, more than 44", "the unit keeps 6"},

	{"retention negative", logs(settings{"retention_days": -1}), "logs.retention_days", "-1 days is not a retention period", "Write 1."},
	{"log group with a space", logs(settings{"group_name": "/orders api"}), "logs.group_name", `"/orders api" is not a log group name`, "Leave logs.group_name out"},
	{"log group empty", logs(settings{"group_name": ""}), "logs.group_name", `"" is not a log group name`, "CloudWatch takes letters"},
	{"log group of AWS", logs(settings{"group_name": "aws/orders"}), "logs.group_name", `"aws/orders" is not a log group name`, "keeps names that start with aws/ for itself"},
	{"log format in lower case", logs(settings{"format": "json"}), "logs.format", `"json" is not a value of format`, `Write "JSON"`},
	{"log level in lower case", logs(settings{"application_level": "warn"}), "logs.application_level", `"warn" is not a value of application_level`, `Write "WARN"`},
	{"log level of plain text", logs(settings{"format": "Text", "application_level": "WARN"}), "logs.application_level", "Levels need the JSON format", `Write format = "JSON"`},
	{"tracing in lower case", settings{"tracing": "passthrough"}, "tracing", `"passthrough" is not a value of tracing`, `Write "PassThrough"`},
	{"alias of digits", settings{"release": settings{"alias": "42"}}, "release.alias", `"42" is not an alias name`, `Write a name with a letter in it, such as "live"`},
	{"alias empty", settings{"release": settings{"alias": ""}}, "release.alias", `"" is not an alias name`, "letters, digits, hyphens and underscores"},
	{"alias of the unpublished version", settings{"release": settings{"alias": "$LATEST"}}, "release.alias", `"$LATEST" is not an alias name`, "letters, digits, hyphens and underscores"},
	{"timeouts without a unit", settings{"timeouts": settings{"create": "20"}}, "timeouts.create", "Invalid Attribute Value Time Duration", `such as "300ms", "-1.5h" or "2h45m"`},
}

func keyARN(text string) settings { return settings{"kms_key_arn": text} }

func tagged(key string, value any) settings { return settings{"tags": settings{key: value}} }

func logs(with settings) settings { return settings{"logs": with} }

// access is one entry; what is given replaces what it has.
func access(label string, with settings) settings {
	entry := settings{"actions": []any{"dynamodb:GetItem"}, "resources": []any{someTable}}
	maps.Copy(entry, with)
	return settings{"access": settings{label: entry}}
}

func manyTags(prefix string, n int) settings {
	tags := settings{}
	for i := range n {
		tags[fmt.Sprintf("%s-%d", prefix, i)] = "x"
	}
	return tags
}

// given is a unit with a level on a resource.
func given(entry settings) settings { return settings{"access": settings{"orders": entry}} }

// accessMistakes are found by plan, in the catalogue of actions and controls.
var accessMistakes = []badInput{
	{"action mistyped", access("orders", settings{"actions": []any{"dynamodb:GetItm"}}), `access["orders"].actions`, `"dynamodb:GetItm" is not an action`, "dynamodb:GetItem"},
	{"action on another service", access("orders", settings{"actions": []any{"dynamodb:GetItem"}, "resources": []any{"arn:aws:s3:::orders"}}), `access["orders"].resources`, "dynamodb:GetItem cannot be allowed on any of the resources", "table/${TableName}"},
	{"two actions on another service", access("orders", settings{"actions": []any{"dynamodb:GetItem", "dynamodb:PutItem"}, "resources": []any{"arn:aws:s3:::orders"}}), `access["orders"].resources`, "dynamodb:GetItem and dynamodb:PutItem cannot be allowed", `In access["orders"].resources: `},
	{"action that takes no resource", access("orders", settings{"actions": []any{"ec2:DescribeRegions"}}), `access["orders"].resources`, "takes no resource but", "an entry of its own"},
	{"wildcard without a reason", access("orders", settings{"actions": []any{"dynamodb:*"}}), `access["orders"].actions`, `"dynamodb:*" allows whatever AWS adds`, "add reason"},
	{"everything without a reason", access("orders", settings{"actions": []any{"s3:GetObject"}, "resources": []any{"*"}}), `access["orders"].resources`, "names every resource there is", "add reason"},
	{"a role to any service", access("orders", settings{"actions": []any{"iam:GetRole", "iam:PassRole"}, "resources": []any{"arn:aws:iam::111122223333:role/w"}, "conditions": settings{"StringEquals": settings{"aws:PrincipalTag/a": []any{"b"}}}}), `access["orders"].actions`, "A role is passed to any service", "iam:PassedToService"},
	{"more than the function has", access("orders", settings{"actions": []any{"iam:CreateAccessKey"}, "resources": []any{"arn:aws:iam::111122223333:user/ops"}}), "access", "The function can give itself more rights", "CreateAccessKey"},
	{"administrator", settings{"additional_policy_arns": []any{"arn:aws:iam::aws:policy/AdministratorAccess"}}, "additional_policy_arns", "A policy attached to the role is an administrator's", "grant what the function does in access"},
	{"waiver of nothing", settings{"waivers": settings{"vpc": settings{"reason": "talks to public APIs only", "expires": "2027-01-31"}}}, `waivers["vpc"]`, `"vpc" is not a control`, `Write "in-vpc"`},
	{"waiver for years", settings{"waivers": settings{"in-vpc": settings{"reason": "talks to public APIs only", "expires": "2099-01-31"}}}, `waivers["in-vpc"]`, "more than 366 days away", "or an earlier day"},
	{"decrypts with any key", access("orders", settings{"actions": []any{"kms:Decrypt"}, "resources": []any{"*"}}), `access["orders"].resources`, "names every resource there is", "add reason"},
	{"decrypts with any key, for a reason", access("orders", settings{"actions": []any{"kms:Decrypt"}, "resources": []any{"*"}, "reason": "reads what any team sends"}), "access", "The function may decrypt with keys that are not named", "Name the key"},
	{"secret in plain text", settings{"environment": settings{"DB_PASSWORD": secretText}}, "secrets", "A secret is in plain text", "Control no-plaintext-secrets is not met: environment.DB_PASSWORD (its name). This stops the change because its severity is critical. Move the value to secret_values_wo"},
	{"posture out of reach", settings{"minimum_posture": "pci"}, "vpc", "The function runs outside a VPC", "Control in-vpc is not met: function.network is not set. This stops the change because minimum_posture pci asks for it"},
}
