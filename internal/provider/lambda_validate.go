package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ValidateConfig implements resource.ResourceWithValidateConfig: what several
// attributes together can never be. Errors depend on neither clock, account nor
// disk.
func (*lambdaResource) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var spec bp.Spec
	if err := tfvalue.DecodeInputs(req.Config.Raw, &spec); err != nil {
		resp.Diagnostics.AddError("The configuration could not be read", err.Error())
		return
	}
	resp.Diagnostics.Append(validateCode(spec)...)
	resp.Diagnostics.Append(validateAccess(spec)...)
	resp.Diagnostics.Append(validateRuntime(spec, time.Now())...)
	resp.Diagnostics.Append(validateEnvironment(spec)...)
	resp.Diagnostics.Append(validateSecrets(spec)...)
	resp.Diagnostics.Append(validateSecretValues(spec, req.Config.Raw)...)
	resp.Diagnostics.Append(validateLogs(spec)...)
	resp.Diagnostics.Append(validateDeadLetter(spec)...)
	resp.Diagnostics.Append(validateAsync(spec)...)
	resp.Diagnostics.Append(validateAlarms(spec)...)
	resp.Diagnostics.Append(validateParts(spec)...)
	resp.Diagnostics.Append(validateWaivers(spec)...)
	resp.Diagnostics.Append(validateTimeouts(req.Config.Raw)...)
}

// validateTimeouts refuses a duration in which nothing could be done. One in
// the state would stop every later refresh.
func validateTimeouts(config tftypes.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	attributes, err := members(config)
	if err != nil || !attributes["timeouts"].IsKnown() || attributes["timeouts"].IsNull() {
		return diags
	}
	durations, err := members(attributes["timeouts"])
	if err != nil {
		return diags
	}
	for name, value := range durations {
		var text string
		if !value.IsKnown() || value.IsNull() || value.As(&text) != nil {
			continue
		}
		if limit, err := time.ParseDuration(text); err == nil && limit < shortestTimeout {
			diags.AddAttributeError(path.Root("timeouts").AtName(name), fmt.Sprintf("%q is too short a timeout", text),
				fmt.Sprintf("Nothing could be done in that time, and a refresh would use it too. Write %s or more, such as \"20m\".", shortestTimeout))
		}
	}
	return diags
}

// shortestTimeout is the least that an operation on AWS can be given.
const shortestTimeout = 10 * time.Second

func validateWaivers(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	for id, entry := range spec.Waivers.Or(nil) {
		at := path.Root("waivers").AtMapKey(id)
		if waiver, ok := entry.Get(); ok {
			needs(&diags, at.AtName("reason"), waiver.Reason.IsNull(), "reason = \"why it is accepted and by whom\"")
			needs(&diags, at.AtName("expires"), waiver.Expires.IsNull(), "expires = the last day, such as \"2027-01-31\"")
		}
	}
	return diags
}

func validateAccess(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	for label, entry := range spec.Access.Or(nil) {
		at := path.Root("access").AtMapKey(label)
		if grant, ok := entry.Get(); ok {
			diags.Append(validateAccessForm(at, grant)...)
			if _, taken := spec.Access.Or(nil)[draft.AccessKeyLabel(label)]; taken && !grant.KMSKeyARN.IsNull() {
				diags.AddAttributeError(path.Root("access").AtMapKey(draft.AccessKeyLabel(label)), "The label is taken",
					fmt.Sprintf("Entry %s has a kms_key_arn, and the statement about that key goes under this label. Give this entry another label.", label))
			}
			diags.Append(validateConditions(at.AtName("conditions"), grant)...)
		}
	}
	return diags
}

// validateAccessForm wants one of the two forms of an entry, whole.
func validateAccessForm(at path.Path, grant bp.AccessSpec) diag.Diagnostics {
	var diags diag.Diagnostics
	byLevel := !grant.To.IsNull() || !grant.Level.IsNull() || !grant.KMSKeyARN.IsNull()
	byAction := !grant.Actions.IsNull() || !grant.Resources.IsNull()
	switch {
	case byLevel && byAction:
		diags.AddAttributeError(at, "The entry has both forms",
			"A level on a resource says which actions on which resources are granted. Write to and level, or actions and resources, in an entry of its own each.")
	case byLevel:
		needs(&diags, at.AtName("to"), grant.To.IsNull(), "to = the ARN of what the function uses")
		needs(&diags, at.AtName("level"), grant.Level.IsNull(), "level = \"read\"")
		if !diags.HasError() && wellFormed(grant) {
			diags.Append(checkLevel(at, grant)...)
		}
	default:
		needs(&diags, at.AtName("actions"), grant.Actions.IsNull(), "actions = [\"dynamodb:GetItem\"], or to = an ARN with level = \"read\"")
		needs(&diags, at.AtName("resources"), grant.Resources.IsNull(), "resources = [the ARN of what the function uses]")
	}
	return diags
}

