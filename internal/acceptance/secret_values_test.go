package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

const valueCanary = "canary-5e2c97d4b1"

// valued is a configuration of one unit that keeps a value.
func valued(t *testing.T, name, value string, number int, more map[string]string) string {
	t.Helper()
	with := map[string]string{"secret_values_wo": fmt.Sprintf("{ DB_PASSWORD = %q }", value), "secret_values_wo_version": fmt.Sprint(number)}
	maps.Copy(with, more)
	return `provider "secure" {}` + "\n" + unit(t, "x", name, with)
}

func (a *tenant) secret(t *testing.T, name string) *secretsmanager.DescribeSecretOutput {
	t.Helper()
	out, err := a.secrets.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("secure/" + name)})
	must(t, err)
	return out
}

// holds checks what a function would read, by the ARN that it is given.
func (a *tenant) holds(t *testing.T, name, want string) {
	t.Helper()
	function, err := a.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: &name, Qualifier: aws.String("live")})
	must(t, err)
	arn := function.Configuration.Environment.Variables["SECRET_VALUES_ARN"]
	out, err := a.secrets.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &arn})
	must(t, err)
	var values map[string]string
	must(t, json.Unmarshal([]byte(*out.SecretString), &values))
	if len(values) != 1 || values["DB_PASSWORD"] != want {
		t.Errorf("the secret holds other values than %q", want)
	}
	statements, err := a.statementsAbout(t, name)
	must(t, err)
	read, decrypt := statements["SecureSecretValues"].Resources.Or(nil), statements["SecureSecretValuesKey"].Resources.Or(nil)
	if len(read) != 1 || read[0].Or("") != arn || len(decrypt) != 1 || decrypt[0].Or("") != aws.ToString(a.secret(t, name).KmsKeyId) {
		t.Errorf("the role may read %v with %v", read, decrypt)
	}
}

// TestAccSecretValues_LiveInTheSecretAlone makes a unit with a value, gives the
// value another number, and looks for it everywhere but in the secret.
func TestAccSecretValues_LiveInTheSecretAlone(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-values"
	configuration := func(number int) string {
		return strings.Replace(valued(t, name, "VALUE", number, nil), `"VALUE"`, "var.value", 1) + "variable \"value\" {\n  ephemeral = true\n}\n"
	}
	c := newCore(t, a, configuration(1))
	trace, value := filepath.Join(c.dir, "trace.log"), valueCanary
	run := func(arguments ...string) (stdout, stderr string, code int) {
		t.Helper()
		stdout, stderr, code = c.runWith([]string{"TF_LOG=TRACE", "TF_LOG_PATH=" + trace, "TF_VAR_value=" + value}, arguments...)
		if strings.Contains(stdout+stderr, valueCanary) {
			t.Errorf("%v shows the value", arguments)
		}
		return stdout, stderr, code
	}
	succeed := func(arguments ...string) {
		t.Helper()
		if stdout, stderr, code := run(arguments...); code != 0 {
			t.Fatalf("%v: exit %d\n%s\n%s", arguments, code, stdout, stderr)
		}
	}
	succeed("plan", "-out=saved")
	succeed("show", "-json", "saved")
	succeed("apply", "-auto-approve")
	succeed("show", "-json")
	key, err := a.kms.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/secure/" + name)})
	must(t, err)
	if got := aws.ToString(a.secret(t, name).KmsKeyId); got != *key.KeyMetadata.Arn {
		t.Errorf("the secret is encrypted with %q", got)
	}
	a.holds(t, name, valueCanary)
	quiet := func() {
		t.Helper()
		succeed("plan", "-detailed-exitcode")
	}
	quiet()

	// Another value under the same number is no change.
	mark := box.Recorder().Mark()
	value = valueCanary + "-2"
	succeed("apply", "-auto-approve")
	if calls := a.writes(mark); len(calls) > 0 {
		t.Errorf("a number that is the same changed %v", calls)
	}
	a.holds(t, name, valueCanary)

	mark = box.Recorder().Mark()
	c.write(configuration(2))
	succeed("apply", "-auto-approve")
	if calls := a.writes(mark); len(calls) != 1 || calls[0].Name() != "secretsmanager.PutSecretValue" {
		t.Errorf("a new number made the calls %v", calls)
	}
	a.holds(t, name, value)
	if labels := a.secret(t, name).VersionIdsToStages; len(labels) != 2 {
		t.Errorf("the versions are %v", labels)
	}
	quiet()

	// A number that was used for other values is refused.
	value = valueCanary + "-3"
	c.write(configuration(1))
	if _, stderr, code := run("apply", "-auto-approve"); code == 0 || !strings.Contains(strings.Join(strings.Fields(stderr), " "), "was not used yet") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	c.write(configuration(3))
	succeed("apply", "-auto-approve")
	a.holds(t, name, value)
	quiet()
	for _, file := range []string{"trace.log", "terraform.tfstate", "terraform.tfstate.backup", "saved"} {
		content, err := os.ReadFile(filepath.Join(c.dir, file))
		must(t, err)
		if strings.Contains(string(content), valueCanary) {
			t.Errorf("%s holds the value", file)
		}
	}
	succeed("destroy", "-auto-approve")
	a.mustBeEmpty(t)
}

