package acceptance

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// change sets one attribute of a unit that has none but the required ones.
type change struct {
	label     string
	attribute string
	value     string
	// publishes is set where a published version freezes the setting.
	publishes bool
	// with is what the unit needs beside the attribute.
	with map[string]string
	// from replaces the attribute's value before the change.
	from string
}

var changes = []change{
	{label: "code", attribute: "code", value: `{ path = "testdata/other" }`, from: "hello", publishes: true},
	{label: "description", attribute: "description", value: `"says hello"`, publishes: true},
	{label: "tags", attribute: "tags", value: `{ team = "orders" }`},
	{label: "runtime", attribute: "runtime", value: `"python3.13"`, from: `"python3.12"`, publishes: true},
	{label: "handler", attribute: "handler", value: `"app.other"`, from: `"app.handler"`, publishes: true},
	{label: "architecture", attribute: "architecture", value: `"x86_64"`, publishes: true},
	{label: "memory_size", attribute: "memory_size", value: `1024`, publishes: true},
	{label: "timeout", attribute: "timeout", value: `30`, publishes: true},
	{label: "ephemeral_storage", attribute: "ephemeral_storage", value: `1024`, publishes: true},
	{label: "environment", attribute: "environment", value: `{ GREETING = "hi" }`, publishes: true},
	{label: "powertools", attribute: "powertools", value: `false`, publishes: true},
	{label: "tracing", attribute: "tracing", value: `"PassThrough"`, publishes: true},
	{label: "role_name", attribute: "role_name", value: `"tfacc-update-role-name-other"`, publishes: true},
	{label: "role_path", attribute: "role_path", value: `"/service/"`, publishes: true},
	{label: "boundary", attribute: "permissions_boundary", value: `"arn:aws:iam::aws:policy/PowerUserAccess"`},
	{label: "policies", attribute: "additional_policy_arns", value: `["arn:aws:iam::aws:policy/ReadOnlyAccess"]`},
	{label: "trust_account", attribute: "trust", value: `{ source_account = false }`},
	{label: "trust_arn", attribute: "trust", value: `{ source_arn = true }`},
	{label: "access", attribute: "access", value: `{ table = { actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"] } }`},
	{label: "group_name", attribute: "logs", value: `{ group_name = "/tfacc/update/other" }`, publishes: true},
	{label: "retention", attribute: "logs", value: `{ retention_days = 30 }`},
	{label: "for_ever", attribute: "logs", value: `{ retention_days = 0 }`},
	{label: "format", attribute: "logs", value: `{ format = "Text" }`, publishes: true},
	{label: "level", attribute: "logs", value: `{ application_level = "DEBUG" }`, publishes: true},
	{label: "alias", attribute: "release", value: `{ alias = "stable" }`},
	{label: "timeouts", attribute: "timeouts", value: `{ create = "30m" }`},
}

func allChanges() []change {
	return slices.Concat(changes, asyncChanges, alarmChanges, partChanges, secretChanges)
}

func changedUnits(t *testing.T, changed bool) string {
	t.Helper()
	var out strings.Builder
	for _, c := range allChanges() {
		attributes := maps.Clone(c.with)
		if attributes == nil {
			attributes = map[string]string{}
		}
		if c.from == "hello" {
			attributes[c.attribute] = fmt.Sprintf("{ path = %q }", hello(t))
		} else {
			attributes[c.attribute] = c.from
		}
		if changed {
			attributes[c.attribute] = strings.ReplaceAll(c.value, `"testdata/other"`, fmt.Sprintf("%q", testdata(t, "other")))
		}
		out.WriteString(unit(t, c.label, "tfacc-update-"+strings.ReplaceAll(c.label, "_", "-"), attributes))
	}
	return out.String()
}

// TestAccLambda_Update changes one attribute in each of a batch of units, and
// takes the change back. Both ways every unit must be updated in place, and get
// a new version exactly when a version freezes the setting.
func TestAccLambda_Update(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	steps := func(changed bool) resource.TestStep {
		return resource.TestStep{
			Config: a.there(t, a.providerBlock()+changedUnits(t, changed)),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{planCheck(checkUpdates)},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: a.there(t, a.providerBlock()+changedUnits(t, false))},
			steps(true),
			steps(false),
		},
	})
}

