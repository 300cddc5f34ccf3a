package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/signer"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// What AWS's own models refuse and the local AWS takes. That each request of
// these units is one that AWS takes is checked by the tenant when a test ends.

// TestAccAWS_TakesNamesAndTextsOfAllKinds moves a unit with as many tags as it
// may have to a role and a log group of other names, under a path, and grants
// resources whose names are not in Latin letters.
func TestAccAWS_TakesNamesAndTextsOfAllKinds(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-kinds")
	var tags strings.Builder
	for i := range 44 {
		fmt.Fprintf(&tags, "t%02d = \"x\", ", i)
	}
	access := `{ files = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::acme/łódź/*"], conditions = { StringEquals = { "aws:PrincipalTag/team" = ["zażółć"] } } } }`
	with := func(role, path, group string) map[string]string {
		return map[string]string{
			"role_name": fmt.Sprintf("%q", role), "role_path": fmt.Sprintf("%q", path), "logs": fmt.Sprintf("{ group_name = %q }", group),
			"tags": "{ " + tags.String() + " }", "access": access,
		}
	}
	r.declare(with("tfacc-kinds,a@b", "/", "/tfacc/kinds/a"))
	r.apply()
	r.empty()
	// The role is recreated: its new name is announced in the value of a tag, which
	// takes fewer characters.
	next := with("tfacc-kinds,c@2Cd", "/team=a+b.c,d@e_f-g/", "/tfacc/kinds/b")
	r.declare(next)
	r.apply()
	r.empty()
	_, err := r.a.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: new("tfacc-kinds,c@2Cd")})
	must(t, err)
	r.must("destroy", "-auto-approve")
	r.a.mustBeEmpty(t)
}

// TestAccAWS_SigningIsChangedBeforeTheCode drops and swaps the code signing
// configuration together with the code: Lambda holds new code against the
// configuration that is attached when it comes.
func TestAccAWS_SigningIsChangedBeforeTheCode(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-resigned")
	r.a.bucket(t, "tfacc-resigning")
	configuration := func(profile string) string {
		made, err := signer.NewFromConfig(r.a.config(t)).PutSigningProfile(t.Context(), &signer.PutSigningProfileInput{ProfileName: &profile, PlatformId: new("AWSLambda-SHA384-ECDSA")})
		must(t, err)
		trusted, err := r.a.lambda.CreateCodeSigningConfig(t.Context(), &lambda.CreateCodeSigningConfigInput{
			AllowedPublishers:   &lambdatypes.AllowedPublishers{SigningProfileVersionArns: []string{*made.ProfileVersionArn}},
			CodeSigningPolicies: &lambdatypes.CodeSigningPolicies{UntrustedArtifactOnDeployment: lambdatypes.CodeSigningPolicyEnforce},
		})
		must(t, err)
		return *trusted.CodeSigningConfig.CodeSigningConfigArn
	}
	signed := func(directory, profile, configuration string) map[string]string {
		return map[string]string{
			"code":                    fmt.Sprintf(`{ path = %q, signing = { profile = %q, bucket = "tfacc-resigning" } }`, testdata(t, directory), profile),
			"code_signing_config_arn": fmt.Sprintf("%q", configuration),
		}
	}
	r.declare(signed("hello", "tfaccone", configuration("tfaccone")))
	r.apply()
	r.declare(signed("other", "tfacctwo", configuration("tfacctwo")))
	r.apply()
	r.empty()
	r.declare(map[string]string{"code": fmt.Sprintf("{ path = %q }", testdata(t, "hello"))})
	r.apply()
	r.empty()
	out, err := r.a.lambda.GetFunctionCodeSigningConfig(t.Context(), &lambda.GetFunctionCodeSigningConfigInput{FunctionName: &r.name})
	if err == nil && out.CodeSigningConfigArn != nil {
		t.Errorf("the function still has %s", *out.CodeSigningConfigArn)
	}
}

