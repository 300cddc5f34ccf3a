package acceptance

import (
	"fmt"
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

const (
	someLayer  = "arn:aws:lambda:eu-central-1:111122223333:layer:tools:1"
	someQueue  = "arn:aws:sqs:eu-central-1:111122223333:orders-failed"
	someTopic  = "arn:aws:sns:eu-central-1:111122223333:on-call"
	someImage  = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/orders:1.2.3"
	someVPC    = "subnet-0123456789abcdef0"
	someGroup  = "sg-0123456789abcdef0"
	someMount  = "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-0123456789abcdef0"
	someSigner = "arn:aws:lambda:eu-central-1:111122223333:code-signing-config:csc-0123456789abcdef0"
)

func layers(arns ...any) settings { return settings{"layers": arns} }

func async(key string, value any) settings { return settings{"async": settings{key: value}} }

func dead(with settings) settings { return settings{"dead_letter": with} }

func alarm(name, key string, value any) settings {
	return settings{"alarms": settings{name: settings{key: value}}}
}

func placed(with settings) settings {
	all := settings{"subnet_ids": []any{someVPC}, "security_group_ids": []any{someGroup}}
	maps.Copy(all, with)
	return settings{"vpc": all}
}

func imaged(with settings) settings {
	all := settings{"runtime": nil, "handler": nil, "code": settings{"image": settings{"uri": someImage}}}
	maps.Copy(all, with)
	return all
}

func permission(with settings) settings { return settings{"permissions": settings{"rule": with}} }

// packageMistakes are found by validate: images, staging, signing, layers.
var packageMistakes = []badInput{
	{"image from elsewhere", imaged(settings{"code": settings{"image": settings{"uri": "docker.io/library/python:3.12"}}}), "code.image.uri", "is not the address of an image in Amazon ECR", "Lambda takes images from ECR only"},
	{"image from the public gallery", imaged(settings{"code": settings{"image": settings{"uri": "public.ecr.aws/lambda/python:3.12"}}}), "code.image.uri", "is not the address of an image", `such as "111122223333.dkr.ecr`},
	{"image by tag and digest", imaged(settings{"code": settings{"image": settings{"uri": someImage + "@sha256:00"}}}), "code.image.uri", "is not the address of an image", "by one tag or by digest"},
	{"image without an address", imaged(settings{"code": settings{"image": settings{}}}), "code.image", "code.image states nothing", "Write uri ="},
	{"image with a relative directory", imaged(settings{"code": settings{"image": settings{"uri": someImage, "working_directory": "srv"}}}), "code.image.working_directory", `"srv" is not a working directory`, `such as "/var/task"`},
	{"image with a runtime", imaged(settings{"runtime": "python3.14"}), "runtime", "runtime does not go with an image", "The image brings its own runtime. Leave runtime out."},
	{"image with a handler", imaged(settings{"handler": "app.handler"}), "handler", "handler does not go with an image", "command = ["},
	{"image with layers", imaged(layers(someLayer)), "layers", "layers does not go with an image", "Put what the layer holds into the image"},
	{"image with runtime management", imaged(settings{"runtime_management": settings{"update_runtime_on": "Auto"}}), "runtime_management", "runtime_management does not go with an image", "patched with it"},
	{"image that is signed", imaged(settings{"code": settings{"image": settings{"uri": someImage}, "signing": settings{"profile": "acme", "bucket": "acme-signing"}}}), "code.signing", "code.signing does not go with an image", "Sign the image in its registry instead"},
	{"image with code signing", imaged(settings{"code_signing_config_arn": someSigner}), "code_signing_config_arn", "does not go with an image", "signatures of zip packages only"},
	{"code names an image too", settings{"code": settings{"path": "src", "image": settings{"uri": someImage}}, "runtime": nil, "handler": nil}, "code", "code names more than one package", "Write one of path, s3 and image"},
	{"object that is staged", settings{"code": settings{"s3": settings{"bucket": "acme", "key": "a.zip"}, "staging_bucket": "acme-staging"}}, "code.staging_bucket", "Only a path package is staged", "Leave staging_bucket out"},
	{"staging bucket by ARN", settings{"code": settings{"path": "src", "staging_bucket": "arn:aws:s3:::acme"}}, "code.staging_bucket", "is not a bucket name", "Write the name alone"},
	{"signing without a profile", settings{"code": settings{"path": "src", "signing": settings{"bucket": "acme-signing"}}}, "code.signing.profile", "code.signing.profile is missing", `Write profile = "acme_lambda"`},
	{"signing without a bucket", settings{"code": settings{"path": "src", "signing": settings{"profile": "acme"}}}, "code.signing.bucket", "code.signing.bucket is missing", `Write bucket = "acme-signing"`},
	{"signing profile by ARN", settings{"code": settings{"path": "src", "signing": settings{"profile": "arn:aws:signer:::x", "bucket": "acme-signing"}}}, "code.signing.profile", "is not the name of a signing profile", "ARNs are not taken"},

	{"layer without a version", layers("arn:aws:lambda:eu-central-1:111122223333:layer:tools"), `layers[0]`, "is not the ARN of a layer version", `Write the version behind it, such as "arn:aws:lambda:eu-central-1:111122223333:layer:tools:1"`},
	{"layer by name", layers("tools"), `layers[0]`, `"tools" is not the ARN of a layer version`, "layer:NAME:VERSION"},
	{"layer in no partition", layers("arn:amazon:lambda:eu-central-1:111122223333:layer:tools:1"), `layers[0]`, "is not a valid ARN here", "partition"},
	{"layer null", layers(nil), `layers[0]`, "layers[0] is null", "leave the element out; compact()"},
	{"layer twice", layers(someLayer, someLayer), "layers", "Duplicate layer", "Leave one out"},
	{"SnapStart of a runtime without it", settings{"snap_start": true, "runtime": "nodejs24.x", "handler": "index.handler"}, "snap_start", "Runtime nodejs24.x has no SnapStart", "Leave snap_start out"},
	{"manual runtime without a version", settings{"runtime_management": settings{"update_runtime_on": "Manual"}}, "runtime_management.runtime_version_arn", "Manual needs a runtime version", "INIT_START"},
	{"runtime version without manual", settings{"runtime_management": settings{"update_runtime_on": "Auto", "runtime_version_arn": "arn:aws:lambda:eu-central-1::runtime:abc"}}, "runtime_management.runtime_version_arn", "A runtime version is kept with Manual only", `write update_runtime_on = "Manual"`},
	{"runtime management in lower case", settings{"runtime_management": settings{"update_runtime_on": "auto"}}, "runtime_management.update_runtime_on", `"auto" is not a value of update_runtime_on`, `Write "Auto"`},
	{"code signing of another service", settings{"code_signing_config_arn": "arn:aws:signer:eu-central-1:111122223333:/signing-profiles/a"}, "code_signing_config_arn", "is not a valid ARN here", "csc-"},
}

// networkMistakes are found by validate: VPC, file system, permissions, drift.
var networkMistakes = []badInput{
	{"no subnet", placed(settings{"subnet_ids": []any{}}), "vpc.subnet_ids", "There are 0 subnets", "at least two subnets"},
	{"subnet by name", placed(settings{"subnet_ids": []any{"private-a"}}), `vpc.subnet_ids["private-a"]`, `"private-a" is not the id of a subnet`, "names and ARNs do not do"},
	{"group by name", placed(settings{"security_group_ids": []any{"default"}}), `vpc.security_group_ids["default"]`, "is not the id of a security group", someGroup},
	{"VPC without groups", placed(settings{"security_group_ids": nil}), "vpc.security_group_ids", "vpc.security_group_ids is missing", "Write security_group_ids ="},
	{"VPC off and described", placed(settings{"enabled": false}), "vpc.enabled", "The VPC is disabled but configured", "Leave the rest out, or leave enabled out"},
	{"file system with the VPC off", settings{"vpc": settings{"enabled": false}, "file_system": settings{"arn": someMount, "local_mount_path": "/mnt/data"}}, "file_system", "A file system needs a VPC", "Write vpc ="},
	{"file system that is none", settings{"vpc": placed(nil)["vpc"], "file_system": settings{"arn": "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-1", "local_mount_path": "/mnt/data"}}, "file_system.arn", "is not a valid ARN here", "access-point"},
	{"mounted elsewhere", settings{"vpc": placed(nil)["vpc"], "file_system": settings{"arn": someMount, "local_mount_path": "/data"}}, "file_system.local_mount_path", `"/data" is not a mount path`, `such as "/mnt/data"`},
	{"SnapStart with a file system", settings{"snap_start": true, "vpc": placed(nil)["vpc"], "file_system": settings{"arn": someMount, "local_mount_path": "/mnt/data"}}, "snap_start", "SnapStart and a file system exclude each other", "Leave one of the two out"},
	{"anybody may invoke", permission(settings{"principal": "*"}), `permissions["rule"].principal`, `"*" lets everybody invoke the function`, "an account of 12 digits"},
	{"anybody of an organization of any id", permission(settings{"principal": "*", "organization_id": "o-*"}), `permissions["rule"].organization_id`, `"o-*" is not the id of an organization`, "o-a1b2c3d4e5"},
	{"anybody for a source", permission(settings{"principal": "*", "source_arn": "arn:aws:s3:::acme"}), `permissions["rule"].principal`, `"*" lets everybody invoke the function`, `organization_id = "o-a1b2c3d4e5" beside it for every principal of your organization`},
	{"principal that is none", permission(settings{"principal": "s3"}), `permissions["rule"].principal`, `"s3" is not a principal`, `Write "s3.amazonaws.com"`},
	{"service for anybody", permission(settings{"principal": "s3.amazonaws.com"}), `permissions["rule"].source_arn`, "s3.amazonaws.com could act for anybody", `In permissions["rule"].source_arn: A service`},
	{"source of an organization", permission(settings{"principal": "*", "source_arn": "arn:aws:s3:::acme", "organization_id": "o-a1b2c3d4e5"}), `permissions["rule"].source_arn`, "A source and an organization exclude each other", "would never hold together"},
	{"source account of an organization", permission(settings{"principal": "444455556666", "source_account": "111122223333", "organization_id": "o-a1b2c3d4e5"}), `permissions["rule"].source_account`, "A source and an organization exclude each other", "Leave source_account out"},
	{"drift of what is refused", settings{"ignore_drift": []any{"function.nonsense"}}, `ignore_drift["function.nonsense"]`, "is not a setting that can be left to others", "there are description, "},
	{"service of an organization", permission(settings{"principal": "events.amazonaws.com", "source_account": "111122223333", "organization_id": "o-a1b2c3d4e5"}), `permissions["rule"].organization_id`, "A service belongs to no organization", `In permissions["rule"].organization_id: The`},
	{"short account", permission(settings{"principal": "events.amazonaws.com", "source_account": "1111"}), `permissions["rule"].source_account`, "is not an account id", "12 digits"},
	{"nobody", permission(settings{}), `permissions["rule"]`, `permissions["rule"] states nothing`, `Write principal = "s3.amazonaws.com"`},
	{"VPC of nothing", settings{"vpc": settings{}}, "vpc", "vpc states nothing", "Write subnet_ids ="},
	{"drift of nothing", settings{"ignore_drift": []any{"alarms.errors.bound"}}, `ignore_drift["alarms.errors.bound"]`, "is not a setting that can be left to others", "there is no such setting; there are"},
	{"drift with a slip", settings{"ignore_drift": []any{"function.enviroment"}}, `ignore_drift["function.enviroment"]`, "is not a setting that can be left to others", `Write "function.environment"`},
	{"drift of a component", settings{"ignore_drift": []any{"function"}}, `ignore_drift["function"]`, "is not a setting that can be left to others", "name one of its settings"},
	{"drift of the version", settings{"ignore_drift": []any{"alias.version"}}, `ignore_drift["alias.version"]`, "is not a setting that can be left to others", "the one version that this unit published"},
	{"drift of the weights", settings{"ignore_drift": []any{"alias.weights"}}, `ignore_drift["alias.weights"]`, "is not a setting that can be left to others", "would serve what this unit does not know. Leave it out, and the next apply sends all callers to that version. For traffic that others shift, as CodeDeploy does, let callers use an alias of another name"},
	{"drift of the tags", settings{"ignore_drift": []any{"tags"}}, `ignore_drift["tags"]`, "is not a setting that can be left to others", "ignore_tags of the provider block"},
}

// asyncMistakes are found by validate: async, dead letters, concurrency, logs.
var asyncMistakes = []badInput{
	{"retries below none", async("max_retries", -1), "async.max_retries", "max_retries is -1 retries, less than 0", "Write 0 or more"},
	{"no age", async("max_event_age", 0), "async.max_event_age", "max_event_age is 0 seconds, less than 1", "Write 60 or more, such as 21600"},
	{"success into a bucket", async("on_success", "arn:aws:s3:::acme"), "async.on_success", "cannot be a destination of successes", "Lambda delivers to ARNs of sqs, sns, lambda, events only"},
	{"failure into a table", async("on_failure", "arn:aws:dynamodb:eu-central-1:111122223333:table/t"), "async.on_failure", "cannot be a destination of failures", "such as"},
	{"failure into a FIFO queue", async("on_failure", someQueue+".fifo"), "async.on_failure", "is a FIFO queue or topic", "standard queues and topics only"},
	{"destination key by alias", async("destination_kms_key_arns", []any{"alias/orders"}), `async.destination_kms_key_arns["alias/orders"]`, "is not a valid ARN here", "key/"},
	{"dead letters into FIFO", dead(settings{"target_arn": someQueue + ".fifo"}), "dead_letter.target_arn", "is a FIFO queue or topic", "Write the ARN of a standard one"},
	{"dead letters into a function", dead(settings{"target_arn": "arn:aws:lambda:eu-central-1:111122223333:function:f"}), "dead_letter.target_arn", "cannot be a dead-letter target", "ARNs of sqs, sns only"},
	{"dead letters for no time", dead(settings{"retention_days": 0}), "dead_letter.retention_days", "retention_days is 0 days, less than 1", "Write 1 or more, such as 14"},
	{"dead letters described and off", dead(settings{"enabled": false, "retention_days": 7}), "dead_letter.retention_days", "says something about dead letters that are off", "write enabled = true"},
	{"retention of a foreign queue", dead(settings{"target_arn": someQueue, "retention_days": 7}), "dead_letter.retention_days", "retention_days is not this unit's to set", "leave target_arn out"},
	{"key of no target", dead(settings{"target_kms_key_arn": someKey}), "dead_letter.target_kms_key_arn", "target_kms_key_arn needs a target_arn", "encrypted with the unit's key"},
	{"destroy in another word", dead(settings{"on_destroy": "delete"}), "dead_letter.on_destroy", `"delete" is not a value of on_destroy`, "refuse, force"},
	{"one place for both", settings{"async": settings{"on_failure": someQueue}, "dead_letter": settings{"target_arn": someQueue}}, "async.on_failure", "Failures and dead letters go to the same place", "twice, in two formats"},
	{"failures into the unit's own queue", async("on_failure", "arn:aws:sqs:eu-central-1:111122223333:orders-api-dead-letter"), "async.on_failure", "Failures and dead letters go to the same place", "leave one of the two out"},
	{"reserved below none", settings{"concurrency": settings{"reserved": -1}}, "concurrency.reserved", "reserved is -1 invocations, less than 0", "0 stops the function"},
	{"recursion in another word", settings{"recursion": "terminate"}, "recursion", `"terminate" is not a value of recursion`, `Write "Terminate"`},
	{"class in lower case", logs(settings{"class": "standard"}), "logs.class", `"standard" is not a value of class`, `Write "STANDARD"`},
	{"masking where nothing is masked", settings{"powertools": false, "logs": settings{"class": "INFREQUENT_ACCESS", "data_protection": []any{"EmailAddress"}}}, "logs.data_protection", "Masking needs the log class STANDARD", "leave data_protection out"},
	{"masking of what has no name", logs(settings{"data_protection": []any{"email"}}), `logs.data_protection["email"]`, `"email" is not the name of a data identifier`, `such as "EmailAddress"`},
	{"system level of plain text", logs(settings{"format": "Text", "system_level": "WARN"}), "logs.system_level", "Levels need the JSON format", "leave system_level out"},
	{"logs that are kept in another word", logs(settings{"on_destroy": "keep"}), "logs.on_destroy", `"keep" is not a value of on_destroy`, "delete, retain"},
}

// alarmMistakes are found by validate.
var alarmMistakes = []badInput{
	{"profile in another word", settings{"alarms": settings{"profile": "all"}}, "alarms.profile", `"all" is not a value of profile`, "essential, full"},
	{"traffic in another word", settings{"alarms": settings{"traffic": "low"}}, "alarms.traffic", `"low" is not a value of traffic`, "normal, high"},
	{"threshold below nothing", alarm("throttles", "threshold", -1), "alarms.throttles.threshold", "threshold is -1", "Write 0 or more"},
	{"more than all invocations", alarm("errors", "threshold", 100), "alarms.errors.threshold", "threshold is 100 % of the invocations", "Write a number from 0 to below 100"},
	{"errors with a statistic", alarm("errors", "statistic", "Sum"), "alarms.errors.statistic", "The errors alarm has no statistic of its own", "Leave statistic out"},
	{"no period", alarm("duration", "period", 0), "alarms.duration.period", "period is 0 seconds", "Write 60"},
	{"no period to look at", alarm("duration", "evaluation_periods", 0), "alarms.duration.evaluation_periods", "evaluation_periods is 0 periods, less than 1", "looks at one period at least"},
	{"more bad periods than periods", settings{"alarms": settings{"duration": settings{"evaluation_periods": 2, "datapoints_to_alarm": 3}}}, "alarms.duration.datapoints_to_alarm", "3 periods of 2 cannot be beyond the bound", "The alarm could never fire"},
	{"percentile of 101", alarm("duration", "statistic", "p101"), "alarms.duration.statistic", `"p101" is not a statistic of CloudWatch`, `such as "p99"`},
	{"statistic in lower case", alarm("duration", "statistic", "average"), "alarms.duration.statistic", `"average" is not a statistic`, "Average"},
	{"action that is an address", settings{"alarms": settings{"actions": []any{"ops@example.com"}}}, `alarms.actions["ops@example.com"]`, "is not an alarm action", "the ARN of an SNS topic"},
	{"FIFO topic", settings{"alarms": settings{"ok_actions": []any{someTopic + ".fifo"}}}, fmt.Sprintf("alarms.ok_actions[%q]", someTopic+".fifo"), "is a FIFO topic", "Write the ARN of a standard topic"},
	{"topic of a short account", alarm("errors", "actions", []any{"arn:aws:sns:eu-central-1:1111:on-call"}), `alarms.errors.actions["arn:aws:sns:eu-central-1:1111:on-call"]`, "is not a valid ARN here", "account"},
	{"described and off", settings{"alarms": settings{"enabled": false, "profile": "full"}}, "alarms.enabled", "Alarms are disabled but configured", "write enabled = true"},
	{"one described and off", settings{"alarms": settings{"errors": settings{"enabled": false, "threshold": 5}}}, "alarms.errors.enabled", "The alarm errors is disabled but configured", "Leave the rest out"},
	{"concurrency without a reservation", settings{"alarms": settings{"concurrency": settings{"threshold": 5}}}, "alarms.concurrency", "There is nothing for the alarm concurrency to watch", "write concurrency = { reserved = 20 }"},
	{"failures without a destination", settings{"alarms": settings{"destination_failures": settings{"threshold": 5}}}, "alarms.destination_failures", "There is nothing for the alarm destination_failures to watch", "write async = { on_failure = ARN }"},
	{"depth without dead letters", settings{"dead_letter": settings{"enabled": false}, "alarms": settings{"dead_letter_depth": settings{"threshold": 5}}}, "alarms.dead_letter_depth", "There is nothing for the alarm dead_letter_depth to watch", "write dead_letter = { enabled = true }"},
}

// classWarnings are found by validate.
var classWarnings = []badInput{
	{"metrics that are lost", logs(settings{"class": "INFREQUENT_ACCESS"}), "logs.class", "Embedded metrics are lost in this log class", "powertools = false"},
}

// surroundings are what a unit names in the account.
type surroundings struct {
	managedTopic, missingTopic, repository string

	subnets         []string
	group, boundary string
}

func newSurroundings(t *testing.T, a *tenant) surroundings {
	t.Helper()
	topic, err := a.sns.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: new("managed"), Attributes: map[string]string{"KmsMasterKeyId": "alias/aws/sns"}})
	must(t, err)
	repository, _ := a.registry(t, "orders")
	_, err = ecr.NewFromConfig(a.config(t)).PutImage(t.Context(), &ecr.PutImageInput{
		RepositoryName: new("orders"), ImageTag: new("many"), ImageManifest: new(`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}`),
		ImageManifestMediaType: new("application/vnd.oci.image.index.v1+json"),
	})
	must(t, err)
	boundary, err := a.iam.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: new("narrow"), PolicyDocument: new(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:*","s3:*","kms:*","xray:*"],"Resource":"*"}]}`)})
	must(t, err)
	s := surroundings{
		managedTopic: *topic.TopicArn, missingTopic: fmt.Sprintf("arn:aws:sns:%s:%s:nobody", region, a.id), repository: repository, boundary: *boundary.Policy.Arn,
	}
	s.subnets, s.group = a.subnets(t)
	return s
}

