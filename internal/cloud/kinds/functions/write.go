package functions

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// changedSincePlan is the answer to a package that is not the planned one.
func changedSincePlan(planned, found string) error {
	return fmt.Errorf("the code package changed after the plan was made (planned %s, found %s). "+
		"A saved plan needs the same bytes at apply: plan again, or build the package before plan", planned, found)
}

func createFunction(ctx context.Context, c *api.Client, want bp.Function, environment, tags map[string]string, source types.FunctionCode) error {
	in := trimmed(&lambda.CreateFunctionInput{
		FunctionName: api.Text(want.Name), Description: api.Text(want.Description), Role: api.Text(want.RoleARN),
		Code: &source, PackageType: packageType(want), ImageConfig: imageConfig(want.Image),
		Runtime: types.Runtime(want.Runtime.Or("")), Handler: api.Text(want.Handler),
		Architectures:        []types.Architecture{types.Architecture(want.Architecture.Or(""))},
		MemorySize:           api.Number(want.MemorySize),
		Timeout:              api.Number(want.Timeout),
		EphemeralStorage:     &types.EphemeralStorage{Size: api.Number(want.EphemeralStorage)},
		KMSKeyArn:            api.Text(want.KMSKeyARN),
		TracingConfig:        &types.TracingConfig{Mode: types.TracingMode(want.Tracing.Or(""))},
		LoggingConfig:        loggingConfig(want.Logging),
		DeadLetterConfig:     &types.DeadLetterConfig{TargetArn: api.Text(want.DeadLetterARN)},
		Layers:               layerARNs(want),
		SnapStart:            snapStart(want),
		VpcConfig:            vpcConfig(want.Network),
		FileSystemConfigs:    fileSystems(want.FileSystem),
		CodeSigningConfigArn: api.Text(want.CodeSigningConfigARN),
		Tags:                 functionTags(want, tags),
	})
	if len(environment) > 0 {
		in.Environment = &types.Environment{Variables: environment}
	}
	err := c.Call(ctx, func() error {
		_, err := c.Lambda.CreateFunction(ctx, in)
		return err
	})
	if api.HasCode("ResourceConflictException", "already exist")(err) {
		return &kinds.Taken{Kind: "Lambda function", Name: want.Name.Or(""), Err: err}
	}
	return err
}

// functionTags adds the tag that only the function carries.
func functionTags(want bp.Function, tags map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, tags)
	if source, ok := want.Source.Get(); ok {
		all[bp.TagSource] = source
	}
	return all
}

// updateCode ships the package, and with it the architecture.
func updateCode(ctx context.Context, c *api.Client, want bp.Function, revision string, source types.FunctionCode) error {
	in := &lambda.UpdateFunctionCodeInput{
		FunctionName: api.Text(want.Name), RevisionId: aws.String(revision),
		Architectures: []types.Architecture{types.Architecture(want.Architecture.Or(""))},
		ZipFile:       source.ZipFile, ImageUri: source.ImageUri,
		S3Bucket: source.S3Bucket, S3Key: source.S3Key, S3ObjectVersion: source.S3ObjectVersion,
	}
	return c.Call(ctx, func() error {
		_, err := c.Lambda.UpdateFunctionCode(ctx, in)
		return err
	})
}

