package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// checkNetwork refuses subnets and security groups that do not exist or are not
// of one VPC. Who may not read them learns it at apply.
func (r *lambdaResource) checkNetwork(ctx context.Context, in intent, want bp.Blueprint) diag.Diagnostics {
	var diags diag.Diagnostics
	network, inside := functionOf(want).Network.Get()
	subnets, whole := network.SubnetIDs.Or(nil).Strings()
	if !inside || !whole || len(subnets) == 0 || !touches(in.changesTo(want), "network") {
		return diags
	}
	at := path.Root("vpc").AtName("subnet_ids")
	found, err := r.session.client.InspectSubnets(ctx, subnets)
	switch {
	case err != nil:
		return diags
	case len(found.Missing) > 0:
		diags.AddAttributeError(at, fmt.Sprintf("There is no %s", listing("subnet", found.Missing)),
			fmt.Sprintf("Region %s of account %s does not have it, or you may not see it, and Lambda would refuse the function. Write the ids of subnets that exist.",
				in.place.Region, in.place.Account))
	case len(found.VPCs) > 1:
		diags.AddAttributeError(at, "The subnets are in several VPCs",
			fmt.Sprintf("They are in %s, and a function is in one VPC. Write subnets of one of them.", strings.Join(found.VPCs, " and ")))
	case len(found.VPCs) == 1:
		diags.Append(r.checkGroups(ctx, found.VPCs[0], network)...)
	}
	return diags
}

func (r *lambdaResource) checkGroups(ctx context.Context, vpc string, network bp.Network) diag.Diagnostics {
	var diags diag.Diagnostics
	groups, whole := network.SecurityGroupIDs.Or(nil).Strings()
	if !whole || len(groups) == 0 {
		return diags
	}
	at := path.Root("vpc").AtName("security_group_ids")
	found, err := r.session.client.InspectGroups(ctx, vpc, groups)
	if err != nil {
		return diags
	}
	if len(found.Missing) > 0 {
		diags.AddAttributeError(at, fmt.Sprintf("There is no %s", listing("security group", found.Missing)),
			"It does not exist here, or you may not see it, and Lambda would refuse the function. Write the ids of security groups that exist.")
		return diags
	}
	var elsewhere []string
	for id, of := range found.Elsewhere {
		elsewhere = append(elsewhere, fmt.Sprintf("%s is of %s", id, of))
	}
	slices.Sort(elsewhere)
	if len(elsewhere) == 0 || found.Usable == bp.Known(true) {
		return diags
	}
	summary := "The security groups are of another VPC than the subnets"
	text := fmt.Sprintf("%s, and the subnets are in %s. Lambda would refuse the function. Write security groups of %s", strings.Join(elsewhere, ", "), vpc, vpc)
	if found.Usable.IsUnknown() {
		diags.AddAttributeWarning(at, summary, text+", or make sure that they are associated with it: whether they are could not be read (ec2:DescribeSecurityGroupVpcAssociations).")
		return diags
	}
	diags.AddAttributeError(at, summary, text+", or associate them with it.")
	return diags
}

// listing is "subnet subnet-1", or "subnets subnet-1, subnet-2".
func listing(what string, ids []string) string {
	if len(ids) > 1 {
		what += "s"
	}
	return what + " " + strings.Join(ids, ", ")
}

// heldByLambda are the actions that Lambda checks of a role when a function is
// configured, as read on 2026-11-29: without them it refuses the function.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
var heldByLambda = []string{
	"sqs:SendMessage", "sns:Publish", "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
	"ec2:DescribeSubnets", "elasticfilesystem:ClientMount", "xray:PutTraceSegments",
}

// checkBoundary reads the permissions boundary and names what it withholds from
// the role: what Lambda asks for at once stops the plan, since the apply would
// wait for it in vain. A change of anything else is not held up by a boundary that
// the function runs with.
func (r *lambdaResource) checkBoundary(ctx context.Context, in intent, want bp.Blueprint) diag.Diagnostics {
	var diags diag.Diagnostics
	if !slices.ContainsFunc(in.changesTo(want), func(c bp.Difference) bool {
		part, _, _ := strings.Cut(c.Path, ".")
		return part == "role" || part == "policy" || part == "status"
	}) {
		return diags
	}
	at := path.Root("permissions_boundary")
	arn, known := roleOf(want).PermissionsBoundary.Get()
	policy, _ := want.Policy.Get()
	if !known {
		return diags
	}
	boundary, err := r.session.client.InspectBoundary(ctx, arn)
	switch {
	case err != nil:
		return diags // the apply says so
	case boundary.Missing:
		diags.AddAttributeError(at, "The permissions boundary does not exist",
			fmt.Sprintf("There is no policy %s, and IAM would refuse the role. Create the policy first, or correct the ARN.", arn))
		return diags
	}
	var refused, withheld []string
	for _, s := range policy.Statements.Or(bp.PolicyStatements{}).Statements() {
		for _, action := range access.Withheld(boundary.Statements, s.Statement) {
			if slices.Contains(heldByLambda, action) {
				refused = append(refused, action)
			} else {
				withheld = append(withheld, action)
			}
		}
	}
	list := func(actions []string) string {
		slices.Sort(actions)
		return strings.Join(slices.Compact(actions), ", ")
	}
	if len(refused) > 0 {
		diags.AddAttributeError(at, "The permissions boundary withholds what Lambda asks for",
			fmt.Sprintf("Boundary %s does not allow %s, which the role's policy gives and Lambda checks before it takes the function. The apply would wait for minutes and fail. "+
				"Allow these in the boundary, name another boundary, or leave out what needs them (dead_letter, vpc, file_system, tracing).", arn, list(refused)))
	}
	if len(withheld) > 0 {
		diags.AddAttributeWarning(at, "The permissions boundary withholds some of the role's permissions",
			fmt.Sprintf("Boundary %s does not allow %s, which the role's policy gives: the function's calls are denied. Allow them in the boundary, or take them out of the unit.", arn, list(withheld)))
	}
	return diags
}

// checkImage holds the processor that an image was built for against that of the
// function. Who may not read it learns it at the first call.
func (r *lambdaResource) checkImage(ctx context.Context, in intent, want bp.Blueprint) diag.Diagnostics {
	var diags diag.Diagnostics
	function := functionOf(want)
	uri, isImage := function.ImageURI.Get()
	architecture, known := function.Architecture.Get()
	if !isImage || !known || !touches(in.changesTo(want), "image_uri", "architecture") {
		return diags
	}
	platform := architecture // as Docker calls it
	if architecture == "x86_64" {
		platform = "amd64"
	}
	built, err := r.session.client.ImageArchitecture(ctx, uri)
	if err == nil && built != "" && built != architecture {
		diags.AddAttributeError(path.Root("architecture"), fmt.Sprintf("The image is built for %s", built),
			fmt.Sprintf("%s is built for %s and the function is to run on %s, where it would not start. Write architecture = %q, or build the image for %s: docker buildx build --platform linux/%s.",
				uri, built, architecture, built, architecture, platform))
	}
	return diags
}