func validateConditions(at path.Path, grant bp.AccessSpec) diag.Diagnostics {
	var diags diag.Diagnostics
	for operator, keys := range grant.Conditions.Or(nil) {
		here := at.AtMapKey(operator)
		addViolation(&diags, here, rules.ConditionOperator(operator))
		if values, known := keys.Get(); known && len(values) == 0 {
			diags.AddAttributeError(here, "The condition has no key", "IAM refuses an operator without keys. Write a key with its values, or leave the operator out.")
		}
		for key, values := range keys.Or(nil) {
			if set, known := values.Get(); known && len(set) == 0 {
				diags.AddAttributeError(here.AtMapKey(key), "The condition has no value", "A condition without values never holds. Write at least one, or leave the key out.")
			}
			bound := grant.BindToFunction.Else(bp.Map(grant.Level.Else(bp.Known("")), func(level string) bool { return !access.UsedOutside(level) }))
			if set := access.BoundBy(grant.To.Or(""), grant.Level.Or("")); set != "" && strings.EqualFold(key, set) {
				diags.AddAttributeError(here.AtMapKey(key), set+" is set by the level",
					fmt.Sprintf("The level %s on what is below a prefix lists that prefix only, and a second condition on %s would contradict it. Leave it out, or name actions and resources instead of to and level.", grant.Level, set))
			}
			if strings.EqualFold(key, "lambda:SourceFunctionArn") && bound == bp.Known(true) {
				diags.AddAttributeError(here.AtMapKey(key), "lambda:SourceFunctionArn is set by the unit",
					"Every grant is bound to this function by that key, and two conditions on it contradict each other. Leave it out, or write bind_to_function = false and keep your own.")
			}
		}
	}
	return diags
}

// needs asks for a nested attribute that is missing.
func needs(diags *diag.Diagnostics, at path.Path, missing bool, example string) {
	if missing {
		diags.AddAttributeError(at, fmt.Sprintf("%s is missing", at), "The block says nothing without it. Write "+example+".")
	}
}

// validateRuntime warns about runtimes, since AWS decides and its table moves,
// and checks the handler against the form of a runtime that is known.
func validateRuntime(spec bp.Spec, now time.Time) diag.Diagnostics {
	var diags diag.Diagnostics
	id, stated := spec.Runtime.Get()
	if !stated || id == "" {
		return diags
	}
	runtime, known := artifact.LookupRuntime(id)
	if meant := artifact.MeantRuntime(id); !known && meant != "" {
		diags.AddAttributeError(path.Root("runtime"), fmt.Sprintf("%q is not a runtime", id),
			fmt.Sprintf("Lambda would refuse it at apply: AWS documented no such runtime on %s. Write runtime = %q.", artifact.RuntimesRead().Format(time.DateOnly), meant))
		return diags
	}
	if !known {
		diags.AddAttributeWarning(path.Root("runtime"), fmt.Sprintf("Runtime %q is not known to this release", id),
			"AWS decides whether it exists. "+nearestRuntime(id)+"See https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html.")
		return diags
	}
	if runtime.DeprecatedAt(now) {
		diags.AddAttributeWarning(path.Root("runtime"), fmt.Sprintf("Runtime %s is deprecated", id),
			fmt.Sprintf("AWS stopped patching it on %s and will refuse first new functions, then updates. Move to %s.", runtime.Deprecated, successorOf(id, runtime)))
	}
	if handler, ok := spec.Handler.Get(); ok && rules.Handler(handler) == nil && !runtime.TakesHandler(handler) {
		write := fmt.Sprintf("Write it in the form %s.", runtime.HandlerForm)
		code, _ := spec.Code.Get()
		if file, known := code.Path.Get(); known && !strings.Contains(handler, ".") {
			if meant := artifact.MeantHandler(file, artifact.Run{Runtime: id, Handler: handler}); meant != "" {
				write = fmt.Sprintf("Write handler = %q, which the package has, or another one in the form %s.", meant, runtime.HandlerForm)
			}
		}
		diags.AddAttributeError(path.Root("handler"), fmt.Sprintf("%q is not a handler of runtime %s", handler, id),
			"Lambda could not find what to call, so every invocation would fail. "+write)
	}
	diags.Append(validateArchitecture(id, runtime, spec.Architecture)...)
	return diags
}

