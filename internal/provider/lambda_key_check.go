package provider

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// checkGivenKey looks at a key that was handed in, before anything is
// encrypted with it.
func (r *lambdaResource) checkGivenKey(ctx context.Context, in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	arn, given := in.givenKey().Get()
	if !given {
		return diags
	}
	at := path.Root("kms_key_arn")
	named := arn
	if in.spec.KMSKeyARN.IsNull() {
		named += " (the provider's kms_key_arn)"
	}
	region := bp.Place{}
	if fields, ok := bp.PlaceOf(arn); ok {
		region = fields
	}
	if region.Region != in.place.Region {
		diags.AddAttributeError(at, "The key is in another region",
			fmt.Sprintf("Key %s cannot encrypt a function in %s: Lambda and CloudWatch Logs use keys of their own region. Write the ARN of a key in %s.", named, in.place.Region, in.place.Region))
		return diags
	}
	key, err := r.session.client.InspectKey(ctx, arn)
	if err != nil {
		diags.AddAttributeError(at, "The key cannot be read",
			fmt.Sprintf("Key %s: %v. Check the ARN; whoever runs Terraform needs kms:DescribeKey and kms:GetKeyPolicy on it.", named, err))
		return diags
	}
	switch {
	case key.State != "Enabled":
		diags.AddAttributeError(at, "The key cannot be used",
			fmt.Sprintf("Key %s is %s, so nothing could be encrypted or decrypted with it. Enable it, or write another key.", named, key.State))
	case !key.Symmetric:
		diags.AddAttributeError(at, "The key is of the wrong kind",
			fmt.Sprintf("Key %s is asymmetric or for signatures; Lambda and CloudWatch Logs take symmetric encryption keys. Write another key.", arn))
	case key.AdmitsLogs == bp.Known(false):
		diags.AddAttributeError(at, "The key's policy does not admit CloudWatch Logs",
			fmt.Sprintf("CloudWatch Logs could not encrypt the log group with key %s. Add this statement to the key's policy:\n\n%s", named, logsStatement(in)))
	case key.AdmitsLogs.IsUnknown():
		diags.AddAttributeWarning(at, "The key's policy could not be read",
			fmt.Sprintf("Without kms:GetKeyPolicy on %s the plan cannot tell whether CloudWatch Logs may use it. If it may not, the apply fails. The policy needs this statement:\n\n%s", named, logsStatement(in)))
	}
	return diags
}

// logsStatement renders the statement to add to a given key's policy.
func logsStatement(in intent) string {
	group, _ := in.blueprint(in.known()).LogGroup.Get()
	arn := group.ARN.Else(bp.Known("arn:of:the:log:group"))
	if arn.IsUnknown() {
		arn = bp.Known(in.place.LogGroupARN("*"))
	}
	document, err := bp.Document([]bp.Named{{Sid: "AllowCloudWatchLogs", Statement: draft.LogsKeyStatement(in.place, arn)}})
	if err != nil {
		return err.Error()
	}
	var parsed struct{ Statement []any }
	if err := json.Unmarshal([]byte(document), &parsed); err != nil || len(parsed.Statement) != 1 {
		return document
	}
	text, err := json.MarshalIndent(parsed.Statement[0], "", "  ")
	if err != nil {
		return document
	}
	return string(text)
}
