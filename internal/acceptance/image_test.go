package acceptance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// registry makes a repository and returns its address and how to push a tag.
func (a *tenant) registry(t *testing.T, name string) (address string, push func(tag, content string) (digest string)) {
	t.Helper()
	client := ecr.NewFromConfig(a.config(t))
	_, err := client.CreateRepository(t.Context(), &ecr.CreateRepositoryInput{RepositoryName: &name})
	must(t, err)
	push = func(tag, content string) string {
		t.Helper()
		out, err := client.PutImage(t.Context(), &ecr.PutImageInput{
			RepositoryName: &name, ImageTag: &tag, ImageManifest: new(fmt.Sprintf(`{"schemaVersion":2,"config":%q}`, content)),
			ImageManifestMediaType: new("application/vnd.oci.image.manifest.v1+json"),
		})
		must(t, err)
		return *out.Image.ImageId.ImageDigest
	}
	return fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/%s", a.account(t), region, name), push
}

// imageUnit is a unit made from an image; settings follow the address.
func imageUnit(t *testing.T, uri, settings string) string {
	t.Helper()
	return unit(t, "x", "tfacc-image", map[string]string{
		"runtime": "", "handler": "", "code": fmt.Sprintf(`{ image = { uri = %q%s } }`, uri, settings),
		"environment": `{ GREETING = "hi" }`, "permissions": `{ other = { principal = "444455556666" } }`, "async": `{ max_retries = 0 }`,
	})
}

// served checks what the alias serves.
func (a *tenant) served(ctx context.Context, name string, check func(*lambda.GetFunctionOutput) bool) error {
	out, err := a.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name, Qualifier: new("live")})
	if err == nil && !check(out) {
		err = fmt.Errorf("the alias serves %+v of %+v", *out.Configuration, *out.Code)
	}
	return err
}

// TestAccLambda_Image deploys images: a pushed tag is a change that publishes, a
// configuration that differs is drift, and zip packages and images take each
// other's place within an update that keeps everything but the function.
func TestAccLambda_Image(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	repository, push := a.registry(t, "tfacc/app")
	first := push("stable", "one")
	second := ""
	is := func(digest *string, command ...string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			return a.served(t.Context(), "tfacc-image", func(out *lambda.GetFunctionOutput) bool {
				var have []string
				if c := out.Configuration.ImageConfigResponse; c != nil && c.ImageConfig != nil {
					have = c.ImageConfig.Command
				}
				return *out.Configuration.CodeSha256 == strings.TrimPrefix(*digest, "sha256:") && slices.Equal(have, command) &&
					out.Configuration.PackageType == lambdatypes.PackageTypeImage
			})
		}
	}
	shows := func(paths ...string) plancheck.PlanCheck {
		return planCheck(func(plan *tfjson.Plan) error {
			planned, err := unitChange(plan, "x")
			if err != nil {
				return err
			}
			if !slices.Equal(planned.Actions, tfjson.Actions{tfjson.ActionUpdate}) {
				return fmt.Errorf("planned %v", planned.Actions)
			}
			for _, path := range paths {
				if !slices.Contains(changedPaths(planned), path) {
					return fmt.Errorf("the plan shows %v, want %s", changedPaths(planned), path)
				}
			}
			return nil
		})
	}
	empty := []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}
	step := func(configuration string, check resource.TestCheckFunc, paths ...string) resource.TestStep {
		return resource.TestStep{
			Config: a.providerBlock() + configuration, Check: check,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{shows(paths...)}, PostApplyPostRefresh: empty},
		}
	}
	byTag := imageUnit(t, repository+":stable", "")
	overridden := imageUnit(t, repository+":stable", `, command = ["app.other"], entry_point = ["/bin/run"], working_directory = "/srv"`)
	zipped := unit(t, "x", "tfacc-image", map[string]string{"environment": `{ GREETING = "hi" }`, "permissions": `{ other = { principal = "444455556666" } }`, "async": `{ max_retries = 0 }`})
	pushed := step(byTag, is(&second), "managed.function.code_sha256", "managed.version.number?")
	pushed.PreConfig = func() { second = push("stable", "two") }
	drifted := step(overridden, is(&second, "app.other"), "managed.function.image.command", "managed.function.code_sha256")
	drifted.PreConfig = func() {
		must(t, a.configure(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: new("tfacc-image"), ImageConfig: &lambdatypes.ImageConfig{Command: []string{"app.foreign"}}}))
		_, err := a.lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: new("tfacc-image"), ImageUri: new(repository + "@" + first)})
		must(t, err)
		must(t, lambda.NewFunctionUpdatedV2Waiter(a.lambda, fastUpdates).Wait(t.Context(), &lambda.GetFunctionInput{FunctionName: new("tfacc-image")}, waitLimit))
	}
	answers := func(*terraform.State) error {
		answer, err := a.invoke(t.Context(), "tfacc-image:live", `{}`)
		if err == nil && !strings.Contains(answer, "hello") {
			err = errors.New("the alias answers " + answer)
		}
		return err
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: a.providerBlock() + byTag, Check: is(&first), ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: empty}},
			pushed,
			step(overridden, is(&second, "app.other"), "managed.function.image.command", "managed.version.number?"),
			drifted,
			step(zipped, answers, "managed.function.image", "managed.function.runtime", "managed.version.number?"),
			step(byTag, is(&second), "managed.function.image", "managed.function.runtime", "managed.version.number?"),
		},
	})
}

// TestAccLambda_ImageImport imports a function made from an image by hand: what
// overrides the image is kept while the configuration leaves it out.
func TestAccLambda_ImageImport(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	repository, push := a.registry(t, "app")
	push("v1", "one")
	role := a.handMadeRole(t, "tfacc-image-role")
	retry(t, func() error {
		_, err := a.lambda.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
			FunctionName: new("tfacc-image"), Role: &role, PackageType: lambdatypes.PackageTypeImage, Code: &lambdatypes.FunctionCode{ImageUri: new(repository + ":v1")},
			ImageConfig: &lambdatypes.ImageConfig{Command: []string{"app.handler"}}, Architectures: []lambdatypes.Architecture{lambdatypes.ArchitectureX8664},
		})
		return err
	})
	c := newCore(t, a, a.providerBlock()+fmt.Sprintf("resource \"secure_lambda\" \"x\" {\n  name = \"tfacc-image\"\n  code = { image = { uri = %q } }\n}\n", repository+":v1"))
	c.must("import", "secure_lambda.x", "tfacc-image")
	stdout := c.must("apply", "-auto-approve")
	if !strings.Contains(stdout, `command = ["app.handler"]`) {
		t.Errorf("nothing says which command to write:\n%s", stdout)
	}
	must(t, a.served(t.Context(), "tfacc-image", func(out *lambda.GetFunctionOutput) bool {
		return slices.Equal(out.Configuration.ImageConfigResponse.ImageConfig.Command, []string{"app.handler"}) && out.Configuration.Architectures[0] == lambdatypes.ArchitectureX8664
	}))
	c.empty()
	c.must("destroy", "-auto-approve")
}
