package render

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
