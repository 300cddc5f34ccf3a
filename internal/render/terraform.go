package render

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// module is a Terraform module being written.
type module struct {
	*draft

	blocks           []block
	terraformVersion string
}

// block is a block of Terraform's language. Members of its body whose value is
// of type nested are blocks themselves.
type block struct {
	kind   string
	labels []string
	body   fields
}

// nested are the bodies of inner blocks of one name.
type nested []fields

// encoded is a value that goes through jsonencode.
type encoded struct{ value any }

// expression is Terraform's own language.
type expression string

// this is the name of resources that a module has once.
const this = "this"

func (m *module) add(kind, name string, pairs ...any) {
	m.blocks = append(m.blocks, block{kind: "resource", labels: []string{kind, name}, body: object(pairs...)})
}

func (d *draft) terraform() (string, error) {
	m, err := d.module()
	if err != nil {
		return "", err
	}
	return m.hcl()
}

// module lays out the resources of a unit.
func (d *draft) module() (*module, error) {
	m := &module{draft: d, terraformVersion: terraformVersion}
	for _, add := range []func() error{m.key, m.policies, m.role, m.logGroup, m.queue, m.secret, m.function, m.settings, m.served, m.permissions, m.alarms} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// tagMap is how all resources take tags.
func (d *draft) tagMap() any { return texts(d.Tags.Or(nil)) }

func (m *module) key() error {
	key, exists := m.Key.Get()
	if !exists {
		return nil
	}
	policy, _ := key.Policy.Get()
	written, err := document(policy.Statements(), policy.Unexpected)
	if err != nil {
		return err
	}
	m.add("aws_kms_key", this,
		"description", text(key.Description),
		"is_enabled", whether("key.enabled", key.Enabled),
		"enable_key_rotation", whether("key.rotation", key.Rotation),
		"deletion_window_in_days", int64(30),
		"policy", encoded{written},
		"tags", m.tagMap(),
	)
	if alias := text(key.Alias); alias != nil {
		m.add("aws_kms_alias", this, "name", alias, "target_key_id", reference(objectKey, attributeName))
	}
	return nil
}

func (m *module) policies() error {
	policy, exists := m.Policy.Get()
	if !exists {
		return nil
	}
	documents, err := m.policyDocuments(policy)
	if err != nil {
		return err
	}
	function, _ := m.Function.Get()
	for i, written := range documents {
		m.add("aws_iam_policy", policyName(i),
			"name", part(policy.Name.Or(""), i), "path", text(policy.Path), "description", text(bp.Map(function.Name, bp.PolicyDescription)),
			"policy", encoded{written}, "tags", m.tagMap())
	}
	return nil
}

// policyName is the name of the n-th policy, counted from 0.
func policyName(n int) string {
	if n == 0 {
		return this
	}
	return this + "_" + strconv.Itoa(n+1)
}

func (m *module) role() error {
	role, exists := m.Role.Get()
	if !exists {
		return nil
	}
	trust, _ := role.Trust.Get()
	written, err := document(trust.Statements(), trust.Unexpected)
	if err != nil {
		return err
	}
	attached, err := m.attachments(role)
	if err != nil {
		return err
	}
	m.add("aws_iam_role", this,
		"name", text(role.Name), "path", text(role.Path), "description", text(role.Description),
		"permissions_boundary", text(role.PermissionsBoundary),
		"assume_role_policy", encoded{written}, "tags", m.tagMap())
	for i, arn := range attached {
		m.add("aws_iam_role_policy_attachment", policyName(i), "role", reference(objectRole, attributeName), "policy_arn", arn)
	}
	return nil
}

func (m *module) logGroup() error {
	group, exists := m.LogGroup.Get()
	if !exists {
		return nil
	}
	arguments := []any{
		"name", text(group.Name),
		"retention_in_days", number("log_group.retention_days", group.RetentionDays),
		"kms_key_id", text(group.KMSKeyARN),
		"log_group_class", text(group.Class),
	}
	if group.Protected.Or(false) {
		arguments = append(arguments, "deletion_protection_enabled", true)
	}
	m.add("aws_cloudwatch_log_group", this, append(arguments, "tags", m.tagMap())...)
	if masked, some := group.DataProtection.Get(); some {
		written, err := m.dataProtection(masked)
		if err != nil {
			return err
		}
		m.add("aws_cloudwatch_log_data_protection_policy", this, "log_group_name", reference(objectLogGroup, attributeName), "policy_document", encoded{written})
	}
	return nil
}

func (m *module) queue() error {
	queue, exists := m.Queue.Get()
	if !exists {
		return nil
	}
	m.add("aws_sqs_queue", "dead_letter",
		"name", text(queue.Name),
		"message_retention_seconds", number("dead_letter_queue.retention_seconds", queue.RetentionSeconds),
		"kms_master_key_id", text(queue.KMSKeyARN),
		"tags", m.tagMap())
	policy, restricted := queue.Policy.Get()
	if !restricted {
		return nil
	}
	written, err := document(policy.Statements(), policy.Unexpected)
	if err != nil {
		return err
	}
	m.add("aws_sqs_queue_policy", "dead_letter", "queue_url", reference(objectQueue, attributeName), "policy", encoded{written})
	return nil
}

func (m *module) secret() error {
	secret, exists := m.Secret.Get()
	if !exists {
		return nil
	}
	m.add("aws_secretsmanager_secret", this,
		"name", text(secret.Name), "kms_key_id", text(secret.KMSKeyARN),
		"recovery_window_in_days", int64(30), "tags", m.tagMap())
	arn := reference(objectSecret, attributeARN)
	m.add("aws_secretsmanager_secret_version", this, "secret_id", arn, "secret_string", m.secretValues())
	if rotation, rotated := secret.Rotation.Get(); rotated {
		m.add("aws_secretsmanager_secret_rotation", this, "secret_id", arn, "rotation_lambda_arn", text(rotation.FunctionARN), "rotate_immediately", false,
			"rotation_rules", blocks(object("automatically_after_days", number("secret.rotation.days", rotation.Days))))
	}
	if secret.Unexpected.IsNull() {
		return nil
	}
	written, err := document(nil, secret.Unexpected)
	if err != nil {
		return err
	}
	m.add("aws_secretsmanager_secret_policy", this, "secret_arn", arn, "policy", encoded{written})
	return nil
}

// served is the alias with what hangs on it.
func (m *module) served() error {
	alias, exists := m.Alias.Get()
	if !exists {
		return nil
	}
	if alias.Weights.IsKnown() {
		m.note("the alias sends all traffic to one version here")
	}
	m.add("aws_lambda_alias", this,
		"name", text(alias.Name), "description", text(alias.Description),
		"function_name", reference(objectFunction, attributeName), "function_version", expression("aws_lambda_function.this.version"))
	async, configured := m.Async.Get()
	if !configured {
		return nil
	}
	var destinations fields
	for _, d := range []struct {
		name string
		arn  bp.String
	}{{"on_success", async.OnSuccess}, {"on_failure", async.OnFailure}} {
		if arn := text(d.arn); arn != nil {
			destinations.set(d.name, nested{object("destination", arn)})
		}
	}
	m.add("aws_lambda_function_event_invoke_config", this,
		"function_name", reference(objectFunction, attributeName), "qualifier", reference(objectAlias, attributeName),
		"maximum_retry_attempts", number("async.max_retries", async.MaxRetries),
		"maximum_event_age_in_seconds", number("async.max_event_age", async.MaxEventAge),
		"destination_config", blocks(destinations))
	return nil
}

// blocks are inner blocks, or nil where there is nothing in them.
func blocks(body fields) any {
	if len(body) == 0 {
		return nil
	}
	return nested{body}
}

func (m *module) permissions() error {
	grants := m.grants()
	names := distinct(labels(grants), snake)
	for _, g := range grants {
		if g.viaURL != nil { // without its condition it would grant more
			m.note("a permission to invoke is left out, the format has no words for it: %s", g.label)
			continue
		}
		var qualifier any
		if m.Alias.IsKnown() && !g.whole {
			qualifier = reference(objectAlias, attributeName)
		}
		m.add("aws_lambda_permission", names[g.label],
			"action", g.action, "function_name", reference(objectFunction, attributeName), "qualifier", qualifier, "principal", g.principal,
			"source_arn", g.sourceARN, "source_account", g.sourceAccount, "principal_org_id", g.organization,
			"event_source_token", g.token, "function_url_auth_type", g.urlAuth)
	}
	return nil
}

func (m *module) alarms() error {
	alarms, _ := m.Alarms.Get()
	for _, slot := range alarms.Slots() {
		if alarm, exists := slot.Alarm.Get(); exists {
			m.add("aws_cloudwatch_metric_alarm", slot.Name)
			m.blocks[len(m.blocks)-1].body = m.alarm("alarms."+slot.Name, alarm)
		}
	}
	return nil
}

func (m *module) alarm(path string, a bp.Alarm) fields {
	out := object(
		"alarm_name", text(a.Name), "alarm_description", text(a.Description),
		"comparison_operator", text(a.Comparison), "threshold", number(path+".threshold", a.Threshold),
		"evaluation_periods", number(path+".evaluation_periods", a.EvaluationPeriods),
		"datapoints_to_alarm", number(path+".datapoints_to_alarm", a.DatapointsToAlarm),
		"treat_missing_data", text(a.MissingData), "evaluate_low_sample_count_percentiles", text(a.LowSamples),
		"actions_enabled", whether(path+".actions_enabled", a.ActionsEnabled),
		"alarm_actions", list(a.Actions), "ok_actions", list(a.OKActions), "insufficient_data_actions", list(a.InsufficientDataActions),
	)
	period := number(path+".period", a.Period)
	if metric, one := a.Metric.Get(); one {
		out = append(out, metricFields(metric, period)...)
		out.set(statisticField(metric.Statistic.Or(""), "statistic", "extended_statistic"), text(metric.Statistic))
	} else {
		queries := nested{object("id", expressionID, "expression", text(a.Expression), "return_data", true)}
		inputs := a.Inputs.Or(nil)
		for _, id := range slices.Sorted(maps.Keys(inputs)) {
			metric, _ := inputs[id].Get()
			inner := append(metricFields(metric, period), field{"stat", metric.Statistic.Or("")})
			queries = append(queries, object("id", id, "return_data", false, "metric", nested{inner}))
		}
		out.set("metric_query", queries)
	}
	out.set("tags", m.tagMap())
	return out
}

func metricFields(metric bp.Metric, period any) fields {
	return object("namespace", text(metric.Namespace), "metric_name", text(metric.Name), "dimensions", texts(metric.Dimensions.Or(nil)), "period", period)
}

// address is where Terraform finds what a mark stands for.
func address(p piece) string {
	if number, ok := strings.CutPrefix(p.object, objectPolicy+" "); ok {
		n, _ := strconv.Atoi(number)
		return fmt.Sprintf("aws_iam_policy.%s.arn", policyName(n))
	}
	addresses := map[[2]string]string{
		{objectKey, attributeARN}:       "aws_kms_key.this.arn",
		{objectKey, attributeName}:      "aws_kms_key.this.key_id",
		{objectRole, attributeARN}:      "aws_iam_role.this.arn",
		{objectRole, attributeName}:     "aws_iam_role.this.name",
		{objectQueue, attributeARN}:     "aws_sqs_queue.dead_letter.arn",
		{objectQueue, attributeName}:    "aws_sqs_queue.dead_letter.url",
		{objectLogGroup, attributeName}: "aws_cloudwatch_log_group.this.name",
		{objectSecret, attributeARN}:    "aws_secretsmanager_secret.this.arn",
		{objectFunction, attributeARN}:  "aws_lambda_function.this.arn",
		{objectFunction, attributeName}: "aws_lambda_function.this.function_name",
		{objectAlias, attributeARN}:     "aws_lambda_alias.this.arn",
		{objectAlias, attributeName}:    "aws_lambda_alias.this.name",
	}
	return addresses[[2]string{p.object, p.attribute}]
}
