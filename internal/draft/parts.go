package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// Values of SnapStart.
const (
	snapStartOff = "None"
	snapStartOn  = "PublishedVersions"
)

func snapStart(on bool) string {
	if on {
		return snapStartOn
	}
	return snapStartOff
}

func (d *drafter) imageURI() bp.String {
	return bp.Then(d.spec.IsImage(), func(image bool) bp.String {
		if !image {
			return bp.Null[string]()
		}
		return d.facts.ImageURI
	})
}

// image drafts what a function made from an image has of its own.
func (d *drafter) image() bp.Value[bp.Image] {
	return bp.Then(d.spec.Code, func(code bp.CodeSpec) bp.Value[bp.Image] {
		return bp.Map(code.Image, func(i bp.ImageSpec) bp.Image {
			return bp.Image{
				Command: noneIsNullList(i.Command), EntryPoint: noneIsNullList(i.EntryPoint),
				WorkingDirectory: emptyIsNull(i.WorkingDirectory),
			}
		})
	})
}

func noneIsNullList(v bp.Value[bp.List]) bp.Value[bp.List] {
	return bp.Then(v, func(list bp.List) bp.Value[bp.List] {
		if len(list) == 0 {
			return bp.Null[bp.List]()
		}
		return bp.Known(list)
	})
}

func (d *drafter) layers() bp.Value[bp.List] {
	return noneIsNullList(d.spec.Layers)
}

func (d *drafter) network() bp.Value[bp.Network] {
	return bp.Map(VPC(d.spec, d.facts.House), func(v bp.VPCSpec) bp.Network {
		return bp.Network{
			SubnetIDs:        bp.Map(v.SubnetIDs, bp.Set.Canonical),
			SecurityGroupIDs: bp.Map(v.SecurityGroupIDs, bp.Set.Canonical),
			IPv6:             v.IPv6.Else(bp.Known(false)),
		}
	})
}

func (d *drafter) runtimeManagement() bp.Value[bp.RuntimeManagement] {
	return bp.Then(d.spec.RuntimeManagement, func(r bp.RuntimeSpec) bp.Value[bp.RuntimeManagement] {
		return bp.Then(r.UpdateRuntimeOn, func(mode string) bp.Value[bp.RuntimeManagement] {
			if mode == bp.RuntimeAuto {
				return bp.Null[bp.RuntimeManagement]()
			}
			return bp.Known(bp.RuntimeManagement(r))
		})
	})
}

// interfaceCalls are those by which Lambda keeps network interfaces.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
var interfaceCalls = bp.SetOf(
	"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
)

// networkStatement lets Lambda keep network interfaces in the role's name.
func (d *drafter) networkStatement() bp.Value[bp.Statement] {
	return bp.Map(VPC(d.spec, d.facts.House), func(bp.VPCSpec) bp.Statement {
		return bp.Statement{Effect: bp.Known(allow), Actions: bp.Known(interfaceCalls), Resources: bp.Known(bp.SetOf("*"))}
	})
}

// networkDenial keeps the function's own code from those calls.
// https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
func (d *drafter) networkDenial() bp.Value[bp.Statement] {
	return bp.Map(VPC(d.spec, d.facts.House), func(bp.VPCSpec) bp.Statement {
		return bp.Statement{Effect: bp.Known(deny), Actions: bp.Known(interfaceCalls), Resources: bp.Known(bp.SetOf("*")), Conditions: d.bound()}
	})
}

// fileSystemStatement mounts through the access point alone. Lambda mounts
// outside the function's code and checks the role when the function is
// configured, so the statement is not bound to the function's own calls.
// https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
func (d *drafter) fileSystemStatement() bp.Value[bp.Statement] {
	return bp.Map(d.spec.FileSystem, func(f bp.FileSystemSpec) bp.Statement {
		return bp.Statement{
			Effect: bp.Known(allow),
			Actions: bp.Map(f.ReadOnly.Else(bp.Known(false)), func(readOnly bool) bp.Set {
				if readOnly {
					return bp.SetOf("elasticfilesystem:ClientMount")
				}
				return bp.SetOf("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
			}),
			Resources:  bp.Known(bp.SetOf(d.facts.Place.FileSystemARN("*"))),
			Conditions: bp.Known(bp.Conditions{stringEquals: condition("elasticfilesystem:AccessPointArn", f.ARN)}),
		}
	})
}
