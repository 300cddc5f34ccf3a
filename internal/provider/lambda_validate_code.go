package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// validateCode wants exactly one package, and nothing that does not go with it.
func validateCode(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	code, known := spec.Code.Get()
	if !known || code.Path.IsUnknown() || code.S3.IsUnknown() || code.Image.IsUnknown() {
		return diags
	}
	at := path.Root("code")
	switch stated := countOf(!code.Path.IsNull(), !code.S3.IsNull(), !code.Image.IsNull()); {
	case stated == 0:
		diags.AddAttributeError(at, "code names no package",
			"A function needs exactly one package. Write code = { path = \"${path.module}/src\" } for a directory or zip file, code = { s3 = { bucket, key } }, or code = { image = { uri } }.")
	case stated > 1:
		diags.AddAttributeError(at, "code names more than one package",
			"A function has exactly one package, so it would be unclear which one runs. Write one of path, s3 and image.")
	}
	if object, ok := code.S3.Get(); ok {
		needs(&diags, at.AtName("s3").AtName("bucket"), object.Bucket.IsNull(), "bucket = \"acme-artifacts\"")
		needs(&diags, at.AtName("s3").AtName("key"), object.Key.IsNull(), "key = \"orders/1.2.3.zip\"")
	}
	if code.Path.IsNull() && !code.StagingBucket.IsNull() {
		diags.AddAttributeError(at.AtName("staging_bucket"), "Only a path package is staged",
			"An object in S3 and an image are fetched from where they are. Leave staging_bucket out.")
	}
	if signing, ok := code.Signing.Get(); ok {
		needs(&diags, at.AtName("signing").AtName("profile"), signing.Profile.IsNull(), "profile = \"acme_lambda\"")
		needs(&diags, at.AtName("signing").AtName("bucket"), signing.Bucket.IsNull(), "bucket = \"acme-signing\"")
	}
	if image, ok := code.Image.Get(); ok {
		needs(&diags, at.AtName("image").AtName("uri"), image.URI.IsNull(), "uri = \"111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:1.2.3\"")
		diags.Append(validateImage(spec, code)...)
	}
	return diags
}

func countOf(all ...bool) int {
	n := 0
	for _, one := range all {
		if one {
			n++
		}
	}
	return n
}

// validateImage refuses what only a zip package has.
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
func validateImage(spec bp.Spec, code bp.CodeSpec) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, refused := range []struct {
		at      path.Path
		is      bool
		why     string
		instead string
	}{
		{path.Root("runtime"), !spec.Runtime.IsNull(), "The image brings its own runtime.", ""},
		{path.Root("handler"), !spec.Handler.IsNull(), "The image says what is started.", " To start something else, write code = { image = { command = [\"app.handler\"] } }."},
		{path.Root("layers"), !spec.Layers.IsNull(), "Lambda lays nothing over an image.", " Put what the layer holds into the image."},
		{path.Root("runtime_management"), !spec.RuntimeManagement.IsNull(), "The runtime is part of the image and patched with it.", ""},
		{path.Root("code").AtName("signing"), !code.Signing.IsNull(), "AWS Signer does not sign images for Lambda.", " Sign the image in its registry instead."},
		{path.Root("code_signing_config_arn"), !spec.CodeSigningConfigARN.IsNull(), "Lambda checks signatures of zip packages only.", ""},
	} {
		if refused.is {
			diags.AddAttributeError(refused.at, fmt.Sprintf("%s does not go with an image", refused.at),
				refused.why+" Leave "+refused.at.String()+" out."+refused.instead)
		}
	}
	return diags
}
