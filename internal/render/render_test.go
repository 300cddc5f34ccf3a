package render_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"
	"github.com/secure-lambda/terraform-provider-secure/internal/render"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var update = flag.Bool("update", false, "write the golden files")

const (
	ownKey = "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"
	bytes  = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
)

func planned() draft.Facts {
	return draft.Facts{Place: worse.Place, CodeSHA256: bp.Known(bytes), KeyARN: bp.Unknown[string](), SecretARN: bp.Unknown[string](), Generation: bp.Unknown[string]()}
}

func applied() draft.Facts {
	f := planned()
	f.KeyARN, f.Generation = bp.Known(ownKey), bp.Known("g1")
	f.SecretARN = bp.Known("arn:aws:secretsmanager:eu-central-1:111122223333:secret:secure/orders-AbCdEf")
	return f
}

// unit drafts what is rendered. Variables of the spec are those of a plan.
func unit(spec bp.Spec, facts draft.Facts) render.Unit {
	u := render.Unit{Blueprint: draft.Draft(spec, facts), Environment: map[string]render.Variable{}}
	for name, v := range draft.Environment(spec, bp.Unknown[string]()).Or(nil) {
		_, own := spec.Environment.Or(nil)[name]
		u.Environment[name] = render.Variable{Value: v, Plain: !own}
	}
	return u
}

func rendered(t interface {
	Helper()
	Fatal(args ...any)
}, format render.Format, u render.Unit) string {
	t.Helper()
	text, err := render.Render(format, u)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// image is the unit made from a container image, with other targets.
func image() bp.Spec {
	spec := bp.Spec{
		Name: bp.Known("orders-image"), Description: bp.Known("costs ${money}"),
		Code: bp.Known(bp.CodeSpec{Image: bp.Known(bp.ImageSpec{
			URI: bp.Known("111122223333.dkr.ecr.eu-central-1.amazonaws.com/orders:live"), Command: bp.Known(bp.ListOf("app.handler")),
		})}),
		KMSKeyARN:  bp.Known("arn:aws:kms:eu-central-1:111122223333:key/given"),
		FileSystem: bp.Known(bp.FileSystemSpec{ARN: bp.Known("arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-0123456789abcdef0"), LocalMountPath: bp.Known("/mnt/data")}),
		VPC: bp.Known(bp.VPCSpec{
			SubnetIDs: bp.Known(bp.SetOf("subnet-0123456789abcdef0")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-0123456789abcdef0")), IPv6: bp.Known(true),
		}),
		DeadLetter: bp.Known(bp.DeadLetterSpec{TargetARN: bp.Known("arn:aws:sns:eu-central-1:111122223333:dead")}),
		Async:      bp.Known(bp.AsyncSpec{OnSuccess: bp.Known("arn:aws:sqs:eu-central-1:111122223333:done"), OnFailure: bp.Known("arn:aws:events:eu-central-1:111122223333:event-bus/default")}),
		Logs:       bp.Known(bp.LogsSpec{DataProtection: bp.Known(bp.SetOf("EmailAddress"))}),
		Tags:       bp.Known(map[string]bp.String{"team": bp.Known("orders")}),
	}
	spec.RuntimeManagement = bp.Null[bp.RuntimeSpec]()
	return spec
}

func TestRender_Golden(t *testing.T) {
	t.Parallel()
	imageFacts := planned()
	imageFacts.ImageURI = bp.Known("111122223333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:" + strings.Repeat("0", 64))
	for name, u := range map[string]render.Unit{"zip": unit(worse.Start(), planned()), "image": unit(image(), imageFacts)} {
		for _, format := range render.Formats() {
			got := rendered(t, format, u)
			path := filepath.Join("testdata", name+"-"+string(format)+format.Extension())
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is not what it was; go test ./internal/render -update writes it anew", path)
			}
		}
	}
}

// TestRender_PlanAndStateAlike renders what a plan knows of new units and what
// is known after the apply.
func TestRender_PlanAndStateAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := worse.Start()
		drop := func(name string, without func()) {
			if rapid.Bool().Draw(t, name) {
				without()
			}
		}
		drop("environment", func() { spec.Environment = bp.Null[map[string]bp.String](); spec.Powertools = bp.Known(false) })
		drop("dead letter", func() { spec.DeadLetter = bp.Known(bp.DeadLetterSpec{Enabled: bp.Known(false)}) })
		drop("network", func() { spec.VPC = bp.Null[bp.VPCSpec]() })
		drop("permissions", func() { spec.Permissions = bp.Null[map[string]bp.Value[bp.PermissionSpec]]() })
		drop("alarms", func() { spec.Alarms = bp.Known(bp.AlarmsSpec{Profile: bp.Known("full")}) })
		drop("key", func() { spec.KMSKeyARN = bp.Known("arn:aws:kms:eu-central-1:111122223333:key/given") })
		drop("path", func() { spec.RolePath = bp.Known("/service/") })
		for _, format := range render.Formats() {
			before, after := rendered(t, format, unit(spec, planned())), rendered(t, format, unit(spec, applied()))
			if before != after {
				t.Fatalf("%s differs:\n%s\n---\n%s", format, before, after)
			}
		}
	})
}

