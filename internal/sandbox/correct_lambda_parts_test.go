package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

func (c tenant) ec2() *ec2.Client { return ec2.NewFromConfig(c.config) }

// rest calls a REST service for which the module has no client.
func (c tenant) rest(t *testing.T, service, method, path, body string) (status int, answer object) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, box.Endpoint()+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization(c.account, service))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err = parseObject(raw); err != nil {
		t.Fatalf("%s answered %d %s", path, resp.StatusCode, raw)
	}
	return resp.StatusCode, answer
}

func (c tenant) get(t *testing.T, qualifier *string) *lambda.GetFunctionOutput {
	t.Helper()
	out, err := c.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f"), Qualifier: qualifier})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRuntimeManagement_IsAutoUnlessSetPerVersion(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	one := aws.String(c.publish(t))
	c.live(t, "1")
	get := func(qualifier *string) string {
		out, err := c.lambda.GetRuntimeManagementConfig(t.Context(), &lambda.GetRuntimeManagementConfigInput{FunctionName: aws.String("f"), Qualifier: qualifier})
		if err != nil {
			t.Fatal(err)
		}
		return string(out.UpdateRuntimeOn) + " " + aws.ToString(out.RuntimeVersionArn)
	}
	put := func(qualifier *string, mode types.UpdateRuntimeOn, arn *string) error {
		_, err := c.lambda.PutRuntimeManagementConfig(t.Context(), &lambda.PutRuntimeManagementConfigInput{FunctionName: aws.String("f"), Qualifier: qualifier, UpdateRuntimeOn: mode, RuntimeVersionArn: arn})
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
	wantError(t, put(nil, types.UpdateRuntimeOnManual, nil), "InvalidParameterValueException", "RuntimeVersionArn")
	wantError(t, put(aws.String("live"), types.UpdateRuntimeOnAuto, nil), "ValidationException", "qualifier")
	wantError(t, put(aws.String("9"), types.UpdateRuntimeOnAuto, nil), "ResourceNotFoundException", ":function:f:9")
}

func TestSnapStart_OptimizesPublishedVersions(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	input := functionInput(t, "f", c.role(t, "r", lambdaTrust))
	input.SnapStart = &types.SnapStart{ApplyOn: types.SnapStartApplyOnPublishedVersions}
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	if got := c.get(t, nil).Configuration.SnapStart; got.ApplyOn != "PublishedVersions" || got.OptimizationStatus != "Off" {
		t.Errorf("$LATEST: %+v", got)
	}
	version := c.publish(t)
	if got := c.get(t, &version).Configuration.SnapStart; got.OptimizationStatus != "On" {
		t.Errorf("version: %+v", got)
	}
	if again := c.publish(t); again != version {
		t.Errorf("published again as %s", again)
	}
	_, err := c.lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), SnapStart: &types.SnapStart{ApplyOn: types.SnapStartApplyOnNone}})
	if err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	if got := c.get(t, nil).Configuration.SnapStart; got.ApplyOn != "None" {
		t.Errorf("switched off: %+v", got)
	}
}

func TestLayers_MustExist(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	layer, err := c.lambda.PublishLayerVersion(t.Context(), &lambda.PublishLayerVersionInput{LayerName: aws.String("l"), Content: &types.LayerVersionContentInput{ZipFile: zipped(t, "")}})
	if err != nil {
		t.Fatal(err)
	}
	byARN, err := c.lambda.GetLayerVersionByArn(t.Context(), &lambda.GetLayerVersionByArnInput{Arn: layer.LayerVersionArn})
	if err != nil || *byARN.Content.CodeSha256 != *layer.Content.CodeSha256 {
		t.Errorf("by ARN: %+v %v", byARN, err)
	}
	byName, err := c.lambda.GetLayerVersion(t.Context(), &lambda.GetLayerVersionInput{LayerName: aws.String("l"), VersionNumber: aws.Int64(1)})
	if err != nil || *byName.LayerVersionArn != *layer.LayerVersionArn {
		t.Errorf("by name: %+v %v", byName, err)
	}
	role := c.role(t, "r", lambdaTrust)
	create := func(layer string) error {
		input := functionInput(t, "f", role)
		input.Layers = []string{layer}
		_, err := c.lambda.CreateFunction(t.Context(), input)
		return err
	}
	wantError(t, create(strings.TrimSuffix(*layer.LayerVersionArn, "1")+"2"), "InvalidParameterValueException", "does not exist")
	if err := create(*layer.LayerVersionArn); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	if got := c.get(t, nil).Configuration.Layers; len(got) != 1 || *got[0].Arn != *layer.LayerVersionArn || got[0].CodeSize == 0 {
		t.Errorf("layers: %+v", got)
	}
}

