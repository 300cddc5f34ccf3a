package acceptance

import (
	"archive/zip"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/signer"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// bucket makes a bucket that keeps versions.
func (a *tenant) bucket(t *testing.T, name string) {
	t.Helper()
	_, err := a.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: region}})
	must(t, err)
	_, err = a.s3.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &name, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled},
	})
	must(t, err)
}

func (a *tenant) objects(ctx context.Context, bucket string) ([]string, error) {
	out, err := a.s3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, object := range out.Contents {
		keys = append(keys, *object.Key)
	}
	return keys, nil
}

// heavy is a package that Lambda does not take in a request.
func heavy(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "heavy.zip")
	file, err := os.Create(name)
	must(t, err)
	archive := zip.NewWriter(file)
	code, err := archive.Create("app.py")
	must(t, err)
	_, err = code.Write([]byte("def handler(event, context):\n    return {'hello': 'heavy'}\n"))
	must(t, err)
	ballast, err := archive.CreateHeader(&zip.FileHeader{Name: "ballast", Method: zip.Store})
	must(t, err)
	noise, block := rand.NewChaCha8([32]byte{}), make([]byte, 1<<20)
	for range 51 {
		_, _ = noise.Read(block) // it never fails
		_, err = ballast.Write(block)
		must(t, err)
	}
	must(t, archive.Close())
	must(t, file.Close())
	return name
}

// TestAccLambda_Staged deploys a package of more than 50 MB by way of a bucket,
// in which nothing is left of it.
func TestAccLambda_Staged(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	a.bucket(t, "tfacc-staging")
	c := newCore(t, a, a.providerBlock()+unit(t, "x", "tfacc-staged", map[string]string{
		"code": fmt.Sprintf(`{ path = %q, staging_bucket = "tfacc-staging" }`, heavy(t)),
	}))
	c.must("apply", "-auto-approve")
	c.empty()
	answer, err := a.invoke(t.Context(), "tfacc-staged:live", `{}`)
	must(t, err)
	if !strings.Contains(answer, "heavy") {
		t.Errorf("the alias answers %s", answer)
	}
	left, err := a.objects(t.Context(), "tfacc-staging")
	must(t, err)
	if len(left) > 0 {
		t.Errorf("the bucket still holds %v", left)
	}
	c.must("destroy", "-auto-approve")
}

// TestAccLambda_Signed signs packages on their way: Lambda's own check of the
// signature lets them through, an unchanged package is not signed again, and
// one that other hands replaced is.
func TestAccLambda_Signed(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	a.bucket(t, "tfacc-signing")
	profile, err := signer.NewFromConfig(a.config(t)).PutSigningProfile(t.Context(), &signer.PutSigningProfileInput{ProfileName: new("tfacc"), PlatformId: new("AWSLambda-SHA384-ECDSA")})
	must(t, err)
	trusted, err := a.lambda.CreateCodeSigningConfig(t.Context(), &lambda.CreateCodeSigningConfigInput{
		AllowedPublishers:   &lambdatypes.AllowedPublishers{SigningProfileVersionArns: []string{*profile.ProfileVersionArn}},
		CodeSigningPolicies: &lambdatypes.CodeSigningPolicies{UntrustedArtifactOnDeployment: lambdatypes.CodeSigningPolicyEnforce},
	})
	must(t, err)
	signed := func(directory string) string {
		return a.providerBlock() + unit(t, "x", "tfacc-signed", map[string]string{
			"code":                    fmt.Sprintf(`{ path = %q, signing = { profile = "tfacc", bucket = "tfacc-signing" } }`, testdata(t, directory)),
			"code_signing_config_arn": fmt.Sprintf("%q", *trusted.CodeSigningConfig.CodeSigningConfigArn),
		})
	}
	answers := func(want string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			answer, err := a.invoke(t.Context(), "tfacc-signed:live", `{}`)
			if err == nil && !strings.Contains(answer, want) {
				err = fmt.Errorf("the alias answers %s", answer)
			}
			return err
		}
	}
	publishes := []plancheck.PlanCheck{planCheck(func(plan *tfjson.Plan) error {
		planned, err := unitChange(plan, "x")
		if err == nil && !slices.Contains(changedPaths(planned), "managed.function.code_sha256?") {
			err = fmt.Errorf("the plan shows %v", changedPaths(planned))
		}
		return err
	})}
	empty := []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: signed("hello"), Check: answers("world"), ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: empty}},
			{Config: signed("other"), Check: answers("the other package"), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: publishes, PostApplyPostRefresh: empty}},
			{
				PreConfig: func() {
					_, err := a.lambda.DeleteFunctionCodeSigningConfig(t.Context(), &lambda.DeleteFunctionCodeSigningConfigInput{FunctionName: new("tfacc-signed")})
					must(t, err)
					_, err = a.lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: new("tfacc-signed"), ZipFile: foreignZip})
					must(t, err)
				},
				Config: signed("other"), Check: answers("the other package"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: publishes, PostApplyPostRefresh: empty},
			},
		},
		CheckDestroy: func(*terraform.State) error {
			left, err := a.objects(t.Context(), "tfacc-signing")
			for _, key := range left {
				if !strings.HasPrefix(key, "secure-lambda/tfacc-signed/signed-") {
					err = fmt.Errorf("the bucket still holds %v", left)
				}
			}
			return err
		},
	})
}
