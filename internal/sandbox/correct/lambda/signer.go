package lambda

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// signingJobsSign: the signed object of a job for Lambda is the archive with a
// signature in it. The emulator writes a receipt in its place. Jobs end at
// once.
// https://docs.aws.amazon.com/signer/latest/developerguide/Welcome.html
func signingJobsSign(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"signer.StartSigningJob"},
		Wrap: correct.After(func(x *wire.Exchange, a *wire.Answer) error {
			started, err := wire.ParseObject(a.Body)
			if err != nil {
				return err
			}
			ctx, id := x.Request.Context(), started.Text("jobId")
			_, body, err := e.Ask(ctx, x, "signer", http.MethodGet, "/signing-jobs/"+url.PathEscape(id), nil, nil)
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
			source := wire.Object{"S3Bucket": job.Source.S3.BucketName, "S3Key": job.Source.S3.Key}
			if job.Source.S3.Version != "null" {
				source["S3ObjectVersion"] = job.Source.S3.Version
			}
			archive, err := archive(ctx, e, x, source)
			if err != nil {
				return err
			}
			arn := fmt.Sprintf("arn:%s:signer:%s:%s:", wire.Partition(x.Call.Region), x.Call.Region, x.Call.Account)
			signed, err := sign(archive, codeSignature{
				Profile: arn + "/signing-profiles/" + job.ProfileName + "/" + job.ProfileVersion,
				Job:     arn + "/signing-jobs/" + id,
			})
			if err != nil {
				return err
			}
			target := wire.Object{"S3Bucket": job.SignedObject.S3.BucketName, "S3Key": job.SignedObject.S3.Key}
			status, body, err := e.Ask(ctx, x, "s3", http.MethodPut, objectPath(target), http.Header{"Content-Type": {"application/zip"}}, signed)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("writing the signed object: %s", body)
			}
			return err
		}),
	}
}
