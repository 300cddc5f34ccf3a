package api

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/signer"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

type iamCall[In, Out any] = func(context.Context, *In, ...func(*iam.Options)) (*Out, error)

type iamAPI struct {
	AttachRolePolicy               iamCall[iam.AttachRolePolicyInput, iam.AttachRolePolicyOutput]
	CreatePolicy                   iamCall[iam.CreatePolicyInput, iam.CreatePolicyOutput]
	CreatePolicyVersion            iamCall[iam.CreatePolicyVersionInput, iam.CreatePolicyVersionOutput]
	CreateRole                     iamCall[iam.CreateRoleInput, iam.CreateRoleOutput]
	DeletePolicy                   iamCall[iam.DeletePolicyInput, iam.DeletePolicyOutput]
	DeletePolicyVersion            iamCall[iam.DeletePolicyVersionInput, iam.DeletePolicyVersionOutput]
	DeleteRole                     iamCall[iam.DeleteRoleInput, iam.DeleteRoleOutput]
	DeleteRolePermissionsBoundary  iamCall[iam.DeleteRolePermissionsBoundaryInput, iam.DeleteRolePermissionsBoundaryOutput]
	DeleteRolePolicy               iamCall[iam.DeleteRolePolicyInput, iam.DeleteRolePolicyOutput]
	DetachRolePolicy               iamCall[iam.DetachRolePolicyInput, iam.DetachRolePolicyOutput]
	GetAccountAuthorizationDetails iamCall[iam.GetAccountAuthorizationDetailsInput, iam.GetAccountAuthorizationDetailsOutput]
	GetPolicy                      iamCall[iam.GetPolicyInput, iam.GetPolicyOutput]
	GetPolicyVersion               iamCall[iam.GetPolicyVersionInput, iam.GetPolicyVersionOutput]
	GetRolePolicy                  iamCall[iam.GetRolePolicyInput, iam.GetRolePolicyOutput]
	GetRole                        iamCall[iam.GetRoleInput, iam.GetRoleOutput]
	ListAttachedRolePolicies       iamCall[iam.ListAttachedRolePoliciesInput, iam.ListAttachedRolePoliciesOutput]
	ListEntitiesForPolicy          iamCall[iam.ListEntitiesForPolicyInput, iam.ListEntitiesForPolicyOutput]
	ListInstanceProfilesForRole    iamCall[iam.ListInstanceProfilesForRoleInput, iam.ListInstanceProfilesForRoleOutput]
	ListPolicyVersions             iamCall[iam.ListPolicyVersionsInput, iam.ListPolicyVersionsOutput]
	ListPolicies                   iamCall[iam.ListPoliciesInput, iam.ListPoliciesOutput]
	ListRoles                      iamCall[iam.ListRolesInput, iam.ListRolesOutput]
	ListRolePolicies               iamCall[iam.ListRolePoliciesInput, iam.ListRolePoliciesOutput]
	PutRolePermissionsBoundary     iamCall[iam.PutRolePermissionsBoundaryInput, iam.PutRolePermissionsBoundaryOutput]
	TagPolicy                      iamCall[iam.TagPolicyInput, iam.TagPolicyOutput]
	TagRole                        iamCall[iam.TagRoleInput, iam.TagRoleOutput]
	UntagPolicy                    iamCall[iam.UntagPolicyInput, iam.UntagPolicyOutput]
	UntagRole                      iamCall[iam.UntagRoleInput, iam.UntagRoleOutput]
	UpdateAssumeRolePolicy         iamCall[iam.UpdateAssumeRolePolicyInput, iam.UpdateAssumeRolePolicyOutput]
	UpdateRole                     iamCall[iam.UpdateRoleInput, iam.UpdateRoleOutput]
}

