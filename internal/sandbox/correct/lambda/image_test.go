package lambda_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func imageInput(uri, role string) *lambda.CreateFunctionInput {
	return &lambda.CreateFunctionInput{
		FunctionName: aws.String("f"), Role: &role, PackageType: types.PackageTypeImage, Code: &types.FunctionCode{ImageUri: &uri},
		ImageConfig: &types.ImageConfig{Command: []string{"app.handler"}},
	}
}

func TestImage_TagIsResolvedWhenTheFunctionGetsIt(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.ECR(t, "CreateRepository", `{"repositoryName":"app"}`)
	first := c.Push(t, "stable", "one")
	repository := fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/app", c.Account, sandboxtest.Region)
	role := c.Role(t, "r", sandboxtest.Trust)
	if _, err := c.Lambda.CreateFunction(t.Context(), imageInput(repository+":stable", role)); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	version := c.Publish(t)
	second := c.Push(t, "stable", "two")
	check := func(qualifier *string, uri, digest string) {
		t.Helper()
		out := c.Get(t, qualifier)
		if *out.Code.ImageUri != uri || *out.Code.ResolvedImageUri != repository+"@"+digest || *out.Configuration.CodeSha256 != strings.TrimPrefix(digest, "sha256:") {
			t.Errorf("%s, %s, %s", *out.Code.ImageUri, *out.Code.ResolvedImageUri, *out.Configuration.CodeSha256)
		}
		config := out.Configuration
		if config.State != types.StateActive || config.PackageType != types.PackageTypeImage || config.Runtime != "" || config.Handler != nil || config.ImageConfigResponse.ImageConfig.Command[0] != "app.handler" {
			t.Errorf("configuration: %+v", config)
		}
	}
	check(nil, repository+":stable", first)
	if again := c.Publish(t); again != version {
		t.Errorf("published unchanged as %s", again)
	}
	for _, uri := range []string{repository + ":stable", repository + "@" + second} {
		out, err := c.Lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), ImageUri: &uri})
		if err != nil || *out.CodeSha256 != strings.TrimPrefix(second, "sha256:") {
			t.Fatal(out, err)
		}
		c.Settle(t, "f")
		check(nil, uri, second)
	}
	check(&version, repository+":stable", first)
	if next := c.Publish(t); next == version {
		t.Error("not published anew")
	}
	_, err := c.Lambda.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("f"), CodeSha256: aws.String(strings.TrimPrefix(second, "sha256:"))})
	if err != nil {
		t.Error(err)
	}
}

func TestImage_MustExist(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	role := c.Role(t, "r", sandboxtest.Trust)
	repository := fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/app", c.Account, sandboxtest.Region)
	create := func(uri string) error {
		_, err := c.Lambda.CreateFunction(t.Context(), imageInput(uri, role))
		return err
	}
	sandboxtest.WantError(t, create(repository+":v1"), "InvalidParameterValueException", "does not exist. Provide a valid source image.")
	sandboxtest.WantError(t, create("docker.io/app:v1"), "InvalidParameterValueException", "is not valid. Provide a valid source image.")
	sandboxtest.WantError(t, create(strings.ReplaceAll(repository, sandboxtest.Region, "us-east-1")+":v1"), "InvalidParameterValueException", "is not valid.")
}

func TestPackageType_HasNoMembersOfTheOther(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.ECR(t, "CreateRepository", `{"repositoryName":"app"}`)
	c.Push(t, "v1", "one")
	uri := fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/app:v1", c.Account, sandboxtest.Region)
	role := c.Role(t, "r", sandboxtest.Trust)
	const code = "InvalidParameterValueException"
	for name, change := range map[string]func(*lambda.CreateFunctionInput){
		"handler": func(i *lambda.CreateFunctionInput) { i.Handler = aws.String("a.b") },
		"runtime": func(i *lambda.CreateFunctionInput) { i.Runtime = types.RuntimePython313 },
		"layers":  func(i *lambda.CreateFunctionInput) { i.Layers = []string{"arn:aws:lambda:eu-central-1:1:layer:l:1"} },
	} {
		input := imageInput(uri, role)
		change(input)
		_, err := c.Lambda.CreateFunction(t.Context(), input)
		t.Log(name)
		sandboxtest.WantError(t, err, code, "Please don't provide Handler or Runtime or Layer")
	}
	inferred := imageInput(uri, role)
	inferred.PackageType = ""
	_, err := c.Lambda.CreateFunction(t.Context(), inferred)
	sandboxtest.WantError(t, err, code, "Runtime and Handler are mandatory parameters")

	if _, err := c.Lambda.CreateFunction(t.Context(), imageInput(uri, role)); err != nil {
		t.Fatal(err)
	}
	zip := sandboxtest.FunctionInput(t, "zip", role)
	if _, err := c.Lambda.CreateFunction(t.Context(), zip); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	c.Settle(t, "zip")
	_, err = c.Lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), ZipFile: sandboxtest.Zipped(t, sandboxtest.Echo)})
	sandboxtest.WantError(t, err, code, "Please provide ImageUri when updating a function with packageType Image.")
	_, err = c.Lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("zip"), ImageUri: &uri})
	sandboxtest.WantError(t, err, code, "Please don't provide ImageUri when updating a function with packageType Zip.")
	_, err = c.Lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), Handler: aws.String("a.b")})
	sandboxtest.WantError(t, err, code, "Please don't provide Handler")
}
