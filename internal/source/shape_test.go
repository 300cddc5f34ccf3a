package source

import "testing"

// TestShape_Nearest offers what was most likely meant, and nothing where several
// names could be.
func TestShape_Nearest(t *testing.T) {
	t.Parallel()
	shape := &Shape{Names: map[string]*Shape{}}
	for _, name := range []string{"application_level", "create", "delete", "group_name", "kms_key_arn", "max_retries", "retention_days", "source_account", "source_arn", "subnet_ids", "system_level"} {
		shape.Names[name] = nil
	}
	for wrong, want := range map[string]string{
		"creation": "create", "days": "retention_days", "retries": "max_retries", "KmsKeyArn": "kms_key_arn", "subnets": "subnet_ids", "retention": "retention_days",
		"source-arn": "source_arn", "souce_arn": "source_arn", "group": "group_name", "level": "", "color": "", "source": "source_arn",
	} {
		if got := shape.nearest(wrong); got != want {
			t.Errorf("%s: %q, want %q", wrong, got, want)
		}
	}
}
