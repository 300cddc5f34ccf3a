package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
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

func badPackage(message string) *refusal {
	return &refusal{http.StatusBadRequest, "InvalidParameterValueException", message}
}

const noZipMembers = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."

// packageTypesDiffer: a function is made of an image or of an archive, never
// changes from one to the other, and has no settings of the other. The
// emulator mixes them.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
func packageTypesDiffer(e *emulator) []correction {
	return []correction{
		{operations: []string{"lambda.CreateFunction"}, wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			code := request.object("Code")
			uri := code.text("ImageUri")
			if request.text("PackageType") != imagePackage {
				switch {
				case request.text("Runtime") == "" || request.text("Handler") == "":
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
			return e.resolveImage(ctx, x, request, code, uri)
		})},
		{operations: []string{"lambda.UpdateFunctionCode", "lambda.UpdateFunctionConfiguration"}, wrap: before(
			func(ctx context.Context, x *exchange) (*refusal, error) { return e.keepPackageType(ctx, x) })},
	}
}

func hasZipMembers(request object) bool {
	layers, _ := request["Layers"].([]any)
	return request.text("Handler") != "" || request.text("Runtime") != "" || len(layers) > 0
}

func (e *emulator) keepPackageType(ctx context.Context, x *exchange) (*refusal, error) {
	name, _ := functionRef(x)
	config, err := e.functionConfig(ctx, x, name, "")
	if err != nil || config == nil {
		return nil, err
	}
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	isImage := config.text("PackageType") == imagePackage
	if x.call.Operation == "UpdateFunctionConfiguration" {
		switch {
		case isImage && hasZipMembers(request):
			return badPackage(noZipMembers), nil
		case !isImage && len(request.object("ImageConfig")) > 0:
			return badPackage("ImageConfig is not supported for functions with packageType Zip."), nil
		}
		return nil, nil
	}
	uri := request.text("ImageUri")
	switch {
	case isImage && uri == "":
		return badPackage("Please provide ImageUri when updating a function with packageType Image."), nil
	case !isImage && uri != "":
		return badPackage("Please don't provide ImageUri when updating a function with packageType Zip."), nil
	case isImage:
		return e.resolveImage(ctx, x, request, request, uri)
	}
	return nil, nil
}

// resolveImage looks the image up and puts its digest into the request's
// member.
func (e *emulator) resolveImage(ctx context.Context, x *exchange, request, holder object, uri string) (*refusal, error) {
	form := imageForm.FindStringSubmatch(uri)
	if form == nil || form[4] != "" && form[5] != "" || form[2] != x.call.Region {
		return badPackage("Source image " + uri + " is not valid. Provide a valid source image."), nil
	}
	id := object{"imageDigest": form[5]}
	if form[5] == "" {
		id = object{"imageTag": form[4]}
		if form[4] == "" {
			id["imageTag"] = "latest"
		}
	}
	owner := &exchange{call: Call{Account: form[1], Region: form[2]}}
	_, answer, err := e.askJSON(ctx, owner, "ecr", "AmazonEC2ContainerRegistry_V20150921.BatchGetImage", object{
		"repositoryName": form[3], "imageIds": []object{id},
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
		holder["ImageUri"] = uri + "@" + object(image).object("imageId").text("imageDigest")
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	x.setBody(body)
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
func describeImage(config object) {
	if config.text("PackageType") != imagePackage {
		return
	}
	if kept := config.text("ImageUri"); kept != "" {
		_, _, digest := splitImage(kept)
		config["CodeSha256"] = strings.TrimPrefix(digest, "sha256:")
	}
	for _, key := range []string{"ImageUri", "Runtime", "Handler", "Layers"} {
		delete(config, key)
	}
}

// describeImageCode is the part of GetFunction that says where an image is.
func describeImageCode(code object) {
	if kept := code.text("ImageUri"); kept != "" {
		code["ImageUri"], code["ResolvedImageUri"], _ = splitImage(kept)
	}
}