func newIamAPI(c *iam.Client) iamAPI {
	return iamAPI{
		AttachRolePolicy:               c.AttachRolePolicy,
		CreatePolicy:                   c.CreatePolicy,
		CreatePolicyVersion:            c.CreatePolicyVersion,
		CreateRole:                     c.CreateRole,
		DeletePolicy:                   c.DeletePolicy,
		DeletePolicyVersion:            c.DeletePolicyVersion,
		DeleteRole:                     c.DeleteRole,
		DeleteRolePermissionsBoundary:  c.DeleteRolePermissionsBoundary,
		DeleteRolePolicy:               c.DeleteRolePolicy,
		DetachRolePolicy:               c.DetachRolePolicy,
		GetAccountAuthorizationDetails: c.GetAccountAuthorizationDetails,
		GetPolicy:                      c.GetPolicy,
		GetPolicyVersion:               c.GetPolicyVersion,
		GetRolePolicy:                  c.GetRolePolicy,
		GetRole:                        c.GetRole,
		ListAttachedRolePolicies:       c.ListAttachedRolePolicies,
		ListEntitiesForPolicy:          c.ListEntitiesForPolicy,
		ListInstanceProfilesForRole:    c.ListInstanceProfilesForRole,
		ListPolicyVersions:             c.ListPolicyVersions,
		ListPolicies:                   c.ListPolicies,
		ListRoles:                      c.ListRoles,
		ListRolePolicies:               c.ListRolePolicies,
		PutRolePermissionsBoundary:     c.PutRolePermissionsBoundary,
		TagPolicy:                      c.TagPolicy,
		TagRole:                        c.TagRole,
		UntagPolicy:                    c.UntagPolicy,
		UntagRole:                      c.UntagRole,
		UpdateAssumeRolePolicy:         c.UpdateAssumeRolePolicy,
		UpdateRole:                     c.UpdateRole,
	}
}

type kmsCall[In, Out any] = func(context.Context, *In, ...func(*kms.Options)) (*Out, error)

type kmsAPI struct {
	CancelKeyDeletion    kmsCall[kms.CancelKeyDeletionInput, kms.CancelKeyDeletionOutput]
	CreateAlias          kmsCall[kms.CreateAliasInput, kms.CreateAliasOutput]
	CreateKey            kmsCall[kms.CreateKeyInput, kms.CreateKeyOutput]
	DeleteAlias          kmsCall[kms.DeleteAliasInput, kms.DeleteAliasOutput]
	DescribeKey          kmsCall[kms.DescribeKeyInput, kms.DescribeKeyOutput]
	EnableKey            kmsCall[kms.EnableKeyInput, kms.EnableKeyOutput]
	EnableKeyRotation    kmsCall[kms.EnableKeyRotationInput, kms.EnableKeyRotationOutput]
	GetKeyPolicy         kmsCall[kms.GetKeyPolicyInput, kms.GetKeyPolicyOutput]
	GetKeyRotationStatus kmsCall[kms.GetKeyRotationStatusInput, kms.GetKeyRotationStatusOutput]
	ListAliases          kmsCall[kms.ListAliasesInput, kms.ListAliasesOutput]
	ListKeys             kmsCall[kms.ListKeysInput, kms.ListKeysOutput]
	ListResourceTags     kmsCall[kms.ListResourceTagsInput, kms.ListResourceTagsOutput]
	PutKeyPolicy         kmsCall[kms.PutKeyPolicyInput, kms.PutKeyPolicyOutput]
	ScheduleKeyDeletion  kmsCall[kms.ScheduleKeyDeletionInput, kms.ScheduleKeyDeletionOutput]
	TagResource          kmsCall[kms.TagResourceInput, kms.TagResourceOutput]
	UntagResource        kmsCall[kms.UntagResourceInput, kms.UntagResourceOutput]
	UpdateAlias          kmsCall[kms.UpdateAliasInput, kms.UpdateAliasOutput]
	UpdateKeyDescription kmsCall[kms.UpdateKeyDescriptionInput, kms.UpdateKeyDescriptionOutput]
}

