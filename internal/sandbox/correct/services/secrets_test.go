package services_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

func secrets(c sandboxtest.Tenant) *secretsmanager.Client {
	return secretsmanager.NewFromConfig(c.Config)
}

func TestSecret_PutIsRepeatedByItsTokenAndKeepsItsLabels(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx, secrets, id := t.Context(), secrets(c), aws.String("db")
	made, err := secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: id})
	if err != nil || made.VersionId != nil {
		t.Fatalf("%+v %v", made, err)
	}
	put := func(token, value string) error {
		out, err := secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
			SecretId: id, SecretString: &value, ClientRequestToken: aws.String(strings.Repeat(token, 32)), VersionStages: []string{"AWSCURRENT", "mine"},
		})
		if err == nil && !slices.Contains(out.VersionStages, "mine") {
			t.Errorf("the answer lacks the label: %v", out.VersionStages)
		}
		return err
	}
	for _, p := range [][2]string{{"a", "one"}, {"a", "one"}, {"b", "two"}} {
		if err := put(p[0], p[1]); err != nil {
			t.Fatal(err)
		}
	}
	sandboxtest.WantError(t, put("b", "three"), "ResourceExistsException", "already in use")
	out, err := secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: id})
	if err != nil {
		t.Fatal(err)
	}
	first, second := out.VersionIdsToStages[strings.Repeat("a", 32)], out.VersionIdsToStages[strings.Repeat("b", 32)]
	slices.Sort(second)
	if !slices.Equal(first, []string{"AWSPREVIOUS"}) || !slices.Equal(second, []string{"AWSCURRENT", "mine"}) || len(out.VersionIdsToStages) != 2 {
		t.Errorf("the versions are %v", out.VersionIdsToStages)
	}
}

func TestSecret_NameOfADeletedOneIsNotFree(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx, secrets, id := t.Context(), secrets(c), aws.String("db")
	create := func() error {
		_, err := secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: id, SecretString: aws.String("x")})
		return err
	}
	if err := create(); err != nil {
		t.Fatal(err)
	}
	sandboxtest.WantError(t, create(), "ResourceExistsException", "already exists")
	if _, err := secrets.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: id}); err != nil {
		t.Fatal(err)
	}
	sandboxtest.WantError(t, create(), "InvalidRequestException", "scheduled for deletion")
}

func TestSecret_IsNotEncryptedWithAKeyThatGoes(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx, secrets, id := t.Context(), secrets(c), aws.String("db")
	key := c.Key(t, aws.String(sandboxtest.KeyPolicy(c.Account, "*")))
	if _, err := secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: id, KmsKeyId: &key}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.KMS.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &key}); err != nil {
		t.Fatal(err)
	}
	_, err := secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: id, SecretString: aws.String("x")})
	sandboxtest.WantError(t, err, "EncryptionFailure", "")
}

func TestSecret_RotationIsKeptAndTurnedOff(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	ctx, secrets, id := t.Context(), secrets(c), aws.String("db")
	if _, err := secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: id, SecretString: aws.String("x")}); err != nil {
		t.Fatal(err)
	}
	in := &secretsmanager.RotateSecretInput{
		SecretId: id, RotationLambdaARN: aws.String("arn:aws:lambda:eu-central-1:111122223333:function:rotate"),
		RotationRules: &types.RotationRulesType{AutomaticallyAfterDays: aws.Int64(30)},
	}
	_, err := secrets.RotateSecret(ctx, in)
	sandboxtest.WantError(t, err, wire.Unsupported, "RotateSecret")
	in.RotateImmediately = aws.Bool(false)
	if _, err := secrets.RotateSecret(ctx, in); err != nil {
		t.Fatal(err)
	}
	out, err := secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: id})
	if err != nil || !aws.ToBool(out.RotationEnabled) || aws.ToInt64(out.RotationRules.AutomaticallyAfterDays) != 30 {
		t.Fatalf("%+v %v", out, err)
	}
	if _, err := secrets.CancelRotateSecret(ctx, &secretsmanager.CancelRotateSecretInput{SecretId: id}); err != nil {
		t.Fatal(err)
	}
	if out, err = secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: id}); err != nil || aws.ToBool(out.RotationEnabled) {
		t.Errorf("%+v %v", out, err)
	}
}
