package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// signingJobsSign: the signed object of a job for Lambda is the archive with a
// signature in it. The emulator writes a receipt in its place. Jobs end at
// once.
// https://docs.aws.amazon.com/signer/latest/developerguide/Welcome.html
func signingJobsSign(e *emulator) correction {
	return correction{
		operations: []string{"signer.StartSigningJob"},
		wrap: after(func(x *exchange, a *answer) error {
			started, err := parseObject(a.body)
			if err != nil {
				return err
			}
			ctx, id := x.request.Context(), started.text("jobId")
			_, body, err := e.ask(ctx, x, "signer", http.MethodGet, "/signing-jobs/"+url.PathEscape(id), nil, nil)
			if err != nil {
				return err
			}
			var job struct {
				Source, SignedObject struct {
					S3 struct{ BucketName, Key, Version string }
				}
				PlatformID     string `json:"platformId"`
				ProfileName    string
				ProfileVersion string
			}
			if err := json.Unmarshal(body, &job); err != nil {
				return fmt.Errorf("job %s: %w", id, err)
			}
			if job.PlatformID != "AWSLambda-SHA384-ECDSA" {
				return nil
			}
			source := object{"S3Bucket": job.Source.S3.BucketName, "S3Key": job.Source.S3.Key}
			if job.Source.S3.Version != "null" {
				source["S3ObjectVersion"] = job.Source.S3.Version
			}
			archive, err := e.archive(ctx, x, source)
			if err != nil {
				return err
			}
			arn := fmt.Sprintf("arn:%s:signer:%s:%s:", partition(x.call.Region), x.call.Region, x.call.Account)
			signed, err := sign(archive, codeSignature{
				Profile: arn + "/signing-profiles/" + job.ProfileName + "/" + job.ProfileVersion,
				Job:     arn + "/signing-jobs/" + id,
			})
			if err != nil {
				return err
			}
			target := object{"S3Bucket": job.SignedObject.S3.BucketName, "S3Key": job.SignedObject.S3.Key}
			status, body, err := e.ask(ctx, x, "s3", http.MethodPut, objectPath(target), http.Header{"Content-Type": {"application/zip"}}, signed)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("writing the signed object: %s", body)
			}
			return err
		}),
	}
}