// TestAccSecretValues_DriftIsRepaired changes the secret by other hands, deletes
// it with and without a way back, and imports the unit.
func TestAccSecretValues_DriftIsRepaired(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-values-drift"
	id := aws.String("secure/" + name)
	with := map[string]string{"code": `{ path = "src" }`, "secret_rotation": fmt.Sprintf("{ function_arn = %q, days = 60 }", rotator)}
	configuration := valued(t, name, valueCanary, 1, with)
	c := newCore(t, a, configuration)
	writeFile(t, filepath.Join(c.dir, "src", "app.py"), "def handler(event, context):\n    return 1\n")
	c.must("apply", "-auto-approve")
	arn, others := *a.secret(t, name).ARN, a.sharedKey(t)
	for label, drift := range map[string]struct {
		do    func(context.Context) error
		shows string
	}{
		"policy": {func(ctx context.Context) error {
			_, err := a.secrets.PutResourcePolicy(ctx, &secretsmanager.PutResourcePolicyInput{
				SecretId: id, ResourcePolicy: aws.String(`{"Version":"2012-10-17","Statement":[{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}`),
			})
			return err
		}, "unexpected_policy"},
		"key": {func(ctx context.Context) error {
			_, err := a.secrets.UpdateSecret(ctx, &secretsmanager.UpdateSecretInput{SecretId: id, KmsKeyId: &others})
			return err
		}, "kms_key_arn"},
		"rotation": {func(ctx context.Context) error {
			_, err := a.secrets.CancelRotateSecret(ctx, &secretsmanager.CancelRotateSecretInput{SecretId: id})
			return err
		}, "rotation"},
		"tags": {func(ctx context.Context) error {
			_, err := a.secrets.TagResource(ctx, &secretsmanager.TagResourceInput{SecretId: id, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("others")}}})
			return err
		}, "tags"},
		"deletion": {func(ctx context.Context) error {
			_, err := a.secrets.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: id})
			return err
		}, "available"},
	} {
		must(t, drift.do(t.Context()))
		if stdout := c.must("plan"); !strings.Contains(stdout, drift.shows) {
			t.Errorf("%s: the plan does not show it:\n%s", label, stdout)
		}
		c.must("apply", "-auto-approve")
		c.empty()
		a.holds(t, name, valueCanary)
	}
	secret := a.secret(t, name)
	if !aws.ToBool(secret.RotationEnabled) || *secret.RotationRules.AutomaticallyAfterDays != 60 || *secret.ARN != arn {
		t.Errorf("after all of it: %+v", secret)
	}
	_, err := a.secrets.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: id, ForceDeleteWithoutRecovery: aws.Bool(true)})
	must(t, err)
	c.must("apply", "-auto-approve")
	c.empty()
	a.holds(t, name, valueCanary)

	c.write(`provider "secure" {}` + "\n" + unit(t, "x", name, map[string]string{"code": with["code"]}))
	if stdout := c.must("apply", "-auto-approve"); !strings.Contains(stdout, "The unit's own secret is deleted") {
		t.Errorf("the plan does not say what goes:\n%s", stdout)
	}
	c.empty()
	if a.secret(t, name).DeletedDate == nil {
		t.Error("a secret without values was left")
	}
	c.write(strings.Replace(configuration, "version = 1", "version = 2", 1))
	c.must("apply", "-auto-approve")
	c.empty()
	a.holds(t, name, valueCanary)

	c.must("state", "rm", "secure_lambda.x")
	c.write(fmt.Sprintf("import {\n  to = secure_lambda.x\n  id = %q\n}\n", name) + strings.Replace(configuration, "version = 1", "version = 2", 1))
	if stdout := c.must("plan"); !strings.Contains(stdout, "1 to import, 0 to add, 0 to change") {
		t.Errorf("an import changes something:\n%s", stdout)
	}
	c.must("apply", "-auto-approve")
	c.must("destroy", "-auto-approve")
	if a.secret(t, name).DeletedDate == nil {
		t.Error("the secret was left")
	}
}

