package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// named is the ARN of something that a unit uses, where it is stated, and what
// AWS says of where that may be.
type named struct {
	at   path.Path
	arn  bp.String
	what string
	// why is the rule; account says that it holds for the account too.
	why     string
	region  bool
	account bool
}

// places lists what a unit names by ARN.
func places(in intent) []named {
	s := in.spec
	dead, _ := s.DeadLetter.Get()
	system, _ := s.FileSystem.Get()
	signing := s.CodeSigningConfigARN
	if s.IsImage() != bp.Known(true) {
		signing = signing.Else(in.house.CodeSigningConfigARN)
	}
	all := []named{
		{path.Root("dead_letter").AtName("target_arn"), dead.TargetARN, "dead-letter target", "Lambda hands dead letters to queues and topics of the function's region only", true, false},
		{path.Root("code_signing_config_arn"), signing, "code signing configuration", "Lambda holds packages against configurations of the function's account and region only", true, true},
		{path.Root("file_system").AtName("arn"), system.ARN, "file system", "Lambda mounts file systems of the function's region only", true, false},
		{path.Root("permissions_boundary"), s.PermissionsBoundary.Else(in.house.PermissionsBoundary), "permissions boundary", "IAM takes policies of the role's own account or of AWS only", false, true},
	}
	for i, layer := range s.Layers.Or(nil) {
		all = append(all, named{path.Root("layers").AtListIndex(i), layer, "layer", "Lambda takes layers of the function's region only", true, false})
	}
	for _, policy := range s.PolicyARNs.Or(nil) {
		all = append(all, named{
			path.Root("additional_policy_arns").AtSetValue(types.StringValue(policy.Or(""))), policy, "policy",
			"IAM attaches policies of the role's own account or of AWS only", false, true,
		})
	}
	return all
}

// checkPlaces finds ARNs of regions, accounts and partitions from which AWS
// takes nothing.
func checkPlaces(in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	here := in.place
	for _, n := range places(in) {
		arn, known := n.arn.Get()
		there, isARN := bp.PlaceOf(arn)
		if !known || !isARN {
			continue
		}
		var wrong []string
		if there.Partition != here.Partition {
			wrong = append(wrong, fmt.Sprintf("partition %s instead of %s", there.Partition, here.Partition))
		}
		if n.region && there.Region != here.Region {
			wrong = append(wrong, fmt.Sprintf("region %s instead of %s", there.Region, here.Region))
		}
		if n.account && there.Account != here.Account && there.Account != awsAccount {
			wrong = append(wrong, fmt.Sprintf("account %s instead of %s", there.Account, here.Account))
		}
		if len(wrong) > 0 {
			diags.AddAttributeError(n.at, fmt.Sprintf("The %s is somewhere else", n.what),
				fmt.Sprintf("%s is in %s. %s, so the apply would fail. Write the ARN of one that is in the right place.", arn, strings.Join(wrong, " and "), n.why))
		}
	}
	return diags
}

// awsAccount is the account field of what AWS itself provides.
const awsAccount = "aws"

// checkSecretARNs finds ARNs that look whole and lack what Secrets Manager put
// behind the name: a policy that names one allows nothing.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
func (r *lambdaResource) checkSecretARNs(ctx context.Context, in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	for variable, entry := range in.spec.Secrets.Or(nil) {
		secret, _ := entry.Get()
		arn := secret.ARN.Or("")
		if !bp.SecretMayLackSuffix(arn) {
			continue
		}
		at := path.Root("secrets").AtMapKey(variable).AtName("arn")
		whole, err := r.session.client.WholeSecretARN(ctx, arn)
		switch {
		case err != nil:
			diags.AddAttributeWarning(at, "The ARN may lack its end",
				fmt.Sprintf("%s ends in a word, and the six characters that Secrets Manager puts behind a name are rarely one. Without them the role may read nothing. The secret could not be read to make sure: %v.", arn, err))
		case whole != "" && whole != arn:
			diags.AddAttributeError(at, "The ARN lacks its end",
				fmt.Sprintf("What stands behind the last hyphen of %s is part of the secret's name, and a policy without the six characters behind it allows nothing. Write %q.", arn, whole))
		}
	}
	return diags
}
