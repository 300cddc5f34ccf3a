package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

const (
	deny           = "Deny"
	boolean        = "Bool"
	secondsPerDay  = 24 * 60 * 60
	serviceSQS     = "sqs"
	serviceSNS     = "sns"
	serviceS3      = "s3"
	contextOfQueue = "kms:EncryptionContext:aws:sqs:arn"
)

const (
	allow           = "Allow"
	arnEquals       = "ArnEquals"
	stringEquals    = "StringEquals"
	sourceFunction  = "lambda:SourceFunctionArn"
	lambdaPrincipal = "lambda.amazonaws.com"
)

func condition(key string, value bp.String) bp.Value[map[string]bp.Value[bp.Set]] {
	return bp.Known(map[string]bp.Value[bp.Set]{key: bp.Known(bp.Set{value})})
}

func noneIsNull(conditions bp.Conditions) bp.Value[bp.Conditions] {
	if len(conditions) == 0 {
		return bp.Null[bp.Conditions]()
	}
	return bp.Known(conditions)
}

func principal(kind, who string) bp.Value[map[string]bp.Value[bp.Set]] {
	return bp.Known(map[string]bp.Value[bp.Set]{kind: bp.Known(bp.SetOf(who))})
}
