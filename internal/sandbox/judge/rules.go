package judge

import (
	"sync"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
)

// unmodelled is a rule that AWS applies and no model carries.
type unmodelled struct {
	operations []string // as Call.Name
	check      func(*judged)
}

// rules that no model carries, in one table. Each function says where AWS
// documents it.
var rules = []unmodelled{
	{[]string{"iam.CreatePolicy", "iam.CreatePolicyVersion"}, policyRule("PolicyDocument", identityPolicy, policy.ManagedPolicyLimit)},
	{[]string{"iam.PutRolePolicy"}, policyRule("PolicyDocument", identityPolicy, policy.RolePolicyLimit)},
	{[]string{"iam.CreateRole"}, policyRule("AssumeRolePolicyDocument", trustDocument, policy.TrustPolicyLimit)},
	{[]string{"iam.UpdateAssumeRolePolicy"}, policyRule("PolicyDocument", trustDocument, policy.TrustPolicyLimit)},
	{[]string{"kms.CreateKey", "kms.PutKeyPolicy"}, policyRule("Policy", resourcePolicy, keyPolicyLimit)},
	{[]string{"kms.CreateKey", "kms.PutKeyPolicy"}, keyStaysManageable},
	{[]string{"secretsmanager.PutResourcePolicy"}, policyRule("ResourcePolicy", resourcePolicy, secretPolicyLimit)},
	{[]string{"sqs.CreateQueue", "sqs.SetQueueAttributes"}, queuePolicy},
	{[]string{"logs.PutDataProtectionPolicy"}, dataProtectionForm},
	{[]string{"monitoring.PutMetricAlarm"}, alarmOfOneKind},
	{[]string{"monitoring.PutMetricAlarm"}, alarmWindow},
	{[]string{"monitoring.PutMetricAlarm"}, alarmMath},
	{[]string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"}, snapStartSuits},
	{tagWriters(), tagsAreFit},
	{tagAdders(), tagsStayFew},
}

// rulesOf finds the rules of an operation.
var rulesOf = sync.OnceValue(func() map[string][]func(*judged) {
	byOperation := map[string][]func(*judged){}
	for _, r := range rules {
		for _, operation := range r.operations {
			byOperation[operation] = append(byOperation[operation], r.check)
		}
	}
	return byOperation
})
