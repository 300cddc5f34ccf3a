package lambda_test

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
	"github.com/aws/aws-sdk-go-v2/service/signer"
	signertypes "github.com/aws/aws-sdk-go-v2/service/signer/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func signerOf(c sandboxtest.Tenant) *signer.Client { return signer.NewFromConfig(c.Config) }

// profile creates a signing profile and returns the ARN of its version.
func profile(t *testing.T, c sandboxtest.Tenant, name string) string {
	t.Helper()
	out, err := signerOf(c).PutSigningProfile(t.Context(), &signer.PutSigningProfileInput{ProfileName: &name, PlatformId: aws.String("AWSLambda-SHA384-ECDSA")})
	if err != nil {
		t.Fatal(err)
	}
	return *out.ProfileVersionArn
}

func signingConfig(t *testing.T, c sandboxtest.Tenant, policy types.CodeSigningPolicy, publisher string) string {
	t.Helper()
	out, err := c.Lambda.CreateCodeSigningConfig(t.Context(), &lambda.CreateCodeSigningConfigInput{
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
	c := sandboxtest.New(t)
	ctx := t.Context()
	arn := signingConfig(t, c, "", profile(t, c, "p1"))
	get := func(arn string) (*lambda.GetCodeSigningConfigOutput, error) {
		return c.Lambda.GetCodeSigningConfig(ctx, &lambda.GetCodeSigningConfigInput{CodeSigningConfigArn: &arn})
	}
	out, err := get(arn)
	if err != nil || out.CodeSigningConfig.CodeSigningPolicies.UntrustedArtifactOnDeployment != types.CodeSigningPolicyWarn || !strings.HasSuffix(arn, *out.CodeSigningConfig.CodeSigningConfigId) {
		t.Errorf("got %+v %v", out, err)
	}
	_, err = c.Lambda.UpdateCodeSigningConfig(ctx, &lambda.UpdateCodeSigningConfigInput{
		CodeSigningConfigArn: &arn, CodeSigningPolicies: &types.CodeSigningPolicies{UntrustedArtifactOnDeployment: types.CodeSigningPolicyEnforce},
	})
	if out, _ := get(arn); err != nil || out.CodeSigningConfig.CodeSigningPolicies.UntrustedArtifactOnDeployment != types.CodeSigningPolicyEnforce || len(out.CodeSigningConfig.AllowedPublishers.SigningProfileVersionArns) != 1 {
		t.Errorf("updated: %+v %v", out, err)
	}
	if _, err := c.Lambda.DeleteCodeSigningConfig(ctx, &lambda.DeleteCodeSigningConfigInput{CodeSigningConfigArn: &arn}); err != nil {
		t.Error(err)
	}
	_, err = get(arn)
	sandboxtest.WantError(t, err, "ResourceNotFoundException", arn)
}

func TestFunctionCodeSigning_IsAttachedAndTakenAway(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	c.Function(t)
	attached := func() string {
		out, err := c.Lambda.GetFunctionCodeSigningConfig(ctx, &lambda.GetFunctionCodeSigningConfigInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(out.CodeSigningConfigArn)
	}
	put := func(arn string) error {
		_, err := c.Lambda.PutFunctionCodeSigningConfig(ctx, &lambda.PutFunctionCodeSigningConfigInput{FunctionName: aws.String("f"), CodeSigningConfigArn: &arn})
		return err
	}
	if got := attached(); got != "" {
		t.Errorf("at first: %s", got)
	}
	sandboxtest.WantError(t, put(unknownConfig), "CodeSigningConfigNotFoundException", unknownConfig)
	arn := signingConfig(t, c, types.CodeSigningPolicyEnforce, profile(t, c, "p1"))
	if err := put(arn); err != nil || attached() != arn {
		t.Errorf("%s %v", attached(), err)
	}
	_, err := c.Lambda.DeleteCodeSigningConfig(ctx, &lambda.DeleteCodeSigningConfigInput{CodeSigningConfigArn: &arn})
	sandboxtest.WantError(t, err, "ResourceConflictException", "in use")
	_, err = c.Lambda.DeleteFunctionCodeSigningConfig(ctx, &lambda.DeleteFunctionCodeSigningConfigInput{FunctionName: aws.String("f")})
	if got := attached(); err != nil || got != "" {
		t.Errorf("taken away: %q %v", got, err)
	}
	_, err = c.Lambda.GetFunctionCodeSigningConfig(ctx, &lambda.GetFunctionCodeSigningConfigInput{FunctionName: aws.String("missing")})
	sandboxtest.WantError(t, err, "ResourceNotFoundException", ":function:missing")
}

// signed uploads the code, lets a job sign it and returns where the result is.
func signed(t *testing.T, c sandboxtest.Tenant, bucket, profile string, code []byte) *signertypes.S3SignedObject {
	t.Helper()
	ctx := t.Context()
	if _, err := c.S3().PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("code.zip"), Body: bytes.NewReader(code)}); err != nil {
		t.Fatal(err)
	}
	started, err := signerOf(c).StartSigningJob(ctx, &signer.StartSigningJobInput{
		ProfileName: &profile,
		Source:      &signertypes.Source{S3: &signertypes.S3Source{BucketName: &bucket, Key: aws.String("code.zip"), Version: aws.String("null")}},
		Destination: &signertypes.Destination{S3: &signertypes.S3Destination{BucketName: &bucket, Prefix: aws.String("signed/")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	job, err := signerOf(c).DescribeSigningJob(ctx, &signer.DescribeSigningJobInput{JobId: started.JobId})
	if err != nil || job.Status != signertypes.SigningStatusSucceeded || *job.SignedObject.S3.Key != "signed/"+*started.JobId+".zip" {
		t.Fatal(job, err)
	}
	return job.SignedObject.S3
}

func TestCodeSigning_EnforcedRefusesWhatNoAllowedPublisherSigned(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	bucket := c.Bucket(t)
	publisher := profile(t, c, "mine")
	profile(t, c, "other")
	config := signingConfig(t, c, types.CodeSigningPolicyEnforce, publisher)
	role := c.Role(t, "r", sandboxtest.Trust)
	create := func(code *types.FunctionCode) error {
		input := sandboxtest.FunctionInput(t, "f", role)
		input.Code, input.CodeSigningConfigArn = code, &config
		_, err := c.Lambda.CreateFunction(ctx, input)
		return err
	}
	const refused = "CodeVerificationFailedException"
	sandboxtest.WantError(t, create(&types.FunctionCode{ZipFile: sandboxtest.Zipped(t, sandboxtest.Echo)}), refused, "Check the provided signature for unsigned.")
	foreign := signed(t, c, bucket, "other", sandboxtest.Zipped(t, sandboxtest.Echo))
	sandboxtest.WantError(t, create(&types.FunctionCode{S3Bucket: &bucket, S3Key: foreign.Key}), refused, "")
	object := signed(t, c, bucket, "mine", sandboxtest.Zipped(t, sandboxtest.Echo))
	if err := create(&types.FunctionCode{S3Bucket: &bucket, S3Key: object.Key}); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	got := c.Get(t, nil).Configuration
	if aws.ToString(got.SigningProfileVersionArn) != publisher || !strings.Contains(aws.ToString(got.SigningJobArn), ":/signing-jobs/") {
		t.Errorf("signed by %s in %s", aws.ToString(got.SigningProfileVersionArn), aws.ToString(got.SigningJobArn))
	}
	if out, err := c.Lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f")}); err != nil || out.FunctionError != nil {
		t.Errorf("invoked: %+v %v", out, err)
	}
	_, err := c.Lambda.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), ZipFile: sandboxtest.Zipped(t, sandboxtest.Echo+"#")})
	sandboxtest.WantError(t, err, refused, "")
}

func TestCodeSigning_RefusesAChangedArchiveEvenWhenItOnlyWarns(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	publisher := profile(t, c, "mine")
	config := signingConfig(t, c, types.CodeSigningPolicyWarn, publisher)
	signed, err := sandbox.Sign(sandboxtest.Zipped(t, sandboxtest.Echo), publisher)
	if err != nil {
		t.Fatal(err)
	}
	role := c.Role(t, "r", sandboxtest.Trust)
	create := func(name string, archive []byte) error {
		input := sandboxtest.FunctionInput(t, name, role)
		input.Code.ZipFile, input.CodeSigningConfigArn = archive, &config
		_, err := c.Lambda.CreateFunction(t.Context(), input)
		return err
	}
	sandboxtest.WantError(t, create("changed", changed(t, signed)), "InvalidCodeSignatureException", "integrity check")
	for name, archive := range map[string][]byte{"unsigned": sandboxtest.Zipped(t, sandboxtest.Echo), "signed": signed} {
		if err := create(name, archive); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	input := sandboxtest.FunctionInput(t, "unknown", role)
	input.CodeSigningConfigArn = aws.String(unknownConfig)
	_, err = c.Lambda.CreateFunction(t.Context(), input)
	sandboxtest.WantError(t, err, "CodeSigningConfigNotFoundException", "")
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
	c := sandboxtest.New(t)
	arn := profile(t, c, "mine")
	out, err := signerOf(c).GetSigningProfile(t.Context(), &signer.GetSigningProfileInput{ProfileName: aws.String("mine")})
	if err != nil || *out.ProfileVersionArn != arn || out.Status != signertypes.SigningProfileStatusActive {
		t.Errorf("%+v %v", out, err)
	}
	status, _ := c.Rest(t, "signer", http.MethodGet, "/signing-profiles/missing", "")
	if status != http.StatusNotFound {
		t.Errorf("a missing profile: %d", status)
	}
}
