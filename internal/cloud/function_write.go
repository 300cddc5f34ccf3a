package cloud

import (
	"context"
	"fmt"
	"maps"
	"math"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// changedSincePlan is the answer to a package that is not the planned one.
func changedSincePlan(planned, found string) error {
	return fmt.Errorf("the code package changed after the plan was made (planned %s, found %s). "+
		"A saved plan needs the same bytes at apply: plan again, or build the package before plan", planned, found)
}

func (c *Client) createFunction(ctx context.Context, want bp.Function, environment, tags map[string]string, source types.FunctionCode) error {
	in := trimmed(&lambda.CreateFunctionInput{
		FunctionName: text(want.Name), Description: text(want.Description), Role: text(want.RoleARN),
		Code: &source, PackageType: packageType(want), ImageConfig: imageConfig(want.Image),
		Runtime: types.Runtime(want.Runtime.Or("")), Handler: text(want.Handler),
		Architectures:        []types.Architecture{types.Architecture(want.Architecture.Or(""))},
		MemorySize:           number(want.MemorySize),
		Timeout:              number(want.Timeout),
		EphemeralStorage:     &types.EphemeralStorage{Size: number(want.EphemeralStorage)},
		KMSKeyArn:            text(want.KMSKeyARN),
		TracingConfig:        &types.TracingConfig{Mode: types.TracingMode(want.Tracing.Or(""))},
		LoggingConfig:        loggingConfig(want.Logging),
		DeadLetterConfig:     &types.DeadLetterConfig{TargetArn: text(want.DeadLetterARN)},
		Layers:               layerARNs(want),
		SnapStart:            snapStart(want),
		VpcConfig:            vpcConfig(want.Network),
		FileSystemConfigs:    fileSystems(want.FileSystem),
		CodeSigningConfigArn: text(want.CodeSigningConfigARN),
		Tags:                 functionTags(want, tags),
	})
	if len(environment) > 0 {
		in.Environment = &types.Environment{Variables: environment}
	}
	err := c.call(ctx, func() error {
		_, err := c.lambda.CreateFunction(ctx, in)
		return err
	})
	if hasCode("ResourceConflictException", "already exist")(err) {
		return &Taken{Kind: "Lambda function", Name: want.Name.Or(""), Err: err}
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
func (c *Client) updateCode(ctx context.Context, want bp.Function, revision string, source types.FunctionCode) error {
	in := &lambda.UpdateFunctionCodeInput{
		FunctionName: text(want.Name), RevisionId: aws.String(revision),
		Architectures: []types.Architecture{types.Architecture(want.Architecture.Or(""))},
		ZipFile:       source.ZipFile, ImageUri: source.ImageUri,
		S3Bucket: source.S3Bucket, S3Key: source.S3Key, S3ObjectVersion: source.S3ObjectVersion,
	}
	return c.call(ctx, func() error {
		_, err := c.lambda.UpdateFunctionCode(ctx, in)
		return err
	})
}

// updateConfiguration sends, in one call, every setting that differs: Lambda
// leaves a member that is left out as it is. The role is always sent, since a
// function is bound anew to one that was made again under its name.
// https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
func (c *Client) updateConfiguration(ctx context.Context, have, want bp.Function, revision string, environment *types.Environment) error {
	in := &lambda.UpdateFunctionConfigurationInput{
		FunctionName: text(want.Name), RevisionId: aws.String(revision), Role: text(want.RoleARN),
		Runtime: types.Runtime(want.Runtime.Or("")), Handler: text(want.Handler),
	}
	for _, setting := range []struct {
		same bool
		send func()
	}{
		{have.Description == want.Description, func() { in.Description = aws.String(want.Description.Or("")) }},
		{have.MemorySize == want.MemorySize, func() { in.MemorySize = number(want.MemorySize) }},
		{have.Timeout == want.Timeout, func() { in.Timeout = number(want.Timeout) }},
		{have.EphemeralStorage == want.EphemeralStorage, func() { in.EphemeralStorage = &types.EphemeralStorage{Size: number(want.EphemeralStorage)} }},
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
	return c.call(ctx, func() error {
		_, err := c.lambda.UpdateFunctionConfiguration(ctx, in)
		return err
	})
}

func loggingConfig(v bp.Value[bp.Logging]) *types.LoggingConfig {
	logging, ok := v.Get()
	if !ok {
		return nil
	}
	return &types.LoggingConfig{
		LogGroup:            text(logging.Group),
		LogFormat:           types.LogFormat(logging.Format.Or("")),
		ApplicationLogLevel: types.ApplicationLogLevel(logging.ApplicationLevel.Or("")),
		SystemLogLevel:      types.SystemLogLevel(logging.SystemLevel.Or("")),
	}
}

func (c *Client) tagFunction(ctx context.Context, want bp.Function, have, tags map[string]string) error {
	arn := text(want.ARN)
	set, remove := retag(have, functionTags(want, tags))
	if len(remove) > 0 {
		if _, err := c.lambda.UntagResource(ctx, &lambda.UntagResourceInput{Resource: arn, TagKeys: remove}); err != nil {
			return err
		}
	}
	if len(set) > 0 {
		if _, err := c.lambda.TagResource(ctx, &lambda.TagResourceInput{Resource: arn, Tags: set}); err != nil {
			return err
		}
	}
	return nil
}

// removeFunction deletes the function with its versions and aliases.
func (c *Client) removeFunction(ctx context.Context, name string) error {
	return c.call(ctx, func() error {
		_, err := c.lambda.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &name})
		return ignoreMissing(err)
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

// number is what AWS takes a whole number as. One that does not fit, which only
// an apply can know, becomes the largest that does, for AWS to refuse.
func number(v bp.Value[int64]) *int32 {
	n, ok := v.Get()
	if !ok {
		return nil
	}
	return aws.Int32(int32(min(max(n, math.MinInt32), math.MaxInt32)))
}
