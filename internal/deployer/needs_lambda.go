package deployer

// needsOfLambda are the needs of calls about the function. The tags of a
// function count for its versions and aliases too.
// https://docs.aws.amazon.com/lambda/latest/dg/attribute-based-access-control.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
var needsOfLambda = map[string][]need{
	// GetFunction shows tags only to whom may list them, and the environment
	// only to whom may decrypt it.
	"lambda.GetFunction":                      all([]need{read(functions, "lambda:GetFunction", "lambda:ListTags")}, toShow),
	"lambda.GetAlias":                         {read(functions, "lambda:GetAlias")},
	"lambda.GetFunctionCodeSigningConfig":     {read(functions, "lambda:GetFunctionCodeSigningConfig")},
	"lambda.GetFunctionEventInvokeConfig":     {read(functions, "lambda:GetFunctionEventInvokeConfig")},
	"lambda.GetFunctionRecursionConfig":       {read(functions, "lambda:GetFunctionRecursionConfig")},
	"lambda.GetPolicy":                        {read(functions, "lambda:GetPolicy")},
	"lambda.GetRuntimeManagementConfig":       {read(functions, "lambda:GetRuntimeManagementConfig")},
	"lambda.ListAliases":                      {read(functions, "lambda:ListAliases")},
	"lambda.ListVersionsByFunction":           {read(functions, "lambda:ListVersionsByFunction")},
	"lambda.ListFunctionEventInvokeConfigs":   {read(functions, "lambda:ListFunctionEventInvokeConfigs")},
	"lambda.ListFunctionUrlConfigs":           {read(functions, "lambda:ListFunctionUrlConfigs")},
	"lambda.GetProvisionedConcurrencyConfig":  {read(functions, "lambda:GetProvisionedConcurrencyConfig")},
	"lambda.ListEventSourceMappings":          {read(account, "lambda:ListEventSourceMappings")},
	"lambda.GetAccountSettings":               {read(account, "lambda:GetAccountSettings")},
	"lambda.ListFunctions":                    {read(account, "lambda:ListFunctions")},
	"lambda.ListCodeSigningConfigs":           {read(account, "lambda:ListCodeSigningConfigs")},
	"lambda.ListFunctionsByCodeSigningConfig": {read(codeSigningConfigs, "lambda:ListFunctionsByCodeSigningConfig")},
	// A plan goes without where it is denied.
	"lambda.GetLayerVersionByArn": {read(layers, "lambda:GetLayerVersion")},

	"lambda.CreateFunction": all(
		[]need{create(functions, "lambda:CreateFunction"), tagNew(functions, "lambda:TagResource")},
		[]need{read(codeSigningConfigs, "lambda:GetCodeSigningConfig")},
		toPassRole, toEncrypt, toMount, toTakePackage,
	),
	"lambda.UpdateFunctionConfiguration": all(
		[]need{change(functions, "lambda:UpdateFunctionConfiguration")},
		toPassRole, toEncrypt, toMount,
	),
	"lambda.UpdateFunctionCode": all([]need{change(functions, "lambda:UpdateFunctionCode")}, toTakePackage),

	"lambda.AddPermission":                   {change(functions, "lambda:AddPermission")},
	"lambda.CreateAlias":                     {change(functions, "lambda:CreateAlias")},
	"lambda.DeleteAlias":                     {change(functions, "lambda:DeleteAlias")},
	"lambda.DeleteFunction":                  {change(functions, "lambda:DeleteFunction")},
	"lambda.DeleteFunctionConcurrency":       {change(functions, "lambda:DeleteFunctionConcurrency")},
	"lambda.DeleteFunctionEventInvokeConfig": {change(functions, "lambda:DeleteFunctionEventInvokeConfig")},
	"lambda.PublishVersion":                  {change(functions, "lambda:PublishVersion")},
	"lambda.PutFunctionConcurrency":          {change(functions, "lambda:PutFunctionConcurrency")},
	"lambda.PutFunctionEventInvokeConfig":    {change(functions, "lambda:PutFunctionEventInvokeConfig")},
	"lambda.PutFunctionRecursionConfig":      {change(functions, "lambda:PutFunctionRecursionConfig")},
	"lambda.PutRuntimeManagementConfig":      {change(functions, "lambda:PutRuntimeManagementConfig")},
	"lambda.RemovePermission":                {change(functions, "lambda:RemovePermission")},
	"lambda.UpdateAlias":                     {change(functions, "lambda:UpdateAlias")},

	// Only where units are signed. The configuration is another's, without the
	// unit's tag.
	"lambda.PutFunctionCodeSigningConfig": {
		change(functions, "lambda:PutFunctionCodeSigningConfig").where(signs),
		read(codeSigningConfigs, "lambda:GetCodeSigningConfig"),
		under(used, codeSigningConfigs, "lambda:PutFunctionCodeSigningConfig"),
	},
	"lambda.DeleteFunctionCodeSigningConfig": {change(functions, "lambda:DeleteFunctionCodeSigningConfig").where(signs)},

	"lambda.TagResource":   {tagNew(functions, "lambda:TagResource"), retag(functions, "lambda:TagResource")},
	"lambda.UntagResource": {untag(functions, "lambda:UntagResource")},
}

// toPassRole is what a function's role takes. A tag of the role is no condition
// here: AWS says that the two together are not reliable.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
var toPassRole = []need{under(passedToLambda, roles, "iam:PassRole")}

// toEncrypt is what a customer-managed key for the environment takes: Lambda
// makes a grant with the permissions of whom configures the function.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
var toEncrypt = all(onKeys(grantedToLambda, "kms:CreateGrant"), onKeys(throughLambda, "kms:Encrypt"), toShow)

// toShow is what Lambda shows an environment with. The function is fenced, so
// its key need not be: a plan has to show one that is not the unit's.
var toShow = []need{under(throughLambda, keys, "kms:Decrypt"), under(shownByLambda, ownKeys, "kms:Decrypt")}

// toMount is what layers, a network and a file system take.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-permissions.html
var toMount = []need{
	read(layers, "lambda:GetLayerVersion"),
	read(networks, "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"),
	read(fileSystems, "elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeMountTargets"),
}

// toTakePackage is what Lambda takes a package with, from S3 or ECR: it reads
// with the permissions of whom deploys.
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
var toTakePackage = []need{
	read(packages, "s3:GetObject", "s3:GetObjectVersion"),
	read(stagedPackages, "s3:GetObject", "s3:GetObjectVersion"),
	read(repositories, "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:GetRepositoryPolicy"),
}
