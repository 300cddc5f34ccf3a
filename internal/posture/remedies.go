package posture

import (
	"regexp"
	"strings"
)

// The remedies that depend on what the evidence is about. They follow from it alone,
// so that a plan, an apply and an audit say the same.

// remedyFor is what to do about evidence that the control is not met.
func (c Control) remedyFor(evidence string) string {
	if c.remedy == nil {
		return c.Remedy
	}
	if text := c.remedy(evidence); text != "" {
		return text
	}
	return c.Remedy
}

const (
	moveVariable = "Move the value to secret_values_wo, which keeps it in a secret of the unit's own and out of the state; or put it into Secrets Manager or Parameter Store and its ARN into secrets."
	clearTag     = "Take the secret out of the tags: no tag may hold one, neither in its value nor in its key, since anybody who may list tags could read it."
	clearHouse   = "Take the secret out of default_tags in the provider block: no tag may hold one, neither in its value nor in its key, since anybody who may list tags could read it."
	clearText    = "Take the secret out of the description: anybody who may list functions could read it."
	replace      = "Replace the secret, since others may have it by now."
)

// remedyOfSecrets begins with what to do where the secrets are.
func remedyOfSecrets(evidence string) string {
	var variables, tags, house, text string
	for _, item := range items(evidence) {
		switch _, of, isKey := strings.Cut(item, "a key of "); {
		case begins(item, "environment.") || isKey && begins(of, "environment "):
			variables = moveVariable
		case begins(item, "tags.") || isKey && begins(of, "tags "):
			tags = clearTag
		case begins(item, "default_tags.") || isKey && begins(of, "default_tags "):
			house = clearHouse
		case begins(item, "description ") || begins(item, "function.description"):
			text = clearText
		}
	}
	exposed := joined(tags, house, text)
	if exposed != "" {
		exposed += " " + replace
	}
	return joined(variables, exposed)
}

const (
	ownQueueTLS   = "Apply again: the policy of the unit's own queue denies everything else."
	givenQueueTLS = "Have the policy of the given queue deny sqs:* where aws:SecureTransport is false: the unit changes no queue that it is given."
	givenTLS      = "no statement of the given queue's policy denies aws:SecureTransport = false"
	ownTLS        = "no statement of dead_letter_queue.policy denies aws:SecureTransport = false"

	ownTarget   = "Apply again: statements of the unit's own queue that are not the unit's are removed."
	givenTarget = "In the policy of the given queue or topic, name the principals, and the source of a service: the unit does not change that policy."

	ownKey   = "Apply again: statements of the unit's own key that are not the unit's are removed."
	givenKey = "In the policy of the given key, name the principals, or bind it to the account with kms:CallerAccount: the unit does not change that policy."

	ownEncryption   = "Leave kms_key_arn out for a key of the unit's own, or name a customer-managed one."
	givenEncryption = "Switch encryption on for the given queue, with a key of any kind: the unit changes no queue that it is given."
	unencrypted     = "the given dead-letter queue is not encrypted"
)

// whoseStatement tells an own object from a given one by what the evidence calls it.
func whoseStatement(own, given string, isGiven *regexp.Regexp) func(string) string {
	return func(evidence string) string {
		var first, second string
		for _, item := range items(evidence) {
			if isGiven.MatchString(item) {
				second = given
			} else {
				first = own
			}
		}
		return joined(first, second)
	}
}

// whoseEvidence does so by a sentence that only a given one has.
func whoseEvidence(own, given, sentence string) func(string) string {
	return func(evidence string) string {
		if strings.Contains(evidence, sentence) {
			return given
		}
		return own
	}
}

var (
	ofGivenTarget = regexp.MustCompile(`^(?:the \d+(?:st|nd|rd|th) statement of )?arn:`)
	ofGivenKey    = regexp.MustCompile(`^(?:the \d+(?:st|nd|rd|th) statement of )?key arn:`)
	// subjects are what evidence begins with that is about statements.
	subjects = regexp.MustCompile(`^(?:version \d+: )?(?:(?:dead-letter queue or destination|key policy): )?`)
)

// items are what evidence lists, each with its reason in parentheses.
func items(evidence string) []string {
	rest := evidence[len(subjects.FindString(evidence)):]
	var out []string
	depth, begin := 0, 0
	for at := range len(rest) {
		switch rest[at] {
		case '(':
			depth++
		case ')':
			depth = max(0, depth-1)
		case ',':
			if depth == 0 && strings.HasPrefix(rest[at:], ", ") {
				out, begin = append(out, rest[begin:at]), at+len(", ")
			}
		}
	}
	return append(out, rest[begin:])
}

func begins(text, with string) bool { return strings.HasPrefix(text, with) }

// joined are the texts that are not empty.
func joined(texts ...string) string {
	var out []string
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, " ")
}
