package render

import (
	"maps"
	"slices"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// resource is one resource of a CloudFormation template.
type resource struct {
	id, kind   string
	properties fields
	// attributes stand beside the properties.
	attributes fields
}

// template is a CloudFormation or SAM template being written.
type template struct {
	*draft

	serverless bool
	resources  []resource
}

func (t *template) add(id, kind string, properties fields, attributes ...any) {
	t.resources = append(t.resources, resource{id: id, kind: kind, properties: properties, attributes: object(attributes...)})
}

// What CloudFormation does with an object whose place in the template is taken
// by another, or is gone.
const (
	remove = "Delete"
	retain = "Retain"
)

func (d *draft) cloudformation() (string, error) { return d.template(false) }

func (d *draft) sam() (string, error) { return d.template(true) }

func (d *draft) template(serverless bool) (string, error) {
	t := &template{draft: d, serverless: serverless}
	for _, add := range []func() error{t.key, t.policies, t.role, t.logGroup, t.queue, t.secret, t.function, t.permissions, t.alarms} {
		if err := add(); err != nil {
			return "", err
		}
	}
	return t.yaml()
}

// tagList is how most resources take tags.
func (d *draft) tagList() any {
	var out []any
	for _, tag := range texts(d.Tags.Or(nil)) {
		out = append(out, object("Key", tag.name, "Value", tag.value))
	}
	return out
}

func (t *template) key() error {
	key, exists := t.Key.Get()
	if !exists {
		return nil
	}
	policy, _ := key.Policy.Get()
	written, err := document(policy.Statements(), policy.Unexpected)
	if err != nil {
		return err
	}
	t.add("Key", "AWS::KMS::Key", object(
		"Description", text(key.Description),
		"Enabled", whether("key.enabled", key.Enabled),
		"EnableKeyRotation", whether("key.rotation", key.Rotation),
		"PendingWindowInDays", int64(30),
		"KeyPolicy", written,
		"Tags", t.tagList(),
	), "DeletionPolicy", remove, "UpdateReplacePolicy", retain)
	if alias := text(key.Alias); alias != nil {
		t.add("KeyAlias", "AWS::KMS::Alias", object("AliasName", alias, "TargetKeyId", reference(objectKey, attributeName)))
	}
	return nil
}

func (t *template) policies() error {
	policy, exists := t.Policy.Get()
	if !exists {
		return nil
	}
	documents, err := t.policyDocuments(policy)
	if err != nil {
		return err
	}
	for i, written := range documents {
		t.add(policyID(i), "AWS::IAM::ManagedPolicy", object(
			"ManagedPolicyName", part(policy.Name.Or(""), i), "Path", text(policy.Path), "PolicyDocument", written,
		))
	}
	return nil
}

func (t *template) role() error {
	role, exists := t.Role.Get()
	if !exists {
		return nil
	}
	trust, _ := role.Trust.Get()
	written, err := document(trust.Statements(), trust.Unexpected)
	if err != nil {
		return err
	}
	attached, err := t.attachments(role)
	if err != nil {
		return err
	}
	t.add("Role", "AWS::IAM::Role", object(
		"RoleName", text(role.Name), "Path", text(role.Path), "Description", text(role.Description),
		"AssumeRolePolicyDocument", written,
		"ManagedPolicyArns", attached,
		"PermissionsBoundary", text(role.PermissionsBoundary),
		"Tags", t.tagList(),
	))
	return nil
}

func (t *template) logGroup() error {
	group, exists := t.LogGroup.Get()
	if !exists {
		return nil
	}
	properties := object("LogGroupName", text(group.Name))
	if days := number("log_group.retention_days", group.RetentionDays); days != int64(0) && group.Class != bp.Known(bp.LogClassDelivery) {
		properties.set("RetentionInDays", days)
	}
	properties.set("KmsKeyId", text(group.KMSKeyARN))
	properties.set("LogGroupClass", text(group.Class))
	if group.Protected.Or(false) {
		properties.set("DeletionProtectionEnabled", true)
	}
	if masked, some := group.DataProtection.Get(); some {
		written, err := t.dataProtection(masked)
		if err != nil {
			return err
		}
		properties.set("DataProtectionPolicy", written)
	}
	properties.set("Tags", t.tagList())
	t.add("LogGroup", "AWS::Logs::LogGroup", properties, "DeletionPolicy", remove, "UpdateReplacePolicy", retain)
	return nil
}

func (t *template) queue() error {
	queue, exists := t.Queue.Get()
	if !exists {
		return nil
	}
	t.add("DeadLetterQueue", "AWS::SQS::Queue", object(
		"QueueName", text(queue.Name),
		"MessageRetentionPeriod", number("dead_letter_queue.retention_seconds", queue.RetentionSeconds),
		"KmsMasterKeyId", text(queue.KMSKeyARN),
		"Tags", t.tagList(),
	), "DeletionPolicy", remove, "UpdateReplacePolicy", retain)
	policy, restricted := queue.Policy.Get()
	if !restricted {
		return nil
	}
	written, err := document(policy.Statements(), policy.Unexpected)
	if err != nil {
		return err
	}
	t.add("DeadLetterQueuePolicy", "AWS::SQS::QueuePolicy", object(
		"Queues", []any{reference(objectQueue, attributeName)}, "PolicyDocument", written,
	))
	return nil
}

// secret is made with the values that whoever deploys the template gives.
func (t *template) secret() error {
	secret, exists := t.Secret.Get()
	if !exists {
		return nil
	}
	t.add("Secret", "AWS::SecretsManager::Secret", object(
		"Name", text(secret.Name), "KmsKeyId", text(secret.KMSKeyARN),
		"SecretString", t.secretValues(), "Tags", t.tagList(),
	), "DeletionPolicy", remove, "UpdateReplacePolicy", retain)
	if rotation, rotated := secret.Rotation.Get(); rotated {
		t.add("SecretRotation", "AWS::SecretsManager::RotationSchedule", object(
			"SecretId", reference(objectSecret, attributeARN), "RotationLambdaARN", text(rotation.FunctionARN), "RotateImmediatelyOnUpdate", false,
			"RotationRules", wrap("AutomaticallyAfterDays", number("secret.rotation.days", rotation.Days)),
		))
	}
	if secret.Unexpected.IsNull() {
		return nil
	}
	written, err := document(nil, secret.Unexpected)
	if err != nil {
		return err
	}
	t.add("SecretPolicy", "AWS::SecretsManager::ResourcePolicy", object("SecretId", reference(objectSecret, attributeARN), "ResourcePolicy", written))
	return nil
}

// secretValues are never rendered.
func (d *draft) secretValues() any {
	return parameterMark(d.parameterNamed(parameter{name: "secret values", description: "JSON object with the values of the secret.", secret: true}))
}

// permissions renders who may invoke: the entries of permissions, and what
// others granted.
func (t *template) permissions() error {
	grants := t.grants()
	ids := distinct(labels(grants), camel)
	for _, grant := range grants {
		properties := object("Action", grant.action, "FunctionName", t.invoked(grant), "Principal", grant.principal)
		properties.set("SourceArn", grant.sourceARN)
		properties.set("SourceAccount", grant.sourceAccount)
		properties.set("PrincipalOrgID", grant.organization)
		properties.set("EventSourceToken", grant.token)
		properties.set("FunctionUrlAuthType", grant.urlAuth)
		properties.set("InvokedViaFunctionUrl", grant.viaURL)
		t.add("Permission"+ids[grant.label], "AWS::Lambda::Permission", properties)
	}
	return nil
}

// invoked is what a grant is on: the alias, or the function as a whole.
func (d *draft) invoked(g grant) any {
	if d.Alias.IsKnown() && !g.whole {
		return reference(objectAlias, attributeARN)
	}
	return reference(objectFunction, attributeName)
}

func (t *template) alarms() error {
	alarms, _ := t.Alarms.Get()
	for _, slot := range alarms.Slots() {
		if alarm, exists := slot.Alarm.Get(); exists {
			t.add("Alarm"+camel(slot.Name), "AWS::CloudWatch::Alarm", t.alarm("alarms."+slot.Name, alarm))
		}
	}
	return nil
}

func (t *template) alarm(path string, a bp.Alarm) fields {
	out := object(
		"AlarmName", text(a.Name), "AlarmDescription", text(a.Description),
		"ComparisonOperator", text(a.Comparison), "Threshold", number(path+".threshold", a.Threshold),
		"EvaluationPeriods", number(path+".evaluation_periods", a.EvaluationPeriods),
		"DatapointsToAlarm", number(path+".datapoints_to_alarm", a.DatapointsToAlarm),
		"TreatMissingData", text(a.MissingData), "EvaluateLowSampleCountPercentile", text(a.LowSamples),
		"ActionsEnabled", whether(path+".actions_enabled", a.ActionsEnabled),
		"AlarmActions", list(a.Actions), "OKActions", list(a.OKActions), "InsufficientDataActions", list(a.InsufficientDataActions),
	)
	period := number(path+".period", a.Period)
	if metric, one := a.Metric.Get(); one {
		out.set("Namespace", text(metric.Namespace))
		out.set("MetricName", text(metric.Name))
		out.set("Dimensions", dimensionList(metric))
		out.set("Period", period)
		out.set(statisticField(metric.Statistic.Or(""), "Statistic", "ExtendedStatistic"), text(metric.Statistic))
	} else {
		queries := []any{object("Id", expressionID, "Expression", text(a.Expression), "ReturnData", true)}
		inputs := a.Inputs.Or(nil)
		for _, id := range slices.Sorted(maps.Keys(inputs)) {
			metric, _ := inputs[id].Get()
			queries = append(queries, object("Id", id, "ReturnData", false, "MetricStat", object(
				"Metric", object("Namespace", text(metric.Namespace), "MetricName", text(metric.Name), "Dimensions", dimensionList(metric)),
				"Period", period, "Stat", text(metric.Statistic),
			)))
		}
		out.set("Metrics", queries)
	}
	out.set("Tags", t.tagList())
	return out
}

func dimensionList(m bp.Metric) any {
	var out []any
	for _, d := range texts(m.Dimensions.Or(nil)) {
		out = append(out, object("Name", d.name, "Value", d.value))
	}
	return out
}
