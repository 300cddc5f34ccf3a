package sandbox

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
)

func TestUpdate_IsRefusedWhilePendingOrInProgress(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	ctx := t.Context()
	name := "f"
	if _, err := c.lambda.CreateFunction(ctx, functionInput(t, name, c.role(t, "r", lambdaTrust))); err != nil {
		t.Fatal(err)
	}
	update := &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Timeout: aws.Int32(9)}
	code := &lambda.UpdateFunctionCodeInput{FunctionName: &name, ZipFile: zipped(t, echo)}

	const pending = "The operation cannot be performed at this time. The function is currently in the following state: Pending"
	_, err := c.lambda.UpdateFunctionConfiguration(ctx, update)
	wantError(t, err, "ResourceConflictException", pending)
	_, err = c.lambda.UpdateFunctionCode(ctx, code)
	wantError(t, err, "ResourceConflictException", pending)
	_, err = c.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
	wantError(t, err, "ResourceConflictException", pending)

	c.settle(t, name)
	out, err := c.lambda.UpdateFunctionConfiguration(ctx, update)
	if err != nil {
		t.Fatal(err)
	}
	if out.State != types.StateActive || out.LastUpdateStatus != types.LastUpdateStatusInProgress {
		t.Errorf("under update: %s, %s", out.State, out.LastUpdateStatus)
	}
	inProgress := "The operation cannot be performed at this time. An update is in progress for resource: " + *out.FunctionArn
	_, err = c.lambda.UpdateFunctionCode(ctx, code)
	wantError(t, err, "ResourceConflictException", inProgress)
	_, err = c.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
	wantError(t, err, "ResourceConflictException", inProgress)
	c.settle(t, name)
	if _, err := c.lambda.UpdateFunctionCode(ctx, code); err != nil {
		t.Error(err)
	}
}

func TestUpdate_OfTwoAtOnceOneIsRefused(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	errs := make(chan error)
	for i := range int32(2) {
		go func() {
			_, err := c.lambda.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("f"), Timeout: aws.Int32(5 + i)})
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
	c := newTenant(t)
	ctx := t.Context()
	create := func(name, role string) error {
		_, err := c.lambda.CreateFunction(ctx, functionInput(t, name, role))
		return err
	}
	trusts := func(service string) string { return strings.ReplaceAll(lambdaTrust, "lambda.amazonaws.com", service) }

	wantError(t, create("missing", "arn:aws:iam::"+c.account+":role/missing"), "InvalidParameterValueException", refused)
	wantError(t, create("other", c.role(t, "other", trusts("ec2.amazonaws.com"))), "InvalidParameterValueException", refused)

	fresh := c.freshRole(t, "fresh", lambdaTrust)
	wantError(t, create("early", fresh), "InvalidParameterValueException", refused)
	time.Sleep(testRolePropagation)
	if err := create("late", fresh); err != nil {
		t.Fatalf("a role that has spread: %v", err)
	}

	c.settle(t, "late")
	_, err := c.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("late"), Role: aws.String("arn:aws:iam::" + c.account + ":role/missing"),
	})
	wantError(t, err, "InvalidParameterValueException", refused)
}

func TestPublish_MakesNoVersionOfWhatIsPublished(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	if v := c.publish(t); v != "1" {
		t.Fatalf("first version is %s", v)
	}
	if v := c.publish(t); v != "1" {
		t.Errorf("again: %s", v)
	}
	c.configure(t, "1") // as it was
	if v := c.publish(t); v != "1" {
		t.Errorf("after an update that changed nothing: %s", v)
	}
	c.configure(t, "2")
	if v := c.publish(t); v != "2" {
		t.Errorf("after a change: %s", v)
	}
	out, err := c.lambda.ListVersionsByFunction(t.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: aws.String("f")})
	if err != nil || len(out.Versions) != 3 {
		t.Errorf("%d versions, %v", len(out.Versions), err)
	}
	all, err := c.lambda.ListFunctions(t.Context(), &lambda.ListFunctionsInput{FunctionVersion: types.FunctionVersionAll})
	if err != nil || len(all.Functions) != 3 {
		t.Errorf("%d versions among the functions, %v", len(all.Functions), err)
	}
	if made, err := c.lambda.ListFunctions(t.Context(), &lambda.ListFunctionsInput{}); err != nil || len(made.Functions) != 1 {
		t.Errorf("%d functions, %v", len(made.Functions), err)
	}
}

func TestPublish_KnowsTheVersionOfACreationWithPublish(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	input := functionInput(t, "f", c.role(t, "r", lambdaTrust))
	input.Publish = true
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	if v := c.publish(t); v != "1" {
		t.Errorf("got %s", v)
	}
}

func TestPublish_HonoursItsPreconditions(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	_, err := c.lambda.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("f"), RevisionId: aws.String("stale")})
	wantError(t, err, "PreconditionFailedException", "Revision Id")
	_, err = c.lambda.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: aws.String("f"), CodeSha256: aws.String("other")})
	wantError(t, err, "InvalidParameterValueException", "CodeSHA256 (other) is different from current CodeSHA256 in $LATEST")
}