// partMistakes are found by plan, in the account.
func partMistakes(a *tenant, s surroundings) []badInput {
	image := func(uri string) settings { return imaged(settings{"code": settings{"image": settings{"uri": uri}}}) }
	return []badInput{
		{"more than the account has", settings{"concurrency": settings{"reserved": 1001}}, "concurrency.reserved", "A concurrency of 1001 cannot be reserved", "The account has 1000 in this region, 1000 of it not reserved. Lambda keeps some of that for functions without a reservation. Write 900 or less"},
		{"file system without a VPC", settings{"file_system": settings{"arn": someMount, "local_mount_path": "/mnt/data"}}, "file_system", "A file system needs a VPC", "Write vpc ="},
		{"topic that is not there", settings{"alarms": settings{"actions": []any{s.missingTopic}}}, "alarms.actions", "The alarm topic does not exist", "nobody would hear of an alarm"},
		{"topic under AWS's key", settings{"alarms": settings{"actions": []any{s.managedTopic}}}, "alarms.actions", "CloudWatch cannot write to the alarm topic", "alias/aws/sns"},
		{"topic of another region", settings{"alarms": settings{"actions": []any{"arn:aws:sns:us-east-1:" + a.id + ":on-call"}}}, "alarms.actions", "The alarm topic is in another region", "Write the ARN of a topic in eu-central-1"},
		{"image that is not there", image(s.repository + ":missing"), "code.image.uri", "The image does not exist", "Push it before plan"},
		{"repository that is not there", image(s.repository + "-api:1"), "code.image.uri", "The image does not exist", "or correct repository, tag and digest"},
		{"image of another region", image(a.id + ".dkr.ecr.us-east-1.amazonaws.com/orders:1"), "code.image.uri", "The image is in another region", "Replicate the repository"},
		{"image without tag and digest", image(s.repository), "code.image.uri", "The image does not exist", `neither tag nor digest, so the tag "latest" was looked for`},
		{"subnet that is not there", settings{"vpc": settings{"subnet_ids": []any{s.subnets[0], "subnet-0123456789abcdef0"}, "security_group_ids": []any{s.group}}}, "vpc.subnet_ids", "There is no subnet subnet-0123456789abcdef0", "Write the ids of subnets that exist"},
		{"security group that is not there", settings{"vpc": settings{"subnet_ids": []any{s.subnets[0]}, "security_group_ids": []any{"sg-0123456789abcdef0"}}}, "vpc.security_group_ids", "There is no security group sg-0123456789abcdef0", "Write the ids of security groups that exist"},
		{"layer version that is not there", layers("arn:aws:lambda:" + region + ":" + a.id + ":layer:tools:99"), "layers[0]", "The layer version does not exist", "write one that exists"},
		{"boundary that is not there", settings{"permissions_boundary": "arn:aws:iam::" + a.id + ":policy/nowhere"}, "permissions_boundary", "The permissions boundary does not exist", "Create the policy first"},
		{"boundary that withholds", settings{"permissions_boundary": s.boundary}, "permissions_boundary", "The permissions boundary withholds what Lambda asks for", "does not allow sqs:SendMessage"},
		{"image of many platforms", image(s.repository + ":many"), "code.image.uri", "The image is a list of images", "--provenance=false"},
	}
}

// accountWarnings are found by plan, in the account.
var accountWarnings = []badInput{
	{"more than Lambda leaves", settings{"minimum_posture": "baseline", "concurrency": settings{"reserved": 901}}, "concurrency.reserved", "reserved is 901, which leaves 99 for functions without a reservation, less than the 100 that AWS documented on 20", "write 900 or less"},
	{"object where a prefix was meant", settings{"minimum_posture": "baseline", "access": settings{"incoming": settings{"to": "arn:aws:s3:::acme/in/", "level": "read"}}}, `access["incoming"].to`, `The entry grants the one object "in/" and nothing below it (unit orders-api)`, `In access["incoming"].to: S3 has no folders, so this ARN is of the object that has exactly this key. For all objects below it, write to = "arn:aws:s3:::acme/in/*".`},
}
