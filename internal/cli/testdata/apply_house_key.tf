# Note: the boundary holds for roles that have it: give it to every role in / that a unit may use before these policies are attached, and let it allow no change in IAM.
# Note: the role that these policies are for could change itself if its name and path were like those of units' roles; name it with --deployer-role, and it cannot.
# Note: the policies can be narrowed with --account, --region.

resource "aws_iam_policy" "secure_apply_1" {
  name        = "secure-apply-1"
  description = "What terraform apply of secure_lambda takes, part 1 of 3"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "DenyChangingBoundaries"
        Effect = "Deny"
        Action = [
          "iam:CreatePolicy",
          "iam:CreatePolicyVersion",
          "iam:DeletePolicy",
          "iam:DeletePolicyVersion",
          "iam:SetDefaultPolicyVersion",
          "iam:TagPolicy",
          "iam:UntagPolicy",
        ]
        Resource = "arn:aws:iam::111122223333:policy/boundary"
      },
      {
        Sid      = "DenyRemovingBoundaries"
        Effect   = "Deny"
        Action   = "iam:DeleteRolePermissionsBoundary"
        Resource = "*"
      },
      {
        Sid    = "DenyOtherBoundaries"
        Effect = "Deny"
        Action = [
          "iam:AttachRolePolicy",
          "iam:CreateRole",
          "iam:PutRolePermissionsBoundary",
          "iam:PutRolePolicy",
          "iam:UpdateAssumeRolePolicy",
        ]
        Resource = "*"
        Condition = {
          ArnNotLike = {
            "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/boundary"
          }
        }
      },
      {
        Sid    = "DenyChangesElsewhereInIAM"
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
        NotResource = [
          "arn:aws:iam::*:policy/orders-*",
          "arn:aws:iam::*:role/orders-*",
        ]
      },
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
          "arn:aws:iam::*:policy/*/*",
          "arn:aws:iam::*:policy/secure-apply",
          "arn:aws:iam::*:policy/secure-apply-?",
          "arn:aws:iam::*:policy/secure-audit",
          "arn:aws:iam::*:policy/secure-audit-?",
          "arn:aws:iam::*:policy/secure-destroy",
          "arn:aws:iam::*:policy/secure-destroy-?",
          "arn:aws:iam::*:policy/secure-plan",
          "arn:aws:iam::*:policy/secure-plan-?",
          "arn:aws:iam::*:role/*/*",
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
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:PassRole",
          "iam:PutRolePermissionsBoundary",
          "iam:TagPolicy",
          "iam:TagRole",
          "iam:UntagPolicy",
          "iam:UntagRole",
          "iam:UpdateAssumeRolePolicy",
          "iam:UpdateRole",
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
        Resource = "arn:aws:lambda:*:*:function:orders-*"
      },
      {
        Sid    = "CreateOrTagFunctions"
        Effect = "Allow"
        Action = [
          "lambda:CreateFunction",
          "lambda:TagResource",
        ]
        Resource = "arn:aws:lambda:*:*:function:orders-*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "orders-*"
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
        Resource = "arn:aws:lambda:*:*:function:orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "RetagFunctions"
        Effect   = "Allow"
        Action   = "lambda:TagResource"
        Resource = "arn:aws:lambda:*:*:function:orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "UntagFunctions"
        Effect   = "Allow"
        Action   = "lambda:UntagResource"
        Resource = "arn:aws:lambda:*:*:function:orders-*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
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
        Resource = "arn:aws:iam::*:role/orders-*"
      },
      {
        Sid      = "CreateOrTagRoles"
        Effect   = "Allow"
        Action   = "iam:TagRole"
        Resource = "arn:aws:iam::*:role/orders-*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "CreateRolesWithBoundary"
        Effect   = "Allow"
        Action   = "iam:CreateRole"
        Resource = "arn:aws:iam::*:role/orders-*"
        Condition = {
          ArnLike = {
            "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/boundary"
          }
          StringLike = {
            "aws:RequestTag/secure:unit" = "orders-*"
          }
        }
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
        Sid    = "ChangeRoles"
        Effect = "Allow"
        Action = [
          "iam:DeleteRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:UpdateRole",
        ]
        Resource = "arn:aws:iam::*:role/orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid    = "ChangeRolesWithBoundary"
        Effect = "Allow"
        Action = [
          "iam:PutRolePermissionsBoundary",
          "iam:UpdateAssumeRolePolicy",
        ]
        Resource = "arn:aws:iam::*:role/orders-*"
        Condition = {
          ArnLike = {
            "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/boundary"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "AttachToRoles"
        Effect   = "Allow"
        Action   = "iam:AttachRolePolicy"
        Resource = "arn:aws:iam::*:role/orders-*"
        Condition = {
          ArnLike = {
            "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/boundary"
            "iam:PolicyARN"           = "arn:aws:iam::*:policy/orders-*"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "RetagRoles"
        Effect   = "Allow"
        Action   = "iam:TagRole"
        Resource = "arn:aws:iam::*:role/orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "UntagRoles"
        Effect   = "Allow"
        Action   = "iam:UntagRole"
        Resource = "arn:aws:iam::*:role/orders-*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "PassRolesToLambda"
        Effect   = "Allow"
        Action   = "iam:PassRole"
        Resource = "arn:aws:iam::*:role/orders-*"
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
        Resource = "arn:aws:iam::*:policy/orders-*"
      },
      {
        Sid    = "CreateOrTagPolicies"
        Effect = "Allow"
        Action = [
          "iam:CreatePolicy",
          "iam:TagPolicy",
        ]
        Resource = "arn:aws:iam::*:policy/orders-*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "orders-*"
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
        Resource = "arn:aws:iam::*:policy/orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "RetagPolicies"
        Effect   = "Allow"
        Action   = "iam:TagPolicy"
        Resource = "arn:aws:iam::*:policy/orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "UntagPolicies"
        Effect   = "Allow"
        Action   = "iam:UntagPolicy"
        Resource = "arn:aws:iam::*:policy/orders-*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid    = "ReadKeys"
        Effect = "Allow"
        Action = [
          "kms:DescribeKey",
          "kms:GetKeyPolicy",
        ]
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/1"
      },
      {
        Sid    = "UseKeysThroughLambda"
        Effect = "Allow"
        Action = [
          "kms:Decrypt",
          "kms:Encrypt",
        ]
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/1"
        Condition = {
          StringLike = {
            "kms:ViaService" = "lambda.*"
          }
        }
      },
      {
        Sid      = "GrantLambdaUseOfKeys"
        Effect   = "Allow"
        Action   = "kms:CreateGrant"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/1"
        Condition = {
          Bool = {
            "kms:GrantIsForAWSResource" = "true"
          }
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
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/orders-*"
      },
      {
        Sid    = "CreateOrTagLogGroups"
        Effect = "Allow"
        Action = [
          "logs:CreateLogGroup",
          "logs:TagResource",
        ]
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/orders-*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "orders-*"
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
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "RetagLogGroups"
        Effect   = "Allow"
        Action   = "logs:TagResource"
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "UntagLogGroups"
        Effect   = "Allow"
        Action   = "logs:UntagResource"
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/orders-*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
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
        Resource = "arn:aws:sqs:*:*:orders-*-dead-letter"
      },
      {
        Sid    = "CreateOrTagQueues"
        Effect = "Allow"
        Action = [
          "sqs:CreateQueue",
          "sqs:TagQueue",
        ]
        Resource = "arn:aws:sqs:*:*:orders-*-dead-letter"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "orders-*"
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
        Resource = "arn:aws:sqs:*:*:orders-*-dead-letter"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "RetagQueues"
        Effect   = "Allow"
        Action   = "sqs:TagQueue"
        Resource = "arn:aws:sqs:*:*:orders-*-dead-letter"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "UntagQueues"
        Effect   = "Allow"
        Action   = "sqs:UntagQueue"
        Resource = "arn:aws:sqs:*:*:orders-*-dead-letter"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
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
        Resource = "arn:aws:cloudwatch:*:*:alarm:orders-*"
      },
      {
        Sid      = "CreateOrTagAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:TagResource"
        Resource = "arn:aws:cloudwatch:*:*:alarm:orders-*"
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = "orders-*"
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
        Sid      = "PutAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:PutMetricAlarm"
        Resource = "arn:aws:cloudwatch:*:*:alarm:orders-*"
        Condition = {
          "ForAllValues:StringLike" = {
            "cloudwatch:AlarmActions" = "arn:aws:sns:*"
          }
          StringLike = {
            "aws:RequestTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "ChangeAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:DeleteAlarms"
        Resource = "arn:aws:cloudwatch:*:*:alarm:orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "RetagAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:TagResource"
        Resource = "arn:aws:cloudwatch:*:*:alarm:orders-*"
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = "orders-*"
          }
        }
      },
      {
        Sid      = "UntagAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:UntagResource"
        Resource = "arn:aws:cloudwatch:*:*:alarm:orders-*"
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = "orders-*"
          }
        }
      },
    ]
  })
}
