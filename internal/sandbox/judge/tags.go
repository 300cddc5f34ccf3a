package judge

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

const (
	mostTags      = 50
	longestTagKey = 128
	longestTag    = 256
)

// tagText is what keys and values of tags consist of, in each of these
// services' words. The model of IAM and Logs has it too, the others' have not.
// https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// tagCarrier says how an operation carries tags and how those that are there can
// be asked for.
type tagCarrier struct {
	member string
	// adds: the resource may have tags already, and ask lists their keys.
	adds bool
	ask  func(ctx context.Context, j *judged) ([]string, error)
}

// tagCarriers are the operations that write tags.
var tagCarriers = map[string]tagCarrier{
	"iam.CreateRole":              {member: "Tags"},
	"iam.CreatePolicy":            {member: "Tags"},
	"iam.TagRole":                 {"Tags", true, iamTags("ListRoleTags", "RoleName")},
	"iam.TagPolicy":               {"Tags", true, iamTags("ListPolicyTags", "PolicyArn")},
	"lambda.CreateFunction":       {member: "Tags"},
	"lambda.TagResource":          {"Tags", true, functionTags},
	"kms.CreateKey":               {member: "Tags"},
	"kms.TagResource":             {"Tags", true, jsonTags("kms", "TrentService.ListResourceTags", "KeyId", "KeyId")},
	"logs.CreateLogGroup":         {member: "tags"},
	"logs.TagResource":            {"tags", true, jsonTags("logs", "Logs_20140328.ListTagsForResource", "resourceArn", "resourceArn")},
	"sqs.CreateQueue":             {member: "tags"},
	"sqs.TagQueue":                {"Tags", true, jsonTags("sqs", "AmazonSQS.ListQueueTags", "QueueUrl", "QueueUrl")},
	"monitoring.PutMetricAlarm":   {member: "Tags"},
	"monitoring.TagResource":      {"Tags", true, jsonTags("monitoring", "GraniteServiceVersion20100801.ListTagsForResource", "ResourceARN", "ResourceARN")},
	"secretsmanager.CreateSecret": {member: "Tags"},
	"secretsmanager.TagResource":  {"Tags", true, jsonTags("secretsmanager", "secretsmanager.DescribeSecret", "SecretId", "SecretId")},
	"sns.CreateTopic":             {member: "Tags"},
}

func tagWriters() []string { return slices.Sorted(maps.Keys(tagCarriers)) }

func tagAdders() []string {
	return slices.DeleteFunc(tagWriters(), func(operation string) bool { return !tagCarriers[operation].adds })
}

// tag is one as it was sent.
type tag struct{ path, key, value string }

// tags reads both forms: a map, and a list of pairs.
func (j *judged) tags() []tag {
	member := tagCarriers[j.x.Call.Name()].member
	var tags []tag
	switch sent := j.input[member].(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(sent)) {
			value, _ := awsmodel.AsText(sent[key])
			tags = append(tags, tag{member + "[" + key + "]", key, value})
		}
	case []any:
		for i, entry := range sent {
			pair, _ := entry.(map[string]any)
			key, value := pair["Key"], pair["Value"]
			if key == nil {
				key, value = pair["TagKey"], pair["TagValue"]
			}
			t := tag{path: fmt.Sprintf("%s[%d]", member, i)}
			t.key, _ = awsmodel.AsText(key)
			t.value, _ = awsmodel.AsText(value)
			tags = append(tags, t)
		}
	}
	return tags
}

// tagsAreFit: number, characters, lengths, AWS's own prefix, and no key twice;
// for IAM that is without regard to case.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
func tagsAreFit(j *judged) {
	tags, seen := j.tags(), map[string]bool{}
	if len(tags) > mostTags {
		j.broken(tagCarriers[j.x.Call.Name()].member, "%d tags, at most %d", len(tags), mostTags)
	}
	for _, t := range tags {
		key := t.key
		if j.x.Call.Service == "iam" {
			key = strings.ToLower(key)
		}
		if seen[key] {
			j.broken(t.path, "the key %q is there twice", t.key)
		}
		seen[key] = true
		if strings.HasPrefix(strings.ToLower(t.key), "aws:") {
			j.broken(t.path, "the key %q begins with aws:, which is AWS's own", t.key)
		}
		if t.key == "" || utf8.RuneCountInString(t.key) > longestTagKey {
			j.broken(t.path, "a key of %d characters, 1 to %d", utf8.RuneCountInString(t.key), longestTagKey)
		}
		if utf8.RuneCountInString(t.value) > longestTag {
			j.broken(t.path, "a value of %d characters, at most %d", utf8.RuneCountInString(t.value), longestTag)
		}
		for _, text := range []string{t.key, t.value} {
			if !tagText.MatchString(text) {
				j.broken(t.path, "%q has characters besides letters, digits, spaces and _.:/=+-@", text)
			}
		}
	}
}

// tagsStayFew counts the tags that are there with those that come.
func tagsStayFew(j *judged) {
	t := tagCarriers[j.x.Call.Name()]
	there, err := t.ask(j.x.Request.Context(), j)
	if err != nil {
		return // the call itself will fail
	}
	fold := func(key string) string {
		if j.x.Call.Service == "iam" {
			return strings.ToLower(key)
		}
		return key
	}
	keys := map[string]bool{}
	for _, key := range there {
		keys[fold(key)] = true
	}
	for _, sent := range j.tags() {
		keys[fold(sent.key)] = true
	}
	if len(keys) > mostTags {
		j.broken(t.member, "the resource gets %d tags, at most %d", len(keys), mostTags)
	}
}

func iamTags(operation, member string) func(context.Context, *judged) ([]string, error) {
	return func(ctx context.Context, j *judged) ([]string, error) {
		_, body, err := j.emulator.AskIAM(ctx, j.x, url.Values{"Action": {operation}, member: {j.text(member)}, "MaxItems": {"1000"}})
		return wire.XMLValues(body, "Key"), err
	}
}

func functionTags(ctx context.Context, j *judged) ([]string, error) {
	_, body, err := j.emulator.Ask(ctx, j.x, "lambda", http.MethodGet, "/2017-03-31/tags/"+url.PathEscape(j.text("Resource")), nil, nil)
	if err != nil {
		return nil, err
	}
	answer, err := wire.ParseObject(body)
	if err != nil {
		return nil, err
	}
	return keysOfTags(answer), nil
}

func jsonTags(service, target, member, from string) func(context.Context, *judged) ([]string, error) {
	return func(ctx context.Context, j *judged) ([]string, error) {
		_, answer, err := j.emulator.AskJSON(ctx, j.x, service, target, wire.Object{member: j.text(from)})
		if err != nil {
			return nil, err
		}
		return keysOfTags(answer), nil
	}
}

// keysOfTags reads the forms in which services list tags.
func keysOfTags(answer wire.Object) []string {
	var keys []string
	for _, member := range []string{"Tags", "tags"} {
		keys = append(keys, slices.Collect(maps.Keys(answer.Object(member)))...)
		pairs, _ := answer[member].([]any)
		for _, entry := range pairs {
			pair, _ := entry.(map[string]any)
			keys = append(keys, wire.Object(pair).Text("Key")+wire.Object(pair).Text("TagKey"))
		}
	}
	return keys
}
