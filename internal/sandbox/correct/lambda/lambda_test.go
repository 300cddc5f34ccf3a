package lambda_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestUpdate_IsRefusedWhilePendingOrInProgress(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx := t.Context()
	name := "f"
	if _, err := c.Lambda.CreateFunction(ctx, sandboxtest.FunctionInput(t, name, c.Role(t, "r", sandboxtest.Trust))); err != nil {
		t.Fatal(err)
	}
	update := &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Timeout: aws.Int32(9)}
	code := &lambda.UpdateFunctionCodeInput{FunctionName: &name, ZipFile: sandboxtest.Zipped(t, sandboxtest.Echo)}

	const pending = "The operation cannot be performed at this time. The function is currently in the following state: Pending"
	_, err := c.Lambda.UpdateFunctionConfiguration(ctx, update)
	sandboxtest.WantError(t, err, "ResourceConflictException", pending)
	_, err = c.Lambda.UpdateFunctionCode(ctx, code)
	sandboxtest.WantError(t, err, "ResourceConflictException", pending)
	_, err = c.Lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
	sandboxtest.WantError(t, err, "ResourceConflictException", pending)

	c.Settle(t, name)
	out, err := c.Lambda.UpdateFunctionConfiguration(ctx, update)
	if err != nil {
		t.Fatal(err)
	}
	if out.State != types.StateActive || out.LastUpdateStatus != types.LastUpdateStatusInProgress {
		t.Errorf("under update: %s, %s", out.State, out.LastUpdateStatus)
	}
	inProgress := "The operation cannot be performed at this time. An update is in progress for resource: " + *out.FunctionArn
	_, err = c.Lambda.UpdateFunctionCode(ctx, code)
	sandboxtest.WantError(t, err, "ResourceConflictException", inProgress)
	_, err = c.Lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
	sandboxtest.WantError(t, err, "ResourceConflictException", inProgress)
	c.Settle(t, name)
	if _, err := c.Lambda.UpdateFunctionCode(ctx, code); err != nil {
		t.Error(err)
	}
}

func TestUpdate_OfTwoAtOnceOneIsRefused(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	errs := make(chan error)
	for i := range int32(2) {
		go func() {
			_, err := c.Lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), Timeout: aws.Int32(5 + i)})
			errs <- err
		}()
	}
	first, second := <-errs, <-errs
	if (first == nil) == (second == nil) {
		t.Errorf("got %v and %v", first, second)
	}
}

func TestRole_MustExistTrustLambdaAndHaveSpread(t *testing.T) {
	t.Parallel()
	const refused = "The role defined for the function cannot be assumed by Lambda."
	c := sandboxtest.New(t)
	ctx := t.Context()
	create := func(name, role string) error {
		_, err := c.Lambda.CreateFunction(ctx, sandboxtest.FunctionInput(t, name, role))
		return err
	}
	trusts := func(service string) string {
		return strings.ReplaceAll(sandboxtest.Trust, "lambda.amazonaws.com", service)
	}

	sandboxtest.WantError(t, create("missing", "arn:aws:iam::"+c.Account+":role/missing"), "InvalidParameterValueException", refused)
	sandboxtest.WantError(t, create("other", c.Role(t, "other", trusts("ec2.amazonaws.com"))), "InvalidParameterValueException", refused)

	fresh := c.FreshRole(t, "fresh", sandboxtest.Trust)
	sandboxtest.WantError(t, create("early", fresh), "InvalidParameterValueException", refused)
	time.Sleep(sandboxtest.RolePropagation)
	if err := create("late", fresh); err != nil {
		t.Fatalf("a role that has spread: %v", err)
	}

	c.Settle(t, "late")
	_, err := c.Lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("late"), Role: aws.String("arn:aws:iam::" + c.Account + ":role/missing"),
	})
	sandboxtest.WantError(t, err, "InvalidParameterValueException", refused)
}

