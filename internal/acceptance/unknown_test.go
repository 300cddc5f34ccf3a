package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// unknowns are the attributes, nested objects, maps and their members, each fed
// from something that is only known after apply. VALUE stands for that.
var unknowns = []struct{ label, attribute, expression, value string }{
	{"dead_letter", "dead_letter", "VALUE", `{ retention_days = 3 }`},
	{"dead_letter_enabled", "dead_letter", "{ enabled = VALUE }", `false`},
	{"dead_letter_target", "dead_letter", "{ target_arn = VALUE, target_kms_key_arn = \"KEY\" }", `"arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-dead"`},
	{"dead_letter_target_key", "dead_letter", "{ target_arn = \"arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-dead\", target_kms_key_arn = VALUE }", `"KEY"`},
	{"dead_letter_retention", "dead_letter", "{ retention_days = VALUE }", `3`},
	{"dead_letter_on_destroy", "dead_letter", "{ on_destroy = VALUE }", `"force"`},
	{"alarms", "alarms", "VALUE", `{ profile = "full", errors = { threshold = 2 } }`},
	{"alarms_enabled", "alarms", "{ enabled = VALUE }", `true`},
	{"alarms_profile", "alarms", "{ profile = VALUE }", `"full"`},
	{"alarms_traffic", "alarms", "{ traffic = VALUE }", `"high"`},
	{"alarms_actions", "alarms", "{ actions = VALUE }", `["TOPIC"]`},
	{"alarms_action", "alarms", "{ ok_actions = [VALUE] }", `"TOPIC"`},
	{"alarm", "alarms", "{ errors = VALUE }", `{ threshold = 2 }`},
	{"alarm_enabled", "alarms", "{ async_dropped = { enabled = VALUE } }", `true`},
	{"alarm_threshold", "alarms", "{ errors = { threshold = VALUE } }", `2`},
	{"alarm_statistic", "alarms", "{ duration = { statistic = VALUE } }", `"Maximum"`},
	{"alarm_period", "alarms", "{ duration = { period = VALUE } }", `60`},
	{"alarm_periods", "alarms", "{ duration = { evaluation_periods = VALUE, datapoints_to_alarm = VALUE } }", `2`},
	{"alarm_missing_data", "alarms", "{ duration = { treat_missing_data = VALUE } }", `"ignore"`},
	{"alarm_actions", "alarms", "{ duration = { actions = VALUE } }", `["TOPIC"]`},
	{"code_image", "code", "{ image = VALUE }", `{ uri = "IMAGE", command = ["app.handler"] }`},
	{"code_image_uri", "code", "{ image = { uri = VALUE } }", `"IMAGE"`},
	{"code_image_command", "code", `{ image = { uri = "IMAGE", command = VALUE, entry_point = VALUE } }`, `["app.handler"]`},
	{"code_image_word", "code", `{ image = { uri = "IMAGE", command = [VALUE], working_directory = VALUE } }`, `"/srv"`},
	{"code_staging", "code", `{ path = "HELLO", staging_bucket = VALUE }`, `"tfacc-staging"`},
	{"file_system", "file_system", "VALUE", `{ arn = "ACCESSPOINT", local_mount_path = "/mnt/data" }`},
	{"file_system_arn", "file_system", `{ arn = VALUE, local_mount_path = "/mnt/data", read_only = VALUE == "" }`, `"ACCESSPOINT"`},
	{"permission_organization", "permissions", `{ account = { principal = "444455556666", organization_id = VALUE } }`, `"o-a1b2c3d4e5"`},
	{"alarm_insufficient", "alarms", "{ insufficient_data_actions = VALUE, errors = { insufficient_data_actions = [] } }", `["TOPIC"]`},
	{"layers", "layers", "VALUE", `["LAYER"]`},
	{"layer", "layers", "[VALUE]", `"LAYER"`},
	{"snap_start", "snap_start", "VALUE", `true`},
	{"vpc", "vpc", "VALUE", network},
	{"vpc_enabled", "vpc", "{ enabled = VALUE }", `false`},
	{"vpc_subnet", "vpc", `{ subnet_ids = [VALUE], security_group_ids = ["GROUP"] }`, `"SUBNET"`},
	{"vpc_groups", "vpc", `{ subnet_ids = ["SUBNET"], security_group_ids = VALUE, ipv6 = false }`, `["GROUP"]`},
	{"runtime_management", "runtime_management", "VALUE", `{ update_runtime_on = "FunctionUpdate" }`},
	{"update_runtime_on", "runtime_management", "{ update_runtime_on = VALUE }", `"FunctionUpdate"`},
	{"logs_class", "logs", "{ class = VALUE }", `"INFREQUENT_ACCESS"`},
	{"logs_system_level", "logs", "{ system_level = VALUE }", `"DEBUG"`},
	{"logs_protection", "logs", "{ data_protection = VALUE }", `["EmailAddress"]`},
	{"logs_on_destroy", "logs", "{ on_destroy = VALUE }", `"retain"`},
	{"permissions", "permissions", "VALUE", `{ bucket = { principal = "s3.amazonaws.com", source_arn = "arn:aws:s3:::tfacc-in" } }`},
	{"permission", "permissions", "{ bucket = VALUE }", `{ principal = "s3.amazonaws.com", source_arn = "arn:aws:s3:::tfacc-in" }`},
	{"permission_principal", "permissions", `{ bucket = { principal = VALUE, source_arn = "arn:aws:s3:::tfacc-in" } }`, `"s3.amazonaws.com"`},
	{"permission_source", "permissions", `{ bucket = { principal = "s3.amazonaws.com", source_arn = VALUE } }`, `"arn:aws:s3:::tfacc-in"`},
	{"permission_account", "permissions", `{ rule = { principal = "events.amazonaws.com", source_account = VALUE } }`, `"111122223333"`},
	{"concurrency", "concurrency", "VALUE", `{ reserved = 2 }`},
	{"reserved", "concurrency", "{ reserved = VALUE }", `2`},
	{"recursion", "recursion", "VALUE", `"Allow"`},
	{"async", "async", "VALUE", `{ max_retries = 1, on_failure = "arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-failed" }`},
	{"async_retries", "async", "{ max_retries = VALUE }", `1`},
	{"async_age", "async", "{ max_event_age = VALUE }", `60`},
	{"async_success", "async", "{ on_success = VALUE }", `"arn:aws:events:eu-central-1:ACCOUNT:event-bus/default"`},
	{"async_failure", "async", "{ on_failure = VALUE }", `"arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-failed"`},
	{"async_keys", "async", "{ on_failure = \"arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-failed\", destination_kms_key_arns = VALUE }", `["KEY"]`},
	{"async_key", "async", "{ on_failure = \"arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-failed\", destination_kms_key_arns = [VALUE] }", `"KEY"`},
	{"name", "name", "VALUE", `"tfacc-unknown-name-fed"`},
	{"description", "description", "VALUE", `"fed"`},
	{"tags", "tags", "VALUE", `{ team = "orders" }`},
	{"tags_value", "tags", "{ team = VALUE }", `"orders"`},
	{"code", "code", "VALUE", `{ path = "HELLO" }`},
	{"code_path", "code", "{ path = VALUE }", `"HELLO"`},
	{"runtime", "runtime", "VALUE", `"python3.12"`},
	{"handler", "handler", "VALUE", `"app.handler"`},
	{"architecture", "architecture", "VALUE", `"x86_64"`},
	{"memory_size", "memory_size", "VALUE", `256`},
	{"timeout", "timeout", "VALUE", `20`},
	{"ephemeral_storage", "ephemeral_storage", "VALUE", `600`},
	{"environment", "environment", "VALUE", `{ GREETING = "hi" }`},
	{"environment_value", "environment", "{ GREETING = VALUE }", `"hi"`},
	{"powertools", "powertools", "VALUE", `false`},
	{"secrets", "secrets", "VALUE", `{ DB_PASSWORD = { arn = "SECRET", kms_key_arn = "KEY", json_key = "password", version_stage = "AWSCURRENT" } }`},
	{"secret", "secrets", "{ DB_PASSWORD = VALUE }", `{ arn = "SECRET", kms_key_arn = "KEY", json_key = "password", version_stage = "AWSCURRENT" }`},
	{"secret_arn", "secrets", `{ DB_PASSWORD = { arn = VALUE, kms_key_arn = "KEY" } }`, `"SECRET"`},
	{"secret_kms_key_arn", "secrets", `{ DB_PASSWORD = { arn = "SECRET", kms_key_arn = VALUE } }`, `"KEY"`},
	{"secret_json_key", "secrets", `{ DB_PASSWORD = { arn = "SECRET", json_key = VALUE } }`, `"password"`},
	{"own_secret_version", "secret_values_wo_version", "VALUE", `1`},
	{"own_secret_rotation", "secret_rotation", "VALUE", `{ function_arn = "arn:aws:lambda:eu-central-1:111122223333:function:rotate", days = 60 }`},
	{"own_secret_rotation_function", "secret_rotation", "{ function_arn = VALUE }", `"arn:aws:lambda:eu-central-1:111122223333:function:rotate"`},
	{"secret_version_stage", "secrets", `{ DB_PASSWORD = { arn = "SECRET", version_stage = VALUE } }`, `"AWSPREVIOUS"`},
	{"kms_key_arn_null", "kms_key_arn", "VALUE == \"none\" ? null : VALUE", `"none"`},
	{"role_name", "role_name", "VALUE", `"tfacc-unknown-role-fed"`},
	{"role_path", "role_path", "VALUE", `"/service/"`},
	{"permissions_boundary", "permissions_boundary", "VALUE", `"arn:aws:iam::aws:policy/PowerUserAccess"`},
	{"additional_policy_arns", "additional_policy_arns", "VALUE", `["arn:aws:iam::aws:policy/ReadOnlyAccess"]`},
	{"additional_policy_arn", "additional_policy_arns", "[VALUE]", `"arn:aws:iam::aws:policy/ReadOnlyAccess"`},
	{"trust", "trust", "VALUE", `{ source_account = true, source_arn = true }`},
	{"trust_source_arn", "trust", "{ source_arn = VALUE }", `true`},
	{"access", "access", "VALUE", `{ table = { actions = ["dynamodb:GetItem"], resources = ["TABLE"], conditions = { StringEquals = { "aws:RequestedRegion" = ["eu-central-1"] } }, bind_to_function = true } }`},
	{"access_entry", "access", "{ table = VALUE }", `{ actions = ["dynamodb:GetItem"], resources = ["TABLE"], conditions = { StringEquals = { "aws:RequestedRegion" = ["eu-central-1"] } }, bind_to_function = true }`},
	{"access_actions", "access", `{ table = { actions = VALUE, resources = ["TABLE"] } }`, `["dynamodb:GetItem"]`},
	{"access_resource", "access", `{ table = { actions = ["dynamodb:GetItem"], resources = [VALUE, "TABLE"] } }`, `"arn:aws:dynamodb:eu-central-1:111122223333:table/another"`},
	{"access_conditions", "access", `{ table = { actions = ["dynamodb:GetItem"], resources = ["TABLE"], conditions = VALUE } }`, `{ StringEquals = { "aws:RequestedRegion" = ["eu-central-1"] } }`},
	{"access_condition", "access", `{ table = { actions = ["dynamodb:GetItem"], resources = ["TABLE"], conditions = { StringEquals = { "aws:RequestedRegion" = [VALUE] } } } }`, `"eu-central-1"`},
	{"access_bind", "access", `{ table = { actions = ["dynamodb:GetItem"], resources = ["TABLE"], bind_to_function = VALUE } }`, `false`},
	{"tracing", "tracing", "VALUE", `"PassThrough"`},
	{"logs", "logs", "VALUE", `{ group_name = "/tfacc/unknown/fed", retention_days = 30, format = "JSON", application_level = "DEBUG" }`},
	{"logs_group_name", "logs", "{ group_name = VALUE }", `"/tfacc/unknown/group"`},
	{"logs_retention_days", "logs", "{ retention_days = VALUE }", `30`},
	{"logs_format", "logs", "{ format = VALUE }", `"Text"`},
	{"logs_level", "logs", "{ application_level = VALUE }", `"DEBUG"`},
	{"release", "release", "VALUE", `{ alias = "stable" }`},
	{"release_alias", "release", "{ alias = VALUE }", `"stable"`},
	{"timeouts", "timeouts", "{ create = VALUE }", `"15m"`},
}

