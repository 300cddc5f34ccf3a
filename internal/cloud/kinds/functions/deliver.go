package functions

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

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// delivery is a package at the place from where Lambda takes it.
type delivery struct {
	types.FunctionCode

	staged *bp.S3Spec // a copy to remove when Lambda has it
}

// deliver brings the package to where Lambda can take it.
func deliver(ctx context.Context, c *api.Client, code kinds.Code, planned bp.String) (delivery, error) {
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
		if object, err = stage(ctx, c, code, content, digest); err != nil {
			return d, err
		}
		d.staged = object
	}
	if code.Profile != "" {
		signed, err := sign(ctx, c, code, *object)
		if err != nil {
			return d, err
		}
		object = &signed
	}
	d.S3Bucket, d.S3Key, d.S3ObjectVersion = api.Text(object.Bucket), api.Text(object.Key), api.Text(object.VersionID)
	return d, nil
}

// stage uploads the package under the name of its digest.
func stage(ctx context.Context, c *api.Client, code kinds.Code, content []byte, digest string) (*bp.S3Spec, error) {
	bucket := code.Staging
	if code.Profile != "" {
		bucket = code.SigningBucket
	}
	sum, err := base64.StdEncoding.DecodeString(digest)
	if err != nil {
		return nil, fmt.Errorf("digest of the code package: %w", err)
	}
	key := code.Folder + "/" + hex.EncodeToString(sum) + ".zip"
	out, err := c.S3.PutObject(ctx, &s3.PutObjectInput{
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
	return api.Optional(id)
}

// unstage removes the copy that was made for the delivery alone.
func unstage(ctx context.Context, c *api.Client, d delivery) error {
	if d.staged == nil {
		return nil
	}
	_, err := c.S3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: api.Text(d.staged.Bucket), Key: api.Text(d.staged.Key), VersionId: api.Text(d.staged.VersionID)})
	if api.IgnoreMissing(err) != nil {
		return fmt.Errorf("remove the copy s3://%s/%s of the code package: %w", d.staged.Bucket, d.staged.Key, err)
	}
	return nil
}

// signingLimit bounds the wait for a signing job, which takes seconds.
const signingLimit = 5 * time.Minute

// sign has AWS Signer make a signed copy of an object and returns where it is.
// The job's client token makes a repeated request start no second job.
// https://docs.aws.amazon.com/signer/latest/developerguide/lambda-workflow.html
func sign(ctx context.Context, c *api.Client, code kinds.Code, source bp.S3Spec) (bp.S3Spec, error) {
	if source.VersionID.IsNull() {
		head, err := c.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: api.Text(source.Bucket), Key: api.Text(source.Key)})
		if err != nil {
			return source, fmt.Errorf("read s3://%s/%s: %w", source.Bucket, source.Key, err)
		}
		source.VersionID = versionOf(head.VersionId)
	}
	if source.VersionID.IsNull() {
		return source, fmt.Errorf("bucket %s keeps no versions of its objects, and AWS Signer takes its source by version: "+
			"turn versioning on (aws s3api put-bucket-versioning --bucket %s --versioning-configuration Status=Enabled), then apply again", source.Bucket, source.Bucket)
	}
	started, err := c.Signer.StartSigningJob(ctx, &signer.StartSigningJobInput{
		ProfileName: &code.Profile,
		Source: &signertypes.Source{S3: &signertypes.S3Source{
			BucketName: api.Text(source.Bucket), Key: api.Text(source.Key), Version: api.Text(source.VersionID),
		}},
		Destination: &signertypes.Destination{S3: &signertypes.S3Destination{
			BucketName: &code.SigningBucket, Prefix: aws.String(code.Folder + "/signed-"),
		}},
	})
	if err != nil {
		return source, fmt.Errorf("sign the code package with profile %s: %w", code.Profile, err)
	}
	begun := c.Clock.Now()
	for {
		job, err := c.Signer.DescribeSigningJob(ctx, &signer.DescribeSigningJobInput{JobId: started.JobId})
		if err != nil {
			return source, fmt.Errorf("signing job %s: %w", aws.ToString(started.JobId), err)
		}
		switch {
		case job.Status == signertypes.SigningStatusSucceeded && job.SignedObject != nil && job.SignedObject.S3 != nil:
			return bp.S3Spec{Bucket: api.Optional(job.SignedObject.S3.BucketName), Key: api.Optional(job.SignedObject.S3.Key)}, nil
		case job.Status == signertypes.SigningStatusFailed:
			return source, &Failure{What: "signing job " + aws.ToString(started.JobId), Code: string(job.Status), Reason: aws.ToString(job.StatusReason)}
		case c.Clock.Now().Sub(begun) > signingLimit:
			return source, fmt.Errorf("waited %s for signing job %s, which is %s", signingLimit, aws.ToString(started.JobId), job.Status)
		}
		if err := c.Clock.Sleep(ctx, c.Poll); err != nil {
			return source, fmt.Errorf("waited for signing job %s: %w", aws.ToString(started.JobId), err)
		}
	}
}