func newKmsAPI(c *kms.Client) kmsAPI {
	return kmsAPI{
		CancelKeyDeletion:    c.CancelKeyDeletion,
		CreateAlias:          c.CreateAlias,
		CreateKey:            c.CreateKey,
		DeleteAlias:          c.DeleteAlias,
		ListKeys:             c.ListKeys,
		DescribeKey:          c.DescribeKey,
		EnableKey:            c.EnableKey,
		EnableKeyRotation:    c.EnableKeyRotation,
		GetKeyPolicy:         c.GetKeyPolicy,
		GetKeyRotationStatus: c.GetKeyRotationStatus,
		ListAliases:          c.ListAliases,
		ListResourceTags:     c.ListResourceTags,
		PutKeyPolicy:         c.PutKeyPolicy,
		ScheduleKeyDeletion:  c.ScheduleKeyDeletion,
		TagResource:          c.TagResource,
		UntagResource:        c.UntagResource,
		UpdateAlias:          c.UpdateAlias,
		UpdateKeyDescription: c.UpdateKeyDescription,
	}
}

type lambdaCall[In, Out any] = func(context.Context, *In, ...func(*lambda.Options)) (*Out, error)

type lambdaAPI struct {
	AddPermission                    lambdaCall[lambda.AddPermissionInput, lambda.AddPermissionOutput]
	CreateAlias                      lambdaCall[lambda.CreateAliasInput, lambda.CreateAliasOutput]
	CreateFunction                   lambdaCall[lambda.CreateFunctionInput, lambda.CreateFunctionOutput]
	DeleteAlias                      lambdaCall[lambda.DeleteAliasInput, lambda.DeleteAliasOutput]
	DeleteFunction                   lambdaCall[lambda.DeleteFunctionInput, lambda.DeleteFunctionOutput]
	DeleteFunctionCodeSigningConfig  lambdaCall[lambda.DeleteFunctionCodeSigningConfigInput, lambda.DeleteFunctionCodeSigningConfigOutput]
	DeleteFunctionConcurrency        lambdaCall[lambda.DeleteFunctionConcurrencyInput, lambda.DeleteFunctionConcurrencyOutput]
	DeleteFunctionEventInvokeConfig  lambdaCall[lambda.DeleteFunctionEventInvokeConfigInput, lambda.DeleteFunctionEventInvokeConfigOutput]
	GetAccountSettings               lambdaCall[lambda.GetAccountSettingsInput, lambda.GetAccountSettingsOutput]
	GetAlias                         lambdaCall[lambda.GetAliasInput, lambda.GetAliasOutput]
	GetFunction                      lambdaCall[lambda.GetFunctionInput, lambda.GetFunctionOutput]
	GetFunctionCodeSigningConfig     lambdaCall[lambda.GetFunctionCodeSigningConfigInput, lambda.GetFunctionCodeSigningConfigOutput]
	GetFunctionEventInvokeConfig     lambdaCall[lambda.GetFunctionEventInvokeConfigInput, lambda.GetFunctionEventInvokeConfigOutput]
	GetFunctionRecursionConfig       lambdaCall[lambda.GetFunctionRecursionConfigInput, lambda.GetFunctionRecursionConfigOutput]
	GetLayerVersionByArn             lambdaCall[lambda.GetLayerVersionByArnInput, lambda.GetLayerVersionByArnOutput]
	GetPolicy                        lambdaCall[lambda.GetPolicyInput, lambda.GetPolicyOutput]
	GetProvisionedConcurrency        lambdaCall[lambda.GetProvisionedConcurrencyConfigInput, lambda.GetProvisionedConcurrencyConfigOutput]
	GetRuntimeManagementConfig       lambdaCall[lambda.GetRuntimeManagementConfigInput, lambda.GetRuntimeManagementConfigOutput]
	ListAliases                      lambdaCall[lambda.ListAliasesInput, lambda.ListAliasesOutput]
	ListEventSourceMappings          lambdaCall[lambda.ListEventSourceMappingsInput, lambda.ListEventSourceMappingsOutput]
	ListFunctionEventInvokeConfigs   lambdaCall[lambda.ListFunctionEventInvokeConfigsInput, lambda.ListFunctionEventInvokeConfigsOutput]
	ListFunctionURLConfigs           lambdaCall[lambda.ListFunctionUrlConfigsInput, lambda.ListFunctionUrlConfigsOutput]
	ListCodeSigningConfigs           lambdaCall[lambda.ListCodeSigningConfigsInput, lambda.ListCodeSigningConfigsOutput]
	ListFunctionsByCodeSigningConfig lambdaCall[lambda.ListFunctionsByCodeSigningConfigInput, lambda.ListFunctionsByCodeSigningConfigOutput]
	ListVersionsByFunction           lambdaCall[lambda.ListVersionsByFunctionInput, lambda.ListVersionsByFunctionOutput]
	ListFunctions                    lambdaCall[lambda.ListFunctionsInput, lambda.ListFunctionsOutput]
	PublishVersion                   lambdaCall[lambda.PublishVersionInput, lambda.PublishVersionOutput]
	PutFunctionCodeSigningConfig     lambdaCall[lambda.PutFunctionCodeSigningConfigInput, lambda.PutFunctionCodeSigningConfigOutput]
	PutFunctionConcurrency           lambdaCall[lambda.PutFunctionConcurrencyInput, lambda.PutFunctionConcurrencyOutput]
	PutFunctionEventInvokeConfig     lambdaCall[lambda.PutFunctionEventInvokeConfigInput, lambda.PutFunctionEventInvokeConfigOutput]
	PutFunctionRecursionConfig       lambdaCall[lambda.PutFunctionRecursionConfigInput, lambda.PutFunctionRecursionConfigOutput]
	PutRuntimeManagementConfig       lambdaCall[lambda.PutRuntimeManagementConfigInput, lambda.PutRuntimeManagementConfigOutput]
	RemovePermission                 lambdaCall[lambda.RemovePermissionInput, lambda.RemovePermissionOutput]
	TagResource                      lambdaCall[lambda.TagResourceInput, lambda.TagResourceOutput]
	UntagResource                    lambdaCall[lambda.UntagResourceInput, lambda.UntagResourceOutput]
	UpdateAlias                      lambdaCall[lambda.UpdateAliasInput, lambda.UpdateAliasOutput]
	UpdateFunctionCode               lambdaCall[lambda.UpdateFunctionCodeInput, lambda.UpdateFunctionCodeOutput]
	UpdateFunctionConfiguration      lambdaCall[lambda.UpdateFunctionConfigurationInput, lambda.UpdateFunctionConfigurationOutput]
}