func TestRender_UnknownBecomesParameter(t *testing.T) {
	t.Parallel()
	spec := worse.Start()
	spec.Timeout = bp.Unknown[int64]()
	spec.Alarms = bp.Known(bp.AlarmsSpec{Actions: bp.Unknown[bp.Set]()})
	spec.Access = bp.Known(map[string]bp.Value[bp.AccessSpec]{"table": bp.Known(bp.AccessSpec{
		Actions: bp.Known(bp.SetOf("dynamodb:GetItem")), Resources: bp.Known(bp.Set{bp.Unknown[string]()}),
	})})
	spec.KMSKeyARN = bp.Unknown[string]()
	u := unit(spec, planned())
	cloudformation, terraform := rendered(t, render.CloudFormation, u), rendered(t, render.Terraform, u)
	for _, want := range []string{
		"Timeout: !Ref FunctionTimeout", "AlarmActions: !Ref ErrorsActions", "Resource: !Ref AccessTableResources0", "KmsKeyArn: !Ref KmsKeyArn",
		"  ErrorsActions:\n    Type: CommaDelimitedList", "  FunctionTimeout:\n    Type: Number",
	} {
		if !strings.Contains(cloudformation, want) {
			t.Errorf("the template lacks %q:\n%s", want, cloudformation)
		}
	}
	for _, want := range []string{"= var.function_timeout", "= var.errors_actions", "= var.access_table_resources_0", "= var.kms_key_arn"} {
		if !strings.Contains(terraform, want) {
			t.Errorf("the module lacks %q:\n%s", want, terraform)
		}
	}
	if strings.Contains(cloudformation, "AWS::KMS::Key") {
		t.Error("the template makes a key although one may be given")
	}
}

func TestRender_RefusesWhatNoParameterStandsFor(t *testing.T) {
	t.Parallel()
	spec := worse.Start()
	spec.Access = bp.Unknown[map[string]bp.Value[bp.AccessSpec]]()
	_, err := render.Render(render.SAM, unit(spec, planned()))
	if err == nil || !strings.Contains(err.Error(), "policy.statements.access") {
		t.Errorf("an unknown map of statements was rendered: %v", err)
	}
}

// TestRender_HidesSecrets renders values that were marked sensitive.
func TestRender_HidesSecrets(t *testing.T) {
	t.Parallel()
	const canary = "canary-value"
	spec := worse.Start()
	spec.Description = bp.Known(canary)
	spec.Tags = bp.Known(map[string]bp.String{"owner": bp.Known(canary)})
	spec.Environment = bp.Known(map[string]bp.String{"TOKEN": bp.Known(canary), "OPEN": bp.Known("open-value")})
	u := unit(spec, applied())
	u.HiddenDescription, u.HiddenTags = true, map[string]bool{"owner": true}
	u.Environment["TOKEN"] = render.Variable{Value: bp.Known(canary), Sensitive: true}
	for _, format := range render.Formats() {
		text := rendered(t, format, u)
		if strings.Contains(text, canary) {
			t.Errorf("%s shows a sensitive value:\n%s", format, text)
		}
		if !strings.Contains(text, "open-value") {
			t.Errorf("%s lacks the value that was not marked", format)
		}
	}
}

// TestRender_KeepsWhatOthersWrote renders statements by other hands, so that a
// scanner sees them too.
func TestRender_KeepsWhatOthersWrote(t *testing.T) {
	t.Parallel()
	for _, c := range worse.Cases() {
		u := unit(worse.Start(), applied())
		before := map[render.Format]string{}
		for _, format := range render.Formats() {
			before[format] = rendered(t, format, u)
		}
		c.Worsen(&u.Blueprint, new(posture.Facts))
		switch c.Control {
		case "no-plaintext-secrets", "no-secrets-in-code", "no-inline-policies", "tagged": // not in the blueprint, or without content
			continue
		}
		for _, format := range render.Formats() {
			if got := rendered(t, format, u); got == before[format] {
				t.Errorf("%s of the unit that fails %s is the same as of the one that does not", format, c.Control)
			}
		}
	}
}
