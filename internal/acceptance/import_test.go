package acceptance

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
)

// relativeHello is the function's directory as a configuration would write it:
// the provider runs in this package's directory.
const relativeHello = `{ path = "testdata/hello" }`

// TestAccLambda_ImportExact imports units whose configuration states exactly
// what differs from the defaults: the plan must be empty.
func TestAccLambda_ImportExact(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	all := maps.Clone(everything)
	all["code"] = relativeHello
	if a.id == "" {
		delete(all, "file_system")
	}
	// AWS does not know these.
	delete(all, "timeouts")
	all["dead_letter"] = `{ retention_days = 7 }`
	configuration := a.there(t, a.providerBlock()+
		unit(t, "plain", "tfacc-import-plain", map[string]string{"code": relativeHello})+
		unit(t, "everything", "tfacc-import-everything", all))
	imported := func(label, id string) resource.TestStep {
		return resource.TestStep{
			Config: configuration, ResourceName: "secure_lambda." + label,
			ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: id,
		}
	}
	id := "tfacc-import-everything"
	if a.id != "" {
		id = a.id + "/" + region + "/tfacc-import-everything"
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: configuration},
			imported("plain", "tfacc-import-plain"),
			imported("everything", id),
			{
				// What an import writes is what an apply had written.
				Config: configuration, ResourceName: "secure_lambda.everything",
				ImportState: true, ImportStateId: id, ImportStateVerify: true,
				ImportStateVerifyIdentifierAttribute: "name", ImportStateVerifyIgnore: []string{"timeouts"},
			},
		},
	})
}

// TestAccLambda_ImportByHand imports a function that was made with the AWS API,
// under a configuration that leaves its settings out, for a house that has
// others. Nothing that runs may change, and the plan must say which lines to write.
func TestAccLambda_ImportByHand(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-import-by-hand"
	configuration := a.there(t, a.providerBlock(`architecture = "arm64"`, "vpc = "+network)+fmt.Sprintf(`
import {
  to = secure_lambda.x
  id = %q
}
`, name)+unit(t, "x", name, nil))
	var before *lambda.GetFunctionOutput
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				PreConfig: func() { before = a.makeByHand(t, name) },
				Config:    configuration,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{planCheck(nothingRunsDifferently)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				Check: func(*terraform.State) error { return a.sameAsBefore(t, before) },
			},
			{
				// Stating one setting makes the configuration its master.
				Config: strings.Replace(configuration, "handler =", "memory_size = 256\n  handler =", 1),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{planCheck(func(plan *tfjson.Plan) error {
						planned, err := unitChange(plan, "x")
						if err != nil {
							return err
						}
						var others []string
						for _, path := range changedPaths(planned) {
							if strings.HasPrefix(path, "managed.function.") {
								others = append(others, path)
							}
						}
						if !slices.Equal(others, []string{"managed.function.memory_size"}) {
							return fmt.Errorf("the function changes in %v", others)
						}
						return nil
					})},
				},
			},
		},
	})
}

// nothingRunsDifferently allows hardening (key, tracing, logging, tags) and
// refuses a change of anything that decides what runs.
func nothingRunsDifferently(plan *tfjson.Plan) error {
	planned, err := unitChange(plan, "x")
	if err != nil {
		return err
	}
	frozen := []string{
		"code_sha256", "runtime", "handler", "architecture", "memory_size", "timeout", "ephemeral_storage",
		"environment", "role_arn", "description", "logging.group", "network",
	}
	for _, path := range changedPaths(planned) {
		for _, f := range frozen {
			if strings.HasPrefix(path, "managed.function."+f) {
				return fmt.Errorf("the import changes %s", path)
			}
		}
		if strings.HasPrefix(path, "managed.role.inline_policies") {
			return fmt.Errorf("the import changes %s", path)
		}
	}
	return nil
}

// TestAccLambda_ImportShared refuses a function whose role serves others: the
// unit would take it from them when it is changed or destroyed.
func TestAccLambda_ImportShared(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	const name = "tfacc-import-shared"
	made := a.makeByHand(t, name)
	content, _, err := artifact.Read(hello(t))
	must(t, err)
	_, err = a.lambda.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: new("tfacc-neighbour"), Role: made.Configuration.Role, Runtime: lambdatypes.RuntimePython312, Handler: new("app.handler"),
		Code: &lambdatypes.FunctionCode{ZipFile: content}, LoggingConfig: &lambdatypes.LoggingConfig{LogGroup: new("/aws/lambda/" + name)},
	})
	must(t, err)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config:       a.providerBlock() + unit(t, "x", name, nil),
			ResourceName: "secure_lambda.x", ImportState: true, ImportStateId: name,
			ExpectError: regexp.MustCompile(`(?s)role\s+hand-made\s+is\s+also\s+the\s+role\s+of\s+tfacc-neighbour.*log\s+group`),
		}},
	})
}

func (a *tenant) handMadeRole(t *testing.T, name string) (arn string) {
	t.Helper()
	role, err := a.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, Path: new("/service-role/"), AssumeRolePolicyDocument: new(foreignTrust)})
	must(t, err)
	return *role.Role.Arn
}

func (a *tenant) makeByHand(t *testing.T, name string) *lambda.GetFunctionOutput {
	t.Helper()
	ctx := t.Context()
	role := a.handMadeRole(t, "hand-made")
	_, err := a.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: new("hand-made"), PolicyArn: new("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")})
	must(t, err)
	_, err = a.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: new("hand-made"), PolicyName: new("buckets"), PolicyDocument: new(foreignPolicy)})
	must(t, err)
	content, _, err := artifact.Read(hello(t))
	must(t, err)
	in := &lambda.CreateFunctionInput{
		FunctionName: new(name), Role: &role, Runtime: lambdatypes.RuntimePython312, Handler: new("app.handler"),
		Code: &lambdatypes.FunctionCode{ZipFile: content}, MemorySize: new(int32(128)), Timeout: new(int32(3)),
		Environment: &lambdatypes.Environment{Variables: map[string]string{"GREETING": "by hand"}},
	}
	retry(t, func() error {
		_, err := a.lambda.CreateFunction(ctx, in)
		return err
	})
	must(t, lambda.NewFunctionActiveV2Waiter(a.lambda, func(o *lambda.FunctionActiveV2WaiterOptions) { o.MinDelay, o.MaxDelay = fastPoll, fastPoll }).
		Wait(ctx, &lambda.GetFunctionInput{FunctionName: &name}, waitLimit))
	out, err := a.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name})
	must(t, err)
	return out
}

func (a *tenant) sameAsBefore(t *testing.T, before *lambda.GetFunctionOutput) error {
	t.Helper()
	name := *before.Configuration.FunctionName
	after, err := a.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: &name})
	if err != nil {
		return err
	}
	what := func(c *lambdatypes.FunctionConfiguration) string {
		text, err := json.Marshal([]any{c.CodeSha256, c.Runtime, c.Handler, c.Architectures, c.MemorySize, c.Timeout, c.EphemeralStorage, c.Environment, c.Role})
		must(t, err)
		return string(text)
	}
	if b, x := what(before.Configuration), what(after.Configuration); b != x {
		return fmt.Errorf("the function was\n%s\nand is\n%s", b, x)
	}
	answer, err := a.invoke(t.Context(), name+":live", `{"name":"Ada"}`)
	if err != nil {
		return err
	}
	if !strings.Contains(answer, `"greeting": "by hand"`) {
		return fmt.Errorf("the alias answers %s", answer)
	}
	return nil
}
