package posture

import (
	"fmt"
	"regexp"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// settings are what the controls look at, as paths into the blueprint. One that
// others may set has another remedy: what the configuration says of it is ignored.
var settings = map[string][]string{
	NoPlaintextSecrets:      {"function.environment", "function.description"},
	"environment-encrypted": {"function.kms_key_arn"},
	SupportedRuntime:        {"function.runtime"},
	"latest-runtime":        {"function.runtime"},
	"tracing-active":        {"function.tracing"},
	"reserved-concurrency":  {"function.reserved_concurrency"},
	"in-vpc":                {"function.network"},
	"vpc-multi-az":          {"function.network"},
	"code-signing":          {"function.code_signing_config_arn"},
	"own-layers":            {"function.layers"},
	"sized-on-purpose":      {"function.memory_size", "function.timeout"},
	"structured-logs":       {"function.logging"},
	"recursion-stopped":     {"function.recursion"},
	"no-public-invoke":      {"permissions.granted", "permissions.unexpected"},
	"invoke-by-source":      {"permissions.granted", "permissions.unexpected"},
	"dead-letter-target":    {"function.dead_letter_target_arn"},
	"log-group-encrypted":   {"log_group.kms_key_arn"},
	"log-retention":         {"log_group.retention_days"},
	"secret-encrypted":      {"secret.kms_key_arn"},
	"secret-rotated":        {"secret.rotation"},
	"secret-not-public":     {"secret.unexpected_policy"},
	"queue-encrypted":       {"dead_letter_queue.kms_key_arn"},
	"queue-tls-only":        {"dead_letter_queue.policy"},
	"key-rotation":          {"key.rotation"},
	"key-enabled":           {"key.enabled"},
	"alarm-actions":         {"alarms.*.actions"},
	"alarm-actions-enabled": {"alarms.*.actions_enabled"},
	"trust-confused-deputy": {"role.trust"},

	"no-administrator-policy": {"role.attached_policies"},
	"no-aws-managed-policies": {"role.attached_policies"},
	"no-inline-policies":      {"role.inline_policies"},
	"no-wildcard-admin":       policies,
	"no-wildcard-actions":     policies,
	"no-wildcard-resources":   policies,
	"no-inverse-statements":   policies,
	"no-privilege-escalation": policies,
	"no-passrole-wildcard":    policies,
	"no-decrypt-all-keys":     policies,
}

// policies are where rights come from beside the unit's own policy.
var policies = []string{"role.attached_policies", "role.inline_policies"}

// traces are what evidence has in it where one of several settings is what it is
// about.
var traces = map[string]*regexp.Regexp{
	"function.environment":   regexp.MustCompile(`\benvironment\b`),
	"function.description":   regexp.MustCompile(`\bfunction\.description\b`),
	"function.memory_size":   regexp.MustCompile(`\bmemory_size\b`),
	"function.timeout":       regexp.MustCompile(`\btimeout\b`),
	"permissions.granted":    regexp.MustCompile(`[:,] [\w-]+(, | \(|$)`),
	"permissions.unexpected": regexp.MustCompile(`[:,] [\w-]+/[\w-]+(, | \(|$)`), // QUALIFIER/SID; a label has no slash
	"role.attached_policies": bp.PolicyInText,
	"role.inline_policies":   regexp.MustCompile(`\binline[ _]polic`),
}

// RemedyBeside is the remedy of a control that is not met, where ignore_drift leaves
// settings to others. It follows from the control and the evidence, so that a plan
// and an apply say the same.
func RemedyBeside(c Control, evidence string, left bp.Value[bp.Set]) string {
	paths, _ := left.Or(nil).Strings()
	for _, path := range paths {
		for _, setting := range settings[c.ID] {
			if concerns(path, setting, evidence) {
				return fmt.Sprintf("ignore_drift leaves %s to others, so nothing that is written about it here changes what they set. Change it where it is managed; or take %q out of ignore_drift, and then %s", path, path, continued(c.remedyFor(evidence)))
			}
		}
	}
	return c.remedyFor(evidence)
}

// continued is a text as it goes on in a sentence.
func continued(text string) string { return strings.ToLower(text[:1]) + text[1:] }

// concerns reports whether evidence of a control that looks at a setting is about a
// path that is left to others: the setting, or something within it.
func concerns(path, setting, evidence string) bool {
	steps, of := strings.Split(path, "."), strings.Split(setting, ".")
	if len(steps) < len(of) {
		return false
	}
	for i, step := range of {
		if step != "*" && step != steps[i] || step == "*" && !strings.Contains(evidence, steps[i]) {
			return false
		}
	}
	trace := traces[setting]
	return trace == nil || trace.MatchString(evidence)
}

// Beside gives each judgement the remedy that it has where settings are left to
// others.
func Beside(judgements []Judgement, left bp.Value[bp.Set]) []Judgement {
	for i, j := range judgements {
		if j.Outcome == Fail || j.Outcome == NeedsInput {
			judgements[i].Remedy = RemedyBeside(j.Control, j.Evidence, left)
		}
	}
	return judgements
}