func checkUpdates(plan *tfjson.Plan) error {
	var all []error
	for _, c := range allChanges() {
		planned, err := unitChange(plan, c.label)
		if err != nil {
			all = append(all, err)
			continue
		}
		if !slices.Equal(planned.Actions, tfjson.Actions{tfjson.ActionUpdate}) {
			all = append(all, fmt.Errorf("%s: planned %v, not an update in place", c.label, planned.Actions))
			continue
		}
		paths := changedPaths(planned)
		if publishes := slices.Contains(paths, "managed.version.number?"); publishes != c.publishes {
			all = append(all, fmt.Errorf("%s: publishes a version: %v, want %v (%v)", c.label, publishes, c.publishes, paths))
		}
	}
	return errors.Join(all...)
}

// TestAccLambda_NameReplaces covers the one attribute that cannot be changed.
func TestAccLambda_NameReplaces(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: a.providerBlock() + unit(t, "x", "tfacc-before", nil)},
			{
				Config: a.providerBlock() + unit(t, "x", "tfacc-after", nil),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction("secure_lambda.x", plancheck.ResourceActionReplace)},
				},
			},
		},
	})
}

// TestAccLambda_NewPlan lists what a plan of a new unit cannot know yet: the
// key, the version, the generation, AWS's ids, and what names them.
func TestAccLambda_NewPlan(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	want := []string{
		"generation",
		"inventory",
		"kms_key_arn_effective",
		"managed.alias.version",
		"managed.dead_letter_queue.kms_key_arn",
		"managed.function.kms_key_arn",
		"managed.key.arn",
		"managed.log_group.kms_key_arn",
		"managed.policy.statements.dead_letter_key.resources[]",
		"managed.policy.statements.decrypt.resources[]",
		"managed.tags.secure:generation",
		"managed.version.digest",
		"managed.version.number",
		"version",
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: a.providerBlock() + unit(t, "x", "tfacc-new", map[string]string{
				"environment": `{ AA = "b" }`,
				"access":      `{ table = { actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"] } }`,
			}),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{planCheck(func(plan *tfjson.Plan) error {
				planned, err := unitChange(plan, "x")
				if err != nil {
					return err
				}
				var got []string
				unknownPaths("", planned.AfterUnknown, &got)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					return fmt.Errorf("unknown are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				return nil
			})}},
		}},
	})
}

// TestAccLambda_UnchangedPlanWritesNothing reads the recorder around a plan
// and an apply of a unit that nothing happened to.
func TestAccLambda_UnchangedPlanWritesNothing(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	configuration := a.there(t, a.providerBlock()+unit(t, "x", "tfacc-unchanged", maps.Clone(everything)))
	mark := box.Recorder().Mark()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: configuration},
			{
				PreConfig: func() { mark = box.Recorder().Mark() },
				Config:    configuration,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), planCheck(func(*tfjson.Plan) error {
						if writes := a.writes(mark); len(writes) > 0 {
							return fmt.Errorf("%d writes, the first is %s", len(writes), writes[0].Name())
						}
						return nil
					})},
				},
			},
		},
	})
}

