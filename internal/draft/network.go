package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// VPC is the one in effect, null outside of any. A unit's own stands for the
// house's as a whole: groups belong to the VPC of the subnets.
func VPC(spec bp.Spec, house bp.House) bp.Value[bp.VPCSpec] {
	return bp.Then(spec.VPC.Else(house.VPC), func(vpc bp.VPCSpec) bp.Value[bp.VPCSpec] {
		return bp.Then(vpc.Enabled.Else(bp.Known(true)), func(enabled bool) bp.Value[bp.VPCSpec] {
			if !enabled {
				return bp.Null[bp.VPCSpec]()
			}
			return bp.Known(vpc)
		})
	})
}

// InferVPC states where a function is, also that it is in no VPC.
func InferVPC(f bp.Function) bp.Value[bp.VPCSpec] {
	return bp.Map(f.Network, func(n bp.Network) bp.VPCSpec {
		return bp.VPCSpec{SubnetIDs: n.SubnetIDs, SecurityGroupIDs: n.SecurityGroupIDs, IPv6: unlessDefault(n.IPv6, bp.Known(false))}
	}).Else(bp.Known(bp.VPCSpec{Enabled: bp.Known(false)}))
}

func inferFileSystem(observed bp.Blueprint) bp.Value[bp.FileSystemSpec] {
	function, _ := observed.Function.Get()
	policy, _ := observed.Policy.Get()
	statements, _ := policy.Statements.Get()
	return bp.Map(function.FileSystem, func(f bp.FileSystem) bp.FileSystemSpec {
		spec := bp.FileSystemSpec{ARN: f.ARN, LocalMountPath: f.LocalMountPath}
		grant, known := statements.FileSystem.Get()
		if known && len(grant.Actions.Or(nil)) == 1 {
			spec.ReadOnly = bp.Known(true)
		}
		return spec
	})
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
