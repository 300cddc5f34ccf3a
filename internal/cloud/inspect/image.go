package inspect

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/functions"

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
func (c *Inspector) InspectImage(ctx context.Context, uri string) (Image, error) {
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
	case api.ErrorCode(err) == "RepositoryNotFoundException":
		return Image{}, noImage(uri, err)
	case err != nil:
		return Image{}, &ObjectError{
			Summary: "The image cannot be read", Err: err,
			Detail: fmt.Sprintf("%s: %v. The identity that runs Terraform needs ecr:BatchGetImage on the repository.", uri, err),
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
	return Image{URI: at.At(digest), Digest: strings.TrimPrefix(digest, functions.DigestPrefix)}, nil
}

func (c *Inspector) getImage(ctx context.Context, at bp.ImageAddress) (*ecr.BatchGetImageOutput, error) {
	return c.ECR.BatchGetImage(ctx, &ecr.BatchGetImageInput{
		RegistryId: &at.Account, RepositoryName: &at.Repository,
		ImageIds:           []ecrtypes.ImageIdentifier{{ImageTag: api.OptionalText(at.Tag), ImageDigest: api.OptionalText(at.Digest)}},
		AcceptedMediaTypes: manifests,
	})
}

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
