resource "aws_iam_policy" "secure_apply_1" {
  name        = "secure-apply-1"
  description = "What terraform apply of secure_lambda takes, part 1 of 2"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ReadWhatTakesNoResource"
        Effect = "Allow"
        Action = [
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
          "lambda:ListFunctionUrlConfigs",
          "lambda:ListTags",
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
          "iam:ListAttachedRolePolicies",
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
    ]
  })
}

resource "aws_iam_policy" "secure_apply_2" {
  name        = "secure-apply-2"
  description = "What terraform apply of secure_lambda takes, part 2 of 2"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
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
        Sid    = "CreateOrTagAlarms"
        Effect = "Allow"
        Action = [
          "cloudwatch:PutMetricAlarm",
          "cloudwatch:TagResource",
        ]
        Resource = "arn:aws:cloudwatch:*:*:alarm:*"
        Condition = {
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