func newLambdaAPI(c *lambda.Client) lambdaAPI {
	return lambdaAPI{
		AddPermission:                    c.AddPermission,
		CreateAlias:                      c.CreateAlias,
		CreateFunction:                   c.CreateFunction,
		DeleteAlias:                      c.DeleteAlias,
		DeleteFunction:                   c.DeleteFunction,
		DeleteFunctionCodeSigningConfig:  c.DeleteFunctionCodeSigningConfig,
		DeleteFunctionConcurrency:        c.DeleteFunctionConcurrency,
		DeleteFunctionEventInvokeConfig:  c.DeleteFunctionEventInvokeConfig,
		GetAccountSettings:               c.GetAccountSettings,
		GetAlias:                         c.GetAlias,
		GetFunction:                      c.GetFunction,
		GetFunctionCodeSigningConfig:     c.GetFunctionCodeSigningConfig,
		GetFunctionEventInvokeConfig:     c.GetFunctionEventInvokeConfig,
		GetFunctionRecursionConfig:       c.GetFunctionRecursionConfig,
		GetLayerVersionByArn:             c.GetLayerVersionByArn,
		GetPolicy:                        c.GetPolicy,
		GetProvisionedConcurrency:        c.GetProvisionedConcurrencyConfig,
		GetRuntimeManagementConfig:       c.GetRuntimeManagementConfig,
		ListAliases:                      c.ListAliases,
		ListEventSourceMappings:          c.ListEventSourceMappings,
		ListFunctionEventInvokeConfigs:   c.ListFunctionEventInvokeConfigs,
		ListFunctionURLConfigs:           c.ListFunctionUrlConfigs,
		ListCodeSigningConfigs:           c.ListCodeSigningConfigs,
		ListFunctionsByCodeSigningConfig: c.ListFunctionsByCodeSigningConfig,
		ListVersionsByFunction:           c.ListVersionsByFunction,
		ListFunctions:                    c.ListFunctions,
		PublishVersion:                   c.PublishVersion,
		PutFunctionCodeSigningConfig:     c.PutFunctionCodeSigningConfig,
		PutFunctionConcurrency:           c.PutFunctionConcurrency,
		PutFunctionEventInvokeConfig:     c.PutFunctionEventInvokeConfig,
		PutFunctionRecursionConfig:       c.PutFunctionRecursionConfig,
		PutRuntimeManagementConfig:       c.PutRuntimeManagementConfig,
		RemovePermission:                 c.RemovePermission,
		TagResource:                      c.TagResource,
		UntagResource:                    c.UntagResource,
		UpdateAlias:                      c.UpdateAlias,
		UpdateFunctionCode:               c.UpdateFunctionCode,
		UpdateFunctionConfiguration:      c.UpdateFunctionConfiguration,
	}
}

