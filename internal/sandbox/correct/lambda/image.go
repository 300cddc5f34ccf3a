package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

const imagePackage = "Image"

// Functions of images. A tag is resolved when the function gets it, and the
// digest is what runs from then on; the emulator keeps the text it is given
// and has no digest. So the text it is given carries the digest, as
// repository:tag@digest, and versions inherit it; answers have the two apart.
// Nothing here runs an image.
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html

// imageForm is the address of an image in ECR: account, region, repository,
// and a tag or a digest.
var imageForm = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([a-z0-9._/-]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$`)

func badPackage(message string) *wire.Refusal {
	return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: message}
}

const noZipMembers = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."

// packageTypesDiffer: a function is made of an image or of an archive, never
// changes from one to the other, and has no settings of the other. The
// emulator mixes them.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
func packageTypesDiffer(e *emulator.Client) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"lambda.CreateFunction"}, Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			code := request.Object("Code")
			uri := code.Text("ImageUri")
			if request.Text("PackageType") != imagePackage {
				switch {
				case request.Text("Runtime") == "" || request.Text("Handler") == "":
					return badPackage("Runtime and Handler are mandatory parameters for functions created with deployment packages."), nil
				case uri != "":
					return badPackage("Please provide a source for function code."), nil
				}
				return nil, nil
			}
			if hasZipMembers(request) {
				return badPackage(noZipMembers), nil
			}
			if uri == "" {
				return badPackage("Please provide a source for function code."), nil
			}
			return resolveImage(ctx, e, x, request, code, uri)
		})},
		{Operations: []string{"lambda.UpdateFunctionCode", "lambda.UpdateFunctionConfiguration"}, Wrap: correct.Before(
			func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) { return keepPackageType(ctx, e, x) })},
	}
}

func hasZipMembers(request wire.Object) bool {
	layers, _ := request["Layers"].([]any)
	return request.Text("Handler") != "" || request.Text("Runtime") != "" || len(layers) > 0
}

func keepPackageType(ctx context.Context, e *emulator.Client, x *wire.Exchange) (*wire.Refusal, error) {
	name, _ := function.Ref(x)
	config, err := function.Config(ctx, e, x, name, "")
	if err != nil || config == nil {
		return nil, err
	}
	request, err := x.JSON()
	if err != nil {
		return nil, err
	}
	isImage := config.Text("PackageType") == imagePackage
	if x.Call.Operation == "UpdateFunctionConfiguration" {
		switch {
		case isImage && hasZipMembers(request):
			return badPackage(noZipMembers), nil
		case !isImage && len(request.Object("ImageConfig")) > 0:
			return badPackage("ImageConfig is not supported for functions with packageType Zip."), nil
		}
		return nil, nil
	}
	uri := request.Text("ImageUri")
	switch {
	case isImage && uri == "":
		return badPackage("Please provide ImageUri when updating a function with packageType Image."), nil
	case !isImage && uri != "":
		return badPackage("Please don't provide ImageUri when updating a function with packageType Zip."), nil
	case isImage:
		return resolveImage(ctx, e, x, request, request, uri)
	}
	return nil, nil
}

// resolveImage looks the image up and puts its digest into the request's
// member.
func resolveImage(ctx context.Context, e *emulator.Client, x *wire.Exchange, request, holder wire.Object, uri string) (*wire.Refusal, error) {
	form := imageForm.FindStringSubmatch(uri)
	if form == nil || form[4] != "" && form[5] != "" || form[2] != x.Call.Region {
		return badPackage("Source image " + uri + " is not valid. Provide a valid source image."), nil
	}
	id := wire.Object{"imageDigest": form[5]}
	if form[5] == "" {
		id = wire.Object{"imageTag": form[4]}
		if form[4] == "" {
			id["imageTag"] = "latest"
		}
	}
	owner := &wire.Exchange{Call: wire.Call{Account: form[1], Region: form[2]}}
	_, answer, err := e.AskJSON(ctx, owner, "ecr", "AmazonEC2ContainerRegistry_V20150921.BatchGetImage", wire.Object{
		"repositoryName": form[3], "imageIds": []wire.Object{id},
	})
	if err != nil {
		return nil, err
	}
	images, _ := answer["images"].([]any)
	if len(images) == 0 {
		return badPackage("Source image " + uri + " does not exist. Provide a valid source image."), nil
	}
	image, _ := images[0].(map[string]any)
	if form[5] == "" {
		holder["ImageUri"] = uri + "@" + wire.Object(image).Object("imageId").Text("imageDigest")
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	x.SetBody(body)
	return nil, nil
}

// splitImage is the address as it was given, the address with the digest, and
// the digest.
func splitImage(kept string) (given, resolved, digest string) {
	given, digest, _ = strings.Cut(kept, "@")
	repository := given
	if slash, colon := strings.LastIndex(given, "/"), strings.LastIndex(given, ":"); colon > slash {
		repository = given[:colon]
	}
	resolved = repository + "@" + digest
	if form := imageForm.FindStringSubmatch(kept); form != nil && form[4] == "" {
		given = kept
	}
	return given, resolved, digest
}

// describeImage makes a configuration that of an image.
func describeImage(config wire.Object) {
	if config.Text("PackageType") != imagePackage {
		return
	}
	if kept := config.Text("ImageUri"); kept != "" {
		_, _, digest := splitImage(kept)
		config["CodeSha256"] = strings.TrimPrefix(digest, "sha256:")
	}
	for _, key := range []string{"ImageUri", "Runtime", "Handler", "Layers"} {
		delete(config, key)
	}
}

// describeImageCode is the part of GetFunction that says where an image is.
func describeImageCode(code wire.Object) {
	if kept := code.Text("ImageUri"); kept != "" {
		code["ImageUri"], code["ResolvedImageUri"], _ = splitImage(kept)
	}
}
