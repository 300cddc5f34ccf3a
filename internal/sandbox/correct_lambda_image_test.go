package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

func (c tenant) ecr(t *testing.T, operation, request string) (status int, answer object) {
	t.Helper()
	return c.post(t, "ecr", "AmazonEC2ContainerRegistry_V20150921."+operation, request)
}

// push puts an image of that content under a tag and returns its digest.
func (c tenant) push(t *testing.T, tag, content string) string {
	t.Helper()
	status, answer := c.ecr(t, "PutImage", fmt.Sprintf(`{"repositoryName":"app","imageTag":%q,"imageManifest":"{\"config\":\"%s\"}"}`, tag, content))
	if status != http.StatusOK {
		t.Fatal(answer)
	}
	return answer.object("image").object("imageId").text("imageDigest")
}

func imageInput(uri, role string) *lambda.CreateFunctionInput {
	return &lambda.CreateFunctionInput{
		FunctionName: aws.String("f"), Role: &role, PackageType: types.PackageTypeImage, Code: &types.FunctionCode{ImageUri: &uri},
		ImageConfig: &types.ImageConfig{Command: []string{"app.handler"}},
	}
}

func TestImage_TagIsResolvedWhenTheFunctionGetsIt(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.ecr(t, "CreateRepository", `{"repositoryName":"app"}`)
	first := c.push(t, "stable", "one")
	repository := fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/app", c.account, region)
	role := c.role(t, "r", lambdaTrust)
	if _, err := c.lambda.CreateFunction(t.Context(), imageInput(repository+":stable", role)); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	version := c.publish(t)
	second := c.push(t, "stable", "two")
	check := func(qualifier *string, uri, digest string) {
		t.Helper()
		out := c.get(t, qualifier)
		if *out.Code.ImageUri != uri || *out.Code.ResolvedImageUri != repository+"@"+digest || *out.Configuration.CodeSha256 != strings.TrimPrefix(digest, "sha256:") {
			t.Errorf("%s, %s, %s", *out.Code.ImageUri, *out.Code.ResolvedImageUri, *out.Configuration.CodeSha256)
		}
		config := out.Configuration
		if config.State != types.StateActive || config.PackageType != types.PackageTypeImage || config.Runtime != "" || config.Handler != nil || config.ImageConfigResponse.ImageConfig.Command[0] != "app.handler" {
			t.Errorf("configuration: %+v", config)
		}
	}
	check(nil, repository+":stable", first)
	if again := c.publish(t); again != version {
		t.Errorf("published unchanged as %s", again)
	}
	for _, uri := range []string{repository + ":stable", repository + "@" + second} {
		out, err := c.lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), ImageUri: &uri})
		if err != nil || *out.CodeSha256 != strings.TrimPrefix(second, "sha256:") {
			t.Fatal(out, err)
		}
		c.settle(t, "f")
		check(nil, uri, second)
	}
	check(&version, repository+":stable", first)
	if next := c.publish(t); next == version {
		t.Error("not published anew")
	}
	_, err := c.lambda.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("f"), CodeSha256: aws.String(strings.TrimPrefix(second, "sha256:"))})
	if err != nil {
		t.Error(err)
	}
}

func TestImage_MustExist(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	role := c.role(t, "r", lambdaTrust)
	repository := fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/app", c.account, region)
	create := func(uri string) error {
		_, err := c.lambda.CreateFunction(t.Context(), imageInput(uri, role))
		return err
	}
	wantError(t, create(repository+":v1"), "InvalidParameterValueException", "does not exist. Provide a valid source image.")
	wantError(t, create("docker.io/app:v1"), "InvalidParameterValueException", "is not valid. Provide a valid source image.")
	wantError(t, create(strings.ReplaceAll(repository, region, "us-east-1")+":v1"), "InvalidParameterValueException", "is not valid.")
}

func TestPackageType_HasNoMembersOfTheOther(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.ecr(t, "CreateRepository", `{"repositoryName":"app"}`)
	c.push(t, "v1", "one")
	uri := fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/app:v1", c.account, region)
	role := c.role(t, "r", lambdaTrust)
	const code = "InvalidParameterValueException"
	for name, change := range map[string]func(*lambda.CreateFunctionInput){
		"handler": func(i *lambda.CreateFunctionInput) { i.Handler = aws.String("a.b") },
		"runtime": func(i *lambda.CreateFunctionInput) { i.Runtime = types.RuntimePython313 },
		"layers":  func(i *lambda.CreateFunctionInput) { i.Layers = []string{"arn:aws:lambda:eu-central-1:1:layer:l:1"} },
	} {
		input := imageInput(uri, role)
		change(input)
		_, err := c.lambda.CreateFunction(t.Context(), input)
		t.Log(name)
		wantError(t, err, code, "Please don't provide Handler or Runtime or Layer")
	}
	inferred := imageInput(uri, role)
	inferred.PackageType = ""
	_, err := c.lambda.CreateFunction(t.Context(), inferred)
	wantError(t, err, code, "Runtime and Handler are mandatory parameters")

	if _, err := c.lambda.CreateFunction(t.Context(), imageInput(uri, role)); err != nil {
		t.Fatal(err)
	}
	zip := functionInput(t, "zip", role)
	if _, err := c.lambda.CreateFunction(t.Context(), zip); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	c.settle(t, "zip")
	_, err = c.lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), ZipFile: zipped(t, echo)})
	wantError(t, err, code, "Please provide ImageUri when updating a function with packageType Image.")
	_, err = c.lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("zip"), ImageUri: &uri})
	wantError(t, err, code, "Please don't provide ImageUri when updating a function with packageType Zip.")
	_, err = c.lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), Handler: aws.String("a.b")})
	wantError(t, err, code, "Please don't provide Handler")
}

func TestRegistry_FindsImages(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.ecr(t, "CreateRepository", `{"repositoryName":"app"}`)
	digest := c.push(t, "v1", "one")
	if status, answer := c.ecr(t, "DescribeRepositories", `{"repositoryNames":["app"]}`); status != http.StatusOK || answer["repositories"] == nil {
		t.Errorf("repositories: %d %v", status, answer)
	}
	_, answer := c.ecr(t, "DescribeImages", `{"repositoryName":"app","imageIds":[{"imageTag":"v1"}]}`)
	list, _ := answer["imageDetails"].([]any)
	if found, _ := list[0].(map[string]any); len(list) != 1 || object(found).text("imageDigest") != digest {
		t.Errorf("images: %v", answer)
	}
	_, answer = c.ecr(t, "BatchGetImage", `{"repositoryName":"app","imageIds":[{"imageTag":"v1"},{"imageTag":"v2"}]}`)
	images, _ := answer["images"].([]any)
	failures, _ := answer["failures"].([]any)
	if len(images) != 1 || len(failures) != 1 {
		t.Errorf("batch: %v", answer)
	}
	status, answer := c.ecr(t, "DescribeImages", `{"repositoryName":"app","imageIds":[{"imageTag":"v2"}]}`)
	if status != http.StatusBadRequest || answer.text("__type") != "ImageNotFoundException" {
		t.Errorf("a missing image: %d %v", status, answer)
	}
}
