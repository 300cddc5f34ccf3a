package deployer

import (
	"slices"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// guard is what a statement asks of a request. The order is that of the
// statements about one kind.
type guard int

const (
	free            guard = iota // nothing: reads
	used                         // nothing: it is named by its ARN, and not the unit's
	made                         // the request gives the unit's tag
	madeBounded                  // and the boundary
	madeAlarm                    // and the alarm does nothing but tell a topic
	fresh                        // no name of another: its tags do not count yet, or it has none
	owned                        // the object has the unit's tag
	ownedBounded                 // and the boundary
	attached                     // and what is attached is a unit's policy
	retagged                     // the object has the unit's tag, and keeps one
	untagged                     // and it is not the one removed
	passedToLambda               // the role goes to Lambda
	shownByLambda                // Lambda asks on the caller's behalf, to show an environment
	throughLambda                // it asks for what else it does with one
	grantedToLambda              // for a grant to itself
	throughSecrets               // Secrets Manager asks on the caller's behalf
	guards                       // how many there are
)

// asking adds a condition.
type asking func(c clauses, k kind, o Options)

// asked says of each guard how its statements are called, with the kind's noun
// filled in, and what they ask.
var asked = [guards]struct {
	sid  string
	asks []asking
}{
	free:            {sid: "Read%s"},
	used:            {sid: "Use%s"},
	made:            {"CreateOrTag%s", []asking{givesTag, isNobodyElses}},
	madeBounded:     {"Create%sWithBoundary", []asking{givesTag, isBounded}},
	madeAlarm:       {"Put%s", []asking{givesTag, tellsTopics}},
	fresh:           {"Prepare%s", []asking{isNobodyElses}},
	owned:           {"Change%s", []asking{hasTag}},
	ownedBounded:    {"Change%sWithBoundary", []asking{hasTag, isBounded}},
	attached:        {"AttachTo%s", []asking{hasTag, isBounded, isOurPolicy}},
	retagged:        {"Retag%s", []asking{hasTag, keepsTag}},
	untagged:        {"Untag%s", []asking{hasTag, leavesTag}},
	passedToLambda:  {"Pass%sToLambda", []asking{goesToLambda}},
	shownByLambda:   {"Read%sThroughLambda", []asking{viaLambda}},
	throughLambda:   {"Use%sThroughLambda", []asking{viaLambda, isNobodyElses}},
	grantedToLambda: {"GrantLambdaUseOf%s", []asking{viaLambda, isForLambda, isNobodyElses}},
	throughSecrets:  {"Use%sThroughSecretsManager", []asking{viaSecrets, isNobodyElses}},
}

// plain is the guard itself, or what is left of it where no boundary is given.
func (g guard) plain(o Options) guard {
	switch {
	case bounds(o):
	case g == madeBounded:
		return made
	case g == ownedBounded:
		return owned
	}
	return g
}

// Condition operators and keys.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const (
	arnLike            = "ArnLike"
	boolean            = "Bool"
	null               = "Null"
	stringEquals       = "StringEquals"
	stringLike         = "StringLike"
	stringLikeIfExists = "StringLikeIfExists"
	stringNotEquals    = "StringNotEquals"
	noneEquals         = "ForAllValues:StringNotEquals"
	allLike            = "ForAllValues:StringLike"
	arnNotLike         = "ArnNotLike"

	requestTag  = "aws:RequestTag/" + bp.TagUnit
	resourceTag = "aws:ResourceTag/" + bp.TagUnit
	tagKeys     = "aws:TagKeys"
	region      = "aws:RequestedRegion"
	boundary    = "iam:PermissionsBoundary"
	policyARN   = "iam:PolicyARN"
	passedTo    = "iam:PassedToService"
	viaService  = "kms:ViaService"
	forAWS      = "kms:GrantIsForAWSResource"
	aliases     = "kms:ResourceAliases"
	theirs      = "aws:ResourceAccount"

	alarmActions = "cloudwatch:AlarmActions"

	// lambdaPrincipal is Lambda in every partition.
	lambdaPrincipal = "lambda.amazonaws.com"
)

// conditions are what a guard asks for on a kind.
func (g guard) conditions(k kind, o Options) clauses {
	out := clauses{}
	if about[k].takesNone && o.Place.Region != anything {
		out.add(stringEquals, region, o.Place.Region)
	}
	for _, ask := range asked[g].asks {
		ask(out, k, o)
	}
	return out
}

func givesTag(c clauses, _ kind, o Options) { c.add(stringLike, requestTag, units(o)...) }

// hasTag is not asked for what an import takes over. A key must not have an
// alias of another besides: somebody uses it.
func hasTag(c clauses, k kind, o Options) {
	if !o.Import || !about[k].adoptable {
		c.add(stringLike, resourceTag, units(o)...)
	}
	if k == ownKeys {
		hasNoOtherAlias(c, o)
	}
}

func keepsTag(c clauses, _ kind, o Options) { c.add(stringLikeIfExists, requestTag, units(o)...) }

func leavesTag(c clauses, _ kind, _ Options) {
	c.add(noneEquals, tagKeys, bp.TagUnit)
	c.add(null, tagKeys, "false") // ForAllValues is true of nothing
}

// isNobodyElses keeps away from keys that have an alias other than a unit's, or
// another unit's tag. A key has no name in its ARN, and a tag alone is no fence:
// the deployer sets it. A new key has neither alias nor tag, or KMS does not go
// by them yet, so that both may be absent; and that is what a key without alias
// and tag cannot be told from.
// https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
func isNobodyElses(c clauses, k kind, o Options) {
	if k != ownKeys {
		return
	}
	hasNoOtherAlias(c, o)
	c.add(stringLikeIfExists, resourceTag, units(o)...)
}

func hasNoOtherAlias(c clauses, o Options) {
	names := make([]string, len(o.prefixes()))
	for i, prefix := range o.prefixes() {
		names[i] = bp.KeyAlias(prefix + anything)
	}
	c.add(allLike, aliases, names...)
}

// tellsTopics keeps alarms from stopping instances, scaling groups and whatever
// else CloudWatch does in the account's name.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-alarm-actions.html
func tellsTopics(c clauses, _ kind, o Options) {
	told := o.Topics
	if len(told) == 0 {
		told = []string{"arn:" + o.Place.Partition + ":sns:*"}
	}
	c.add(allLike, alarmActions, slices.Concat(told, o.AlarmActions)...)
}

func isBounded(c clauses, _ kind, o Options) {
	if bounds(o) {
		c.add(arnLike, boundary, o.Boundaries...)
	}
}

func isOurPolicy(c clauses, _ kind, o Options) {
	c.add(arnLike, policyARN, slices.Concat(policyARNs(o), o.Policies)...)
}

func goesToLambda(c clauses, _ kind, _ Options) { c.add(stringEquals, passedTo, lambdaPrincipal) }

func viaLambda(c clauses, _ kind, o Options) { via(c, o, "lambda") }

func viaSecrets(c clauses, _ kind, o Options) { via(c, o, "secretsmanager") }

// via is a service in its region, or in any.
func via(c clauses, o Options, service string) {
	if o.Place.Region == anything {
		c.add(stringLike, viaService, service+".*")
		return
	}
	c.add(stringEquals, viaService, o.Place.ViaService(service))
}

func isForLambda(c clauses, _ kind, _ Options) { c.add(boolean, forAWS, "true") }

// units are the values of the unit's tag.
func units(o Options) []string {
	out := make([]string, len(o.prefixes()))
	for i, prefix := range o.prefixes() {
		out[i] = prefix + anything
	}
	return out
}
