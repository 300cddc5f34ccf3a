package cloud

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Image is what a plan needs to know about a container image.
type Image struct {
	// URI is the image by digest, Digest the hex digest that Lambda calls
	// CodeSha256.
	URI, Digest string
}

// indexes are the media types of lists of images, one a platform, which Lambda
// does not take.
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
var indexes = []string{"manifest.list", "image.index"}

// manifests are the media types that ECR is asked for. Without a list it turns a
// manifest into the oldest type that it knows, whose digest is another.
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
var manifests = []string{
	"application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.image.manifest.v1+json",
	"application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json",
}

// InspectImage resolves an image in ECR to its digest.
func (c *Client) InspectImage(ctx context.Context, uri string) (Image, error) {
	at, ok := bp.ParseImage(uri)
	if !ok {
		return Image{}, &ObjectError{Summary: "The image is not in ECR", Detail: fmt.Sprintf("%q is not the address of an image in Amazon ECR, and Lambda takes no other.", uri)}
	}
	if at.Region != c.Place.Region {
		return Image{}, &ObjectError{
			Summary: "The image is in another region",
			Detail: fmt.Sprintf("Repository %s is in %s, the function in %s, and Lambda does not fetch images from elsewhere. "+
				"Replicate the repository, or name one in %s.", at.Repository, at.Region, c.Place.Region, c.Place.Region),
		}
	}
	out, err := c.getImage(ctx, at)
	switch {
	case ErrorCode(err) == "RepositoryNotFoundException":
		return Image{}, noImage(uri, err)
	case err != nil:
		return Image{}, &ObjectError{
			Summary: "The image cannot be read", Err: err,
			Detail: fmt.Sprintf("%s: %v. Whoever runs Terraform needs ecr:BatchGetImage on the repository.", uri, err),
		}
	case len(out.Images) == 0 || out.Images[0].ImageId == nil:
		return Image{}, noImage(uri, nil)
	}
	found := out.Images[0]
	for _, index := range indexes {
		if strings.Contains(aws.ToString(found.ImageManifestMediaType), index) {
			return Image{}, &ObjectError{
				Summary: "The image is a list of images",
				Detail: fmt.Sprintf("%s is an index of images for several platforms (%s), which Lambda does not take. Build for one platform and without attestations: "+
					"docker buildx build --platform linux/arm64 --provenance=false.", uri, aws.ToString(found.ImageManifestMediaType)),
			}
		}
	}
	digest := aws.ToString(found.ImageId.ImageDigest)
	return Image{URI: at.At(digest), Digest: strings.TrimPrefix(digest, digestPrefix)}, nil
}

func (c *Client) getImage(ctx context.Context, at bp.ImageAddress) (*ecr.BatchGetImageOutput, error) {
	return c.ecr.BatchGetImage(ctx, &ecr.BatchGetImageInput{
		RegistryId: &at.Account, RepositoryName: &at.Repository,
		ImageIds:           []ecrtypes.ImageIdentifier{{ImageTag: optionalText(at.Tag), ImageDigest: optionalText(at.Digest)}},
		AcceptedMediaTypes: manifests,
	})
}

const digestPrefix = "sha256:"

func noImage(uri string, err error) error {
	return &ObjectError{
		Summary: "The image does not exist", Err: err,
		Detail: fmt.Sprintf("There is no image %s%s. Push it before plan, or correct repository, tag and digest.", uri, lookedFor(uri)),
	}
}

// lookedFor says which tag an address without tag and digest stands for.
func lookedFor(uri string) string {
	if at, ok := bp.ParseImage(uri); ok && at.Tag == bp.DefaultImageTag && !strings.HasSuffix(uri, ":"+bp.DefaultImageTag) {
		return fmt.Sprintf(": the address has neither tag nor digest, so the tag %q was looked for", at.Tag)
	}
	return ""
}

// imageConfig is nil for a zip package. Empty lists are how AWS is told to drop
// what is there.
func imageConfig(v bp.Value[bp.Image]) *types.ImageConfig {
	image, ok := v.Get()
	if !ok {
		return nil
	}
	command, _ := image.Command.Or(bp.List{}).Strings()
	entryPoint, _ := image.EntryPoint.Or(bp.List{}).Strings()
	return &types.ImageConfig{Command: command, EntryPoint: entryPoint, WorkingDirectory: text(image.WorkingDirectory)}
}

func observeImage(f *bp.Function, cfg *types.FunctionConfiguration, code *types.FunctionCodeLocation) {
	if cfg.PackageType != types.PackageTypeImage {
		return
	}
	image := bp.Image{}
	if code != nil {
		f.ImageURI = optional(code.ResolvedImageUri).Else(optional(code.ImageUri))
	}
	if answer := cfg.ImageConfigResponse; answer != nil && answer.ImageConfig != nil {
		image.Command, image.EntryPoint = listOf(answer.ImageConfig.Command), listOf(answer.ImageConfig.EntryPoint)
		image.WorkingDirectory = optional(answer.ImageConfig.WorkingDirectory)
	}
	f.Image = bp.Known(image)
	if at, ok := bp.ParseImage(f.ImageURI.Or("")); ok && at.Digest != "" {
		f.CodeSHA256 = bp.Known(strings.TrimPrefix(at.Digest, digestPrefix))
	}
}

// listOf is null for no elements.
func listOf(elements []string) bp.Value[bp.List] {
	if len(elements) == 0 {
		return bp.Null[bp.List]()
	}
	return bp.Known(bp.ListOf(elements...))
}
