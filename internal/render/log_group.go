package render

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

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

// logGroupName refers to the unit's group, so that it is made first.
func (d *draft) logGroupName(l bp.Logging) any {
	if group, exists := d.LogGroup.Get(); exists && group.Name == l.Group {
		return reference(objectLogGroup, attributeName)
	}
	return text(l.Group)
}

func (d *draft) dataProtection(masked bp.Set) (any, error) {
	names, _ := masked.Strings()
	function, _ := d.Function.Get()
	place, _ := bp.PlaceOf(function.ARN.Or(""))
	written, err := bp.DataProtectionDocument(place.Partition, names)
	if err != nil {
		return nil, err
	}
	return parsed(written)
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
