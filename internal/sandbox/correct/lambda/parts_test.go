package lambda_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestRuntimeManagement_IsAutoUnlessSetPerVersion(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	one := aws.String(c.Publish(t))
	c.Live(t, "1")
	get := func(qualifier *string) string {
		out, err := c.Lambda.GetRuntimeManagementConfig(t.Context(), &lambda.GetRuntimeManagementConfigInput{FunctionName: aws.String("f"), Qualifier: qualifier})
		if err != nil {
			t.Fatal(err)
		}
		return string(out.UpdateRuntimeOn) + " " + aws.ToString(out.RuntimeVersionArn)
	}
	put := func(qualifier *string, mode types.UpdateRuntimeOn, arn *string) error {
		_, err := c.Lambda.PutRuntimeManagementConfig(t.Context(), &lambda.PutRuntimeManagementConfigInput{FunctionName: aws.String("f"), Qualifier: qualifier, UpdateRuntimeOn: mode, RuntimeVersionArn: arn})
		return err
	}
	if got := get(nil); got != "Auto " {
		t.Errorf("at first: %s", got)
	}
	version := aws.String("arn:aws:lambda:eu-central-1::runtime:" + strings.Repeat("0", 64))
	if err := put(nil, types.UpdateRuntimeOnFunctionUpdate, nil); err != nil {
		t.Fatal(err)
	}
	if err := put(one, types.UpdateRuntimeOnManual, version); err != nil {
		t.Fatal(err)
	}
	if got := get(nil) + get(aws.String("$LATEST")) + get(one); got != "FunctionUpdate FunctionUpdate Manual "+*version {
		t.Errorf("set: %s", got)
	}
	sandboxtest.WantError(t, put(nil, types.UpdateRuntimeOnManual, nil), "InvalidParameterValueException", "RuntimeVersionArn")
	sandboxtest.WantError(t, put(aws.String("live"), types.UpdateRuntimeOnAuto, nil), "ValidationException", "qualifier")
	sandboxtest.WantError(t, put(aws.String("9"), types.UpdateRuntimeOnAuto, nil), "ResourceNotFoundException", ":function:f:9")
}

func TestSnapStart_OptimizesPublishedVersions(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	input := sandboxtest.FunctionInput(t, "f", c.Role(t, "r", sandboxtest.Trust))
	input.SnapStart = &types.SnapStart{ApplyOn: types.SnapStartApplyOnPublishedVersions}
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	if got := c.Get(t, nil).Configuration.SnapStart; got.ApplyOn != "PublishedVersions" || got.OptimizationStatus != "Off" {
		t.Errorf("$LATEST: %+v", got)
	}
	version := c.Publish(t)
	if got := c.Get(t, &version).Configuration.SnapStart; got.OptimizationStatus != "On" {
		t.Errorf("version: %+v", got)
	}
	if again := c.Publish(t); again != version {
		t.Errorf("published again as %s", again)
	}
	_, err := c.Lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), SnapStart: &types.SnapStart{ApplyOn: types.SnapStartApplyOnNone}})
	if err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	if got := c.Get(t, nil).Configuration.SnapStart; got.ApplyOn != "None" {
		t.Errorf("switched off: %+v", got)
	}
}

func TestLayers_MustExist(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	layer, err := c.Lambda.PublishLayerVersion(t.Context(), &lambda.PublishLayerVersionInput{LayerName: aws.String("l"), Content: &types.LayerVersionContentInput{ZipFile: sandboxtest.Zipped(t, "")}})
	if err != nil {
		t.Fatal(err)
	}
	byARN, err := c.Lambda.GetLayerVersionByArn(t.Context(), &lambda.GetLayerVersionByArnInput{Arn: layer.LayerVersionArn})
	if err != nil || *byARN.Content.CodeSha256 != *layer.Content.CodeSha256 {
		t.Errorf("by ARN: %+v %v", byARN, err)
	}
	byName, err := c.Lambda.GetLayerVersion(t.Context(), &lambda.GetLayerVersionInput{LayerName: aws.String("l"), VersionNumber: aws.Int64(1)})
	if err != nil || *byName.LayerVersionArn != *layer.LayerVersionArn {
		t.Errorf("by name: %+v %v", byName, err)
	}
	role := c.Role(t, "r", sandboxtest.Trust)
	create := func(layer string) error {
		input := sandboxtest.FunctionInput(t, "f", role)
		input.Layers = []string{layer}
		_, err := c.Lambda.CreateFunction(t.Context(), input)
		return err
	}
	sandboxtest.WantError(t, create(strings.TrimSuffix(*layer.LayerVersionArn, "1")+"2"), "InvalidParameterValueException", "does not exist")
	if err := create(*layer.LayerVersionArn); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	if got := c.Get(t, nil).Configuration.Layers; len(got) != 1 || *got[0].Arn != *layer.LayerVersionArn || got[0].CodeSize == 0 {
		t.Errorf("layers: %+v", got)
	}
}

