package access

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// target is a kind of resource that a function can be given access to.
type target struct {
	service string
	// noun says what the ARN is of.
	noun string
	form *regexp.Regexp // of the ARN's resource
	// resources are what a statement names for an ARN.
	resources func(arn string) []string
	levels    map[string]grantLevel
	// context is the encryption context under which the service uses a key.
	context func(arn string) (key string, values []string)
}

// grantLevel is what one level allows.
type grantLevel struct {
	actions []string
	// key is what the function's role needs of the key that the resource is
	// encrypted with; none where the service needs nothing of the caller.
	key []string
	// on are what a statement names for an ARN, where the target's resources
	// are more than the actions can be of.
	on func(arn string) []string
	// within bounds the statement beside its resources.
	within func(arn string) bp.Conditions
}

var (
	reads  = []string{"kms:Decrypt"}
	writes = []string{"kms:Decrypt", "kms:GenerateDataKey"}
)

func itself(arn string) []string { return []string{arn} }

// contextOf names the resource in the encryption context.
func contextOf(key string) func(string) (string, []string) {
	return func(arn string) (string, []string) { return key, []string{arn} }
}

func union(a, b grantLevel) grantLevel {
	join := func(x, y []string) []string {
		all := slices.Concat(x, y)
		slices.Sort(all)
		return slices.Compact(all)
	}
	return grantLevel{actions: join(a.actions, b.actions), key: join(a.key, b.key)}
}

