package rules

import (
	"errors"
	"strings"
	"testing"
)

func TestSecretARN(t *testing.T) {
	t.Parallel()
	for text, why := range map[string]string{
		"arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db-AbCdEf": "",
		"arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:db-AbCdEf":    "",
		"arn:aws:ssm:eu-west-1:111122223333:parameter/orders/db":                "",
		"arn:aws:ssm:eu-west-1:111122223333:parameter/limit":                    "",
		"orders/db":           "neither a secret",
		"arn:aws:s3:::orders": "neither a secret",
		"arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db":                   "six characters",
		"arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db-??????":            "six characters",
		"arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db-AbCdEf:password::": "not part of a secret's ARN",
		"arn:aws:secretsmanager:eu-west-1:1111:secret:orders/db-AbCdEf":                    "12 digits",
		"arn:aws:secretsmanager:frankfurt:111122223333:secret:orders/db-AbCdEf":            "not a region",
		"arn:aws:secretsmanager:eu-west-1:111122223333:orders/db-AbCdEf":                   `must start with "secret:"`,
		"arn:aws:ssm:eu-west-1:111122223333:parameter/":                                    `must start with "parameter/"`,
		"arn:aws:ssm:eu-west-1:111122223333:parameter/orders/*":                            "not the ARN of one parameter",
		"arn:aws:ssm:eu-west-1:111122223333:document/orders":                               `must start with "parameter/"`,
	} {
		err := SecretARN(text)
		if why == "" && err != nil || why != "" && (err == nil || !strings.Contains(err.Error()+detailOf(err), why)) {
			t.Errorf("%s: %v, want %q", text, err, why)
		}
	}
}

func detailOf(err error) string {
	if v, ok := errors.AsType[*Violation](err); ok {
		return v.Detail()
	}
	return ""
}
