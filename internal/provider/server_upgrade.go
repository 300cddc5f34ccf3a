package provider

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// UpgradeResourceState implements tfprotov6.ResourceServer. There is one layout of
// states so far, in which later releases add attributes.
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	visible, err := s.visible()
	if err != nil {
		return nil, err
	}
	shape := visible.shapes[req.TypeName]
	if shape != nil && req.Version == visible.schema.ResourceSchemas[req.TypeName].Version && req.RawState != nil {
		if state, err := shape.FromJSON(req.RawState.JSON); err == nil {
			s.stated.note(state.Text(unitName))
			return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{MsgPack: state}}, nil
		}
	}
	return s.upgradeUnread(ctx, visible, req)
}

// upgradeUnread upgrades a state that is not as this release writes it. `managed`
// is a cache of what was last seen: what another release wrote and this one cannot
// read is dropped, and the refresh that follows fills it in again. The framework
// says what is wrong with the rest.
func (s *server) upgradeUnread(ctx context.Context, v *visible, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	name, err := dropUnread(req.RawState)
	if err != nil {
		return nil, err
	}
	s.stated.note(name)
	resp, err := s.publisher.UpgradeResourceState(ctx, req)
	if err != nil {
		return resp, err
	}
	return resp, v.resources[req.TypeName].Add(resp.UpgradedState)
}

func dropUnread(raw *tfprotov6.RawState) (name string, err error) {
	if raw == nil || len(raw.JSON) == 0 {
		return "", nil
	}
	var attributes map[string]json.RawMessage
	if err := json.Unmarshal(raw.JSON, &attributes); err != nil {
		return "", fmt.Errorf("read state: %w", err)
	}
	_ = json.Unmarshal(attributes[unitName], &name) // empty for a state of another shape
	stored := tfprotov6.RawState{JSON: attributes[unitManaged]}
	if len(stored.JSON) == 0 {
		return name, nil
	}
	options := tfprotov6.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}}
	if _, err := stored.UnmarshalWithOpts(tfvalue.TypeOf[bp.Blueprint](), options); err == nil {
		return name, nil
	}
	attributes[unitManaged] = json.RawMessage("null")
	raw.JSON, err = json.Marshal(attributes)
	return name, err
}