type logsCall[In, Out any] = func(context.Context, *In, ...func(*cloudwatchlogs.Options)) (*Out, error)

type logsAPI struct {
	AssociateKmsKey               logsCall[cloudwatchlogs.AssociateKmsKeyInput, cloudwatchlogs.AssociateKmsKeyOutput]
	CreateLogGroup                logsCall[cloudwatchlogs.CreateLogGroupInput, cloudwatchlogs.CreateLogGroupOutput]
	DeleteDataProtectionPolicy    logsCall[cloudwatchlogs.DeleteDataProtectionPolicyInput, cloudwatchlogs.DeleteDataProtectionPolicyOutput]
	DeleteLogGroup                logsCall[cloudwatchlogs.DeleteLogGroupInput, cloudwatchlogs.DeleteLogGroupOutput]
	DeleteRetentionPolicy         logsCall[cloudwatchlogs.DeleteRetentionPolicyInput, cloudwatchlogs.DeleteRetentionPolicyOutput]
	DescribeLogGroups             logsCall[cloudwatchlogs.DescribeLogGroupsInput, cloudwatchlogs.DescribeLogGroupsOutput]
	DescribeLogStreams            logsCall[cloudwatchlogs.DescribeLogStreamsInput, cloudwatchlogs.DescribeLogStreamsOutput]
	DescribeSubscriptionFilters   logsCall[cloudwatchlogs.DescribeSubscriptionFiltersInput, cloudwatchlogs.DescribeSubscriptionFiltersOutput]
	GetDataProtectionPolicy       logsCall[cloudwatchlogs.GetDataProtectionPolicyInput, cloudwatchlogs.GetDataProtectionPolicyOutput]
	ListTagsForResource           logsCall[cloudwatchlogs.ListTagsForResourceInput, cloudwatchlogs.ListTagsForResourceOutput]
	PutLogGroupDeletionProtection logsCall[cloudwatchlogs.PutLogGroupDeletionProtectionInput, cloudwatchlogs.PutLogGroupDeletionProtectionOutput]
	PutDataProtectionPolicy       logsCall[cloudwatchlogs.PutDataProtectionPolicyInput, cloudwatchlogs.PutDataProtectionPolicyOutput]
	PutRetentionPolicy            logsCall[cloudwatchlogs.PutRetentionPolicyInput, cloudwatchlogs.PutRetentionPolicyOutput]
	TagResource                   logsCall[cloudwatchlogs.TagResourceInput, cloudwatchlogs.TagResourceOutput]
	UntagResource                 logsCall[cloudwatchlogs.UntagResourceInput, cloudwatchlogs.UntagResourceOutput]
}