// TestAccLambda_Unknown feeds each input from an output of something that does
// not exist yet: the plan must be drawn, the apply must go through as planned,
// and the plan after it must be empty.
func TestAccLambda_Unknown(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	fill := strings.NewReplacer("LAYER", layerOne, "SECRET", orderSecret, "TOPIC", onCall, "KEY", "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "HELLO", hello(t), "TABLE", "arn:aws:dynamodb:eu-central-1:111122223333:table/orders")
	var out strings.Builder
	for _, u := range unknowns {
		if box == nil && strings.Contains(u.value+u.expression, "IMAGE") {
			continue // there is nobody to build one
		}
		value := "terraform_data." + u.label + ".output"
		fmt.Fprintf(&out, "resource \"terraform_data\" %q {\n  input = %s\n}\n", u.label, fill.Replace(u.value))
		expression := strings.ReplaceAll(fill.Replace(u.expression), "VALUE", value)
		with := map[string]string{u.attribute: expression}
		switch {
		case strings.HasPrefix(u.label, "code_image"):
			with["runtime"], with["handler"] = "", ""
		case strings.HasPrefix(u.label, "file_system"):
			with["vpc"] = network
		case strings.HasPrefix(u.label, "own_secret"):
			with["secret_values_wo"] = `{ DB_PASSWORD = "changeable" }`
			if u.attribute != "secret_values_wo_version" {
				with["secret_values_wo_version"] = "1"
			}
		}
		out.WriteString(unit(t, u.label, "tfacc-unknown-"+strings.ReplaceAll(u.label, "_", "-"), with))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: a.there(t, a.providerBlock()+out.String()),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
		}},
	})
}

