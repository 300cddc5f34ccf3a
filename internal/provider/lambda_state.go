package provider

import (
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// Values of status.
const (
	statusReady   = "READY"
	statusPartial = "PARTIAL"
)

// outputs are the computed attributes of secure_lambda.
type outputs struct {
	ARN          bp.String                      `attr:"arn"`
	AliasARN     bp.String                      `attr:"alias_arn"`
	AliasName    bp.String                      `attr:"alias_name"`
	InvokeARN    bp.String                      `attr:"invoke_arn"`
	CodeSHA256   bp.String                      `attr:"code_sha256"`
	Version      bp.String                      `attr:"version"`
	RoleARN      bp.String                      `attr:"role_arn"`
	RoleName     bp.String                      `attr:"role_name"`
	LogGroupName bp.String                      `attr:"log_group_name"`
	KMSKeyARN    bp.String                      `attr:"kms_key_arn_effective"`
	QueueARN     bp.String                      `attr:"dead_letter_queue_arn"`
	QueueURL     bp.String                      `attr:"dead_letter_queue_url"`
	SecretARN    bp.String                      `attr:"secret_arn"`
	Status       bp.String                      `attr:"status"`
	Generation   bp.String                      `attr:"generation"`
	TagsAll      bp.Value[map[string]bp.String] `attr:"tags_all"`
	Inventory    bp.Value[bp.Inventory]         `attr:"inventory"`
	Posture      bp.Value[posture.Report]       `attr:"posture"`
	Managed      bp.Value[bp.Blueprint]         `attr:"managed"`
}

// unknownOutputs is what a plan says when nothing can be asked yet.
func unknownOutputs() outputs {
	text := bp.Unknown[string]()
	return outputs{
		ARN: text, AliasARN: text, AliasName: text, InvokeARN: text, CodeSHA256: text, Version: text, RoleARN: text, RoleName: text,
		LogGroupName: text, KMSKeyARN: text, QueueARN: text, QueueURL: text, SecretARN: text, Status: bp.Known(statusReady), Generation: text,
		TagsAll:   bp.Unknown[map[string]bp.String](),
		Inventory: bp.Unknown[bp.Inventory](),
		Posture:   bp.Unknown[posture.Report](),
		Managed:   bp.Unknown[bp.Blueprint](),
	}
}

// derive fills in the outputs that only repeat what managed says.
func (o *outputs) derive(b bp.Blueprint, place bp.Place) {
	function, _ := b.Function.Get()
	alias, _ := b.Alias.Get()
	role, _ := b.Role.Get()
	group, _ := b.LogGroup.Get()
	o.ARN, o.AliasARN, o.AliasName = function.ARN, alias.ARN, alias.Name
	o.InvokeARN = bp.Map(alias.ARN, place.InvokeARN)
	o.Version, o.CodeSHA256 = alias.Version, function.CodeSHA256
	o.RoleARN, o.RoleName = role.ARN, role.Name
	o.LogGroupName, o.KMSKeyARN = group.Name, group.KMSKeyARN
	queue, _ := b.Queue.Get()
	if b.Queue.IsUnknown() {
		queue.ARN, queue.Name = bp.Unknown[string](), bp.Unknown[string]()
	}
	o.QueueARN, o.QueueURL = queue.ARN, bp.Map(queue.Name, place.QueueURL)
	o.SecretARN = bp.Field(b.Secret, func(s bp.Secret) bp.String { return s.ARN })
	o.Managed = bp.Known(b)
}

// unitState is what the state says about a unit.
type unitState struct {
	outputs

	spec bp.Spec
}

func decodeState(raw tftypes.Value) (unitState, error) {
	var s unitState
	unit, err := wholeOf(raw)
	if err != nil {
		return s, err
	}
	if err := unit.ReadInputs(&s.spec); err != nil {
		return s, err
	}
	return s, unit.Read(&s.outputs)
}
