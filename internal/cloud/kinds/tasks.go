package kinds

import (
	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// IDs of the tasks of an apply. The names are the components', so that an
// error says what it is about.
const (
	TaskKey         = bp.ComponentKey
	TaskRole        = bp.ComponentRole
	TaskPolicy      = bp.ComponentPolicy
	TaskAttachments = "role policies"
	TaskLogGroup    = bp.ComponentLogGroup
	TaskQueue       = bp.ComponentQueue
	TaskSecret      = bp.ComponentSecret
	TaskValues      = "values of the secret"
	TaskFunction    = bp.ComponentFunction
	TaskSettings    = "function settings"
	TaskVersion     = bp.ComponentVersion
	TaskAlias       = bp.ComponentAlias
	TaskAsync       = bp.ComponentAsync
	TaskPermissions = bp.ComponentPermissions
	TaskAlarms      = bp.ComponentAlarms
	TaskDrain       = "wait for invocations under way"
	TaskNarrow      = "narrow permissions"
	TaskSuperseded  = "remove replaced objects"
	TaskFinish      = "mark as complete"
)
