package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// told remembers what a run has said about the provider block, which every
// unit finds anew.
type told struct {
	mu   sync.Mutex
	said map[string]bool
}

// once passes diagnostics on the first time they come up.
func (t *told) once(key string, found diag.Diagnostics) diag.Diagnostics {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(found) == 0 || t.said[key] {
		return nil
	}
	if t.said == nil {
		t.said = map[string]bool{}
	}
	t.said[key] = true
	return found
}

// checkGivenKey looks at a key that was handed in, before anything is
// encrypted with it. What is wrong with the house's key is said once in a run,
// and once more if only a unit that does not change has said it: there it is a
// warning, and stops nothing.
func (r *lambdaResource) checkGivenKey(ctx context.Context, in intent, stops bool) diag.Diagnostics {
	arn, given := in.givenKey().Get()
	if !given {
		return nil
	}
	found := r.inspectGivenKey(ctx, in, arn)
	if in.spec.KMSKeyARN.IsNull() {
		return r.session.told.once(fmt.Sprintf("key, stops: %v", stops), found)
	}
	return found
}

func (r *lambdaResource) inspectGivenKey(ctx context.Context, in intent, arn string) diag.Diagnostics {
	var diags diag.Diagnostics
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
			fmt.Sprintf("Key %s: %v. Check the ARN; the identity that runs Terraform needs kms:DescribeKey and kms:GetKeyPolicy on it.", named, err))
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
			fmt.Sprintf("CloudWatch Logs could not encrypt %s with key %s. Add this statement to the key's policy%s:\n\n%s", groupsOf(in), named, oneForAll(in), logsStatement(in)))
	case key.AdmitsLogs == bp.Known(true) && !coversGroup(key, in):
		diags.AddAttributeError(at, "The key's policy admits CloudWatch Logs for other log groups only",
			fmt.Sprintf("The condition %s in the policy of key %s does not match %s, so CloudWatch Logs could not encrypt it. Put this statement in the place of the one that is there%s:\n\n%s",
				draft.LogsContext, named, groupOf(in.blueprint(in.known())).ARN, oneForAll(in), logsStatement(in)))
	case key.AdmitsLogs.IsUnknown():
		diags.AddAttributeWarning(at, "The key's policy could not be read",
			fmt.Sprintf("Without kms:GetKeyPolicy on %s the plan cannot tell whether CloudWatch Logs may use it. If it may not, the apply fails. The policy needs this statement%s:\n\n%s", named, oneForAll(in), logsStatement(in)))
	}
	return diags
}

func coversGroup(key cloud.GivenKey, in intent) bool {
	arn, known := groupOf(in.blueprint(in.known())).ARN.Get()
	return !known || draft.CoversLogGroup(key.Logs, arn)
}

// groupsOf are the log groups that a given key is for.
func groupsOf(in intent) string {
	if in.spec.KMSKeyARN.IsNull() {
		return "the log groups of the provider's units"
	}
	return "the log group"
}

// oneForAll says that one statement does for all units that share the house's key.
func oneForAll(in intent) string {
	if in.spec.KMSKeyARN.IsNull() {
		return fmt.Sprintf(". It is for every log group of account %s in %s, so one statement does for all units", in.place.Account, in.place.Region)
	}
	return ""
}

// logsStatement renders the statement to add to a given key's policy.
func logsStatement(in intent) string {
	statement := draft.HouseKeyStatement(in.place)
	if !in.spec.KMSKeyARN.IsNull() {
		arn := groupOf(in.blueprint(in.known())).ARN
		if !arn.IsKnown() {
			arn = bp.Known(in.place.LogGroupARN("*"))
		}
		statement = draft.LogsKeyStatement(in.place, arn)
	}
	document, err := bp.Document([]bp.Named{{Sid: "AllowCloudWatchLogs", Statement: statement}})
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