// Levels of the services, after the SAM connectors of aws-sam-translator and
// the services' own pages on the permissions of callers. Actions that only look
// at a resource's settings are left out.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var (
	s3Read  = grantLevel{actions: []string{"s3:GetObject", "s3:ListBucket"}, key: reads}
	s3Write = grantLevel{actions: []string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"}, key: writes}

	s3ObjectRead  = grantLevel{actions: []string{"s3:GetObject"}, key: reads}
	s3ObjectWrite = grantLevel{actions: []string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"}, key: writes}

	s3Put  = grantLevel{actions: []string{"s3:AbortMultipartUpload", "s3:PutObject"}, key: writes, on: objectsOf}
	s3List = grantLevel{actions: []string{"s3:ListBucket"}, on: bucketOf}

	s3ObjectPut  = grantLevel{actions: []string{"s3:AbortMultipartUpload", "s3:PutObject"}, key: writes}
	s3ObjectList = grantLevel{actions: []string{"s3:ListBucket"}, on: bucketOf, within: prefixOf}

	tableRead  = grantLevel{actions: []string{"dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, key: reads}
	tableWrite = grantLevel{actions: []string{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, key: reads}
	// BatchWriteItem deletes too, and asks for no permission but its own.
	tablePut  = grantLevel{actions: []string{"dynamodb:PutItem", "dynamodb:UpdateItem"}, key: reads, on: itself}
	indexRead = grantLevel{actions: []string{"dynamodb:Query", "dynamodb:Scan"}, key: reads}

	streamRead  = grantLevel{actions: []string{"kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"}, key: reads}
	streamWrite = grantLevel{actions: []string{"kinesis:PutRecord", "kinesis:PutRecords"}, key: writes}
)

var targets = []target{
	{
		service: "s3", noun: "bucket", form: regexp.MustCompile(`^[^/*]+$`),
		resources: func(arn string) []string { return []string{arn, arn + "/*"} },
		levels:    map[string]grantLevel{"read": s3Read, "write": s3Write, "read_write": union(s3Read, s3Write), "put": s3Put, levelList: s3List},
		// With a bucket key the context is the bucket, without one the object.
		context: func(arn string) (string, []string) { return "aws:s3:arn", []string{arn, arn + "/*"} },
	},
	{
		service: "s3", noun: "object, or all objects below a prefix", form: regexp.MustCompile(`^[^/*]+/.+$`), resources: itself,
		levels: map[string]grantLevel{"read": s3ObjectRead, "write": s3ObjectWrite, "read_write": union(s3ObjectRead, s3ObjectWrite), "put": s3ObjectPut, levelList: s3ObjectList},
		context: func(arn string) (string, []string) {
			bucket, _, _ := strings.Cut(arn, "/")
			return "aws:s3:arn", []string{bucket, arn}
		},
	},
	{
		service: "dynamodb", noun: "table", form: regexp.MustCompile(`^table/[^/*]+$`),
		resources: func(arn string) []string { return []string{arn, arn + "/index/*"} },
		levels:    map[string]grantLevel{"read": tableRead, "write": tableWrite, "read_write": union(tableRead, tableWrite), "put": tablePut},
		context:   tableContext,
	},
	{
		service: "dynamodb", noun: "index", form: regexp.MustCompile(`^table/[^/*]+/index/.+$`), resources: itself,
		levels: map[string]grantLevel{"read": indexRead}, context: tableContext,
	},
	{
		service: "dynamodb", noun: "stream", form: regexp.MustCompile(`^table/[^/*]+/stream/.+$`), resources: itself,
		levels:  map[string]grantLevel{levelConsume: {actions: []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}, key: reads}},
		context: tableContext,
	},
	{
		service: "sqs", noun: "queue", form: regexp.MustCompile(`^[^/:*]+$`), resources: itself, context: contextOf("aws:sqs:arn"),
		levels: map[string]grantLevel{
			"send":       {actions: []string{"sqs:SendMessage"}, key: writes},
			levelConsume: {actions: []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, key: reads},
		},
	},
	{
		service: "sns", noun: "topic", form: regexp.MustCompile(`^[^/:*]+$`), resources: itself, context: contextOf("aws:sns:topicArn"),
		levels: map[string]grantLevel{"publish": {actions: []string{"sns:Publish"}, key: writes}},
	},
	{
		service: "kinesis", noun: "stream", form: regexp.MustCompile(`^stream/[^/*]+$`), resources: itself, context: contextOf("aws:kinesis:arn"),
		levels: map[string]grantLevel{levelConsume: streamRead, "write": streamWrite, "read_write": union(streamRead, streamWrite)},
	},
	{
		service: "events", noun: "event bus", form: regexp.MustCompile(`^event-bus/.+$`), resources: itself,
		levels: map[string]grantLevel{"put_events": {actions: []string{"events:PutEvents"}}},
	},
	{
		service: "lambda", noun: "function, version or alias", form: regexp.MustCompile(`^function:[^:*]+(:[^:*]+)?$`), resources: itself,
		levels: map[string]grantLevel{"invoke": {actions: []string{"lambda:InvokeFunction"}}},
	},
	{
		service: "states", noun: "state machine", form: regexp.MustCompile(`^stateMachine:[^*]+$`), resources: itself,
		levels: map[string]grantLevel{
			"start": {actions: []string{"states:StartExecution"}}, "start_sync": {actions: []string{"states:StartSyncExecution"}},
		},
	},
	{
		service: "secretsmanager", noun: "secret", form: regexp.MustCompile(`^secret:[^*]+$`), resources: itself, context: contextOf("SecretARN"),
		levels: map[string]grantLevel{"read": {actions: []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, key: reads}},
	},
	{
		service: "ssm", noun: "parameter", form: regexp.MustCompile(`^parameter/.+$`), resources: itself, context: contextOf("PARAMETER_ARN"),
		levels: map[string]grantLevel{"read": {actions: []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"}, key: reads}},
	},
	{
		service: "kms", noun: "key", form: regexp.MustCompile(`^key/[^*]+$`), resources: itself,
		levels: map[string]grantLevel{
			"decrypt": {actions: []string{"kms:Decrypt"}}, "encrypt": {actions: []string{"kms:Encrypt", "kms:GenerateDataKey"}},
		},
	},
	{
		service: "firehose", noun: "delivery stream", form: regexp.MustCompile(`^deliverystream/[^*]+$`), resources: itself,
		levels: map[string]grantLevel{"write": {actions: []string{"firehose:PutRecord", "firehose:PutRecordBatch"}}},
	},
	{
		service: "appconfig", noun: "configuration of an environment", form: regexp.MustCompile(`^application/[^/*]+/environment/[^/*]+/configuration/.+$`), resources: itself,
		levels: map[string]grantLevel{"read": {actions: []string{"appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"}}},
	},
	{
		service: "bedrock", noun: "model or inference profile", form: regexp.MustCompile(`^(?:foundation-model|inference-profile|application-inference-profile|provisioned-model|custom-model)/[^*]+$`), resources: itself,
		levels: map[string]grantLevel{"invoke": {actions: []string{"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"}}},
	},
}

// tableContext is that of a table, whatever of it is read.
func tableContext(arn string) (string, []string) {
	table, _, _ := strings.Cut(arn[strings.Index(arn, "table/")+len("table/"):], "/")
	return "aws:dynamodb:tableName", []string{table}
}

// levelConsume is what event source mappings need: they poll with the
// function's role.
const levelConsume = "consume"

// UsedOutside reports whether services make the calls of a level with the role,
// outside the function's code. Such calls do not carry
// lambda:SourceFunctionArn.
// https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
func UsedOutside(level string) bool { return level == levelConsume }

// LevelServices lists the services that have levels.
func LevelServices() []string {
	var out []string
	for _, t := range targets {
		out = append(out, t.service)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// LevelOf is one service, kind of resource and level, for documentation.
type LevelOf struct {
	Service, Resource, Level string
	Actions, Key             []string
}

// AllLevels lists every level there is.
func AllLevels() []LevelOf {
	var out []LevelOf
	for _, t := range targets {
		for _, name := range slices.Sorted(maps.Keys(t.levels)) {
			out = append(out, LevelOf{t.service, t.noun, name, t.levels[name].actions, t.levels[name].key})
		}
	}
	return out
}
