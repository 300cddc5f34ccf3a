package sandbox

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/signer"
	signertypes "github.com/aws/aws-sdk-go-v2/service/signer/types"
)

func (c tenant) signer() *signer.Client { return signer.NewFromConfig(c.config) }

func (c tenant) s3() *s3.Client {
	return s3.NewFromConfig(c.config, func(o *s3.Options) { o.UsePathStyle = true })
}

func (c tenant) bucket(t *testing.T) string {
	t.Helper()
	name := "code-" + c.account
	_, err := c.s3().CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: region},
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// profile creates a signing profile and returns the ARN of its version.
func (c tenant) profile(t *testing.T, name string) string {
	t.Helper()
	out, err := c.signer().PutSigningProfile(t.Context(), &signer.PutSigningProfileInput{ProfileName: &name, PlatformId: aws.String("AWSLambda-SHA384-ECDSA")})
	if err != nil {
		t.Fatal(err)
	}
	return *out.ProfileVersionArn
}

func (c tenant) signingConfig(t *testing.T, policy types.CodeSigningPolicy, publisher string) string {
	t.Helper()
	out, err := c.lambda.CreateCodeSigningConfig(t.Context(), &lambda.CreateCodeSigningConfigInput{
		AllowedPublishers:   &types.AllowedPublishers{SigningProfileVersionArns: []string{publisher}},
		CodeSigningPolicies: &types.CodeSigningPolicies{UntrustedArtifactOnDeployment: policy},
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.CodeSigningConfig.CodeSigningConfigArn
}

const unknownConfig = "arn:aws:lambda:eu-central-1:1:code-signing-config:csc-00000000000000000"

func TestCodeSigningConfig_IsKeptChangedAndDeleted(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	arn := c.signingConfig(t, "", c.profile(t, "p1"))
	get := func(arn string) (*lambda.GetCodeSigningConfigOutput, error) {
		return c.lambda.GetCodeSigningConfig(ctx, &lambda.GetCodeSigningConfigInput{CodeSigningConfigArn: &arn})
	}
	out, err := get(arn)
	if err != nil || out.CodeSigningConfig.CodeSigningPolicies.UntrustedArtifactOnDeployment != types.CodeSigningPolicyWarn || !strings.HasSuffix(arn, *out.CodeSigningConfig.CodeSigningConfigId) {
		t.Errorf("got %+v %v", out, err)
	}
	_, err = c.lambda.UpdateCodeSigningConfig(ctx, &lambda.UpdateCodeSigningConfigInput{
		CodeSigningConfigArn: &arn, CodeSigningPolicies: &types.CodeSigningPolicies{UntrustedArtifactOnDeployment: types.CodeSigningPolicyEnforce},
	})
	if out, _ := get(arn); err != nil || out.CodeSigningConfig.CodeSigningPolicies.UntrustedArtifactOnDeployment != types.CodeSigningPolicyEnforce || len(out.CodeSigningConfig.AllowedPublishers.SigningProfileVersionArns) != 1 {
		t.Errorf("updated: %+v %v", out, err)
	}
	if _, err := c.lambda.DeleteCodeSigningConfig(ctx, &lambda.DeleteCodeSigningConfigInput{CodeSigningConfigArn: &arn}); err != nil {
		t.Error(err)
	}
	_, err = get(arn)
	wantError(t, err, "ResourceNotFoundException", arn)
}

func TestFunctionCodeSigning_IsAttachedAndTakenAway(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	c.function(t)
	attached := func() string {
		out, err := c.lambda.GetFunctionCodeSigningConfig(ctx, &lambda.GetFunctionCodeSigningConfigInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(out.CodeSigningConfigArn)
	}
	put := func(arn string) error {
		_, err := c.lambda.PutFunctionCodeSigningConfig(ctx, &lambda.PutFunctionCodeSigningConfigInput{FunctionName: aws.String("f"), CodeSigningConfigArn: &arn})
		return err
	}
	if got := attached(); got != "" {
		t.Errorf("at first: %s", got)
	}
	wantError(t, put(unknownConfig), "CodeSigningConfigNotFoundException", unknownConfig)
	arn := c.signingConfig(t, types.CodeSigningPolicyEnforce, c.profile(t, "p1"))
	if err := put(arn); err != nil || attached() != arn {
		t.Errorf("%s %v", attached(), err)
	}
	_, err := c.lambda.DeleteCodeSigningConfig(ctx, &lambda.DeleteCodeSigningConfigInput{CodeSigningConfigArn: &arn})
	wantError(t, err, "ResourceConflictException", "in use")
	_, err = c.lambda.DeleteFunctionCodeSigningConfig(ctx, &lambda.DeleteFunctionCodeSigningConfigInput{FunctionName: aws.String("f")})
	if got := attached(); err != nil || got != "" {
		t.Errorf("taken away: %q %v", got, err)
	}
	_, err = c.lambda.GetFunctionCodeSigningConfig(ctx, &lambda.GetFunctionCodeSigningConfigInput{FunctionName: aws.String("missing")})
	wantError(t, err, "ResourceNotFoundException", ":function:missing")
}

// signed uploads the code, lets a job sign it and returns where the result is.
func (c tenant) signed(t *testing.T, bucket, profile string, code []byte) *signertypes.S3SignedObject {
	t.Helper()
	ctx := t.Context()
	if _, err := c.s3().PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("code.zip"), Body: bytes.NewReader(code)}); err != nil {
		t.Fatal(err)
	}
	started, err := c.signer().StartSigningJob(ctx, &signer.StartSigningJobInput{
		ProfileName: &profile,
		Source:      &signertypes.Source{S3: &signertypes.S3Source{BucketName: &bucket, Key: aws.String("code.zip"), Version: aws.String("null")}},
		Destination: &signertypes.Destination{S3: &signertypes.S3Destination{BucketName: &bucket, Prefix: aws.String("signed/")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	job, err := c.signer().DescribeSigningJob(ctx, &signer.DescribeSigningJobInput{JobId: started.JobId})
	if err != nil || job.Status != signertypes.SigningStatusSucceeded || *job.SignedObject.S3.Key != "signed/"+*started.JobId+".zip" {
		t.Fatal(job, err)
	}
	return job.SignedObject.S3
}

func TestCodeSigning_EnforcedRefusesWhatNoAllowedPublisherSigned(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	bucket := c.bucket(t)
	publisher := c.profile(t, "mine")
	c.profile(t, "other")
	config := c.signingConfig(t, types.CodeSigningPolicyEnforce, publisher)
	role := c.role(t, "r", lambdaTrust)
	create := func(code *types.FunctionCode) error {
		input := functionInput(t, "f", role)
		input.Code, input.CodeSigningConfigArn = code, &config
		_, err := c.lambda.CreateFunction(ctx, input)
		return err
	}
	const refused = "CodeVerificationFailedException"
	wantError(t, create(&types.FunctionCode{ZipFile: zipped(t, echo)}), refused, "Check the provided signature for unsigned.")
	foreign := c.signed(t, bucket, "other", zipped(t, echo))
	wantError(t, create(&types.FunctionCode{S3Bucket: &bucket, S3Key: foreign.Key}), refused, "")
	object := c.signed(t, bucket, "mine", zipped(t, echo))
	if err := create(&types.FunctionCode{S3Bucket: &bucket, S3Key: object.Key}); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	got := c.get(t, nil).Configuration
	if aws.ToString(got.SigningProfileVersionArn) != publisher || !strings.Contains(aws.ToString(got.SigningJobArn), ":/signing-jobs/") {
		t.Errorf("signed by %s in %s", aws.ToString(got.SigningProfileVersionArn), aws.ToString(got.SigningJobArn))
	}
	if out, err := c.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f")}); err != nil || out.FunctionError != nil {
		t.Errorf("invoked: %+v %v", out, err)
	}
	_, err := c.lambda.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), ZipFile: zipped(t, echo+"#")})
	wantError(t, err, refused, "")
}

func TestCodeSigning_RefusesAChangedArchiveEvenWhenItOnlyWarns(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	publisher := c.profile(t, "mine")
	config := c.signingConfig(t, types.CodeSigningPolicyWarn, publisher)
	signed, err := Sign(zipped(t, echo), publisher)
	if err != nil {
		t.Fatal(err)
	}
	role := c.role(t, "r", lambdaTrust)
	create := func(name string, archive []byte) error {
		input := functionInput(t, name, role)
		input.Code.ZipFile, input.CodeSigningConfigArn = archive, &config
		_, err := c.lambda.CreateFunction(t.Context(), input)
		return err
	}
	wantError(t, create("changed", changed(t, signed)), "InvalidCodeSignatureException", "integrity check")
	for name, archive := range map[string][]byte{"unsigned": zipped(t, echo), "signed": signed} {
		if err := create(name, archive); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	input := functionInput(t, "unknown", role)
	input.CodeSigningConfigArn = aws.String(unknownConfig)
	_, err = c.lambda.CreateFunction(t.Context(), input)
	wantError(t, err, "CodeSigningConfigNotFoundException", "")
}

// changed adds a file to an archive.
func changed(t *testing.T, archive []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var buffer bytes.Buffer
	out := zip.NewWriter(&buffer)
	for _, entry := range in.File {
		if err := out.Copy(entry); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := out.Create("added"); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func TestSigner_KnowsItsProfiles(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	arn := c.profile(t, "mine")
	out, err := c.signer().GetSigningProfile(t.Context(), &signer.GetSigningProfileInput{ProfileName: aws.String("mine")})
	if err != nil || *out.ProfileVersionArn != arn || out.Status != signertypes.SigningProfileStatusActive {
		t.Errorf("%+v %v", out, err)
	}
	status, _ := c.rest(t, "signer", http.MethodGet, "/signing-profiles/missing", "")
	if status != http.StatusNotFound {
		t.Errorf("a missing profile: %d", status)
	}
}
