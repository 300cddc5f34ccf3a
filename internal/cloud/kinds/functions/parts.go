package functions

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func packageType(f bp.Function) types.PackageType {
	if f.Image.IsKnown() {
		return types.PackageTypeImage
	}
	return types.PackageTypeZip
}

// snapStart is left out of a create that does not ask for it: Lambda has None
// for a default, and refuses the member for a function that cannot have
// snapshots.
func snapStart(f bp.Function) *types.SnapStart {
	if f.SnapStart == bp.Known(string(types.SnapStartApplyOnNone)) {
		return nil
	}
	return &types.SnapStart{ApplyOn: types.SnapStartApplyOn(f.SnapStart.Or(""))}
}

// layerARNs is never nil for a zip package: an omitted list would leave the
// layers there are.
func layerARNs(f bp.Function) []string {
	if f.Image.IsKnown() {
		return nil
	}
	texts, _ := f.Layers.Or(nil).Strings()
	if texts == nil {
		texts = []string{}
	}
	return texts
}

func vpcConfig(v bp.Value[bp.Network]) *types.VpcConfig {
	network, ok := v.Get()
	if !ok {
		return &types.VpcConfig{SubnetIds: []string{}, SecurityGroupIds: []string{}}
	}
	return &types.VpcConfig{
		SubnetIds: api.Members(network.SubnetIDs), SecurityGroupIds: api.Members(network.SecurityGroupIDs),
		Ipv6AllowedForDualStack: aws.Bool(network.IPv6.Or(false)),
	}
}

func fileSystems(v bp.Value[bp.FileSystem]) []types.FileSystemConfig {
	system, ok := v.Get()
	if !ok {
		return []types.FileSystemConfig{}
	}
	return []types.FileSystemConfig{{Arn: api.Text(system.ARN), LocalMountPath: api.Text(system.LocalMountPath)}}
}

// observeParts fills in what a function is put together of.
func observeParts(f *bp.Function, cfg *types.FunctionConfiguration) {
	if len(cfg.Layers) > 0 {
		arns := make([]string, len(cfg.Layers))
		for i, layer := range cfg.Layers {
			arns[i] = aws.ToString(layer.Arn)
		}
		f.Layers = bp.Known(bp.ListOf(arns...))
	}
	f.SnapStart = bp.Known(string(types.SnapStartApplyOnNone))
	if cfg.SnapStart != nil && cfg.SnapStart.ApplyOn != "" {
		f.SnapStart = bp.Known(string(cfg.SnapStart.ApplyOn))
	}
	if vpc := cfg.VpcConfig; vpc != nil && len(vpc.SubnetIds) > 0 {
		f.Network = bp.Known(bp.Network{
			SubnetIDs: bp.Known(bp.SetOf(vpc.SubnetIds...)), SecurityGroupIDs: bp.Known(bp.SetOf(vpc.SecurityGroupIds...)),
			IPv6: bp.Known(aws.ToBool(vpc.Ipv6AllowedForDualStack)),
		})
	}
	if len(cfg.FileSystemConfigs) == 1 {
		system := cfg.FileSystemConfigs[0]
		f.FileSystem = bp.Known(bp.FileSystem{ARN: api.Optional(system.Arn), LocalMountPath: api.Optional(system.LocalMountPath)})
	}
	if cfg.DeadLetterConfig != nil {
		f.DeadLetterARN = api.Optional(cfg.DeadLetterConfig.TargetArn)
	}
}