func TestPublish_MakesNoVersionOfWhatIsPublished(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	if v := c.Publish(t); v != "1" {
		t.Fatalf("first version is %s", v)
	}
	if v := c.Publish(t); v != "1" {
		t.Errorf("again: %s", v)
	}
	c.Configure(t, "1") // as it was
	if v := c.Publish(t); v != "1" {
		t.Errorf("after an update that changed nothing: %s", v)
	}
	c.Configure(t, "2")
	if v := c.Publish(t); v != "2" {
		t.Errorf("after a change: %s", v)
	}
	out, err := c.Lambda.ListVersionsByFunction(t.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: aws.String("f")})
	if err != nil || len(out.Versions) != 3 {
		t.Errorf("%d versions, %v", len(out.Versions), err)
	}
	all, err := c.Lambda.ListFunctions(t.Context(), &lambda.ListFunctionsInput{FunctionVersion: types.FunctionVersionAll})
	if err != nil || len(all.Functions) != 3 {
		t.Errorf("%d versions among the functions, %v", len(all.Functions), err)
	}
	if made, err := c.Lambda.ListFunctions(t.Context(), &lambda.ListFunctionsInput{}); err != nil || len(made.Functions) != 1 {
		t.Errorf("%d functions, %v", len(made.Functions), err)
	}
}

func TestPublish_KnowsTheVersionOfACreationWithPublish(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	input := sandboxtest.FunctionInput(t, "f", c.Role(t, "r", sandboxtest.Trust))
	input.Publish = true
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	if v := c.Publish(t); v != "1" {
		t.Errorf("got %s", v)
	}
}

func TestPublish_HonoursItsPreconditions(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	_, err := c.Lambda.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("f"), RevisionId: aws.String("stale")})
	sandboxtest.WantError(t, err, "PreconditionFailedException", "Revision Id")
	_, err = c.Lambda.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("f"), CodeSha256: aws.String("other")})
	sandboxtest.WantError(t, err, "InvalidParameterValueException", "CodeSHA256 (other) is different from current CodeSHA256 in $LATEST")
}

func TestQualifier_IsInTheARN(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	c.Live(t, c.Publish(t))
	for qualifier, version := range map[string]string{"live": "1", "1": "1", "$LATEST": "$LATEST"} {
		out, err := c.Lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f"), Qualifier: &qualifier})
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("arn:aws:lambda:%s:%s:function:f:%s", sandboxtest.Region, c.Account, qualifier)
		if *out.Configuration.FunctionArn != want || *out.Configuration.Version != version {
			t.Errorf("GetFunction: %s, version %s", *out.Configuration.FunctionArn, *out.Configuration.Version)
		}
		config, err := c.Lambda.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: &want})
		if err != nil {
			t.Fatal(err)
		}
		if *config.FunctionArn != want || *config.Version != version {
			t.Errorf("GetFunctionConfiguration: %s, version %s", *config.FunctionArn, *config.Version)
		}
	}
}

func TestAlias_NeedsAnExistingVersion(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	_, err := c.Lambda.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: aws.String("f"), Name: aws.String("live"), FunctionVersion: aws.String("9")})
	sandboxtest.WantError(t, err, "ResourceNotFoundException", ":function:f:9")
}

func TestDryRun_ChangesNothing(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	before, err := c.Lambda.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("f")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), ZipFile: sandboxtest.Zipped(t, sandboxtest.Echo+"#"), DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.Lambda.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("f")})
	if err != nil || *after.CodeSha256 != *before.CodeSha256 || *after.RevisionId != *before.RevisionId {
		t.Errorf("changed, %v", err)
	}
}

func TestConfiguration_ComesBackCompleteAndWithoutEmptyMembers(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	input := sandboxtest.FunctionInput(t, "f", c.Role(t, "r", sandboxtest.Trust))
	input.LoggingConfig = &types.LoggingConfig{LogFormat: types.LogFormatJson, SystemLogLevel: types.SystemLogLevelWarn}
	if _, err := c.Lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, "f")
	out, err := c.Lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f")})
	if err != nil {
		t.Fatal(err)
	}
	config := out.Configuration
	logging := config.LoggingConfig
	if aws.ToString(logging.LogGroup) != "/aws/lambda/f" || logging.ApplicationLogLevel != types.ApplicationLogLevelInfo || logging.SystemLogLevel != types.SystemLogLevelWarn {
		t.Errorf("logging: %+v", logging)
	}
	if config.StateReason != nil || config.KMSKeyArn != nil || config.DeadLetterConfig != nil || config.Layers != nil {
		t.Errorf("empty members: %+v", config)
	}
}

