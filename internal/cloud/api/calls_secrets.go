package api

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

type secretsCall[In, Out any] = func(context.Context, *In, ...func(*secretsmanager.Options)) (*Out, error)

// secretsAPI has no call that reads a value: the provider never does.
type secretsAPI struct {
	CancelRotateSecret   secretsCall[secretsmanager.CancelRotateSecretInput, secretsmanager.CancelRotateSecretOutput]
	CreateSecret         secretsCall[secretsmanager.CreateSecretInput, secretsmanager.CreateSecretOutput]
	DeleteResourcePolicy secretsCall[secretsmanager.DeleteResourcePolicyInput, secretsmanager.DeleteResourcePolicyOutput]
	DeleteSecret         secretsCall[secretsmanager.DeleteSecretInput, secretsmanager.DeleteSecretOutput]
	DescribeSecret       secretsCall[secretsmanager.DescribeSecretInput, secretsmanager.DescribeSecretOutput]
	GetResourcePolicy    secretsCall[secretsmanager.GetResourcePolicyInput, secretsmanager.GetResourcePolicyOutput]
	PutSecretValue       secretsCall[secretsmanager.PutSecretValueInput, secretsmanager.PutSecretValueOutput]
	RestoreSecret        secretsCall[secretsmanager.RestoreSecretInput, secretsmanager.RestoreSecretOutput]
	RotateSecret         secretsCall[secretsmanager.RotateSecretInput, secretsmanager.RotateSecretOutput]
	TagResource          secretsCall[secretsmanager.TagResourceInput, secretsmanager.TagResourceOutput]
	UntagResource        secretsCall[secretsmanager.UntagResourceInput, secretsmanager.UntagResourceOutput]
	UpdateSecret         secretsCall[secretsmanager.UpdateSecretInput, secretsmanager.UpdateSecretOutput]
}

func newSecretsAPI(c *secretsmanager.Client) secretsAPI {
	return secretsAPI{
		CancelRotateSecret:   c.CancelRotateSecret,
		CreateSecret:         c.CreateSecret,
		DeleteResourcePolicy: c.DeleteResourcePolicy,
		DeleteSecret:         c.DeleteSecret,
		DescribeSecret:       c.DescribeSecret,
		GetResourcePolicy:    c.GetResourcePolicy,
		PutSecretValue:       c.PutSecretValue,
		RestoreSecret:        c.RestoreSecret,
		RotateSecret:         c.RotateSecret,
		TagResource:          c.TagResource,
		UntagResource:        c.UntagResource,
		UpdateSecret:         c.UpdateSecret,
	}
}
