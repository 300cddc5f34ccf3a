package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// policyKind is what a policy is attached to, which decides its grammar.
type policyKind int

const (
	identityPolicy policyKind = iota // of a role: resources and no principal
	trustDocument                    // of a role: principals and no resource
	resourcePolicy                   // of a key, secret or queue: principals
)

const (
	// https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
	keyPolicyLimit = 32768
	// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
	secretPolicyLimit = 20480
)

// policyRule holds a member that is a policy against IAM's grammar and size.
// IAM does not count white space, keys and secrets do.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func policyRule(member string, kind policyKind, limit int) func(*judged) {
	return func(j *judged) {
		text := j.text(member)
		if text == "" {
			return // the model says whether it may be missing
		}
		size := utf8.RuneCountInString(text)
		if kind != resourcePolicy {
			for _, r := range text {
				if unicode.IsSpace(r) {
					size--
				}
			}
		}
		if size > limit {
			j.broken(member, "policy of %d characters, at most %d", size, limit)
		}
		j.policy(member, text, kind)
	}
}

// policy reports what breaks the grammar.
func (j *judged) policy(member, text string, kind policyKind) {
	var document struct {
		Version   *string
		ID        any `json:"Id"`
		Statement policy.OneOrMany[map[string]any]
	}
	if err := decodeStrictly(text, &document); err != nil {
		j.broken(member, "not a policy: %v", err)
		return
	}
	if v := document.Version; v != nil && *v != "2012-10-17" && *v != "2008-10-17" {
		j.broken(member+".Version", "%q is no version of the policy language", *v)
	}
	if len(document.Statement) == 0 {
		j.broken(member+".Statement", "required")
	}
	sids := map[string]bool{}
	for i, statement := range document.Statement {
		path := fmt.Sprintf("%s.Statement[%d]", member, i)
		if sid, _ := statement["Sid"].(string); sid != "" {
			if sids[sid] {
				j.broken(path+".Sid", "%q is there twice", sid)
			}
			sids[sid] = true
			if kind != resourcePolicy && !policy.SidForm.MatchString(sid) {
				j.broken(path+".Sid", "%q does not match [0-9A-Za-z]*", sid)
			}
		}
		j.statement(path, statement, kind)
	}
}

func decodeStrictly(text string, into any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return fmt.Errorf("more than one JSON value")
	}
	return nil
}

var statementElements = []string{
	"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}

func (j *judged) statement(path string, s map[string]any, kind policyKind) {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if !slices.Contains(statementElements, name) {
			j.broken(path+"."+name, "unknown element")
		}
	}
	if s["Effect"] != "Allow" && s["Effect"] != "Deny" {
		j.broken(path+".Effect", "%v is neither Allow nor Deny", s["Effect"])
	}
	j.oneOf(path, s, true, "Action", "NotAction")
	j.oneOf(path, s, kind == identityPolicy, "Resource", "NotResource")
	j.oneOf(path, s, kind != identityPolicy, "Principal", "NotPrincipal")
	if kind == identityPolicy && (s["Principal"] != nil || s["NotPrincipal"] != nil) {
		j.broken(path+".Principal", "a policy of a role has no principal")
	}
	if kind == trustDocument && (s["Resource"] != nil || s["NotResource"] != nil) {
		j.broken(path+".Resource", "a trust policy has no resource")
	}
	for _, element := range []string{"Action", "NotAction"} {
		for _, action := range j.texts(path+"."+element, s[element]) {
			if action != "*" && !actionForm.MatchString(action) {
				j.broken(path+"."+element, "%q is not service:action or *", action)
			}
		}
	}
	for _, element := range []string{"Resource", "NotResource"} {
		for _, resource := range j.texts(path+"."+element, s[element]) {
			if resource != "*" && !isARNPattern(resource) {
				j.broken(path+"."+element, "%q is neither an ARN nor *", resource)
			}
		}
	}
	j.principals(path+".Principal", s["Principal"])
	j.conditions(path+".Condition", s["Condition"])
}

var actionForm = regexp.MustCompile(`^[A-Za-z0-9-]+:[A-Za-z0-9*?-]+$`)

// isARNPattern: six parts of which partition and service say something.
func isARNPattern(resource string) bool {
	parts := strings.SplitN(resource, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[1] != "" && parts[2] != "" && parts[5] != ""
}

// oneOf: not both of two elements, and one if it has to be there.
func (j *judged) oneOf(path string, s map[string]any, needed bool, one, other string) {
	_, first := s[one]
	_, second := s[other]
	if first && second {
		j.broken(path, "both %s and %s", one, other)
	}
	if needed && !first && !second {
		j.broken(path, "neither %s nor %s", one, other)
	}
}

// texts are an element's one or more strings.
func (j *judged) texts(path string, element any) []string {
	switch v := element.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case []any:
		if len(v) == 0 {
			j.broken(path, "an empty list")
		}
		var texts []string
		for _, entry := range v {
			if text, ok := entry.(string); ok {
				texts = append(texts, text)
			} else {
				j.broken(path, "not a string: %v", entry)
			}
		}
		return texts
	default:
		j.broken(path, "neither a string nor a list")
		return nil
	}
}

func (j *judged) principals(path string, principal any) {
	switch v := principal.(type) {
	case nil:
	case string:
		if v != "*" {
			j.broken(path, "%q is not *", v)
		}
	case map[string]any:
		for _, kind := range slices.Sorted(maps.Keys(v)) {
			if !slices.Contains([]string{"AWS", "Service", "Federated", "CanonicalUser"}, kind) {
				j.broken(path, "%s is no kind of principal", kind)
			}
			for _, name := range j.texts(path+"."+kind, v[kind]) {
				if kind == "AWS" && name != "*" && !wire.IsAccount(name) && !isARNPattern(name) {
					j.broken(path+"."+kind, "%q is neither an ARN, an account nor *", name)
				}
			}
		}
	default:
		j.broken(path, "neither * nor a map")
	}
}

// conditionOperator is one of IAM's, with its set prefix and suffix.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var conditionOperator = regexp.MustCompile(`^(?:(?:ForAllValues|ForAnyValue):)?(?:Null|(?:String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)|` +
	`(?:Numeric|Date)(?:(?:Not)?Equals|(?:LessThan|GreaterThan)(?:Equals)?)|Bool|BinaryEquals|(?:Not)?IpAddress|Arn(?:Not)?(?:Equals|Like))(?:IfExists)?)$`)

func (j *judged) conditions(path string, conditions any) {
	if conditions == nil {
		return
	}
	operators, ok := conditions.(map[string]any)
	if !ok {
		j.broken(path, "not a map")
		return
	}
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		if !conditionOperator.MatchString(operator) {
			j.broken(path+"."+operator, "no condition operator")
		}
		keys, ok := operators[operator].(map[string]any)
		if !ok || len(keys) == 0 {
			j.broken(path+"."+operator, "not a map of condition keys")
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if !strings.Contains(key, ":") {
				j.broken(path+"."+operator+"."+key, "no condition key")
			}
		}
	}
}

// queuePolicy: the policy of a queue is one of its attributes.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
func queuePolicy(j *judged) {
	attributes, _ := j.input["Attributes"].(map[string]any)
	if text, _ := attributes["Policy"].(string); text != "" {
		j.policy("Attributes.Policy", text, resourcePolicy)
	}
}
