package deployer

// needsOfSecrets are the needs of calls about the unit's own secret. Secrets
// Manager encrypts with the caller's permission on the key.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html
var needsOfSecrets = map[string][]need{
	"secretsmanager.DescribeSecret":    {read(ownSecrets, "secretsmanager:DescribeSecret")},
	"secretsmanager.GetResourcePolicy": {read(ownSecrets, "secretsmanager:GetResourcePolicy")},

	"secretsmanager.CreateSecret":         all([]need{create(ownSecrets, "secretsmanager:CreateSecret"), tagNew(ownSecrets, "secretsmanager:TagResource")}, encrypting),
	"secretsmanager.DeleteResourcePolicy": {change(ownSecrets, "secretsmanager:DeleteResourcePolicy")},
	"secretsmanager.DeleteSecret":         {change(ownSecrets, "secretsmanager:DeleteSecret")},
	"secretsmanager.PutSecretValue":       all([]need{change(ownSecrets, "secretsmanager:PutSecretValue")}, encrypting),
	"secretsmanager.RestoreSecret":        {change(ownSecrets, "secretsmanager:RestoreSecret")},
	"secretsmanager.UpdateSecret":         all([]need{change(ownSecrets, "secretsmanager:UpdateSecret")}, encrypting, encryptingAgain),

	"secretsmanager.RotateSecret": {
		change(ownSecrets, "secretsmanager:RotateSecret"),
		under(used, rotationFunctions, "lambda:InvokeFunction"),
	},
	"secretsmanager.CancelRotateSecret": {change(ownSecrets, "secretsmanager:CancelRotateSecret")},

	"secretsmanager.TagResource":   {retag(ownSecrets, "secretsmanager:TagResource")},
	"secretsmanager.UntagResource": {untag(ownSecrets, "secretsmanager:UntagResource")},
}

var encrypting = usingKeys("kms:Decrypt", "kms:GenerateDataKey")

// encryptingAgain is for another key. Without it UpdateSecret succeeds and leaves
// the versions that exist encrypted with the old one.
var encryptingAgain = usingKeys("kms:Encrypt")

func usingKeys(actions ...string) []need {
	needs := onKeys(throughSecrets, actions...)
	for i := range needs {
		needs[i] = needs[i].where(keepsSecrets)
	}
	return needs
}

func keepsSecrets(o Options) bool { return o.Secrets }