// TestAccLambda_UnknownHouse feeds house defaults of the provider block, which
// are inputs of every unit.
func TestAccLambda_UnknownHouse(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	configuration := `
resource "terraform_data" "house" {
  input = { boundary = "arn:aws:iam::aws:policy/PowerUserAccess", days = 30, tags = { owner = "platform" }, architecture = "x86_64", vpc = ` + network + `, tracing = "PassThrough", format = "Text" }
}
` + a.providerBlock(
		"permissions_boundary = terraform_data.house.output.boundary",
		"log_retention_days = terraform_data.house.output.days",
		"default_tags = terraform_data.house.output.tags",
		"architecture = terraform_data.house.output.architecture",
		"vpc = terraform_data.house.output.vpc",
		"tracing = terraform_data.house.output.tracing",
		"log_format = terraform_data.house.output.format",
	) + unit(t, "x", "tfacc-unknown-house", nil) + unit(t, "own", "tfacc-unknown-house-own", map[string]string{
		"architecture": `"arm64"`, "vpc": "{ enabled = false }", "tracing": `"Active"`, "logs": `{ format = "JSON" }`,
	})
	has := func(name, want string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			out, err := a.lambda.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: &name, Qualifier: new("live")})
			if err != nil {
				return err
			}
			inside := out.VpcConfig != nil && len(out.VpcConfig.SubnetIds) > 0
			if got := fmt.Sprintf("%v %s %s %t", out.Architectures, out.TracingConfig.Mode, out.LoggingConfig.LogFormat, inside); got != want {
				return fmt.Errorf("%s is %s, want %s", name, got, want)
			}
			return nil
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: a.there(t, configuration),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			Check: resource.ComposeTestCheckFunc(
				has("tfacc-unknown-house", "[x86_64] PassThrough Text true"),
				has("tfacc-unknown-house-own", "[arm64] Active JSON false"),
			),
		}},
	})
}

// TestAccLambda_UnknownConnection leaves the region unknown: AWS is not asked at
// plan, and the apply knows it.
func TestAccLambda_UnknownConnection(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	configuration := fmt.Sprintf(`
resource "terraform_data" "region" {
  input = %q
}
provider "secure" {
  access_key = %q
  secret_key = "sandbox"
  region     = terraform_data.region.output
}
`, region, a.id) + unit(t, "x", "tfacc-unknown-region", nil)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: configuration,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectUnknownValue("secure_lambda.x", tfpath("managed"))},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
		}},
	})
}
