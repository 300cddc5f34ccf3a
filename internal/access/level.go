package access

import (
	"fmt"
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
	return grantLevel{join(a.actions, b.actions), join(a.key, b.key)}
}

// Levels of the services, after the SAM connectors of aws-sam-translator and
// the services' own pages on the permissions of callers. Actions that only look
// at a resource's settings are left out.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var (
	s3Read  = grantLevel{[]string{"s3:GetObject", "s3:ListBucket"}, reads}
	s3Write = grantLevel{[]string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"}, writes}

	s3ObjectRead  = grantLevel{[]string{"s3:GetObject"}, reads}
	s3ObjectWrite = grantLevel{[]string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"}, writes}

	tableRead  = grantLevel{[]string{"dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, reads}
	tableWrite = grantLevel{[]string{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, reads}
	indexRead  = grantLevel{[]string{"dynamodb:Query", "dynamodb:Scan"}, reads}

	streamRead  = grantLevel{[]string{"kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"}, reads}
	streamWrite = grantLevel{[]string{"kinesis:PutRecord", "kinesis:PutRecords"}, writes}
)

var targets = []target{
	{
		service: "s3", noun: "bucket", form: regexp.MustCompile(`^[^/*]+$`),
		resources: func(arn string) []string { return []string{arn, arn + "/*"} },
		levels:    map[string]grantLevel{"read": s3Read, "write": s3Write, "read_write": union(s3Read, s3Write)},
		// With a bucket key the context is the bucket, without one the object.
		context: func(arn string) (string, []string) { return "aws:s3:arn", []string{arn, arn + "/*"} },
	},
	{
		service: "s3", noun: "object, or all objects below a prefix", form: regexp.MustCompile(`^[^/*]+/.+$`), resources: itself,
		levels: map[string]grantLevel{"read": s3ObjectRead, "write": s3ObjectWrite, "read_write": union(s3ObjectRead, s3ObjectWrite)},
		context: func(arn string) (string, []string) {
			bucket, _, _ := strings.Cut(arn, "/")
			return "aws:s3:arn", []string{bucket, arn}
		},
	},
	{
		service: "dynamodb", noun: "table", form: regexp.MustCompile(`^table/[^/*]+$`),
		resources: func(arn string) []string { return []string{arn, arn + "/index/*"} },
		levels:    map[string]grantLevel{"read": tableRead, "write": tableWrite, "read_write": union(tableRead, tableWrite)},
		context:   tableContext,
	},
	{
		service: "dynamodb", noun: "index", form: regexp.MustCompile(`^table/[^/*]+/index/.+$`), resources: itself,
		levels: map[string]grantLevel{"read": indexRead}, context: tableContext,
	},
	{
		service: "dynamodb", noun: "stream", form: regexp.MustCompile(`^table/[^/*]+/stream/.+$`), resources: itself,
		levels:  map[string]grantLevel{levelConsume: {[]string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}, reads}},
		context: tableContext,
	},
	{
		service: "sqs", noun: "queue", form: regexp.MustCompile(`^[^/:*]+$`), resources: itself, context: contextOf("aws:sqs:arn"),
		levels: map[string]grantLevel{
			"send":       {[]string{"sqs:SendMessage"}, writes},
			levelConsume: {[]string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, reads},
		},
	},
	{
		service: "sns", noun: "topic", form: regexp.MustCompile(`^[^/:*]+$`), resources: itself, context: contextOf("aws:sns:topicArn"),
		levels: map[string]grantLevel{"publish": {[]string{"sns:Publish"}, writes}},
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
		levels: map[string]grantLevel{"read": {[]string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, reads}},
	},
	{
		service: "ssm", noun: "parameter", form: regexp.MustCompile(`^parameter/.+$`), resources: itself, context: contextOf("PARAMETER_ARN"),
		levels: map[string]grantLevel{"read": {[]string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"}, reads}},
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

// Given is what a function is given on one resource.
type Given struct {
	Statement bp.Statement
	// Key is what it needs of the resource's key; null without one.
	Key bp.Value[bp.Statement]
}

// GiveError says why a level cannot be given.
type GiveError struct {
	At, What, Why, Write string
}

func (e *GiveError) Error() string { return fmt.Sprintf("%s. %s. %s", e.What, e.Why, e.Write) }

// Give expands a level on a resource into the least that does it. A key, if the
// resource is encrypted with one, is opened for that service and resource only.
func Give(to, level, key string) (Given, error) {
	t, err := find(to)
	if err != nil {
		return Given{}, err
	}
	l, ok := t.levels[level]
	if !ok {
		return Given{}, &GiveError{
			At: "level", What: fmt.Sprintf("%q is not a level of a %s", level, t.noun), Why: "Each service has levels of its own",
			Write: "Write " + quoted(slices.Sorted(maps.Keys(t.levels))) + ", or name actions and resources instead of to and level",
		}
	}
	out := Given{Statement: bp.Statement{
		Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf(l.actions...)), Resources: bp.Known(bp.SetOf(t.resources(to)...)),
	}}
	if key == "" {
		return out, nil
	}
	if len(l.key) == 0 {
		return Given{}, &GiveError{
			At: "kms_key_arn", What: fmt.Sprintf("A %s needs no key of its caller", t.noun), Why: "The service uses the key on its own account, and a permission that nobody needs is one too many",
			Write: "Leave kms_key_arn out",
		}
	}
	// A key is used where it is, which need not be where the caller is.
	where, ok := bp.PlaceOf(key)
	if !ok || !strings.Contains(key, ":key/") {
		return Given{}, &GiveError{
			At: "kms_key_arn", What: fmt.Sprintf("%q is not the ARN of a key", key), Why: "A policy names a key by its ARN; an alias can be pointed elsewhere",
			Write: "Write an ARN such as \"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\"",
		}
	}
	name, values := t.context(to)
	out.Key = bp.Known(bp.Statement{
		Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf(l.key...)), Resources: bp.Known(bp.SetOf(key)),
		Conditions: bp.Known(bp.Conditions{
			"StringEquals": bp.Known(map[string]bp.Value[bp.Set]{"kms:ViaService": bp.Known(bp.SetOf(where.ViaService(t.service)))}),
			"StringLike":   bp.Known(map[string]bp.Value[bp.Set]{"kms:EncryptionContext:" + name: bp.Known(bp.SetOf(values...))}),
		}),
	})
	return out, nil
}

func find(to string) (target, error) {
	fields := strings.SplitN(to, ":", arnFields)
	if len(fields) != arnFields || fields[0] != "arn" {
		return target{}, &GiveError{At: "to", What: fmt.Sprintf("%q is not an ARN", to), Why: "The service is read from it", Write: "Write the ARN of what the function uses"}
	}
	var nouns []string
	for _, t := range targets {
		if t.service != fields[2] {
			continue
		}
		// An S3 ARN with a region is that of an access point.
		if t.form.MatchString(fields[5]) && (t.service != "s3" || fields[3] == "" && fields[4] == "") {
			return t, nil
		}
		nouns = append(nouns, t.noun)
	}
	if len(nouns) > 0 {
		return target{}, &GiveError{
			At: "to", What: fmt.Sprintf("%q is no single resource of %s that has levels", to, fields[2]), Why: "Levels are for one resource at a time, and wildcards would make it many",
			Write: "Write the ARN of a " + strings.Join(nouns, ", or of a ") + ", or name actions and resources",
		}
	}
	return target{}, &GiveError{
		At: "to", What: fmt.Sprintf("Service %q has no levels", fields[2]), Why: "Levels are known for " + strings.Join(LevelServices(), ", "),
		Write: "Name actions and resources instead of to and level",
	}
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

func quoted(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = fmt.Sprintf("%q", t)
	}
	return strings.Join(out, ", ")
}
