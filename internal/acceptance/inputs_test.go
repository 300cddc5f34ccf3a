package acceptance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
)

// TestAccLambda_S3 deploys packages from a bucket: a new object under the same
// key is deployed, an unchanged one is not, and drift of the code is seen.
func TestAccLambda_S3(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const bucket = "artifacts"
	_, err := a.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: new(bucket), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: region}})
	must(t, err)
	upload := func(directory string) {
		t.Helper()
		content, _, err := artifact.Read(testdata(t, directory))
		must(t, err)
		_, err = a.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: new(bucket), Key: new("hello.zip"), Body: bytes.NewReader(content)})
		must(t, err)
	}
	upload("hello")
	configuration := a.providerBlock() + unit(t, "x", "tfacc-from-s3", map[string]string{"code": fmt.Sprintf(`{ s3 = { bucket = %q, key = "hello.zip" } }`, bucket)})
	answers := func(want string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			answer, err := a.invoke(t.Context(), "tfacc-from-s3:live", `{}`)
			if err == nil && !strings.Contains(answer, want) {
				err = fmt.Errorf("the alias answers %s", answer)
			}
			return err
		}
	}
	empty := resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: configuration, ConfigPlanChecks: empty, Check: answers(`"hello": "world"`)},
			{PreConfig: func() { upload("other") }, Config: configuration, ConfigPlanChecks: empty, Check: answers("the other package")},
			{
				PreConfig: func() {
					_, err := a.lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: new("tfacc-from-s3"), ZipFile: foreignZip})
					must(t, err)
				},
				Config: configuration,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{planCheck(func(plan *tfjson.Plan) error {
						planned, err := unitChange(plan, "x")
						if err == nil && !slices.Contains(changedPaths(planned), "managed.function.code_sha256") {
							err = fmt.Errorf("the plan shows %v", changedPaths(planned))
						}
						return err
					})},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
			},
		},
	})
}

// TestAccLambda_Keys moves a unit between its own key, a given one and the
// house's, and back to one of its own.
func TestAccLambda_Keys(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	given, house := a.sharedKey(t), a.sharedKey(t)
	step := func(provider, attribute string, key func() string) resource.TestStep {
		return resource.TestStep{
			Config: a.providerBlock(provider) + unit(t, "x", "tfacc-keys", map[string]string{"kms_key_arn": attribute}),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			Check: func(*terraform.State) error { return a.encryptedWith(t.Context(), "tfacc-keys", key()) },
		}
	}
	own := func() string { return "" }
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			step("", "", own),
			step("", fmt.Sprintf("%q", given), func() string { return given }),
			step(fmt.Sprintf("kms_key_arn = %q", house), "", func() string { return house }),
			step("", "", own),
		},
		CheckDestroy: func(*terraform.State) error {
			// The given keys are not the unit's to delete; both of its own are.
			enabled, err := a.enabledKeys(t.Context())
			if err == nil && enabled != 2 {
				err = fmt.Errorf("%d keys are enabled, want the two given ones", enabled)
			}
			return err
		},
	})
}

func (a *tenant) sharedKey(t *testing.T) string {
	t.Helper()
	out, err := a.kms.CreateKey(t.Context(), &kms.CreateKeyInput{Policy: new(sharedKeyPolicy(a.id))})
	must(t, err)
	return *out.KeyMetadata.Arn
}

// encryptedWith checks the key of the function; "" stands for its own.
func (a *tenant) encryptedWith(ctx context.Context, name, key string) error {
	out, err := a.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name, Qualifier: new("live")})
	if err != nil {
		return err
	}
	if key == "" {
		own, err := a.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: new("alias/secure/" + name)})
		if err != nil {
			return err
		}
		key = *own.KeyMetadata.Arn
	}
	if out.Configuration.KMSKeyArn == nil || *out.Configuration.KMSKeyArn != key {
		return errors.New("the served version is not encrypted with " + key)
	}
	return nil
}

// TestAccLambda_IgnoredTags leaves alone what others put on the unit's objects.
func TestAccLambda_IgnoredTags(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	configuration := a.providerBlock(`ignore_tags = { keys = ["audited"], key_prefixes = ["scanner:"] }`) + unit(t, "x", "tfacc-ignored-tags", nil)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: configuration},
			{
				PreConfig: func() {
					must(t, a.tagFunction(t.Context(), "tfacc-ignored-tags", map[string]string{"audited": "yes", "scanner:last": "today"}))
				},
				Config:           configuration,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
		},
	})
}
