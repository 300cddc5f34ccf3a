package provider

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"
)

// server serves the provider. The framework walks every leaf of a value, and copies
// the schema at every step, once for each top-level attribute: for the hundreds of
// leaves of a unit that is nearly all the time of a plan. It has nothing to do
// there: no default, and one plan modifier, that of `name`. So it is handed a unit
// as two attributes, the name and the whole as a text, and Terraform sees it as the
// published schema says. A configuration it validates with the whole schema, which
// has the rules; `managed`, the largest part and no input, is a text there.
//
// Names that are declared to be refused are kept from it too; see refusal.
type server struct {
	tfprotov6.ProviderServer

	// judge validates configurations of resources, publisher answers with what
	// Terraform is shown.
	judge, publisher tfprotov6.ProviderServer
	visible          func() (*visible, error)
	names            nameCheck
	life             *lifeline
	stated           *stated
}

// visible is the schema that Terraform is shown, with what it has beyond the one
// that the framework works with.
type visible struct {
	schema    *tfprotov6.GetProviderSchemaResponse
	provider  *tfvalue.Hidden
	resources map[string]*tfvalue.Hidden
	// kinds are the types of the resources, which take a while to derive, and
	// block that of the provider block.
	kinds  map[string]tftypes.Type
	block  tftypes.Type
	shapes map[string]*tfvalue.Shape
}

// showing adds to the published schema the names that are refused.
func showing(published tfprotov6.ProviderServer) (*visible, error) {
	schema, err := published.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	s := &visible{schema: schema, provider: refusing(schema.Provider, refusedByProvider), resources: map[string]*tfvalue.Hidden{}, kinds: map[string]tftypes.Type{}, shapes: map[string]*tfvalue.Shape{}}
	s.block = schema.Provider.ValueType()
	for name, resource := range schema.ResourceSchemas {
		s.resources[name] = refusing(resource, refusedByUnit)
		s.kinds[name] = resource.ValueType()
		s.shapes[name] = tfvalue.ShapeOf(s.kinds[name])
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
	quieten()
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
		publisher := providerserver.NewProtocol6(&secureProvider{version: version, units: displayed})()
		return &server{
			ProviderServer: providerserver.NewProtocol6(&secureProvider{version: version, tuning: tuning, stated: states, units: enclosed})(),
			judge:          providerserver.NewProtocol6(&secureProvider{version: version, units: judged})(),
			publisher:      publisher,
			visible:        sync.OnceValues(func() (*visible, error) { return showing(publisher) }),
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
	if err := tfvalue.ReplaceAttribute(req.Config, unitManaged, tfvalue.Seal); err != nil {
		return nil, err
	}
	resp, err := s.judge.ValidateResourceConfig(ctx, req)
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
	visible, err := s.visible()
	if err != nil {
		return nil, err
	}
	for _, imported := range resp.ImportedResources {
		if imported.State.MsgPack, err = visible.named(imported.TypeName, tfvalue.Wire(imported.State.MsgPack).Text(unitName)); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// GenerateResourceConfig implements tfprotov6.ResourceServer: what Terraform
// writes down for a unit that it imports.
func (s *server) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	visible, err := s.visible()
	if err != nil {
		return nil, err
	}
	if _, err := visible.resources[req.TypeName].Remove(req.State); err != nil {
		return nil, err
	}
	resp, err := s.publisher.GenerateResourceConfig(ctx, req)
	if err != nil {
		return resp, err
	}
	return resp, visible.resources[req.TypeName].Add(resp.Config)
}

// inward makes values that Terraform sends what the framework works with.
func (s *server) inward(resource string, values ...*tfprotov6.DynamicValue) error {
	visible, err := s.visible()
	if err != nil {
		return err
	}
	for i, v := range values {
		if slices.Contains(values[:i], v) {
			continue // a caller in this process may send one value as configuration and plan
		}
		if _, err := visible.resources[resource].Remove(v); err != nil {
			return err
		}
		if err := tfvalue.Enclose(v, theUnit, unitName); err != nil {
			return err
		}
	}
	return nil
}

// outward makes a value of the framework what Terraform gets.
func (s *server) outward(resource string, value *tfprotov6.DynamicValue) error {
	visible, err := s.visible()
	if err != nil {
		return err
	}
	whole, err := tfvalue.Disclose(value, theUnit)
	if err != nil {
		return err
	}
	if whole {
		return visible.resources[resource].Add(value)
	}
	return nil
}

// named is a unit of which no more than the name is known.
func (v *visible) named(resource, name string) (tfvalue.Wire, error) {
	text, err := json.Marshal(map[string]string{unitName: name})
	if err != nil {
		return nil, err
	}
	return v.shapes[resource].FromJSON(text)
}
