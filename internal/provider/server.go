package provider

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// sealedAttribute is the attribute that the framework sees as one text.
const sealedAttribute = "managed"

// server serves the provider. The framework walks every leaf of a value once
// for each top-level attribute, which for the hundreds of leaves of `managed`
// is nearly all the time of a plan, and has nothing to do there: no input, no
// plan modifier, no default. So it is handed that attribute sealed into a text,
// and Terraform sees it as the published schema says.
type server struct {
	tfprotov6.ProviderServer

	published tfprotov6.ProviderServer
}

// NewServer returns a constructor of the provider's protocol server for a
// release version.
func NewServer(version string, tuning Tuning) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		return &server{
			ProviderServer: providerserver.NewProtocol6(&secureProvider{version: version, tuning: tuning})(),
			published:      providerserver.NewProtocol6(&secureProvider{version: version, published: true})(),
		}
	}
}

// GetProviderSchema implements tfprotov6.ProviderServer.
func (s *server) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return s.published.GetProviderSchema(ctx, req)
}

// ValidateResourceConfig implements tfprotov6.ResourceServer.
func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if err := seal(req.Config); err != nil {
		return nil, err
	}
	return s.ProviderServer.ValidateResourceConfig(ctx, req)
}

// UpgradeResourceState implements tfprotov6.ResourceServer.
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if err := sealState(req.RawState); err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.UpgradeResourceState(ctx, req)
	if err != nil {
		return resp, err
	}
	return resp, unseal(resp.UpgradedState)
}

// ReadResource implements tfprotov6.ResourceServer.
func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if err := seal(req.CurrentState); err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.ReadResource(ctx, req)
	if err != nil {
		return resp, err
	}
	return resp, unseal(resp.NewState)
}

// PlanResourceChange implements tfprotov6.ResourceServer.
func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if err := seal(req.PriorState, req.ProposedNewState, req.Config); err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.PlanResourceChange(ctx, req)
	if err != nil {
		return resp, err
	}
	return resp, unseal(resp.PlannedState)
}

// ApplyResourceChange implements tfprotov6.ResourceServer.
func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if err := seal(req.PriorState, req.PlannedState, req.Config); err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.ApplyResourceChange(ctx, req)
	if err != nil {
		return resp, err
	}
	return resp, unseal(resp.NewState)
}

// ImportResourceState implements tfprotov6.ResourceServer.
func (s *server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := s.ProviderServer.ImportResourceState(ctx, req)
	if err != nil {
		return resp, err
	}
	for _, imported := range resp.ImportedResources {
		if err := unseal(imported.State); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// seal turns the attribute into a text in values that Terraform sends.
func seal(values ...*tfprotov6.DynamicValue) error {
	for _, v := range values {
		if err := tfvalue.ReplaceAttribute(v, sealedAttribute, tfvalue.Seal); err != nil {
			return err
		}
	}
	return nil
}

// unseal turns it back in values that Terraform gets.
func unseal(v *tfprotov6.DynamicValue) error {
	return tfvalue.ReplaceAttribute(v, sealedAttribute, tfvalue.Unseal)
}

// sealState does the same to a state as it is stored. `managed` is a cache of
// what was last seen: what another release wrote and this one cannot read is
// dropped, and the refresh that follows fills it in again.
func sealState(raw *tfprotov6.RawState) error {
	if raw == nil || len(raw.JSON) == 0 {
		return nil
	}
	var attributes map[string]json.RawMessage
	if err := json.Unmarshal(raw.JSON, &attributes); err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	if attributes == nil { // a null state
		return nil
	}
	stored := tfprotov6.RawState{JSON: attributes[sealedAttribute]}
	attributes[sealedAttribute] = json.RawMessage("null")
	kind := tfvalue.TypeOf[bp.Blueprint]()
	value, err := stored.UnmarshalWithOpts(kind, tfprotov6.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}})
	if err == nil && !value.IsNull() {
		sealed, err := tfvalue.SealedText(value)
		if err != nil {
			return fmt.Errorf("seal %s: %w", sealedAttribute, err)
		}
		if attributes[sealedAttribute], err = json.Marshal(sealed); err != nil {
			return fmt.Errorf("seal %s: %w", sealedAttribute, err)
		}
	}
	text, err := json.Marshal(attributes)
	if err != nil {
		return fmt.Errorf("seal state: %w", err)
	}
	raw.JSON = text
	return nil
}
