# Note: --any-name: the deployer can change any function, role, policy, queue, log group, alarm and secret of the account, its own role included, and so become an administrator.
# Note: --no-boundary: the deployer can become an administrator: it may write a policy, attach it to a role and hand the role to a function of its own.
# Note: the role that these policies are for could change itself if its name and path were like those of units' roles; name it with --deployer-role, and it cannot.
# Note: --own-keys: the deployer can take over any customer-managed key of the account that has neither an alias nor a unit's tag; give every key an alias.
# Note: the policies can be narrowed with --account, --name-prefix, --region.

resource "aws_iam_policy" "secure_plan" {
  name        = "secure-plan"
  description = "What terraform plan of secure_lambda takes"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ReadWhatTakesNoResource"
        Effect = "Allow"
        Action = [
          "ec2:DescribeRegions",
          "lambda:GetAccountSettings",
          "lambda:ListEventSourceMappings",
          "lambda:ListFunctions",
          "logs:DescribeLogGroups",
          "tag:GetResources",
        ]
        Resource = "*"
      },
      {
        Sid    = "ReadFunctions"
        Effect = "Allow"
        Action = [
          "lambda:GetFunction",
          "lambda:GetFunctionCodeSigningConfig",
          "lambda:GetFunctionEventInvokeConfig",
          "lambda:GetFunctionRecursionConfig",
          "lambda:GetPolicy",
          "lambda:GetProvisionedConcurrencyConfig",
          "lambda:GetRuntimeManagementConfig",
          "lambda:ListAliases",
          "lambda:ListFunctionEventInvokeConfigs",
          "lambda:ListFunctionUrlConfigs",
          "lambda:ListTags",
          "lambda:ListVersionsByFunction",
        ]
        Resource = "arn:aws:lambda:*:*:function:*"
      },
      {
        Sid    = "ReadRoles"
        Effect = "Allow"
        Action = [
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:ListAttachedRolePolicies",
          "iam:ListInstanceProfilesForRole",
          "iam:ListRolePolicies",
        ]
        Resource = "arn:aws:iam::*:role/*"
      },
      {
        Sid    = "ReadPolicies"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
          "iam:ListEntitiesForPolicy",
        ]
        Resource = "arn:aws:iam::*:policy/*"
      },
      {
        Sid      = "ReadKeysWhichTakeNoResource"
        Effect   = "Allow"
        Action   = "kms:ListAliases"
        Resource = "*"
      },
      {
        Sid    = "ReadOwnKeys"
        Effect = "Allow"
        Action = [
          "kms:DescribeKey",
          "kms:GetKeyPolicy",
          "kms:GetKeyRotationStatus",
          "kms:ListResourceTags",
        ]
        Resource = "arn:aws:kms:*:*:key/*"
      },
      {
        Sid      = "ReadOwnKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          StringLike = {
            "kms:ViaService" = "lambda.*"
          }
        }
      },
      {
        Sid    = "ReadLogGroups"
        Effect = "Allow"
        Action = [
          "logs:DescribeLogStreams",
          "logs:GetDataProtectionPolicy",
          "logs:ListTagsForResource",
        ]
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/*"
      },
      {
        Sid    = "ReadQueues"
        Effect = "Allow"
        Action = [
          "sqs:GetQueueAttributes",
          "sqs:ListQueueTags",
        ]
        Resource = "arn:aws:sqs:*:*:*-dead-letter"
      },
      {
        Sid    = "ReadAlarms"
        Effect = "Allow"
        Action = [
          "cloudwatch:DescribeAlarms",
          "cloudwatch:ListTagsForResource",
        ]
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
      },
    ]
  })
}

resource "aws_iam_policy" "secure_apply_1" {
  name        = "secure-apply-1"
  description = "What terraform apply of secure_lambda takes, part 1 of 3"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "DenyChangingDeployerAndDeeperPaths"
        Effect = "Deny"
        Action = [
          "iam:Add*",
          "iam:Attach*",
          "iam:Create*",
          "iam:Delete*",
          "iam:Detach*",
          "iam:PassRole",
          "iam:Put*",
          "iam:Remove*",
          "iam:Set*",
          "iam:Tag*",
          "iam:Untag*",
          "iam:Update*",
          "iam:Upload*",
        ]
        Resource = [
          "arn:aws:iam::*:policy/secure-apply",
          "arn:aws:iam::*:policy/secure-apply-?",
          "arn:aws:iam::*:policy/secure-audit",
          "arn:aws:iam::*:policy/secure-audit-?",
          "arn:aws:iam::*:policy/secure-destroy",
          "arn:aws:iam::*:policy/secure-destroy-?",
          "arn:aws:iam::*:policy/secure-plan",
          "arn:aws:iam::*:policy/secure-plan-?",
        ]
      },
      {
        Sid    = "DenyChangesInOtherAccounts"
        Effect = "Deny"
        Action = [
          "cloudwatch:DeleteAlarms",
          "cloudwatch:PutMetricAlarm",
          "cloudwatch:TagResource",
          "cloudwatch:UntagResource",
          "iam:AttachRolePolicy",
          "iam:CreatePolicy",
          "iam:CreatePolicyVersion",
          "iam:CreateRole",
          "iam:DeletePolicy",
          "iam:DeletePolicyVersion",
          "iam:DeleteRole",
          "iam:DeleteRolePermissionsBoundary",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:PassRole",
          "iam:TagPolicy",
          "iam:TagRole",
          "iam:UntagPolicy",
          "iam:UntagRole",
          "iam:UpdateAssumeRolePolicy",
          "iam:UpdateRole",
          "kms:CancelKeyDeletion",
          "kms:CreateAlias",
          "kms:CreateGrant",
          "kms:Decrypt",
          "kms:EnableKey",
          "kms:EnableKeyRotation",
          "kms:Encrypt",
          "kms:PutKeyPolicy",
          "kms:TagResource",
          "kms:UntagResource",
          "kms:UpdateAlias",
          "kms:UpdateKeyDescription",
          "lambda:AddPermission",
          "lambda:CreateAlias",
          "lambda:CreateFunction",
          "lambda:DeleteAlias",
          "lambda:DeleteFunction",
          "lambda:DeleteFunctionConcurrency",
          "lambda:DeleteFunctionEventInvokeConfig",
          "lambda:PublishVersion",
          "lambda:PutFunctionConcurrency",
          "lambda:PutFunctionEventInvokeConfig",
          "lambda:PutFunctionRecursionConfig",
          "lambda:PutRuntimeManagementConfig",
          "lambda:RemovePermission",
          "lambda:TagResource",
          "lambda:UntagResource",
          "lambda:UpdateAlias",
          "lambda:UpdateFunctionCode",
          "lambda:UpdateFunctionConfiguration",
          "logs:AssociateKmsKey",
          "logs:CreateLogGroup",
          "logs:DeleteDataProtectionPolicy",
          "logs:DeleteLogGroup",
          "logs:DeleteRetentionPolicy",
          "logs:PutDataProtectionPolicy",
          "logs:PutLogGroupDeletionProtection",
          "logs:PutRetentionPolicy",
          "logs:TagResource",
          "logs:UntagResource",
          "sqs:CreateQueue",
          "sqs:DeleteQueue",
          "sqs:SetQueueAttributes",
          "sqs:TagQueue",
          "sqs:UntagQueue",
        ]
        Resource = "*"
        Condition = {
          Null = {
            "aws:ResourceAccount" = "false"
          }
          StringNotEquals = {
            "aws:ResourceAccount" = "$${aws:PrincipalAccount}"
          }
        }
      },
      {
        Sid    = "ReadWhatTakesNoResource"
        Effect = "Allow"
        Action = [
          "ec2:DescribeRegions",
          "lambda:GetAccountSettings",
          "lambda:ListEventSourceMappings",
          "lambda:ListFunctions",
          "logs:DescribeLogGroups",
          "tag:GetResources",
        ]
        Resource = "*"
      },
      {
        Sid    = "ReadFunctions"
        Effect = "Allow"
        Action = [
          "lambda:GetAlias",
          "lambda:GetFunction",
          "lambda:GetFunctionCodeSigningConfig",
          "lambda:GetFunctionEventInvokeConfig",
          "lambda:GetFunctionRecursionConfig",
          "lambda:GetPolicy",
          "lambda:GetProvisionedConcurrencyConfig",
          "lambda:GetRuntimeManagementConfig",
          "lambda:ListAliases",
          "lambda:ListFunctionEventInvokeConfigs",
          "lambda:ListFunctionUrlConfigs",
          "lambda:ListTags",
          "lambda:ListVersionsByFunction",
        ]
        Resource = "arn:aws:lambda:*:*:function:*"
      },
      {
        Sid    = "CreateOrTagFunctions"
        Effect = "Allow"
        Action = [
          "lambda:CreateFunction",
          "lambda:TagResource",
        ]
        Resource = "arn:aws:lambda:*:*:function:*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ChangeFunctions"
        Effect = "Allow"
        Action = [
          "lambda:AddPermission",
          "lambda:CreateAlias",
          "lambda:DeleteAlias",
          "lambda:DeleteFunction",
          "lambda:DeleteFunctionConcurrency",
          "lambda:DeleteFunctionEventInvokeConfig",
          "lambda:PublishVersion",
          "lambda:PutFunctionConcurrency",
          "lambda:PutFunctionEventInvokeConfig",
          "lambda:PutFunctionRecursionConfig",
          "lambda:PutRuntimeManagementConfig",
          "lambda:RemovePermission",
          "lambda:UpdateAlias",
          "lambda:UpdateFunctionCode",
          "lambda:UpdateFunctionConfiguration",
        ]
        Resource = "arn:aws:lambda:*:*:function:*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "RetagFunctions"
        Effect   = "Allow"
        Action   = "lambda:TagResource"
        Resource = "arn:aws:lambda:*:*:function:*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "UntagFunctions"
        Effect   = "Allow"
        Action   = "lambda:UntagResource"
        Resource = "arn:aws:lambda:*:*:function:*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ReadRoles"
        Effect = "Allow"
        Action = [
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:ListAttachedRolePolicies",
          "iam:ListInstanceProfilesForRole",
          "iam:ListRolePolicies",
        ]
        Resource = "arn:aws:iam::*:role/*"
      },
      {
        Sid    = "CreateOrTagRoles"
        Effect = "Allow"
        Action = [
          "iam:CreateRole",
          "iam:TagRole",
        ]
        Resource = "arn:aws:iam::*:role/*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ChangeRoles"
        Effect = "Allow"
        Action = [
          "iam:DeleteRole",
          "iam:DeleteRolePermissionsBoundary",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:UpdateAssumeRolePolicy",
          "iam:UpdateRole",
        ]
        Resource = "arn:aws:iam::*:role/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "AttachToRoles"
        Effect   = "Allow"
        Action   = "iam:AttachRolePolicy"
        Resource = "arn:aws:iam::*:role/*"
        Condition = {
          ArnLike = {
            "iam:PolicyARN" = "arn:aws:iam::*:policy/*"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "RetagRoles"
        Effect   = "Allow"
        Action   = "iam:TagRole"
        Resource = "arn:aws:iam::*:role/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "UntagRoles"
        Effect   = "Allow"
        Action   = "iam:UntagRole"
        Resource = "arn:aws:iam::*:role/*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "PassRolesToLambda"
        Effect   = "Allow"
        Action   = "iam:PassRole"
        Resource = "arn:aws:iam::*:role/*"
        Condition = {
          StringEquals = {
            "iam:PassedToService" = "lambda.amazonaws.com"
          }
        }
      },
      {
        Sid    = "ReadPolicies"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
          "iam:ListEntitiesForPolicy",
          "iam:ListPolicyVersions",
        ]
        Resource = "arn:aws:iam::*:policy/*"
      },
    ]
  })
}

resource "aws_iam_policy" "secure_apply_2" {
  name        = "secure-apply-2"
  description = "What terraform apply of secure_lambda takes, part 2 of 3"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "CreateOrTagPolicies"
        Effect = "Allow"
        Action = [
          "iam:CreatePolicy",
          "iam:TagPolicy",
        ]
        Resource = "arn:aws:iam::*:policy/*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ChangePolicies"
        Effect = "Allow"
        Action = [
          "iam:CreatePolicyVersion",
          "iam:DeletePolicy",
          "iam:DeletePolicyVersion",
        ]
        Resource = "arn:aws:iam::*:policy/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "RetagPolicies"
        Effect   = "Allow"
        Action   = "iam:TagPolicy"
        Resource = "arn:aws:iam::*:policy/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "UntagPolicies"
        Effect   = "Allow"
        Action   = "iam:UntagPolicy"
        Resource = "arn:aws:iam::*:policy/*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ReadKeysWhichTakeNoResource"
        Effect = "Allow"
        Action = [
          "kms:ListAliases",
          "kms:ListKeys",
        ]
        Resource = "*"
      },
      {
        Sid      = "CreateOrTagKeysWhichTakeNoResource"
        Effect   = "Allow"
        Action   = "kms:CreateKey"
        Resource = "*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ReadOwnKeys"
        Effect = "Allow"
        Action = [
          "kms:DescribeKey",
          "kms:GetKeyPolicy",
          "kms:GetKeyRotationStatus",
          "kms:ListResourceTags",
        ]
        Resource = "arn:aws:kms:*:*:key/*"
      },
      {
        Sid      = "CreateOrTagOwnKeys"
        Effect   = "Allow"
        Action   = "kms:TagResource"
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = "alias/secure/*"
          }
          StringLike = {
            "aws:RequestTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "PrepareOwnKeys"
        Effect = "Allow"
        Action = [
          "kms:CreateAlias",
          "kms:EnableKeyRotation",
        ]
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = "alias/secure/*"
          }
          StringLikeIfExists = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ChangeOwnKeys"
        Effect = "Allow"
        Action = [
          "kms:CancelKeyDeletion",
          "kms:EnableKey",
          "kms:PutKeyPolicy",
          "kms:UpdateAlias",
          "kms:UpdateKeyDescription",
        ]
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = "alias/secure/*"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "RetagOwnKeys"
        Effect   = "Allow"
        Action   = "kms:TagResource"
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = "alias/secure/*"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "UntagOwnKeys"
        Effect   = "Allow"
        Action   = "kms:UntagResource"
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = "alias/secure/*"
          }
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "ReadOwnKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          StringLike = {
            "kms:ViaService" = "lambda.*"
          }
        }
      },
      {
        Sid      = "UseOwnKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Encrypt"
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = "alias/secure/*"
          }
          StringLike = {
            "kms:ViaService" = "lambda.*"
          }
          StringLikeIfExists = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "GrantLambdaUseOfOwnKeys"
        Effect   = "Allow"
        Action   = "kms:CreateGrant"
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          Bool = {
            "kms:GrantIsForAWSResource" = "true"
          }
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = "alias/secure/*"
          }
          StringLike = {
            "kms:ViaService" = "lambda.*"
          }
          StringLikeIfExists = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "PrepareKeyAliases"
        Effect = "Allow"
        Action = [
          "kms:CreateAlias",
          "kms:UpdateAlias",
        ]
        Resource = "arn:aws:kms:*:*:alias/secure/*"
      },
      {
        Sid    = "ReadLogGroups"
        Effect = "Allow"
        Action = [
          "logs:DescribeLogStreams",
          "logs:GetDataProtectionPolicy",
          "logs:ListTagsForResource",
        ]
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/*"
      },
      {
        Sid    = "CreateOrTagLogGroups"
        Effect = "Allow"
        Action = [
          "logs:CreateLogGroup",
          "logs:TagResource",
        ]
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ChangeLogGroups"
        Effect = "Allow"
        Action = [
          "logs:AssociateKmsKey",
          "logs:DeleteDataProtectionPolicy",
          "logs:DeleteLogGroup",
          "logs:DeleteRetentionPolicy",
          "logs:PutDataProtectionPolicy",
          "logs:PutLogGroupDeletionProtection",
          "logs:PutRetentionPolicy",
        ]
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "RetagLogGroups"
        Effect   = "Allow"
        Action   = "logs:TagResource"
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "UntagLogGroups"
        Effect   = "Allow"
        Action   = "logs:UntagResource"
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ReadQueues"
        Effect = "Allow"
        Action = [
          "sqs:GetQueueAttributes",
          "sqs:ListQueueTags",
        ]
        Resource = "arn:aws:sqs:*:*:*-dead-letter"
      },
      {
        Sid    = "CreateOrTagQueues"
        Effect = "Allow"
        Action = [
          "sqs:CreateQueue",
          "sqs:TagQueue",
        ]
        Resource = "arn:aws:sqs:*:*:*-dead-letter"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ChangeQueues"
        Effect = "Allow"
        Action = [
          "sqs:DeleteQueue",
          "sqs:SetQueueAttributes",
        ]
        Resource = "arn:aws:sqs:*:*:*-dead-letter"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "RetagQueues"
        Effect   = "Allow"
        Action   = "sqs:TagQueue"
        Resource = "arn:aws:sqs:*:*:*-dead-letter"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "UntagQueues"
        Effect   = "Allow"
        Action   = "sqs:UntagQueue"
        Resource = "arn:aws:sqs:*:*:*-dead-letter"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "secure_apply_3" {
  name        = "secure-apply-3"
  description = "What terraform apply of secure_lambda takes, part 3 of 3"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ReadAlarms"
        Effect = "Allow"
        Action = [
          "cloudwatch:DescribeAlarms",
          "cloudwatch:ListTagsForResource",
        ]
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
      },
      {
        Sid      = "CreateOrTagAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:TagResource"
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "PutAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:PutMetricAlarm"
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
        Condition = {
          "ForAllValues:StringLike" = {
            "cloudwatch:AlarmActions" = "arn:aws:sns:*"
          }
          StringLike = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "ChangeAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:DeleteAlarms"
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "RetagAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:TagResource"
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "UntagAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:UntagResource"
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "secure_destroy" {
  name        = "secure-destroy"
  description = "What terraform destroy of secure_lambda takes"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "DenyChangingDeployerAndDeeperPaths"
        Effect = "Deny"
        Action = [
          "iam:Add*",
          "iam:Attach*",
          "iam:Create*",
          "iam:Delete*",
          "iam:Detach*",
          "iam:PassRole",
          "iam:Put*",
          "iam:Remove*",
          "iam:Set*",
          "iam:Tag*",
          "iam:Untag*",
          "iam:Update*",
          "iam:Upload*",
        ]
        Resource = [
          "arn:aws:iam::*:policy/secure-apply",
          "arn:aws:iam::*:policy/secure-apply-?",
          "arn:aws:iam::*:policy/secure-audit",
          "arn:aws:iam::*:policy/secure-audit-?",
          "arn:aws:iam::*:policy/secure-destroy",
          "arn:aws:iam::*:policy/secure-destroy-?",
          "arn:aws:iam::*:policy/secure-plan",
          "arn:aws:iam::*:policy/secure-plan-?",
        ]
      },
      {
        Sid    = "DenyChangesInOtherAccounts"
        Effect = "Deny"
        Action = [
          "cloudwatch:DeleteAlarms",
          "iam:DeletePolicy",
          "iam:DeletePolicyVersion",
          "iam:DeleteRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "kms:Decrypt",
          "kms:DeleteAlias",
          "kms:ScheduleKeyDeletion",
          "kms:TagResource",
          "lambda:DeleteAlias",
          "lambda:DeleteFunction",
          "lambda:DeleteFunctionEventInvokeConfig",
          "logs:DeleteLogGroup",
          "logs:TagResource",
          "sqs:DeleteQueue",
        ]
        Resource = "*"
        Condition = {
          Null = {
            "aws:ResourceAccount" = "false"
          }
          StringNotEquals = {
            "aws:ResourceAccount" = "$${aws:PrincipalAccount}"
          }
        }
      },
      {
        Sid    = "ReadWhatTakesNoResource"
        Effect = "Allow"
        Action = [
          "ec2:DescribeRegions",
          "lambda:GetAccountSettings",
          "lambda:ListEventSourceMappings",
          "lambda:ListFunctions",
          "logs:DescribeLogGroups",
          "tag:GetResources",
        ]
        Resource = "*"
      },
      {
        Sid    = "ReadFunctions"
        Effect = "Allow"
        Action = [
          "lambda:GetFunction",
          "lambda:GetFunctionCodeSigningConfig",
          "lambda:GetFunctionEventInvokeConfig",
          "lambda:GetFunctionRecursionConfig",
          "lambda:GetPolicy",
          "lambda:GetProvisionedConcurrencyConfig",
          "lambda:GetRuntimeManagementConfig",
          "lambda:ListAliases",
          "lambda:ListFunctionEventInvokeConfigs",
          "lambda:ListFunctionUrlConfigs",
          "lambda:ListTags",
          "lambda:ListVersionsByFunction",
        ]
        Resource = "arn:aws:lambda:*:*:function:*"
      },
      {
        Sid    = "ChangeFunctions"
        Effect = "Allow"
        Action = [
          "lambda:DeleteAlias",
          "lambda:DeleteFunction",
          "lambda:DeleteFunctionEventInvokeConfig",
        ]
        Resource = "arn:aws:lambda:*:*:function:*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ReadRoles"
        Effect = "Allow"
        Action = [
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:ListAttachedRolePolicies",
          "iam:ListInstanceProfilesForRole",
          "iam:ListRolePolicies",
        ]
        Resource = "arn:aws:iam::*:role/*"
      },
      {
        Sid    = "ChangeRoles"
        Effect = "Allow"
        Action = [
          "iam:DeleteRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
        ]
        Resource = "arn:aws:iam::*:role/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ReadPolicies"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
          "iam:ListEntitiesForPolicy",
          "iam:ListPolicyVersions",
        ]
        Resource = "arn:aws:iam::*:policy/*"
      },
      {
        Sid    = "ChangePolicies"
        Effect = "Allow"
        Action = [
          "iam:DeletePolicy",
          "iam:DeletePolicyVersion",
        ]
        Resource = "arn:aws:iam::*:policy/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "ReadKeysWhichTakeNoResource"
        Effect   = "Allow"
        Action   = "kms:ListAliases"
        Resource = "*"
      },
      {
        Sid    = "ReadOwnKeys"
        Effect = "Allow"
        Action = [
          "kms:DescribeKey",
          "kms:GetKeyPolicy",
          "kms:GetKeyRotationStatus",
          "kms:ListResourceTags",
        ]
        Resource = "arn:aws:kms:*:*:key/*"
      },
      {
        Sid    = "ChangeOwnKeys"
        Effect = "Allow"
        Action = [
          "kms:DeleteAlias",
          "kms:ScheduleKeyDeletion",
        ]
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = "alias/secure/*"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "RetagOwnKeys"
        Effect   = "Allow"
        Action   = "kms:TagResource"
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = "alias/secure/*"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "ReadOwnKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:*:*:key/*"
        Condition = {
          StringLike = {
            "kms:ViaService" = "lambda.*"
          }
        }
      },
      {
        Sid      = "PrepareKeyAliases"
        Effect   = "Allow"
        Action   = "kms:DeleteAlias"
        Resource = "arn:aws:kms:*:*:alias/secure/*"
      },
      {
        Sid    = "ReadLogGroups"
        Effect = "Allow"
        Action = [
          "logs:DescribeLogStreams",
          "logs:DescribeSubscriptionFilters",
          "logs:GetDataProtectionPolicy",
          "logs:ListTagsForResource",
        ]
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/*"
      },
      {
        Sid      = "ChangeLogGroups"
        Effect   = "Allow"
        Action   = "logs:DeleteLogGroup"
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid      = "RetagLogGroups"
        Effect   = "Allow"
        Action   = "logs:TagResource"
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ReadQueues"
        Effect = "Allow"
        Action = [
          "sqs:GetQueueAttributes",
          "sqs:ListQueueTags",
        ]
        Resource = "arn:aws:sqs:*:*:*-dead-letter"
      },
      {
        Sid      = "ChangeQueues"
        Effect   = "Allow"
        Action   = "sqs:DeleteQueue"
        Resource = "arn:aws:sqs:*:*:*-dead-letter"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
      {
        Sid    = "ReadAlarms"
        Effect = "Allow"
        Action = [
          "cloudwatch:DescribeAlarms",
          "cloudwatch:ListTagsForResource",
        ]
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
      },
      {
        Sid      = "ChangeAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:DeleteAlarms"
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "*"
          }
        }
      },
    ]
  })
}
