package acceptance

import "strings"

// refusedMistakes are found by validate: the local AWS takes them, AWS's own
// models do not.
var refusedMistakes = []badInput{
	{"log group with a hash", logs(settings{"group_name": "/orders#1"}), "logs.group_name", `"/orders#1" cannot be the log group of a unit`, "Write a name without #"},
	{"role path with a tilde", settings{"role_path": "/a~b/"}, "role_path", `"/a~b/" is not an IAM path`, "such as"},
	{"role path with a colon and a percent sign", settings{"role_path": "/a:b%c!/"}, "role_path", "is not an IAM path", "letters, digits and any of"},
	{"label of a permission too long", settings{"permissions": settings{strings.Repeat("p", 95): settings{"principal": "444455556666"}}}, `permissions["` + strings.Repeat("p", 95) + `"]`, "The label has 95 characters, more than 91", "Write a shorter one"},
	{"tags that differ in case", settings{"tags": settings{"Owner": "a", "owner": "b"}}, "tags", "Tags Owner and owner differ in case only", "Write the key in one way"},
	{"retention of the class DELIVERY", settings{"powertools": false, "logs": settings{"class": "DELIVERY", "retention_days": 30}}, "logs.retention_days", "The log class DELIVERY has no retention of its own", "Leave retention_days out"},
}

// caseTotals are found in a plan, where the provider's default tags are known.
var caseTotals = []badInput{
	{"tag of the house in other letters", settings{"tags": settings{"HOUSE-3": "x"}}, "tags", "differ in case only", "default_tags"},
}

// placeMistakes are found by plan: AWS takes such ARNs from nowhere else.
func placeMistakes(a *tenant) []badInput {
	elsewhere := func(service, resource string) string {
		return "arn:aws:" + service + ":us-east-1:" + a.id + ":" + resource
	}
	const theirs = "arn:aws:iam::444455556666:policy/p"
	return []badInput{
		{"dead letters to another region", settings{"dead_letter": settings{"target_arn": elsewhere("sqs", "failed")}}, "dead_letter.target_arn", "The dead-letter target is somewhere else", "region us-east-1 instead of eu-central-1"},
		{"layer of another region", layers(elsewhere("lambda", "layer:tools:3")), "layers[0]", "The layer is somewhere else", "us-east-1"},
		{"signing of another region", settings{"code_signing_config_arn": elsewhere("lambda", "code-signing-config:csc-0123456789abcdef0")}, "code_signing_config_arn", "The code signing configuration is somewhere else", "us-east-1"},
		{"boundary of another account", settings{"permissions_boundary": theirs}, "permissions_boundary", "The permissions boundary is somewhere else", "account 444455556666 instead of " + a.id},
		{"policy of another account", settings{"additional_policy_arns": []any{theirs}}, `additional_policy_arns["` + theirs + `"]`, "The policy is somewhere else", "account 444455556666"},
		{"policy of another partition", settings{"permissions_boundary": "arn:aws-cn:iam::aws:policy/PowerUserAccess"}, "permissions_boundary", "The permissions boundary is somewhere else", "partition aws-cn instead of aws"},
	}
}