func permit(t *testing.T, c sandboxtest.Tenant, qualifier *string, sid string) error {
	t.Helper()
	_, err := c.Lambda.AddPermission(t.Context(), &lambda.AddPermissionInput{
		FunctionName: aws.String("f"), Qualifier: qualifier, StatementId: &sid,
		Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("s3.amazonaws.com"), SourceArn: aws.String("arn:aws:s3:::b"),
	})
	return err
}

func sids(t *testing.T, c sandboxtest.Tenant, qualifier *string) []string {
	t.Helper()
	out, err := c.Lambda.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("f"), Qualifier: qualifier})
	if err != nil {
		sandboxtest.WantError(t, err, "ResourceNotFoundException", "The resource you requested does not exist.")
		return nil
	}
	var policy policy.Document
	if err := json.Unmarshal([]byte(*out.Policy), &policy); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, s := range policy.Statement {
		found = append(found, s.Sid)
	}
	return found
}

func TestPolicy_IsOnePerQualifier(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.Function(t)
	c.Live(t, c.Publish(t))
	live := aws.String("live")
	if found := sids(t, c, nil); found != nil {
		t.Errorf("before any permission: %v", found)
	}
	for _, qualifier := range []*string{nil, live} {
		if err := permit(t, c, qualifier, "same-id"); err != nil {
			t.Fatal(err)
		}
	}
	sandboxtest.WantError(t, permit(t, c, live, "same-id"), "ResourceConflictException", "already exists")
	if err := permit(t, c, live, "second"); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(sids(t, c, nil), sids(t, c, live)); got != "[same-id] [same-id second]" {
		t.Errorf("policies: %s", got)
	}
	remove := func(qualifier *string, sid string) error {
		_, err := c.Lambda.RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: aws.String("f"), Qualifier: qualifier, StatementId: &sid})
		return err
	}
	if err := remove(live, "same-id"); err != nil {
		t.Fatal(err)
	}
	sandboxtest.WantError(t, remove(nil, "second"), "ResourceNotFoundException", "")
	if got := fmt.Sprint(sids(t, c, nil), sids(t, c, live)); got != "[same-id] [second]" {
		t.Errorf("after removal: %s", got)
	}
	sandboxtest.WantError(t, permit(t, c, aws.String("$LATEST"), "x"), "InvalidParameterValueException", "$LATEST")
}

func TestEnvironment_IsLimitedInSizeAndNames(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	role := c.Role(t, "r", sandboxtest.Trust)
	create := func(name string, variables map[string]string) error {
		input := sandboxtest.FunctionInput(t, name, role)
		input.Environment.Variables = variables
		_, err := c.Lambda.CreateFunction(t.Context(), input)
		return err
	}
	sandboxtest.WantError(t, create("big", map[string]string{"A1": strings.Repeat("x", 4088)}), "InvalidParameterValueException", "exceeded the 4KB limit")
	sandboxtest.WantError(t, create("reserved", map[string]string{"AWS_REGION": "x"}), "InvalidParameterValueException", "Reserved keys used in this request: AWS_REGION")
	if err := create("fits", map[string]string{"A1": strings.Repeat("x", 4087)}); err != nil {
		t.Error(err)
	}
}

func TestFunctionKey_MustExistAndBeEnabled(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	role := c.Role(t, "r", sandboxtest.Trust)
	create := func(name, key string) error {
		input := sandboxtest.FunctionInput(t, name, role)
		input.KMSKeyArn = &key
		_, err := c.Lambda.CreateFunction(t.Context(), input)
		return err
	}
	out, err := c.KMS.CreateKey(t.Context(), &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	arn := *out.KeyMetadata.Arn
	sandboxtest.WantError(t, create("missing", strings.TrimRight(arn, "0123456789abcdef")+"0000"), "InvalidParameterValueException", "KMS Exception: NotFoundException")
	if err := create("fits", arn); err != nil {
		t.Error(err)
	}
	if _, err := c.KMS.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &arn}); err != nil {
		t.Fatal(err)
	}
	sandboxtest.WantError(t, create("disabled", arn), "InvalidParameterValueException", "KMS Exception: DisabledException")
}