// updateConfiguration sends, in one call, every setting that differs: Lambda
// leaves a member that is left out as it is. The role is always sent, since a
// function is bound anew to one that was made again under its name.
// https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
func updateConfiguration(ctx context.Context, c *api.Client, have, want bp.Function, revision string, environment *types.Environment) error {
	in := &lambda.UpdateFunctionConfigurationInput{
		FunctionName: api.Text(want.Name), RevisionId: aws.String(revision), Role: api.Text(want.RoleARN),
		Runtime: types.Runtime(want.Runtime.Or("")), Handler: api.Text(want.Handler),
	}
	for _, setting := range []struct {
		same bool
		send func()
	}{
		{have.Description == want.Description, func() { in.Description = aws.String(want.Description.Or("")) }},
		{have.MemorySize == want.MemorySize, func() { in.MemorySize = api.Number(want.MemorySize) }},
		{have.Timeout == want.Timeout, func() { in.Timeout = api.Number(want.Timeout) }},
		{have.EphemeralStorage == want.EphemeralStorage, func() { in.EphemeralStorage = &types.EphemeralStorage{Size: api.Number(want.EphemeralStorage)} }},
		{bp.Equal(have.Environment, want.Environment), func() { in.Environment = environment }},
		// An empty key is how AWS is told to drop it.
		{have.KMSKeyARN == want.KMSKeyARN, func() { in.KMSKeyArn = aws.String(want.KMSKeyARN.Or("")) }},
		{have.Tracing == want.Tracing, func() { in.TracingConfig = &types.TracingConfig{Mode: types.TracingMode(want.Tracing.Or(""))} }},
		{have.Logging == want.Logging, func() { in.LoggingConfig = loggingConfig(want.Logging) }},
		// Empty lists are how AWS is told to drop what is there.
		{bp.Equal(have.Layers, want.Layers), func() { in.Layers = layerARNs(want) }},
		{have.SnapStart == want.SnapStart, func() { in.SnapStart = &types.SnapStart{ApplyOn: types.SnapStartApplyOn(want.SnapStart.Or(""))} }},
		{bp.Equal(have.Image, want.Image), func() { in.ImageConfig = imageConfig(want.Image) }},
		{bp.Equal(have.Network, want.Network), func() { in.VpcConfig = vpcConfig(want.Network) }},
		{have.FileSystem == want.FileSystem, func() { in.FileSystemConfigs = fileSystems(want.FileSystem) }},
		// An empty target is how AWS is told to drop it.
		{have.DeadLetterARN == want.DeadLetterARN, func() {
			in.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: aws.String(want.DeadLetterARN.Or(""))}
		}},
	} {
		if !setting.same {
			setting.send()
		}
	}
	return c.Call(ctx, func() error {
		_, err := c.Lambda.UpdateFunctionConfiguration(ctx, in)
		return err
	})
}

func loggingConfig(v bp.Value[bp.Logging]) *types.LoggingConfig {
	logging, ok := v.Get()
	if !ok {
		return nil
	}
	return &types.LoggingConfig{
		LogGroup:            api.Text(logging.Group),
		LogFormat:           types.LogFormat(logging.Format.Or("")),
		ApplicationLogLevel: types.ApplicationLogLevel(logging.ApplicationLevel.Or("")),
		SystemLogLevel:      types.SystemLogLevel(logging.SystemLevel.Or("")),
	}
}

func tagFunction(ctx context.Context, c *api.Client, want bp.Function, have, tags map[string]string) error {
	arn := api.Text(want.ARN)
	set, remove := api.Retag(have, functionTags(want, tags))
	if len(remove) > 0 {
		if _, err := c.Lambda.UntagResource(ctx, &lambda.UntagResourceInput{Resource: arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.Lambda.TagResource(ctx, &lambda.TagResourceInput{Resource: arn, Tags: set}); err != nil {
			return err
		}
	}
	return nil
}

// removeFunction deletes the function with its versions and aliases.
func removeFunction(ctx context.Context, c *api.Client, name string) error {
	return c.Call(ctx, func() error {
		_, err := c.Lambda.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &name})
		return api.IgnoreMissing(err)
	})
}

// sameCode reports whether the package and architecture of a function are
// what is wanted; both travel in one call.
func sameCode(have, want bp.Function) bool {
	return have.CodeSHA256 == want.CodeSHA256 && have.Architecture == want.Architecture
}

// sameConfiguration compares everything updateConfiguration sends.
func sameConfiguration(have, want bp.Function) bool {
	for _, d := range bp.Diff(have, want) {
		switch {
		case strings.HasPrefix(d.Path, "tags"), d.Path == "source", d.Path == "unmanaged",
			d.Path == "code_sha256", d.Path == "architecture", d.Path == "image_uri",
			d.Path == "reserved_concurrency", d.Path == "recursion", d.Path == "code_signing_config_arn",
			strings.HasPrefix(d.Path, "runtime_management"): // set by ensureSettings
		default:
			return false
		}
	}
	return true
}