// TestAccSecretValues_SecretIsRestored destroys a unit and makes it again within
// the time in which its secret can be had back.
func TestAccSecretValues_SecretIsRestored(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-values-again"
	c := newCore(t, a, valued(t, name, valueCanary, 1, nil))
	c.must("apply", "-auto-approve")
	before := a.secret(t, name)
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
	if a.secret(t, name).DeletedDate == nil {
		t.Fatal("the secret was not scheduled for deletion")
	}
	c.write(valued(t, name, valueCanary+"-again", 1, nil))
	c.must("apply", "-auto-approve")
	c.empty()
	if after := a.secret(t, name); *after.ARN != *before.ARN || *after.KmsKeyId == *before.KmsKeyId || after.DeletedDate != nil {
		t.Errorf("%+v became %+v", before, after)
	}
	a.holds(t, name, valueCanary+"-again")
	c.must("destroy", "-auto-approve")
	// One of others under the name is not taken.
	_, err := a.secrets.RestoreSecret(t.Context(), &secretsmanager.RestoreSecretInput{SecretId: aws.String("secure/" + name)})
	must(t, err)
	_, err = a.secrets.UntagResource(t.Context(), &secretsmanager.UntagResourceInput{SecretId: aws.String("secure/" + name), TagKeys: []string{"secure:unit"}})
	must(t, err)
	if _, stderr, code := c.run("apply", "-auto-approve"); code == 0 || !strings.Contains(strings.Join(strings.Fields(stderr), " "), "secret secure/"+name+" exists already") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// TestAccSecretValues_FailedPutResumes refuses the values of a create and of a
// change: the next apply puts them, from the configuration.
func TestAccSecretValues_FailedPutResumes(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-values-resume"
	c := newCore(t, a, valued(t, name, valueCanary, 1, nil))
	for number, value := range []string{valueCanary, valueCanary + "-2"} {
		c.write(valued(t, name, value, number+1, nil))
		plan := a.faults(sandbox.AccessDenied.On("secretsmanager", "PutSecretValue", 1, 0))
		stdout, stderr, code := c.run("apply", "-auto-approve")
		if code == 0 || !strings.Contains(stderr, "values of the secret") {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		a.mended(t, plan)
		if shown := stdout + stderr + c.must("show", "-json"); strings.Contains(shown, valueCanary) {
			t.Error("the failure shows the value")
		}
		c.must("apply", "-auto-approve")
		c.empty()
		a.holds(t, name, value)
	}
	versions := a.secret(t, name).VersionIdsToStages
	for version, labels := range versions {
		if slices.Contains(labels, "secure-values") != strings.HasSuffix(version, "-2") {
			t.Errorf("the labels are %v", versions)
		}
	}
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
}

// TestAccSecretValues_FailedTakeoverIsDestroyed lets a create take back an
// earlier unit's secret and fail at the values: the secret goes with the rest.
func TestAccSecretValues_FailedTakeoverIsDestroyed(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-values-takeover"
	c := newCore(t, a, valued(t, name, valueCanary, 1, nil))
	c.must("apply", "-auto-approve")
	c.must("destroy", "-auto-approve")
	plan := a.faults(sandbox.AccessDenied.On("secretsmanager", "PutSecretValue", 1, 0))
	if _, stderr, code := c.run("apply", "-auto-approve"); code == 0 || !strings.Contains(stderr, "values of the secret") {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	a.mended(t, plan)
	if a.secret(t, name).DeletedDate != nil {
		t.Fatal("the secret was not restored")
	}
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
	if a.secret(t, name).DeletedDate == nil {
		t.Error("the secret was left")
	}
}

// TestAccSecretValues_LostTagPutsNothing takes the generation off the secret of a
// unit whose value is another one in every run.
func TestAccSecretValues_LostTagPutsNothing(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	const name = "tfacc-values-untagged"
	c := newCore(t, a, valued(t, name, valueCanary, 1, nil))
	c.must("apply", "-auto-approve")
	_, err := a.secrets.UntagResource(t.Context(), &secretsmanager.UntagResourceInput{SecretId: aws.String("secure/" + name), TagKeys: []string{"secure:generation"}})
	must(t, err)
	c.write(valued(t, name, valueCanary+"-of-this-run", 1, nil))
	mark := box.Recorder().Mark()
	c.must("apply", "-auto-approve")
	if calls := a.writes(mark); len(calls) != 1 || calls[0].Name() != "secretsmanager.TagResource" {
		t.Errorf("a lost tag made the calls %v", calls)
	}
	c.empty()
	a.holds(t, name, valueCanary)
	c.must("destroy", "-auto-approve")
	a.mustBeEmpty(t)
}