func newLogsAPI(c *cloudwatchlogs.Client) logsAPI {
	return logsAPI{
		AssociateKmsKey:               c.AssociateKmsKey,
		CreateLogGroup:                c.CreateLogGroup,
		DeleteDataProtectionPolicy:    c.DeleteDataProtectionPolicy,
		DeleteLogGroup:                c.DeleteLogGroup,
		DeleteRetentionPolicy:         c.DeleteRetentionPolicy,
		DescribeLogGroups:             c.DescribeLogGroups,
		DescribeLogStreams:            c.DescribeLogStreams,
		DescribeSubscriptionFilters:   c.DescribeSubscriptionFilters,
		GetDataProtectionPolicy:       c.GetDataProtectionPolicy,
		ListTagsForResource:           c.ListTagsForResource,
		PutLogGroupDeletionProtection: c.PutLogGroupDeletionProtection,
		PutDataProtectionPolicy:       c.PutDataProtectionPolicy,
		PutRetentionPolicy:            c.PutRetentionPolicy,
		TagResource:                   c.TagResource,
		UntagResource:                 c.UntagResource,
	}
}

type s3Call[In, Out any] = func(context.Context, *In, ...func(*s3.Options)) (*Out, error)

type s3API struct {
	DeleteObject s3Call[s3.DeleteObjectInput, s3.DeleteObjectOutput]
	HeadObject   s3Call[s3.HeadObjectInput, s3.HeadObjectOutput]
	PutObject    s3Call[s3.PutObjectInput, s3.PutObjectOutput]
}

func newS3API(c *s3.Client) s3API {
	return s3API{
		DeleteObject: c.DeleteObject,
		HeadObject:   c.HeadObject,
		PutObject:    c.PutObject,
	}
}

type ecrCall[In, Out any] = func(context.Context, *In, ...func(*ecr.Options)) (*Out, error)

type ecrAPI struct {
	BatchGetImage          ecrCall[ecr.BatchGetImageInput, ecr.BatchGetImageOutput]
	GetDownloadURLForLayer ecrCall[ecr.GetDownloadUrlForLayerInput, ecr.GetDownloadUrlForLayerOutput]
}

func newEcrAPI(c *ecr.Client) ecrAPI {
	return ecrAPI{
		GetDownloadURLForLayer: c.GetDownloadUrlForLayer,
		BatchGetImage:          c.BatchGetImage,
	}
}

type signerCall[In, Out any] = func(context.Context, *In, ...func(*signer.Options)) (*Out, error)

type signerAPI struct {
	DescribeSigningJob signerCall[signer.DescribeSigningJobInput, signer.DescribeSigningJobOutput]
	StartSigningJob    signerCall[signer.StartSigningJobInput, signer.StartSigningJobOutput]
}

func newSignerAPI(c *signer.Client) signerAPI {
	return signerAPI{
		DescribeSigningJob: c.DescribeSigningJob,
		StartSigningJob:    c.StartSigningJob,
	}
}

type sqsCall[In, Out any] = func(context.Context, *In, ...func(*sqs.Options)) (*Out, error)

type sqsAPI struct {
	CreateQueue        sqsCall[sqs.CreateQueueInput, sqs.CreateQueueOutput]
	DeleteQueue        sqsCall[sqs.DeleteQueueInput, sqs.DeleteQueueOutput]
	GetQueueAttributes sqsCall[sqs.GetQueueAttributesInput, sqs.GetQueueAttributesOutput]
	ListQueueTags      sqsCall[sqs.ListQueueTagsInput, sqs.ListQueueTagsOutput]
	SetQueueAttributes sqsCall[sqs.SetQueueAttributesInput, sqs.SetQueueAttributesOutput]
	TagQueue           sqsCall[sqs.TagQueueInput, sqs.TagQueueOutput]
	UntagQueue         sqsCall[sqs.UntagQueueInput, sqs.UntagQueueOutput]
}

