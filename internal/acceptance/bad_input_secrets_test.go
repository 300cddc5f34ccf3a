package acceptance

import (
	"maps"
)

const (
	orderSecret = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/db-AbCdEf"
	rotator     = "arn:aws:lambda:eu-central-1:111122223333:function:rotate"
	orderLimit  = "arn:aws:ssm:eu-central-1:111122223333:parameter/orders/limit"
)

// secretMistakes are found by validate.
var secretMistakes = []badInput{
	{"secret without an ARN", secret(settings{"arn": nil}), `secrets["DB_PASSWORD"]`, "states nothing", "the ARN of a secret or parameter"},
	{"secret by name", secret(settings{"arn": "orders/db"}), `secrets["DB_PASSWORD"].arn`, `"orders/db" is not a valid ARN here`, "neither a secret of Secrets Manager nor a parameter"},
	{"secret of another service", secret(settings{"arn": someTable}), `secrets["DB_PASSWORD"].arn`, "is not a valid ARN here", "neither a secret of Secrets Manager nor a parameter"},
	{"secret by a partial ARN", secret(settings{"arn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/db"}), `secrets["DB_PASSWORD"].arn`, "is not a valid ARN here", "six characters that Secrets Manager chose"},
	{"secret with a key behind the ARN", secret(settings{"arn": orderSecret + ":password::"}), `secrets["DB_PASSWORD"].arn`, "is not a valid ARN here", "Write json_key and version_stage"},
	{"secret of a short account", secret(settings{"arn": "arn:aws:secretsmanager:eu-central-1:1111:secret:orders/db-AbCdEf"}), `secrets["DB_PASSWORD"].arn`, "is not a valid ARN here", "12 digits"},
	{"parameters below a path", secret(settings{"arn": "arn:aws:ssm:eu-central-1:111122223333:parameter/orders/*"}), `secrets["DB_PASSWORD"].arn`, "is not a valid ARN here", "not the ARN of one parameter"},
	{"document for a parameter", secret(settings{"arn": "arn:aws:ssm:eu-central-1:111122223333:document/orders"}), `secrets["DB_PASSWORD"].arn`, "is not a valid ARN here", `must start with "parameter/"`},
	{"secret's key that is an alias", secret(settings{"kms_key_arn": "arn:aws:kms:eu-central-1:111122223333:alias/orders"}), `secrets["DB_PASSWORD"].kms_key_arn`, "is not a valid ARN here", "An alias can be pointed at another key"},
	{"secret's key elsewhere", secret(settings{"kms_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}), `secrets["DB_PASSWORD"].kms_key_arn`, "The key is in another region than the secret", "Write the ARN of the key in eu-central-1"},
	{"JSON key with a colon", secret(settings{"json_key": "user:name"}), `secrets["DB_PASSWORD"].json_key`, `"user:name" cannot be a key in a reference`, "without a colon"},
	{"JSON key empty", secret(settings{"json_key": ""}), `secrets["DB_PASSWORD"].json_key`, `"" cannot be a key in a reference`, "leave json_key out"},
	{"JSON key of a parameter", secret(settings{"arn": orderLimit, "json_key": "max"}), `secrets["DB_PASSWORD"].json_key`, "A parameter has no json_key", "Leave json_key out"},
	{"stage of a parameter", secret(settings{"arn": orderLimit, "version_stage": "AWSPREVIOUS"}), `secrets["DB_PASSWORD"].version_stage`, "A parameter has no version_stage", "Leave version_stage out"},
	{"stage with a space", secret(settings{"version_stage": "the last one"}), `secrets["DB_PASSWORD"].version_stage`, `"the last one" is not a staging label`, "leave version_stage out"},
	{"secret under a reserved name", settings{"secrets": settings{"AWS_REGION": settings{"arn": orderSecret}}}, `secrets["AWS_REGION"]`, "AWS_REGION is set by Lambda", "use another name"},
	{"secret under no name", settings{"secrets": settings{"db-password": settings{"arn": orderSecret}}}, `secrets["db-password"]`, `"db-password" is not the name of an environment variable`, "two or more characters"},
	{"values without a number", settings{"secret_values_wo": settings{"DB_PASSWORD": secretText}}, "secret_values_wo_version", "secret_values_wo_version is missing", "secret_values_wo_version = 1"},
	{"number without values", settings{"secret_values_wo_version": int64(1)}, "secret_values_wo", "secret_values_wo is missing", "leave secret_values_wo_version out"},
	{"number 0", keeping(settings{"secret_values_wo_version": int64(0)}), "secret_values_wo_version", "secret_values_wo_version is 0", "between 1 and"},
	{"no value", keeping(settings{"secret_values_wo": settings{}}), "secret_values_wo", "There is no value", "leave secret_values_wo out"},
	{"value null", keeping(settings{"secret_values_wo": settings{"DB_PASSWORD": nil}}), `secret_values_wo["DB_PASSWORD"]`, `secret_values_wo["DB_PASSWORD"] is null`, "Write a value for DB_PASSWORD, or leave DB_PASSWORD out"},
	{"variable of the values taken", keeping(settings{"environment": settings{"SECRET_VALUES_ARN": "mine"}}), `environment["SECRET_VALUES_ARN"]`, "is set twice", "another name"},
	{"variable of the values taken by a secret", keeping(settings{"secrets": settings{"SECRET_VALUES_ARN": settings{"arn": orderSecret}}}), `secrets["SECRET_VALUES_ARN"]`, "is set twice", "another name"},
	{"rotation of nothing", settings{"secret_rotation": settings{"function_arn": rotator}}, "secret_rotation", "There is no secret to rotate", "leave secret_rotation out"},
	{"rotation by nobody", keeping(settings{"secret_rotation": settings{"days": int64(30)}}), "secret_rotation.function_arn", "is missing", "a function that rotates"},
	{"rotation every day that is none", keeping(settings{"secret_rotation": settings{"function_arn": rotator, "days": int64(0)}}), "secret_rotation.days", "days is 0 days, less than 1", "such as 30"},
	{"rotation by a queue", keeping(settings{"secret_rotation": settings{"function_arn": "arn:aws:sqs:eu-central-1:111122223333:rotate"}}), "secret_rotation.function_arn", "is not a valid ARN here", `must be "lambda"`},
	{"secret under a name of the environment", settings{"environment": settings{"DB_PASSWORD": secretText}, "secrets": settings{"DB_PASSWORD": settings{"arn": orderSecret}}}, `secrets["DB_PASSWORD"]`, "Variable DB_PASSWORD is set twice", "Leave it out of environment"},
}

// secret is one entry; what is given replaces what it has.
func secret(with settings) settings {
	entry := settings{"arn": orderSecret}
	maps.Copy(entry, with)
	return settings{"secrets": settings{"DB_PASSWORD": entry}}
}

// keeping is a unit with a secret of its own; what is given replaces what it has.
func keeping(with settings) settings {
	all := settings{"secret_values_wo": settings{"DB_PASSWORD": secretText}, "secret_values_wo_version": int64(1)}
	maps.Copy(all, with)
	return all
}