// validateArchitecture warns of a processor that a runtime is not listed for.
// checkHouse asks for a unit that states none.
func validateArchitecture(id string, runtime artifact.Runtime, architecture bp.String) diag.Diagnostics {
	var diags diag.Diagnostics
	if text, known := architecture.Get(); known && rules.Architecture.Check(text) == nil && !slices.Contains(runtime.Architectures, text) {
		diags.AddAttributeWarning(path.Root("architecture"), fmt.Sprintf("Runtime %s may not run on %s", id, text),
			fmt.Sprintf("It is listed for %s only. Write architecture = %q, or move to %s.", strings.Join(runtime.Architectures, " and "), runtime.Architectures[0], successorOf(id, runtime)))
	}
	return diags
}

func successorOf(id string, r artifact.Runtime) string {
	if r.Successor == "" {
		return "the newest runtime of its family after " + id
	}
	return r.Successor
}

// nearestRuntime offers the newest known runtime of the same family.
func nearestRuntime(id string) string {
	family := strings.TrimRight(id, "0123456789.xal")
	var newest string
	for _, known := range artifact.RuntimeIDs() {
		if r, _ := artifact.LookupRuntime(known); family != "" && strings.HasPrefix(known, family) && r.Successor == "" {
			newest = known
		}
	}
	if newest == "" {
		return ""
	}
	return fmt.Sprintf("If it is a slip, %s is the newest of its family. ", newest)
}

// validateEnvironment counts what is known. More can only make it larger.
func validateEnvironment(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	variables := map[string]string{}
	for name, value := range draft.Environment(spec, bp.Known(longestSecretARN(spec))).Or(nil) {
		variables[name] = value.Or("")
	}
	addViolation(&diags, path.Root("environment"), rules.EnvironmentSize(variables))
	return diags
}

func validateLogs(spec bp.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	logs, _ := spec.Logs.Get()
	if logs.Format == bp.Known("Text") && logs.ApplicationLevel.IsKnown() {
		diags.AddAttributeError(path.Root("logs").AtName("application_level"), "Levels need the JSON format",
			"Lambda cannot tell the level of a line of plain text, so it refuses one. Write format = \"JSON\", or leave application_level out.")
	}
	if logs.Format == bp.Known("Text") && logs.SystemLevel.IsKnown() {
		diags.AddAttributeError(path.Root("logs").AtName("system_level"), "Levels need the JSON format",
			"Lambda cannot tell the level of a line of plain text, so it refuses one. Write format = \"JSON\", or leave system_level out.")
	}
	class := strings.ToUpper(logs.Class.Or(draft.DefaultLogClass)) // another spelling has its own diagnostic
	powertools := spec.Powertools.Else(bp.Map(spec.IsImage(), func(image bool) bool { return !image }))
	if class != draft.DefaultLogClass && powertools == bp.Known(true) && rules.LogClass.Check(class) == nil {
		diags.AddAttributeWarning(path.Root("logs").AtName("class"), "Embedded metrics are lost in this log class",
			fmt.Sprintf("CloudWatch takes no metrics from the lines of a group of the class %s, which is how Powertools sends them. Write powertools = false if the function sends none, or class = %q.", class, draft.DefaultLogClass))
	}
	if class != draft.DefaultLogClass && logs.DataProtection.IsKnown() {
		diags.AddAttributeError(path.Root("logs").AtName("data_protection"), "Masking needs the log class STANDARD",
			fmt.Sprintf("CloudWatch Logs masks nothing in groups of the class %s. Write class = %q, or leave data_protection out.", class, draft.DefaultLogClass))
	}
	if class == bp.LogClassDelivery && !logs.RetentionDays.IsNull() {
		diags.AddAttributeError(path.Root("logs").AtName("retention_days"), "The log class DELIVERY has no retention of its own",
			"CloudWatch Logs keeps the events of such a group for one day, and nothing changes that. Leave retention_days out, or write class = \"STANDARD\".")
	}
	return diags
}
