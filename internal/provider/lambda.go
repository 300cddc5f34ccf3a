package provider

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var (
	_ resource.Resource                   = (*lambdaResource)(nil)
	_ resource.ResourceWithConfigure      = (*lambdaResource)(nil)
	_ resource.ResourceWithImportState    = (*lambdaResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*lambdaResource)(nil)
	_ resource.ResourceWithValidateConfig = (*lambdaResource)(nil)
)

// lambdaResource is secure_lambda. Each operation is in a file of its own.
type lambdaResource struct {
	session *session
	units   units
}

// session is what a configured provider hands to its resources.
type session struct {
	// client is nil while the provider's own configuration is unknown.
	client *cloud.Client
	house  bp.House
	// unknown names the provider attribute that is not known yet.
	unknown   string
	takeovers takeovers
	namesakes namesakes
	stated    *stated
	told      told
	sightings sightings
	// asked is done when the run has said what needs somebody's input.
	asked sync.Once
	// release is the provider's own version.
	release string
	// ignoresTag says which tags belong to others.
	ignoresTag func(key string) bool
}

// Metadata implements resource.Resource.
func (*lambdaResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_lambda"
}

// Configure implements resource.ResourceWithConfigure.
func (r *lambdaResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if req.ProviderData == nil {
		return // validation runs before the provider is configured
	}
	session, ok := req.ProviderData.(*session)
	if !ok {
		resp.Diagnostics.AddError("Provider data is of the wrong kind", "This is a mistake in the provider; please report it.")
		return
	}
	r.session = session
}

// connected reports whether AWS can be asked.
func (r *lambdaResource) connected() bool { return r.session != nil && r.session.client != nil }