func newSqsAPI(c *sqs.Client) sqsAPI {
	return sqsAPI{
		CreateQueue:        c.CreateQueue,
		DeleteQueue:        c.DeleteQueue,
		GetQueueAttributes: c.GetQueueAttributes,
		ListQueueTags:      c.ListQueueTags,
		SetQueueAttributes: c.SetQueueAttributes,
		TagQueue:           c.TagQueue,
		UntagQueue:         c.UntagQueue,
	}
}

type cloudwatchCall[In, Out any] = func(context.Context, *In, ...func(*cloudwatch.Options)) (*Out, error)

type cloudwatchAPI struct {
	DeleteAlarms        cloudwatchCall[cloudwatch.DeleteAlarmsInput, cloudwatch.DeleteAlarmsOutput]
	DescribeAlarms      cloudwatchCall[cloudwatch.DescribeAlarmsInput, cloudwatch.DescribeAlarmsOutput]
	ListTagsForResource cloudwatchCall[cloudwatch.ListTagsForResourceInput, cloudwatch.ListTagsForResourceOutput]
	PutMetricAlarm      cloudwatchCall[cloudwatch.PutMetricAlarmInput, cloudwatch.PutMetricAlarmOutput]
	TagResource         cloudwatchCall[cloudwatch.TagResourceInput, cloudwatch.TagResourceOutput]
	UntagResource       cloudwatchCall[cloudwatch.UntagResourceInput, cloudwatch.UntagResourceOutput]
}

func newCloudwatchAPI(c *cloudwatch.Client) cloudwatchAPI {
	return cloudwatchAPI{
		DeleteAlarms:        c.DeleteAlarms,
		DescribeAlarms:      c.DescribeAlarms,
		ListTagsForResource: c.ListTagsForResource,
		PutMetricAlarm:      c.PutMetricAlarm,
		TagResource:         c.TagResource,
		UntagResource:       c.UntagResource,
	}
}

type taggingCall[In, Out any] = func(context.Context, *In, ...func(*resourcegroupstaggingapi.Options)) (*Out, error)

type taggingAPI struct {
	GetResources taggingCall[resourcegroupstaggingapi.GetResourcesInput, resourcegroupstaggingapi.GetResourcesOutput]
}

func newTaggingAPI(c *resourcegroupstaggingapi.Client) taggingAPI {
	return taggingAPI{
		GetResources: c.GetResources,
	}
}

type ec2Call[In, Out any] = func(context.Context, *In, ...func(*ec2.Options)) (*Out, error)

type ec2API struct {
	DescribeNetworkInterfaces            ec2Call[ec2.DescribeNetworkInterfacesInput, ec2.DescribeNetworkInterfacesOutput]
	DescribeSecurityGroups               ec2Call[ec2.DescribeSecurityGroupsInput, ec2.DescribeSecurityGroupsOutput]
	DescribeRegions                      ec2Call[ec2.DescribeRegionsInput, ec2.DescribeRegionsOutput]
	DescribeSecurityGroupVpcAssociations ec2Call[ec2.DescribeSecurityGroupVpcAssociationsInput, ec2.DescribeSecurityGroupVpcAssociationsOutput]
	DescribeSubnets                      ec2Call[ec2.DescribeSubnetsInput, ec2.DescribeSubnetsOutput]
}

func newEc2API(c *ec2.Client) ec2API {
	return ec2API{
		DescribeNetworkInterfaces: c.DescribeNetworkInterfaces, DescribeRegions: c.DescribeRegions, DescribeSubnets: c.DescribeSubnets,
		DescribeSecurityGroups: c.DescribeSecurityGroups, DescribeSecurityGroupVpcAssociations: c.DescribeSecurityGroupVpcAssociations,
	}
}

type snsCall[In, Out any] = func(context.Context, *In, ...func(*sns.Options)) (*Out, error)

type snsAPI struct {
	GetTopicAttributes snsCall[sns.GetTopicAttributesInput, sns.GetTopicAttributesOutput]
}

func newSnsAPI(c *sns.Client) snsAPI {
	return snsAPI{
		GetTopicAttributes: c.GetTopicAttributes,
	}
}