// vpc is a subnet and a group of the account's default VPC.
func (c tenant) vpc(t *testing.T) (vpc, subnet, group string) {
	t.Helper()
	subnets, err := c.ec2().DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{})
	if err != nil || len(subnets.Subnets) == 0 {
		t.Fatal(subnets, err)
	}
	groups, err := c.ec2().DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{})
	if err != nil || len(groups.SecurityGroups) == 0 {
		t.Fatal(groups, err)
	}
	return *subnets.Subnets[0].VpcId, *subnets.Subnets[0].SubnetId, *groups.SecurityGroups[0].GroupId
}

func TestNetwork_MustExistAndBeAllowed(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	vpc, subnet, group := c.vpc(t)
	role := c.role(t, "r", lambdaTrust)
	create := func(subnets, groups []string) error {
		input := functionInput(t, "f", role)
		input.VpcConfig = &types.VpcConfig{SubnetIds: subnets, SecurityGroupIds: groups}
		_, err := c.lambda.CreateFunction(t.Context(), input)
		return err
	}
	const code = "InvalidParameterValueException"
	wantError(t, create([]string{subnet}, nil), code, "must coexist")
	wantError(t, create([]string{"subnet-0"}, []string{group}), code, "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID 'subnet-0' does not exist")
	wantError(t, create([]string{subnet}, []string{"sg-00000000000000000"}), code, "EC2 Error Code: InvalidGroup.NotFound.")
	wantError(t, create([]string{subnet}, []string{group}), code, "does not have permissions to call CreateNetworkInterface on EC2")
	c.allow(t, "network", `"Action":["ec2:CreateNetworkInterface"],"Resource":"*"`)
	if err := create([]string{subnet}, []string{group}); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	got := c.get(t, nil).Configuration.VpcConfig
	if *got.VpcId != vpc || fmt.Sprint(got.SubnetIds, got.SecurityGroupIds) != fmt.Sprintf("[%s] [%s]", subnet, group) {
		t.Errorf("got %+v", got)
	}
}

func TestNetwork_IsDescribedByID(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	vpc, subnet, group := c.vpc(t)
	subnets, err := c.ec2().DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{SubnetIds: []string{subnet}})
	if err != nil || len(subnets.Subnets) != 1 || *subnets.Subnets[0].VpcId != vpc {
		t.Errorf("subnets: %+v %v", subnets, err)
	}
	groups, err := c.ec2().DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{group}})
	if err != nil || len(groups.SecurityGroups) != 1 || *groups.SecurityGroups[0].VpcId != vpc {
		t.Errorf("groups: %+v %v", groups, err)
	}
}

