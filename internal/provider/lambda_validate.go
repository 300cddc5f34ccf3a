package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ValidateConfig implements resource.ResourceWithValidateConfig: what several
// attributes together can never be. Errors depend on neither clock, account,
// disk nor the table of runtimes.
func (*lambdaResource) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var spec bp.Spec
	if err := tfvalue.Decode(req.Config.Raw, &spec); err != nil {
		resp.Diagnostics.AddError("The configuration could not be read", err.Error())
		return
	}
	resp.Diagnostics.Append(validateCode(spec)...)
	resp.Diagnostics.Append(validateAccess(spec)...)
	resp.Diagnostics.Append(validateRuntime(spec, time.Now())...)
	resp.Diagnostics.Append(validateEnvironment(spec)...)
	resp.Diagnostics.Append(validateLogs(spec)...)
}

func validateCode(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	code, known := spec.Code.Get()
	if !known || code.Path.IsUnknown() || code.S3.IsUnknown() {
		return diags
	}
	at := path.Root("code")
	switch {
	case code.Path.IsNull() && code.S3.IsNull():
		diags.AddAttributeError(at, "code names no package",
			"A function needs exactly one package. Write code = { path = \"${path.module}/src\" } for a directory or zip file, or code = { s3 = { bucket, key } }.")
	case !code.Path.IsNull() && !code.S3.IsNull():
		diags.AddAttributeError(at, "code names two packages",
			"A function has exactly one package, so it would be unclear which one runs. Write either path or s3, not both.")
	}
	if object, ok := code.S3.Get(); ok {
		needs(&diags, at.AtName("s3").AtName("bucket"), object.Bucket.IsNull(), "bucket = \"acme-artifacts\"")
		needs(&diags, at.AtName("s3").AtName("key"), object.Key.IsNull(), "key = \"orders/1.2.3.zip\"")
	}
	return diags
}

func validateAccess(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	for label, entry := range spec.Access.Or(nil) {
		at := path.Root("access").AtMapKey(label)
		if grant, ok := entry.Get(); ok {
			needs(&diags, at.AtName("actions"), grant.Actions.IsNull(), "actions = [\"dynamodb:GetItem\"]")
			needs(&diags, at.AtName("resources"), grant.Resources.IsNull(), "resources = [the ARN of what the function uses]")
		}
	}
	return diags
}

// needs asks for a nested attribute that is missing.
func needs(diags *diag.Diagnostics, at path.Path, missing bool, example string) {
	if missing {
		diags.AddAttributeError(at, fmt.Sprintf("%s is missing", at), "The block says nothing without it. Write "+example+".")
	}
}

// validateRuntime warns about runtimes, since AWS decides and its table moves,
// and checks the handler against the form of a runtime that is known.
func validateRuntime(spec bp.Spec, now time.Time) diag.Diagnostics {
	var diags diag.Diagnostics
	id, stated := spec.Runtime.Get()
	if !stated || id == "" {
		return diags
	}
	runtime, known := artifact.LookupRuntime(id)
	if !known {
		diags.AddAttributeWarning(path.Root("runtime"), fmt.Sprintf("Runtime %q is not known to this release", id),
			"AWS decides whether it exists. "+nearestRuntime(id)+"See https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html.")
		return diags
	}
	if runtime.DeprecatedAt(now) {
		diags.AddAttributeWarning(path.Root("runtime"), fmt.Sprintf("Runtime %s is deprecated", id),
			fmt.Sprintf("AWS stopped patching it on %s and will refuse first new functions, then updates. Move to %s.", runtime.Deprecated, successorOf(id, runtime)))
	}
	if handler, ok := spec.Handler.Get(); ok && rules.Handler(handler) == nil && !runtime.TakesHandler(handler) {
		diags.AddAttributeError(path.Root("handler"), fmt.Sprintf("%q is not a handler of runtime %s", handler, id),
			fmt.Sprintf("Lambda could not find what to call, so every invocation would fail. Write it in the form %s.", runtime.HandlerForm))
	}
	if architecture, ok := spec.Architecture.Else(bp.Known(draft.DefaultArchitecture)).Get(); ok && rules.Architecture.Check(architecture) == nil && !slices.Contains(runtime.Architectures, architecture) {
		diags.AddAttributeWarning(path.Root("architecture"), fmt.Sprintf("Runtime %s may not run on %s", id, architecture),
			fmt.Sprintf("It is listed for %s only. Write architecture = %q, or move to %s.", strings.Join(runtime.Architectures, " and "), runtime.Architectures[0], successorOf(id, runtime)))
	}
	return diags
}

func successorOf(id string, r artifact.Runtime) string {
	if r.Successor == "" {
		return "the newest runtime of its family after " + id
	}
	return r.Successor
}

// nearestRuntime offers the newest known runtime of the same family.
func nearestRuntime(id string) string {
	family := strings.TrimRight(id, "0123456789.xal")
	var newest string
	for _, known := range artifact.RuntimeIDs() {
		if r, _ := artifact.LookupRuntime(known); family != "" && strings.HasPrefix(known, family) && r.Successor == "" {
			newest = known
		}
	}
	if newest == "" {
		return ""
	}
	return fmt.Sprintf("If it is a slip, %s is the newest of its family. ", newest)
}

// validateEnvironment counts what is known. More can only make it larger.
func validateEnvironment(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	variables := map[string]string{}
	for name, value := range draft.Environment(spec).Or(nil) {
		variables[name] = value.Or("")
	}
	addViolation(&diags, path.Root("environment"), rules.EnvironmentSize(variables))
	return diags
}

func validateLogs(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	logs, _ := spec.Logs.Get()
	if logs.Format == bp.Known("Text") && logs.ApplicationLevel.IsKnown() {
		diags.AddAttributeError(path.Root("logs").AtName("application_level"), "Levels need the JSON format",
			"Lambda cannot tell the level of a line of plain text, so it refuses one. Write format = \"JSON\", or leave application_level out.")
	}
	return diags
}