// vpc is a subnet and a group of the account's default VPC.
func vpc(t *testing.T, c sandboxtest.Tenant) (vpc, subnet, group string) {
	t.Helper()
	subnets, err := c.EC2().DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{})
	if err != nil || len(subnets.Subnets) == 0 {
		t.Fatal(subnets, err)
	}
	groups, err := c.EC2().DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{})
	if err != nil || len(groups.SecurityGroups) == 0 {
		t.Fatal(groups, err)
	}
	return *subnets.Subnets[0].VpcId, *subnets.Subnets[0].SubnetId, *groups.SecurityGroups[0].GroupId
}

func TestNetwork_MustExistAndBeAllowed(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	vpc, subnet, group := vpc(t, c)
	role := c.Role(t, "r", sandboxtest.Trust)
	create := func(subnets, groups []string) error {
		input := sandboxtest.FunctionInput(t, "f", role)
		input.VpcConfig = &types.VpcConfig{SubnetIds: subnets, SecurityGroupIds: groups}
		_, err := c.Lambda.CreateFunction(t.Context(), input)
		return err
	}
	const code = "InvalidParameterValueException"
	sandboxtest.WantError(t, create([]string{subnet}, nil), code, "must coexist")
	sandboxtest.WantError(t, create([]string{"subnet-0"}, []string{group}), code, "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID 'subnet-0' does not exist")
	sandboxtest.WantError(t, create([]string{subnet}, []string{"sg-00000000000000000"}), code, "EC2 Error Code: InvalidGroup.NotFound.")
	sandboxtest.WantError(t, create([]string{subnet}, []string{group}), code, "does not have permissions to call CreateNetworkInterface on EC2")
	c.Allow(t, "network", `"Action":["ec2:CreateNetworkInterface"],"Resource":"*"`)
	if err := create([]string{subnet}, []string{group}); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	got := c.Get(t, nil).Configuration.VpcConfig
	if *got.VpcId != vpc || fmt.Sprint(got.SubnetIds, got.SecurityGroupIds) != fmt.Sprintf("[%s] [%s]", subnet, group) {
		t.Errorf("got %+v", got)
	}
}

func TestNetwork_IsDescribedByID(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	vpc, subnet, group := vpc(t, c)
	subnets, err := c.EC2().DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{SubnetIds: []string{subnet}})
	if err != nil || len(subnets.Subnets) != 1 || *subnets.Subnets[0].VpcId != vpc {
		t.Errorf("subnets: %+v %v", subnets, err)
	}
	groups, err := c.EC2().DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{group}})
	if err != nil || len(groups.SecurityGroups) != 1 || *groups.SecurityGroups[0].VpcId != vpc {
		t.Errorf("groups: %+v %v", groups, err)
	}
}