func TestFileSystem_NeedsAVPCAndAnAccessPoint(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	_, subnet, group := c.vpc(t)
	_, fs := c.rest(t, "elasticfilesystem", http.MethodPost, "/2015-02-01/file-systems", `{"CreationToken":"t"}`)
	id := fs.text("FileSystemId")
	if _, target := c.rest(t, "elasticfilesystem", http.MethodPost, "/2015-02-01/mount-targets", `{"FileSystemId":"`+id+`","SubnetId":"`+subnet+`"}`); target.text("MountTargetId") == "" {
		t.Fatal(target)
	}
	_, point := c.rest(t, "elasticfilesystem", http.MethodPost, "/2015-02-01/access-points", `{"ClientToken":"t","FileSystemId":"`+id+`"}`)
	arn := point.text("AccessPointArn")
	role := c.role(t, "r", lambdaTrust)
	c.allow(t, "network", `"Action":"ec2:*","Resource":"*"`)
	create := func(arn, path string, vpc *types.VpcConfig) error {
		input := functionInput(t, "f", role)
		input.FileSystemConfigs, input.VpcConfig = []types.FileSystemConfig{{Arn: &arn, LocalMountPath: &path}}, vpc
		_, err := c.lambda.CreateFunction(t.Context(), input)
		return err
	}
	inside := &types.VpcConfig{SubnetIds: []string{subnet}, SecurityGroupIds: []string{group}}
	wantError(t, create(arn, "/mnt/data", nil), "InvalidParameterValueException", "Function must be configured to execute in a VPC")
	wantError(t, create(arn, "/data", inside), "ValidationException", "localMountPath")
	wantError(t, create(arn[:strings.LastIndex(arn, "-")]+"-0", "/mnt/data", inside), "InvalidParameterValueException", "does not exist")
	if err := create(arn, "/mnt/data", inside); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	if got := c.get(t, nil).Configuration.FileSystemConfigs; len(got) != 1 || *got[0].Arn != arn || *got[0].LocalMountPath != "/mnt/data" {
		t.Errorf("got %+v", got)
	}

	pointID := point.text("AccessPointId")
	if _, other := c.rest(t, "elasticfilesystem", http.MethodPost, "/2015-02-01/file-systems", `{"CreationToken":"u"}`); other.text("FileSystemId") == "" {
		t.Fatal(other)
	}
	_, targets := c.rest(t, "elasticfilesystem", http.MethodGet, "/2015-02-01/mount-targets?AccessPointId="+pointID, "")
	if list, _ := targets["MountTargets"].([]any); len(list) != 1 {
		t.Errorf("mount targets: %v", targets)
	}
	status, _ := c.rest(t, "elasticfilesystem", http.MethodGet, "/2015-02-01/access-points?AccessPointId=fsap-0", "")
	if status != http.StatusNotFound {
		t.Errorf("a missing access point: %d", status)
	}
}

func TestCode_MustBeInTheBucket(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	bucket := c.bucket(t)
	input := functionInput(t, "f", c.role(t, "r", lambdaTrust))
	input.Code = &types.FunctionCode{S3Bucket: &bucket, S3Key: aws.String("missing.zip")}
	_, err := c.lambda.CreateFunction(t.Context(), input)
	wantError(t, err, "InvalidParameterValueException", "S3 Error Code: NoSuchKey")
}

func TestPolicy_OfAVersionIsItsOwnAndOfAnAliasEndsWithIt(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	version, live := aws.String(c.publish(t)), aws.String("live")
	c.live(t, *version)
	for _, qualifier := range []*string{version, live} {
		if err := c.permit(t, qualifier, "sid"); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.putEvents(t, live, aws.Int32(0), nil, ""); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(c.sids(t, nil), c.sids(t, version), c.sids(t, live)); got != "[] [sid] [sid]" {
		t.Errorf("policies: %s", got)
	}
	if _, err := c.lambda.DeleteAlias(t.Context(), &lambda.DeleteAliasInput{FunctionName: aws.String("f"), Name: live}); err != nil {
		t.Fatal(err)
	}
	c.live(t, *version)
	if got := fmt.Sprint(c.sids(t, version), c.sids(t, live)); got != "[sid] []" {
		t.Errorf("after the alias was made anew: %s", got)
	}
	_, err := c.lambda.GetFunctionEventInvokeConfig(t.Context(), &lambda.GetFunctionEventInvokeConfigInput{FunctionName: aws.String("f"), Qualifier: live})
	wantError(t, err, "ResourceNotFoundException", "")
}
