package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
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
//
// Names that are declared to be refused are kept from it too; see refusal.
type server struct {
	tfprotov6.ProviderServer

	visible func() (*visible, error)
	names   nameCheck
	life    *lifeline
	stated  *stated
}

// visible is the schema that Terraform is shown, with what it has beyond the one
// that the framework works with.
type visible struct {
	schema    *tfprotov6.GetProviderSchemaResponse
	provider  *tfvalue.Hidden
	resources map[string]*tfvalue.Hidden
}

// showing adds to the published schema the names that are refused.
func showing(published tfprotov6.ProviderServer) (*visible, error) {
	schema, err := published.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	s := &visible{schema: schema, provider: refusing(schema.Provider, refusedByProvider), resources: map[string]*tfvalue.Hidden{}}
	for name, resource := range schema.ResourceSchemas {
		s.resources[name] = refusing(resource, refusedByUnit)
	}
	return s, nil
}

// Serve serves the provider to the Terraform that started this process, until it
// closes the connection. In debug mode a person starts it, and ends it with an
// interrupt.
func Serve(version string, tuning Tuning, debug bool) error {
	life := newLifeline()
	if debug {
		return tf6server.Serve(Address, newServer(version, tuning, life), tf6server.WithManagedDebug())
	}
	life.guard(func() { os.Exit(0) })
	return tf6server.Serve(Address, newServer(version, tuning, life))
}

// NewServer returns a constructor of the provider's protocol server for a
// release version.
func NewServer(version string, tuning Tuning) func() tfprotov6.ProviderServer {
	return newServer(version, tuning, newLifeline())
}

func newServer(version string, tuning Tuning, life *lifeline) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		states := &stated{}
		published := providerserver.NewProtocol6(&secureProvider{version: version, published: true})()
		return &server{
			ProviderServer: providerserver.NewProtocol6(&secureProvider{version: version, tuning: tuning, stated: states})(),
			visible:        sync.OnceValues(func() (*visible, error) { return showing(published) }),
			life:           life,
			stated:         states,
		}
	}
}

// GetProviderSchema implements tfprotov6.ProviderServer.
func (s *server) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	visible, err := s.visible()
	if err != nil {
		return nil, err
	}
	return visible.schema, nil
}

// ValidateProviderConfig implements tfprotov6.ProviderServer.
func (s *server) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	visible, err := s.visible()
	if err != nil {
		return nil, err
	}
	found, err := s.names.provider(visible, req.Config)
	if err != nil {
		return nil, err
	}
	empty, rest, err := s.emptyInBlock(visible, req.Config)
	if err != nil {
		return nil, err
	}
	stated, _, err := without(visible.provider, req.Config)
	if err != nil {
		return nil, err
	}
	_, written, err := without(visible.provider, rest)
	if err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: written})
	if err != nil {
		return resp, err
	}
	found = append(found, empty...)
	for _, at := range stated {
		resp.Diagnostics = append(resp.Diagnostics, refuse(refusedByProvider, at))
	}
	resp.Diagnostics = append(resp.Diagnostics, found...)
	resp.PreparedConfig = req.Config
	return resp, nil
}

// without returns a copy of a value that lacks what is hidden, with the paths of
// what had a value.
func without(hidden *tfvalue.Hidden, value *tfprotov6.DynamicValue) ([]*tftypes.AttributePath, *tfprotov6.DynamicValue, error) {
	if value == nil {
		return nil, nil, nil
	}
	rest := *value
	stated, err := hidden.Remove(&rest)
	return stated, &rest, err
}

// ConfigureProvider implements tfprotov6.ProviderServer.
func (s *server) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	ctx, end, err := s.life.begin(ctx)
	if err != nil {
		return &tfprotov6.ConfigureProviderResponse{Diagnostics: refusedStop(err)}, nil
	}
	defer end()
	s.names.configured.Store(true)
	visible, err := s.visible()
	if err != nil {
		return nil, err
	}
	if _, req.Config, err = without(visible.provider, req.Config); err != nil {
		return nil, err
	}
	return s.ProviderServer.ConfigureProvider(ctx, req)
}

// ValidateResourceConfig implements tfprotov6.ResourceServer.
func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	visible, err := s.visible()
	if err != nil {
		return nil, err
	}
	found, err := s.names.resource(visible, req.TypeName, req.Config)
	if err != nil {
		return nil, err
	}
	empty, rest, err := s.emptyInUnit(visible, req.TypeName, req.Config)
	if err != nil {
		return nil, err
	}
	stated, err := visible.resources[req.TypeName].Remove(req.Config)
	if err != nil {
		return nil, err
	}
	if rest != nil {
		if _, err := visible.resources[req.TypeName].Remove(rest); err != nil {
			return nil, err
		}
		req.Config = rest
	}
	if err := seal(req.Config); err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.ValidateResourceConfig(ctx, req)
	if err != nil {
		return resp, err
	}
	resp.Diagnostics = withEmpty(resp.Diagnostics, empty)
	for _, at := range stated {
		resp.Diagnostics = append(resp.Diagnostics, refuse(refusedByUnit, at))
	}
	if err := nameUnit(resp.Diagnostics, req.Config); err != nil {
		return nil, err
	}
	resp.Diagnostics = append(resp.Diagnostics, found...) // of blocks, with file and line
	return resp, nil
}