// everything sets each attribute to something other than its default.
var everything = map[string]string{
	"description":       `"all of it"`,
	"tags":              `{ team = "orders" }`,
	"architecture":      `"x86_64"`,
	"memory_size":       `256`,
	"timeout":           `20`,
	"ephemeral_storage": `600`,
	"environment":       `{ GREETING = "hi" }`,
	"powertools":        `false`,
	"secrets":           `{ DB_PASSWORD = { arn = "` + orderSecret + `", kms_key_arn = "` + someKey + `", json_key = "password", version_stage = "AWSPREVIOUS" }, LIMIT = { arn = "` + orderLimit + `" } }`,
	"role_name":         `"tfacc-everything-role"`,
	"role_path":         `"/service/"`,
	"trust":             `{ source_arn = true }`,
	"access": `{ orders_table = {
		actions = ["dynamodb:Query", "dynamodb:GetItem"]
		resources = ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"]
		conditions = { "ForAllValues:StringEquals" = { "dynamodb:Attributes" = ["id", "state"] } }
		bind_to_function = false
	} }`,
	"additional_policy_arns": `["arn:aws:iam::aws:policy/ReadOnlyAccess"]`,
	"permissions_boundary":   `"arn:aws:iam::aws:policy/PowerUserAccess"`,
	"tracing":                `"PassThrough"`,
	"recursion":              `"Allow"`,
	"layers":                 `["` + layerOne + `"]`,
	"vpc":                    network,
	"file_system":            `{ arn = "` + accessPoint + `", local_mount_path = "/mnt/data", read_only = true }`,
	"runtime_management":     `{ update_runtime_on = "FunctionUpdate" }`,
	"permissions":            `{ bucket = { principal = "s3.amazonaws.com", source_arn = "arn:aws:s3:::tfacc-in" }, partner = { principal = "444455556666", organization_id = "o-a1b2c3d4e5" } }`,
	"concurrency":            `{ reserved = 3 }`,
	"alarms":                 `{ profile = "full", actions = ["` + onCall + `"], duration = { threshold = 15000 }, async_dropped = { enabled = true }, throttles = { enabled = false } }`,
	"dead_letter":            `{ retention_days = 7, on_destroy = "force" }`,
	"async":                  `{ max_retries = 0, max_event_age = 3600, on_failure = "arn:aws:sqs:eu-central-1:ACCOUNT:tfacc-failed" }`,
	"logs":                   `{ group_name = "/tfacc/everything", retention_days = 30, application_level = "DEBUG", system_level = "DEBUG", data_protection = ["EmailAddress"] }`,
	"release":                `{ alias = "stable" }`,
	"timeouts":               `{ create = "15m" }`,
}

// TestAccLambda_IgnoreChanges applies what was planned and nothing of what
// ignore_changes leaves out, which the configuration still holds.
func TestAccLambda_IgnoreChanges(t *testing.T) {
	t.Parallel()
	a := newTenant(t)
	ignoring := map[string]string{
		"environment": "[environment]", "role_name": "[role_name, description]", "access": "[access, tags, handler]", "all": "all",
	}
	configuration := func(after bool) string {
		var out strings.Builder
		out.WriteString(a.providerBlock())
		for _, label := range sortedKeys(ignoring) {
			attributes := map[string]string{
				"environment": `{ AA = "first" }`, "timeout": "10", "description": `"first"`, "tags": `{ team = "first" }`,
				"access": `{ table = { actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:` + region + `:111122223333:table/first"] } }`,
			}
			if after {
				attributes = map[string]string{
					"environment": `{ AA = "second" }`, "timeout": "20", "description": `"second"`, "tags": `{ team = "second" }`, "role_name": `"tfacc-ignored-` + label + `"`,
					"handler": `"app.other"`,
					"access":  `{ queue = { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:` + region + `:111122223333:second"] } }`,
				}
			}
			text := unit(t, label, "tfacc-ignore-"+strings.ReplaceAll(label, "_", "-"), attributes)
			fmt.Fprintf(&out, "%s  lifecycle { ignore_changes = %s }\n}\n", strings.TrimSuffix(text, "}\n"), ignoring[label])
		}
		return out.String()
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: configuration(false)},
			{
				// Drift makes an update of the unit that ignores everything.
				PreConfig: func() {
					must(t, a.tagFunction(t.Context(), "tfacc-ignore-all", map[string]string{"foreign": "tag"}))
				},
				Config: configuration(true),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				Check: func(*terraform.State) error {
					for label, want := range map[string][2]string{"environment": {"first", "20"}, "role-name": {"second", "20"}, "access": {"second", "20"}, "all": {"first", "10"}} {
						out, err := a.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: new("tfacc-ignore-" + label), Qualifier: new("live")})
						if err != nil {
							return err
						}
						got := [2]string{out.Configuration.Environment.Variables["AA"], fmt.Sprint(*out.Configuration.Timeout)}
						if got != want {
							return fmt.Errorf("%s runs with %v, want %v", label, got, want)
						}
					}
					return nil
				},
			},
		},
	})
}