func TestQualifier_IsInTheARN(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	c.live(t, c.publish(t))
	for qualifier, version := range map[string]string{"live": "1", "1": "1", "$LATEST": "$LATEST"} {
		out, err := c.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f"), Qualifier: &qualifier})
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("arn:aws:lambda:%s:%s:function:f:%s", region, c.account, qualifier)
		if *out.Configuration.FunctionArn != want || *out.Configuration.Version != version {
			t.Errorf("GetFunction: %s, version %s", *out.Configuration.FunctionArn, *out.Configuration.Version)
		}
		config, err := c.lambda.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: &want})
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
	c := newTenant(t)
	c.function(t)
	_, err := c.lambda.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: aws.String("f"), Name: aws.String("live"), FunctionVersion: aws.String("9")})
	wantError(t, err, "ResourceNotFoundException", ":function:f:9")
}

func TestDryRun_ChangesNothing(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	c.function(t)
	before, err := c.lambda.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("f")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.lambda.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), ZipFile: zipped(t, echo+"#"), DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.lambda.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("f")})
	if err != nil || *after.CodeSha256 != *before.CodeSha256 || *after.RevisionId != *before.RevisionId {
		t.Errorf("changed, %v", err)
	}
}

func TestConfiguration_ComesBackCompleteAndWithoutEmptyMembers(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	input := functionInput(t, "f", c.role(t, "r", lambdaTrust))
	input.LoggingConfig = &types.LoggingConfig{LogFormat: types.LogFormatJson, SystemLogLevel: types.SystemLogLevelWarn}
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "f")
	out, err := c.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f")})
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

func (c tenant) permit(t *testing.T, qualifier *string, sid string) error {
	t.Helper()
	_, err := c.lambda.AddPermission(t.Context(), &lambda.AddPermissionInput{
		FunctionName: aws.String("f"), Qualifier: qualifier, StatementId: &sid,
		Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("s3.amazonaws.com"), SourceArn: aws.String("arn:aws:s3:::b"),
	})
	return err
}

func (c tenant) sids(t *testing.T, qualifier *string) []string {
	t.Helper()
	out, err := c.lambda.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("f"), Qualifier: qualifier})
	if err != nil {
		wantError(t, err, "ResourceNotFoundException", "The resource you requested does not exist.")
		return nil
	}
	var policy policyDocument
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
	c := newTenant(t)
	c.function(t)
	c.live(t, c.publish(t))
	live := aws.String("live")
	if found := c.sids(t, nil); found != nil {
		t.Errorf("before any permission: %v", found)
	}
	for _, qualifier := range []*string{nil, live} {
		if err := c.permit(t, qualifier, "same-id"); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, c.permit(t, live, "same-id"), "ResourceConflictException", "already exists")
	if err := c.permit(t, live, "second"); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(c.sids(t, nil), c.sids(t, live)); got != "[same-id] [same-id second]" {
		t.Errorf("policies: %s", got)
	}
	remove := func(qualifier *string, sid string) error {
		_, err := c.lambda.RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: aws.String("f"), Qualifier: qualifier, StatementId: &sid})
		return err
	}
	if err := remove(live, "same-id"); err != nil {
		t.Fatal(err)
	}
	wantError(t, remove(nil, "second"), "ResourceNotFoundException", "")
	if got := fmt.Sprint(c.sids(t, nil), c.sids(t, live)); got != "[same-id] [second]" {
		t.Errorf("after removal: %s", got)
	}
	wantError(t, c.permit(t, aws.String("$LATEST"), "x"), "InvalidParameterValueException", "$LATEST")
}

func TestEnvironment_IsLimitedInSizeAndNames(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	role := c.role(t, "r", lambdaTrust)
	create := func(name string, variables map[string]string) error {
		input := functionInput(t, name, role)
		input.Environment.Variables = variables
		_, err := c.lambda.CreateFunction(t.Context(), input)
		return err
	}
	wantError(t, create("big", map[string]string{"A1": strings.Repeat("x", 4088)}), "InvalidParameterValueException", "exceeded the 4KB limit")
	wantError(t, create("reserved", map[string]string{"AWS_REGION": "x"}), "InvalidParameterValueException", "Reserved keys used in this request: AWS_REGION")
	if err := create("fits", map[string]string{"A1": strings.Repeat("x", 4087)}); err != nil {
		t.Error(err)
	}
}

func TestFunctionKey_MustExistAndBeEnabled(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	role := c.role(t, "r", lambdaTrust)
	create := func(name, key string) error {
		input := functionInput(t, name, role)
		input.KMSKeyArn = &key
		_, err := c.lambda.CreateFunction(t.Context(), input)
		return err
	}
	out, err := c.kms.CreateKey(t.Context(), &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	arn := *out.KeyMetadata.Arn
	wantError(t, create("missing", strings.TrimRight(arn, "0123456789abcdef")+"0000"), "InvalidParameterValueException", "KMS Exception: NotFoundException")
	if err := create("fits", arn); err != nil {
		t.Error(err)
	}
	if _, err := c.kms.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &arn}); err != nil {
		t.Fatal(err)
	}
	wantError(t, create("disabled", arn), "InvalidParameterValueException", "KMS Exception: DisabledException")
}