// UpgradeResourceState implements tfprotov6.ResourceServer.
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	name, err := sealState(req.RawState)
	if err != nil {
		return nil, err
	}
	s.stated.note(name)
	resp, err := s.ProviderServer.UpgradeResourceState(ctx, req)
	if err != nil {
		return resp, err
	}
	return resp, s.outward(req.TypeName, resp.UpgradedState)
}

// ReadResource implements tfprotov6.ResourceServer.
func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	ctx, end, err := s.life.begin(ctx)
	if err != nil {
		return &tfprotov6.ReadResourceResponse{Diagnostics: refusedStop(err), NewState: req.CurrentState}, nil
	}
	defer end()
	if err := s.inward(req.TypeName, req.CurrentState); err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.ReadResource(ctx, req)
	if err != nil {
		return resp, err
	}
	if err := nameUnit(resp.Diagnostics, req.CurrentState); err != nil {
		return nil, err
	}
	return resp, s.outward(req.TypeName, resp.NewState)
}

// PlanResourceChange implements tfprotov6.ResourceServer.
func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx, end, err := s.life.begin(ctx)
	if err != nil {
		return &tfprotov6.PlanResourceChangeResponse{Diagnostics: refusedStop(err), PlannedState: req.PriorState}, nil
	}
	defer end()
	if err := s.inward(req.TypeName, req.PriorState, req.ProposedNewState, req.Config); err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.PlanResourceChange(ctx, req)
	if err != nil {
		return resp, err
	}
	if err := nameUnit(resp.Diagnostics, req.Config, req.PriorState); err != nil {
		return nil, err
	}
	return resp, s.outward(req.TypeName, resp.PlannedState)
}

// ApplyResourceChange implements tfprotov6.ResourceServer.
func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	ctx, end, err := s.life.begin(ctx)
	if err != nil {
		return &tfprotov6.ApplyResourceChangeResponse{Diagnostics: refusedStop(err), NewState: req.PriorState}, nil
	}
	defer end()
	if err := s.inward(req.TypeName, req.PriorState, req.PlannedState, req.Config); err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.ApplyResourceChange(ctx, req)
	if err != nil {
		return resp, err
	}
	if err := nameUnit(resp.Diagnostics, req.Config, req.PriorState); err != nil {
		return nil, err
	}
	return resp, s.outward(req.TypeName, resp.NewState)
}

// ImportResourceState implements tfprotov6.ResourceServer.
func (s *server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	ctx, end, err := s.life.begin(ctx)
	if err != nil {
		return &tfprotov6.ImportResourceStateResponse{Diagnostics: refusedStop(err)}, nil
	}
	defer end()
	resp, err := s.ProviderServer.ImportResourceState(ctx, req)
	if err != nil {
		return resp, err
	}
	for _, imported := range resp.ImportedResources {
		if err := s.outward(imported.TypeName, imported.State); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// GenerateResourceConfig implements tfprotov6.ResourceServer: what Terraform
// writes down for a unit that it imports.
func (s *server) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	if err := s.inward(req.TypeName, req.State); err != nil {
		return nil, err
	}
	resp, err := s.ProviderServer.GenerateResourceConfig(ctx, req)
	if err != nil || resp.Config == nil {
		return resp, err
	}
	return resp, s.outward(req.TypeName, resp.Config)
}

// inward makes values that Terraform sends what the framework works with.
func (s *server) inward(resource string, values ...*tfprotov6.DynamicValue) error {
	visible, err := s.visible()
	if err != nil {
		return err
	}
	for _, v := range values {
		if _, err := visible.resources[resource].Remove(v); err != nil {
			return err
		}
	}
	return seal(values...)
}

// outward makes a value of the framework what Terraform gets.
func (s *server) outward(resource string, value *tfprotov6.DynamicValue) error {
	visible, err := s.visible()
	if err != nil {
		return err
	}
	if err := tfvalue.ReplaceAttribute(value, sealedAttribute, tfvalue.Unseal); err != nil {
		return err
	}
	return visible.resources[resource].Add(value)
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

// sealState does the same to a state as it is stored. `managed` is a cache of
// what was last seen: what another release wrote and this one cannot read is
// dropped, and the refresh that follows fills it in again. It returns the name of
// the unit.
func sealState(raw *tfprotov6.RawState) (name string, err error) {
	if raw == nil || len(raw.JSON) == 0 {
		return "", nil
	}
	var attributes map[string]json.RawMessage
	if err := json.Unmarshal(raw.JSON, &attributes); err != nil {
		return "", fmt.Errorf("read state: %w", err)
	}
	if attributes == nil { // a null state
		return "", nil
	}
	_ = json.Unmarshal(attributes["name"], &name) // empty for a state of another shape
	stored := tfprotov6.RawState{JSON: attributes[sealedAttribute]}
	attributes[sealedAttribute] = json.RawMessage("null")
	kind := tfvalue.TypeOf[bp.Blueprint]()
	value, err := stored.UnmarshalWithOpts(kind, tfprotov6.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}})
	if err == nil && !value.IsNull() {
		sealed, err := tfvalue.SealedText(value)
		if err != nil {
			return "", fmt.Errorf("seal %s: %w", sealedAttribute, err)
		}
		if attributes[sealedAttribute], err = json.Marshal(sealed); err != nil {
			return "", fmt.Errorf("seal %s: %w", sealedAttribute, err)
		}
	}
	text, err := json.Marshal(attributes)
	if err != nil {
		return "", fmt.Errorf("seal state: %w", err)
	}
	raw.JSON = text
	return name, nil
}
