package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// validateParts finds parts of a function that do not go together.
func validateParts(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	layers, _ := spec.Layers.Or(nil).Strings()
	if twice, repeats := rules.Repeats(layers); repeats {
		diags.AddAttributeError(path.Root("layers"), "Duplicate layer",
			fmt.Sprintf("%s covers itself, and Lambda refuses that. Leave one out.", twice))
	}
	if vpc, ok := spec.VPC.Get(); ok {
		diags.Append(validateVPC(vpc)...)
	}
	if system, ok := spec.FileSystem.Get(); ok {
		at := path.Root("file_system")
		needs(&diags, at.AtName("arn"), system.ARN.IsNull(), "arn = the ARN of an EFS access point")
		needs(&diags, at.AtName("local_mount_path"), system.LocalMountPath.IsNull(), "local_mount_path = \"/mnt/data\"")
		if vpc, ok := spec.VPC.Get(); ok && vpc.Enabled == bp.Known(false) {
			diags.AddAttributeError(at, needsVPC, needsVPCDetail)
		}
	}
	diags.Append(validatePermissions(spec)...)
	diags.Append(validateSnapStart(spec)...)
	diags.Append(validateRuntimeManagement(spec)...)
	return diags
}

// A unit that states no VPC may have the house's, which a validation does not
// know; checkHouse asks again.
const (
	needsVPC       = "A file system needs a VPC"
	needsVPCDetail = "EFS is reached through mount targets in a VPC only. Write vpc = { subnet_ids, security_group_ids } with the subnets of the mount targets."
)

// validateVPC wants a VPC that is described whole, or none. It serves the unit
// and the provider block.
func validateVPC(vpc bp.VPCSpec) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root("vpc")
	if vpc.Enabled == bp.Known(false) {
		if !bp.Equal(vpc, bp.VPCSpec{Enabled: bp.Known(false)}) {
			diags.AddAttributeError(at.AtName("enabled"), "The VPC is disabled but configured",
				"With enabled = false the unit is in no VPC, so nothing else in the block would have an effect. Leave the rest out, or leave enabled out.")
		}
		return diags
	}
	if vpc.Enabled.IsUnknown() {
		return diags // checkHouse asks again
	}
	needs(&diags, at.AtName("subnet_ids"), vpc.SubnetIDs.IsNull(), "subnet_ids = [\"subnet-0123456789abcdef0\", \"subnet-0fedcba9876543210\"]")
	needs(&diags, at.AtName("security_group_ids"), vpc.SecurityGroupIDs.IsNull(), "security_group_ids = [\"sg-0123456789abcdef0\"]")
	return diags
}

// validatePermissions asks whom a service acts for: without that, anybody could
// have the service invoke the function.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func validatePermissions(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	for label, entry := range spec.Permissions.Or(nil) {
		at := path.Root("permissions").AtMapKey(label)
		grant, ok := entry.Get()
		if !ok {
			continue
		}
		needs(&diags, at.AtName("principal"), grant.Principal.IsNull(), "principal = \"s3.amazonaws.com\"")
		who, known := grant.Principal.Get()
		if !known || rules.Principal(who) != nil {
			continue
		}
		if who == rules.Everyone && grant.OrganizationID.IsNull() {
			addViolation(&diags, at.AtName("principal"), rules.UnboundEveryone())
		}
		if rules.IsService(who) && grant.SourceARN.IsNull() && grant.SourceAccount.IsNull() {
			here := at.AtName("source_arn")
			diags.AddAttributeError(here, fmt.Sprintf("%s could act for anybody", who), whereNested(here)+
				"A service invokes on behalf of whoever set it up, in any account. Write the source_arn of your bucket, topic, rule or API, or at least source_account.")
		}
		if rules.IsService(who) && !grant.OrganizationID.IsNull() {
			here := at.AtName("organization_id")
			diags.AddAttributeError(here, "A service belongs to no organization", whereNested(here)+
				"The condition would never hold, so the grant would do nothing. Leave organization_id out, or name an account or role as principal.")
		}
		if source := sourceOf(grant); !rules.IsService(who) && !grant.OrganizationID.IsNull() && source != "" {
			here := at.AtName(source)
			diags.AddAttributeError(here, "A source and an organization exclude each other", whereNested(here)+
				fmt.Sprintf("Only a service's call has a source, and a service belongs to no organization. The conditions would never hold together, so the grant would do nothing. "+
					"Leave %s out, or name the service as principal and leave organization_id out.", source))
		}
	}
	return diags
}

// sourceOf is the attribute by which a grant is bound to a source, empty for none.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn
func sourceOf(grant bp.PermissionSpec) string {
	switch {
	case !grant.SourceARN.IsNull():
		return "source_arn"
	case !grant.SourceAccount.IsNull():
		return "source_account"
	}
	return ""
}

// validateSnapStart refuses what Lambda cannot take a snapshot of.
// https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
func validateSnapStart(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	if spec.SnapStart != bp.Known(true) {
		return diags
	}
	at := path.Root("snap_start")
	runtime, known := artifact.LookupRuntime(spec.Runtime.Or(""))
	switch {
	case known && !runtime.SnapStart:
		diags.AddAttributeError(at, fmt.Sprintf("Runtime %s has no SnapStart", spec.Runtime.Or("")),
			"Lambda takes snapshots of Java 11, Python 3.12, .NET 8 and later only. Leave snap_start out, or move to such a runtime.")
	case !spec.FileSystem.IsNull() && !spec.FileSystem.IsUnknown():
		diags.AddAttributeError(at, "SnapStart and a file system exclude each other",
			"A snapshot cannot hold a mounted file system. Leave one of the two out.")
	default:
		addViolation(&diags, at, rules.SnapStartStorage(spec.EphemeralStorage.Or(0)))
	}
	return diags
}

func validateRuntimeManagement(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	management, ok := spec.RuntimeManagement.Get()
	if !ok {
		return diags
	}
	at := path.Root("runtime_management")
	needs(&diags, at.AtName("update_runtime_on"), management.UpdateRuntimeOn.IsNull(), "update_runtime_on = \"FunctionUpdate\"")
	mode, known := management.UpdateRuntimeOn.Get()
	switch {
	case known && mode == "Manual" && management.RuntimeVersionARN.IsNull():
		diags.AddAttributeError(at.AtName("runtime_version_arn"), "Manual needs a runtime version",
			"Lambda has to be told which build of the runtime to keep. Copy its ARN from the INIT_START line of the log, or write update_runtime_on = \"FunctionUpdate\".")
	case known && mode != "Manual" && !management.RuntimeVersionARN.IsNull():
		diags.AddAttributeError(at.AtName("runtime_version_arn"), fmt.Sprintf("A runtime version is kept with Manual only, not with %s", mode),
			"Lambda chooses the build itself. Leave runtime_version_arn out, or write update_runtime_on = \"Manual\".")
	}
	return diags
}