// TestAccAWS_LogGroups makes groups of the class DELIVERY, whose retention AWS
// decides, and protects one against deletion.
func TestAccAWS_LogGroups(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-classes")
	group := func(name string) *bool {
		out, err := r.a.logs.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
		must(t, err)
		if len(out.LogGroups) != 1 {
			t.Fatalf("%d groups of the name %s", len(out.LogGroups), name)
		}
		return out.LogGroups[0].DeletionProtectionEnabled
	}
	mark := box.Recorder().Mark()
	r.declare(map[string]string{"logs": `{ class = "DELIVERY" }`, "powertools": "false"})
	r.apply()
	r.empty()
	group(bp.ClassLogGroupName(r.name, "DELIVERY"))
	if calls := box.Recorder().Counts(mark, inTenant(r.a)); calls["logs.PutRetentionPolicy"] > 0 {
		t.Error("the retention of a group of the class DELIVERY was put")
	}

	r.declare(map[string]string{"logs": `{ deletion_protection = true }`})
	r.apply()
	r.empty()
	if on := group(bp.LogGroupName(r.name)); on == nil || !*on {
		t.Error("the group is not protected")
	}
	r.declare(map[string]string{"logs": `{ deletion_protection = true, group_name = "/tfacc/other" }`})
	r.says(1, []string{"plan"}, "The log group is protected against deletion")
	name := r.name
	r.name += "-renamed"
	r.declare(nil)
	r.says(1, []string{"plan"}, "The log group is protected against deletion", "Another name deletes unit "+name)
	r.name = name
	r.declare(map[string]string{"logs": `{ deletion_protection = true }`})
	r.says(0, []string{"plan", "-destroy"}, "The destroy will be refused")
	before := r.a.everything(t)
	r.says(1, []string{"destroy", "-auto-approve"}, "is protected against deletion", "deletion_protection = false")
	if now := r.a.everything(t); now != before {
		t.Errorf("a refused destroy changed\n%s\nto\n%s", before, now)
	}
	// What others switched is drift.
	_, err := r.a.logs.PutLogGroupDeletionProtection(t.Context(), &cloudwatchlogs.PutLogGroupDeletionProtectionInput{
		LogGroupIdentifier: new(bp.LogGroupName(r.name)), DeletionProtectionEnabled: new(false),
	})
	must(t, err)
	r.says(0, []string{"plan"}, "~ deletion_protection = false -> true")
	r.declare(nil)
	r.apply()
	r.name += "-renamed"
	r.declare(nil)
	r.says(0, []string{"plan"}, "Another name deletes the unit and what it holds", "log group "+bp.LogGroupName(name)+" with its events", "alias live", "dead-letter queue "+bp.QueueName(name), "on_destroy = \"retain\"")
	r.must("destroy", "-auto-approve")
	r.a.mustBeEmpty(t)
}

// TestAccAWS_LogGroupIsHandedOver refuses a log group of others at plan, and takes
// it once its owner says so in the way that the refusal names.
func TestAccAWS_LogGroupIsHandedOver(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-handed")
	const group = "/tfacc/theirs"
	_, err := r.a.logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: new(group)})
	must(t, err)
	r.declare(map[string]string{"logs": fmt.Sprintf("{ group_name = %q }", group)})
	text := r.says(1, []string{"plan"}, "Log group "+group+" exists already", "terraform import", "aws logs tag-resource", "Write another logs.group_name")
	arn := "arn:aws:logs:" + region + ":" + r.a.id + ":log-group:" + group
	if !strings.Contains(text, arn) {
		t.Errorf("the command does not name %s:\n%s", arn, text)
	}
	_, err = r.a.logs.TagResource(t.Context(), &cloudwatchlogs.TagResourceInput{ResourceArn: &arn, Tags: map[string]string{bp.TagUnit: r.name, bp.TagRetained: "true"}})
	must(t, err)
	r.apply()
	r.empty()
	r.must("destroy", "-auto-approve")
	r.a.mustBeEmpty(t)
}

// TestAccAWS_SnapshotsOfImages asks for snapshots of an image, and for the
// unit's key on them though there is no environment.
func TestAccAWS_SnapshotsOfImages(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-snapped")
	repository, push := r.a.registry(t, "orders")
	push("1", "one")
	r.declare(map[string]string{
		"code": fmt.Sprintf("{ image = { uri = %q } }", repository+":1"), "runtime": "", "handler": "", "snap_start": "true",
	})
	r.apply()
	r.empty()
	out, err := r.a.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: &r.name})
	must(t, err)
	if out.Configuration.SnapStart == nil || out.Configuration.SnapStart.ApplyOn != lambdatypes.SnapStartApplyOnPublishedVersions || out.Configuration.KMSKeyArn == nil {
		t.Errorf("snapshots are %v, the key %v", out.Configuration.SnapStart, out.Configuration.KMSKeyArn)
	}
	r.declare(map[string]string{"code": fmt.Sprintf("{ image = { uri = %q } }", repository+":1"), "runtime": "", "handler": ""})
	r.apply()
	r.empty()
	r.must("destroy", "-auto-approve")
}

// TestAccInputs_NullEntriesAreNotStated plans the same with entries that are null
// as without them, whether or not they come from a conditional.
func TestAccInputs_NullEntriesAreNotStated(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-nulls")
	r.declare(map[string]string{
		"environment": `{ TABLE = "x", QUEUE = null }`, "tags": `{ team = "a", owner = null }`,
		"access":  `{ gone = null, stays = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/*"] } }`,
		"secrets": `{ GONE = null }`, "permissions": `{ gone = false ? { principal = "444455556666" } : null }`, "waivers": `{ "in-vpc" = null }`,
	})
	r.apply()
	r.empty()
	r.declare(map[string]string{
		"environment": `{ TABLE = "x" }`, "tags": `{ team = "a" }`, "access": `{ stays = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/*"] } }`,
	})
	mark := box.Recorder().Mark()
	r.apply()
	if calls := r.a.writes(mark); len(calls) > 0 {
		t.Errorf("leaving out what was null changed %v", calls)
	}
	r.must("destroy", "-auto-approve")
}
