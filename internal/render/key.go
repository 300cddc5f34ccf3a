package render

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
