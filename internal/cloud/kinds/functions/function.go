package functions

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Observed is a function with what a blueprint leaves out.
type Observed struct {
	bp.Function

	// Variables are those of its environment, with their values.
	Variables   map[string]string
	tags        map[string]string
	description string // with its mark
	revision    string
	version     string
	// Unreadable says why the environment cannot be read, which is so while
	// its key is disabled.
	Unreadable string
}

// Find reads $LATEST, or the version named by qualifier. An absent
// function or version is null.
func Find(ctx context.Context, c *api.Client, name, qualifier string, reference map[string]string) (bp.Value[Observed], error) {
	none := bp.Null[Observed]()
	out, err := getFunction(ctx, c, name, qualifier)
	if err != nil {
		return none, api.IgnoreMissing(err)
	}
	return bp.Known(Observe(c, out, reference)), nil
}

func getFunction(ctx context.Context, c *api.Client, name, qualifier string) (*lambda.GetFunctionOutput, error) {
	in := &lambda.GetFunctionInput{FunctionName: &name}
	if qualifier != "" {
		in.Qualifier = &qualifier
	}
	out, err := c.Lambda.GetFunction(ctx, in)
	if err != nil {
		return nil, err
	}
	if out.Configuration == nil {
		return nil, fmt.Errorf("function %s: AWS answered without a configuration", name)
	}
	// Without its tags nobody can tell whose the function is. (They are never
	// given for a version.)
	if e := out.TagsError; e != nil && qualifier == "" {
		return nil, fmt.Errorf("read the tags of function %s: %s: %s. The identity that runs Terraform needs lambda:ListTags on it",
			name, aws.ToString(e.ErrorCode), aws.ToString(e.Message))
	}
	return out, nil
}

// Observe reads a function, or a version, out of an answer.
func Observe(c *api.Client, out *lambda.GetFunctionOutput, reference map[string]string) Observed {
	cfg := out.Configuration
	name := aws.ToString(cfg.FunctionName)
	f := bp.Function{
		Name:             bp.Known(name),
		ARN:              bp.Known(c.Place.FunctionARN(name)),
		Description:      unmarked(cfg.Description),
		Source:           api.Optional(aws.String(out.Tags[bp.TagSource])),
		CodeSHA256:       api.Optional(cfg.CodeSha256),
		Runtime:          api.Optional(aws.String(string(cfg.Runtime))),
		Handler:          api.Optional(cfg.Handler),
		Architecture:     bp.Known("x86_64"),
		MemorySize:       bp.Known(int64(aws.ToInt32(cfg.MemorySize))),
		Timeout:          bp.Known(int64(aws.ToInt32(cfg.Timeout))),
		EphemeralStorage: bp.Known[int64](512),
		KMSKeyARN:        api.Optional(cfg.KMSKeyArn),
		RoleARN:          api.Optional(cfg.Role),
		RoleBound:        bp.Known(true),
		Tracing:          bp.Known(string(types.TracingModePassThrough)),
		Logging:          bp.Known(observeLogging(name, cfg.LoggingConfig)),
		Unmanaged:        api.SetOf(unmanaged(out)),
		Tags:             c.Deviation(out.Tags, reference),
	}
	// What an answer leaves out is as Lambda has it.
	f.Architecture, f.EphemeralStorage, f.Tracing = bp.Known(string(lambdaMachine)), bp.Known[int64](lambdaEphemeral), bp.Known(string(lambdaTracing))
	if len(cfg.Architectures) > 0 {
		f.Architecture = bp.Known(string(cfg.Architectures[0]))
	}
	if cfg.EphemeralStorage != nil {
		f.EphemeralStorage = bp.Known(int64(aws.ToInt32(cfg.EphemeralStorage.Size)))
	}
	if cfg.TracingConfig != nil {
		f.Tracing = bp.Known(string(cfg.TracingConfig.Mode))
	}
	observeParts(&f, cfg)
	observeImage(&f, cfg, out.Code)
	if out.Concurrency != nil {
		f.ReservedConcurrency = api.Whole(out.Concurrency.ReservedConcurrentExecutions)
	}
	observed := Observed{
		Variables: map[string]string{}, tags: out.Tags,
		description: aws.ToString(cfg.Description),
		revision:    aws.ToString(cfg.RevisionId), version: aws.ToString(cfg.Version),
	}
	if cfg.Environment != nil && cfg.Environment.Error != nil {
		observed.Unreadable = fmt.Sprintf("%s: %s", aws.ToString(cfg.Environment.Error.ErrorCode), aws.ToString(cfg.Environment.Error.Message))
	}
	if cfg.Environment != nil && len(cfg.Environment.Variables) > 0 {
		observed.Variables = cfg.Environment.Variables
		digests := map[string]bp.Value[bp.Environment]{}
		for key, value := range cfg.Environment.Variables {
			digests[key] = bp.Known(bp.Environment{SHA256: bp.Known(bp.HashText(value))})
		}
		f.Environment = bp.Known(digests)
	}
	observed.Function = f
	return observed
}

// observeLogging fills in what AWS leaves out for a function that was never
// given a logging configuration.
func observeLogging(name string, cfg *types.LoggingConfig) bp.Logging {
	out := bp.Logging{Group: bp.Known(bp.LogGroupName(name)), Format: bp.Known(string(types.LogFormatText))}
	if cfg == nil {
		return out
	}
	if group, ok := api.Optional(cfg.LogGroup).Get(); ok {
		out.Group = bp.Known(group)
	}
	if cfg.LogFormat != "" {
		out.Format = bp.Known(string(cfg.LogFormat))
	}
	if cfg.LogFormat == types.LogFormatJson {
		out.ApplicationLevel = bp.Known(cmp.Or(string(cfg.ApplicationLogLevel), lambdaLevel))
		out.SystemLevel = bp.Known(cmp.Or(string(cfg.SystemLogLevel), lambdaLevel))
	}
	return out
}

// unmanaged names the features a function has that this release would neither
// show nor keep.
func unmanaged(out *lambda.GetFunctionOutput) []string {
	cfg := out.Configuration
	var names []string
	note := func(present bool, name string) {
		if present {
			names = append(names, name)
		}
	}
	note(len(cfg.FileSystemConfigs) > 1, "several file systems")
	note(out.Code != nil && aws.ToString(out.Code.SourceKMSKeyArn) != "", "key for the package")
	note(cfg.CapacityProviderConfig != nil, "capacity provider")
	note(cfg.DurableConfig != nil, "durable execution")
	note(cfg.TenancyConfig != nil, "tenant isolation")
	return names
}