func TestFileSystem_NeedsAVPCAndAnAccessPoint(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	_, subnet, group := vpc(t, c)
	_, fs := c.Rest(t, "elasticfilesystem", http.MethodPost, "/2015-02-01/file-systems", `{"CreationToken":"t"}`)
	id := fs.Text("FileSystemId")
	if _, target := c.Rest(t, "elasticfilesystem", http.MethodPost, "/2015-02-01/mount-targets", `{"FileSystemId":"`+id+`","SubnetId":"`+subnet+`"}`); target.Text("MountTargetId") == "" {
		t.Fatal(target)
	}
	_, point := c.Rest(t, "elasticfilesystem", http.MethodPost, "/2015-02-01/access-points", `{"ClientToken":"t","FileSystemId":"`+id+`"}`)
	arn := point.Text("AccessPointArn")
	role := c.Role(t, "r", sandboxtest.Trust)
	c.Allow(t, "network", `"Action":"ec2:*","Resource":"*"`)
	create := func(arn, path string, vpc *types.VpcConfig) error {
		input := sandboxtest.FunctionInput(t, "f", role)
		input.FileSystemConfigs, input.VpcConfig = []types.FileSystemConfig{{Arn: &arn, LocalMountPath: &path}}, vpc
		_, err := c.Lambda.CreateFunction(t.Context(), input)
		return err
	}
	inside := &types.VpcConfig{SubnetIds: []string{subnet}, SecurityGroupIds: []string{group}}
	sandboxtest.WantError(t, create(arn, "/mnt/data", nil), "InvalidParameterValueException", "Function must be configured to execute in a VPC")
	sandboxtest.WantError(t, create(arn, "/data", inside), "ValidationException", "localMountPath")
	sandboxtest.WantError(t, create(arn[:strings.LastIndex(arn, "-")]+"-0", "/mnt/data", inside), "InvalidParameterValueException", "does not exist")
	if err := create(arn, "/mnt/data", inside); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	if got := c.Get(t, nil).Configuration.FileSystemConfigs; len(got) != 1 || *got[0].Arn != arn || *got[0].LocalMountPath != "/mnt/data" {
		t.Errorf("got %+v", got)
	}

	pointID := point.Text("AccessPointId")
	if _, other := c.Rest(t, "elasticfilesystem", http.MethodPost, "/2015-02-01/file-systems", `{"CreationToken":"u"}`); other.Text("FileSystemId") == "" {
		t.Fatal(other)
	}
	_, targets := c.Rest(t, "elasticfilesystem", http.MethodGet, "/2015-02-01/mount-targets?AccessPointId="+pointID, "")
	if list, _ := targets["MountTargets"].([]any); len(list) != 1 {
		t.Errorf("mount targets: %v", targets)
	}
	status, _ := c.Rest(t, "elasticfilesystem", http.MethodGet, "/2015-02-01/access-points?AccessPointId=fsap-0", "")
	if status != http.StatusNotFound {
		t.Errorf("a missing access point: %d", status)
	}
}

func TestCode_MustBeInTheBucket(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	bucket := c.Bucket(t)
	input := sandboxtest.FunctionInput(t, "f", c.Role(t, "r", sandboxtest.Trust))
	input.Code = &types.FunctionCode{S3Bucket: &bucket, S3Key: aws.String("missing.zip")}
	_, err := c.Lambda.CreateFunction(t.Context(), input)
	sandboxtest.WantError(t, err, "InvalidParameterValueException", "S3 Error Code: NoSuchKey")
}

func TestPolicy_OfAVersionIsItsOwnAndOfAnAliasEndsWithIt(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	version, live := aws.String(c.Publish(t)), aws.String("live")
	c.Live(t, *version)
	for _, qualifier := range []*string{version, live} {
		if err := permit(t, c, qualifier, "sid"); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.PutEvents(t, live, aws.Int32(0), nil, ""); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(sids(t, c, nil), sids(t, c, version), sids(t, c, live)); got != "[] [sid] [sid]" {
		t.Errorf("policies: %s", got)
	}
	if _, err := c.Lambda.DeleteAlias(t.Context(), &lambda.DeleteAliasInput{FunctionName: aws.String("f"), Name: live}); err != nil {
		t.Fatal(err)
	}
	c.Live(t, *version)
	if got := fmt.Sprint(sids(t, c, version), sids(t, c, live)); got != "[sid] []" {
		t.Errorf("after the alias was made anew: %s", got)
	}
	_, err := c.Lambda.GetFunctionEventInvokeConfig(t.Context(), &lambda.GetFunctionEventInvokeConfigInput{FunctionName: aws.String("f"), Qualifier: live})
	sandboxtest.WantError(t, err, "ResourceNotFoundException", "")
}
