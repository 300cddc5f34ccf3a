package functions

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// What Lambda gives a function that states nothing, as read on 2026-11-29.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
const (
	lambdaMemory    = 128 // MB
	lambdaTimeout   = 3   // seconds
	lambdaEphemeral = 512 // MB
	lambdaMachine   = types.ArchitectureX8664
	lambdaTracing   = types.TracingModePassThrough
	lambdaLogFormat = types.LogFormatText
	// lambdaLevel is that of both kinds of log lines, of functions that log JSON.
	// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
	lambdaLevel = "INFO"
)

// trimmed leaves out of a create what Lambda would fill in the same way. A member
// that says nothing can still be refused, by a region or for a runtime that does
// not have what it is about.
func trimmed(in *lambda.CreateFunctionInput) *lambda.CreateFunctionInput {
	if in.PackageType == types.PackageTypeZip {
		in.PackageType = ""
	}
	if len(in.Architectures) == 1 && in.Architectures[0] == lambdaMachine {
		in.Architectures = nil
	}
	in.MemorySize = api.Unless(in.MemorySize, lambdaMemory)
	in.Timeout = api.Unless(in.Timeout, lambdaTimeout)
	if in.EphemeralStorage != nil && api.Unless(in.EphemeralStorage.Size, lambdaEphemeral) == nil {
		in.EphemeralStorage = nil
	}
	if in.TracingConfig != nil && in.TracingConfig.Mode == lambdaTracing {
		in.TracingConfig = nil
	}
	if aws.ToString(in.Description) == "" {
		in.Description = nil
	}
	if in.DeadLetterConfig != nil && aws.ToString(in.DeadLetterConfig.TargetArn) == "" {
		in.DeadLetterConfig = nil
	}
	in.ImageConfig = trimmedImage(in.ImageConfig)
	if len(in.Layers) == 0 {
		in.Layers = nil
	}
	if in.VpcConfig != nil && len(in.VpcConfig.SubnetIds) == 0 {
		in.VpcConfig = nil
	}
	if in.VpcConfig != nil && !aws.ToBool(in.VpcConfig.Ipv6AllowedForDualStack) {
		in.VpcConfig.Ipv6AllowedForDualStack = nil
	}
	if len(in.FileSystemConfigs) == 0 {
		in.FileSystemConfigs = nil
	}
	in.LoggingConfig = trimmedLogging(in.LoggingConfig, aws.ToString(in.FunctionName))
	return in
}

// trimmedImage is nothing for an image that runs as it was built.
func trimmedImage(in *types.ImageConfig) *types.ImageConfig {
	if in == nil {
		return nil
	}
	if len(in.Command) == 0 {
		in.Command = nil
	}
	if len(in.EntryPoint) == 0 {
		in.EntryPoint = nil
	}
	if in.Command == nil && in.EntryPoint == nil && in.WorkingDirectory == nil {
		return nil
	}
	return in
}

// trimmedLogging is nothing for a function that logs as Lambda would have it.
func trimmedLogging(in *types.LoggingConfig, function string) *types.LoggingConfig {
	if in == nil {
		return nil
	}
	if aws.ToString(in.LogGroup) == bp.LogGroupName(function) {
		in.LogGroup = nil
	}
	if in.ApplicationLogLevel == lambdaLevel {
		in.ApplicationLogLevel = ""
	}
	if in.SystemLogLevel == lambdaLevel {
		in.SystemLogLevel = ""
	}
	if in.LogFormat == lambdaLogFormat {
		in.LogFormat = ""
	}
	if *in == (types.LoggingConfig{}) {
		return nil
	}
	return in
}
