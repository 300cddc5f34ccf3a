package access

import (
	"slices"
	"strings"
)

// aside are actions that can name a resource beside what they are about, and are
// mostly called without one: a set of metrics, a lexicon, a model of one's own.
// Read on 2026-11-29.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var aside = []string{
	"cloudwatch:GetMetricData", "cloudwatch:PutMetricData", "comprehend:DetectEntities", "polly:StartSpeechSynthesisStream",
	"polly:StartSpeechSynthesisTask", "polly:SynthesizeSpeech", "rekognition:DetectModerationLabels", "translate:TranslateDocument",
}

// Aside reports whether the resource that the action can name is beside the point.
func (a Action) Aside() bool { return slices.Contains(aside, a.Name) }

// openers are actions that let others in, or hand out what lets them in, and take no
// resource, though AWS does not count them among those that manage permissions.
// Read on 2026-11-29.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var openers = []string{
	"appsync:CreateApiKey", "chime:CreateApiKey", "lightsail:DownloadDefaultKeyPair", "lightsail:GetBucketAccessKeys",
	"ram:CreateResourceShare", "rolesanywhere:CreateProfile", "rolesanywhere:CreateTrustAnchor",
}

// opensAll reports whether the action decides who may use resources, and takes
// none of them: it is about all.
func (a Action) opensAll() bool {
	return !a.TakesResource() && (a.Level == Permissions || slices.Contains(openers, a.Name))
}

// OpensAll reports whether the statement allows an action that decides for all
// resources of a service at once who may use them.
func (g Grant) OpensAll() bool {
	for _, pattern := range g.names() {
		for _, a := range Catalogue().Matching(pattern) {
			if a.opensAll() && g.Allows(a.Name) && g.onAnything(a) {
				return true
			}
		}
	}
	return false
}

// tagKeys are how condition keys about a resource's tags begin, behind the name of
// a service or aws.
var tagKeys = []string{"resourcetag/", "existingobjecttag/"}

// BoundByTag reports whether a condition allows the action only on resources with
// a tag, whose value is given. It goes by the keys that the action has: another is
// never there, or never what it seems.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
func (g Grant) BoundByTag(a Action) bool {
	for operator, all := range g.Conditions {
		for key, values := range all {
			_, name, _ := strings.Cut(strings.ToLower(key), ":")
			if !slices.ContainsFunc(tagKeys, func(prefix string) bool { return strings.HasPrefix(name, prefix) && len(name) > len(prefix) }) {
				continue
			}
			open := slices.ContainsFunc(values, func(v string) bool { return v == "" || strings.ContainsAny(v, "*?$") })
			if a.looksAtTag(key) && g.narrows(operator, key) && len(values) > 0 && !open {
				return true
			}
		}
	}
	return false
}

// looksAtTag reports whether requests of the action carry the tags of what they
// are about under such a key. What stands for the tag's own name there is spelled
// in several ways.
func (a Action) looksAtTag(key string) bool {
	of, _, _ := strings.Cut(key, "/")
	keys := slices.Clone(a.Conditions)
	for _, r := range a.Resources {
		keys = append(keys, r.Conditions...)
	}
	return slices.ContainsFunc(keys, func(k ConditionKey) bool {
		mine, _, tag := strings.Cut(k.Name, "/")
		return tag && strings.EqualFold(mine, of)
	})
}

// sends are what a function can set itself off by.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
var sends = []string{"sqs:SendMessage", "sns:Publish", "s3:PutObject", "lambda:InvokeFunction"}

// Sends reports whether the statement lets a function send where Lambda can be
// set off.
func (g Grant) Sends() bool { return slices.ContainsFunc(sends, g.Allows) }
