package cloud

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/signer"
	signertypes "github.com/aws/aws-sdk-go-v2/service/signer/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Code hands over the deployment package when it is needed. Exactly one of Zip,
// S3 and Image is set.
type Code struct {
	// Zip returns the package's bytes and their base64 SHA-256.
	Zip func() (content []byte, sha256 string, err error)
	S3  *bp.S3Spec
	// Image is the image by digest.
	Image string

	// Staging takes up a package of more than Direct bytes on its way.
	Staging string
	Direct  int64
	// Profile signs the package, in SigningBucket.
	Profile, SigningBucket string
	// Folder is where in those buckets.
	Folder string
}

// delivery is a package at the place from where Lambda takes it.
type delivery struct {
	types.FunctionCode

	staged *bp.S3Spec // a copy to remove when Lambda has it
}

// deliver brings the package to where Lambda can take it.
func (c *Client) deliver(ctx context.Context, code Code, planned bp.String) (delivery, error) {
	var d delivery
	object := code.S3
	switch {
	case code.Image != "":
		d.ImageUri = &code.Image
		return d, nil
	case object == nil:
		content, digest, err := code.Zip()
		if err != nil {
			return d, err
		}
		// What signing makes of the package has a digest of its own.
		if code.Profile == "" && planned.Or(digest) != digest {
			return d, changedSincePlan(planned.Or(""), digest)
		}
		if code.Profile == "" && (code.Staging == "" || int64(len(content)) <= code.Direct) {
			d.ZipFile = content
			return d, nil
		}
		if object, err = c.stage(ctx, code, content, digest); err != nil {
			return d, err
		}
		d.staged = object
	}
	if code.Profile != "" {
		signed, err := c.sign(ctx, code, *object)
		if err != nil {
			return d, err
		}
		object = &signed
	}
	d.S3Bucket, d.S3Key, d.S3ObjectVersion = text(object.Bucket), text(object.Key), text(object.VersionID)
	return d, nil
}

// stage uploads the package under the name of its digest.
func (c *Client) stage(ctx context.Context, code Code, content []byte, digest string) (*bp.S3Spec, error) {
	bucket := code.Staging
	if code.Profile != "" {
		bucket = code.SigningBucket
	}
	sum, err := base64.StdEncoding.DecodeString(digest)
	if err != nil {
		return nil, fmt.Errorf("digest of the code package: %w", err)
	}
	key := code.Folder + "/" + hex.EncodeToString(sum) + ".zip"
	out, err := c.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, Body: bytes.NewReader(content), ContentType: aws.String("application/zip"),
		ChecksumAlgorithm: s3types.ChecksumAlgorithmSha256, ChecksumSHA256: &digest,
	})
	if err != nil {
		return nil, fmt.Errorf("upload the code package to s3://%s/%s: %w", bucket, key, err)
	}
	return &bp.S3Spec{Bucket: bp.Known(bucket), Key: bp.Known(key), VersionID: versionOf(out.VersionId)}, nil
}

// versionOf leaves out what a bucket without versions answers.
func versionOf(id *string) bp.String {
	if aws.ToString(id) == "null" {
		return bp.Null[string]()
	}
	return optional(id)
}

// unstage removes the copy that was made for the delivery alone.
func (c *Client) unstage(ctx context.Context, d delivery) error {
	if d.staged == nil {
		return nil
	}
	_, err := c.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: text(d.staged.Bucket), Key: text(d.staged.Key), VersionId: text(d.staged.VersionID)})
	if ignoreMissing(err) != nil {
		return fmt.Errorf("remove the copy s3://%s/%s of the code package: %w", d.staged.Bucket, d.staged.Key, err)
	}
	return nil
}

// signingLimit bounds the wait for a signing job, which takes seconds.
const signingLimit = 5 * time.Minute

// sign has AWS Signer make a signed copy of an object and returns where it is.
// The job's client token makes a repeated request start no second job.
// https://docs.aws.amazon.com/signer/latest/developerguide/lambda-workflow.html
func (c *Client) sign(ctx context.Context, code Code, source bp.S3Spec) (bp.S3Spec, error) {
	if source.VersionID.IsNull() {
		head, err := c.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: text(source.Bucket), Key: text(source.Key)})
		if err != nil {
			return source, fmt.Errorf("read s3://%s/%s: %w", source.Bucket, source.Key, err)
		}
		source.VersionID = versionOf(head.VersionId)
	}
	if source.VersionID.IsNull() {
		return source, fmt.Errorf("bucket %s keeps no versions of its objects, and AWS Signer takes its source by version: "+
			"turn versioning on (aws s3api put-bucket-versioning --bucket %s --versioning-configuration Status=Enabled), then apply again", source.Bucket, source.Bucket)
	}
	started, err := c.signer.StartSigningJob(ctx, &signer.StartSigningJobInput{
		ProfileName: &code.Profile,
		Source: &signertypes.Source{S3: &signertypes.S3Source{
			BucketName: text(source.Bucket), Key: text(source.Key), Version: text(source.VersionID),
		}},
		Destination: &signertypes.Destination{S3: &signertypes.S3Destination{
			BucketName: &code.SigningBucket, Prefix: aws.String(code.Folder + "/signed-"),
		}},
	})
	if err != nil {
		return source, fmt.Errorf("sign the code package with profile %s: %w", code.Profile, err)
	}
	begun := c.clock.Now()
	for {
		job, err := c.signer.DescribeSigningJob(ctx, &signer.DescribeSigningJobInput{JobId: started.JobId})
		if err != nil {
			return source, fmt.Errorf("signing job %s: %w", aws.ToString(started.JobId), err)
		}
		switch {
		case job.Status == signertypes.SigningStatusSucceeded && job.SignedObject != nil && job.SignedObject.S3 != nil:
			return bp.S3Spec{Bucket: optional(job.SignedObject.S3.BucketName), Key: optional(job.SignedObject.S3.Key)}, nil
		case job.Status == signertypes.SigningStatusFailed:
			return source, &Failure{What: "signing job " + aws.ToString(started.JobId), Code: string(job.Status), Reason: aws.ToString(job.StatusReason)}
		case c.clock.Now().Sub(begun) > signingLimit:
			return source, fmt.Errorf("waited %s for signing job %s, which is %s", signingLimit, aws.ToString(started.JobId), job.Status)
		}
		if err := c.clock.Sleep(ctx, c.poll); err != nil {
			return source, fmt.Errorf("waited for signing job %s: %w", aws.ToString(started.JobId), err)
		}
	}
}
