package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Address is where the registry serves the provider.
const Address = "registry.terraform.io/secure-lambda/secure"

var (
	_ provider.Provider                   = (*secureProvider)(nil)
	_ provider.ProviderWithValidateConfig = (*secureProvider)(nil)
	_ provider.ProviderWithFunctions      = (*secureProvider)(nil)
)

// secureProvider holds the settings of one provider process.
type secureProvider struct {
	version string
	tuning  Tuning
	stated  *stated
	units   units
}

// Metadata implements provider.Provider.
func (p *secureProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "secure"
	resp.Version = p.version
}

// Resources implements provider.Provider.
func (p *secureProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &lambdaResource{units: p.units} }}
}

// DataSources implements provider.Provider. There is nothing to look up that
// secure_lambda does not export.
func (*secureProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }
