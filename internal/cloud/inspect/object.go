package inspect

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Object is what a plan needs to know about a deployment package in S3.
type Object struct {
	Version, ETag string
	// SHA256 is known only if the object was stored with that checksum.
	SHA256 bp.String
}

// ObjectError says why an object cannot be deployed and what to do about it.
type ObjectError struct {
	Summary, Detail string
	Err             error
}

func (e *ObjectError) Error() string { return e.Summary + ": " + e.Detail }

func (e *ObjectError) Unwrap() error { return e.Err }

// InspectObject reads an object's identity without its content.
func (c *Inspector) InspectObject(ctx context.Context, spec bp.S3Spec) (Object, error) {
	out, err := c.S3.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: api.Text(spec.Bucket), Key: api.Text(spec.Key), VersionId: api.Text(spec.VersionID), ChecksumMode: types.ChecksumModeEnabled,
	})
	if err != nil {
		where := fmt.Sprintf("s3://%s/%s", spec.Bucket, spec.Key)
		if api.Missing(err) {
			return Object{}, &ObjectError{
				Summary: "The code package does not exist", Err: err,
				Detail: fmt.Sprintf("There is no object %s. Upload the package before plan, or correct bucket, key and version_id.", where),
			}
		}
		return Object{}, &ObjectError{
			Summary: "The code package cannot be read", Err: err,
			Detail: fmt.Sprintf("%s: %v. The identity that runs Terraform needs s3:GetObject on it, and Lambda deploys with the same permission.", where, err),
		}
	}
	object := Object{Version: aws.ToString(out.VersionId), ETag: aws.ToString(out.ETag), SHA256: bp.Unknown[string]()}
	// A composite checksum is one of the parts' checksums, not of the bytes.
	if out.ChecksumSHA256 != nil && out.ChecksumType != types.ChecksumTypeComposite {
		object.SHA256 = bp.Known(*out.ChecksumSHA256)
	}
	return object, nil
}
