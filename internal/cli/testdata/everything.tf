# Note: the boundary holds for roles that have it: give it to every role in /orders/ that a unit may use before these policies are attached, and let it allow no change in IAM.
# Note: --own-keys: the deployer can take over any customer-managed key of account 111122223333 that has neither an alias nor a unit's tag; give every key an alias.

resource "aws_iam_policy" "orders_deployer_plan" {
  name        = "orders-deployer-plan"
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
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
          }
        }
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
        Resource = [
          "arn:aws:lambda:eu-west-1:111122223333:function:billing-*",
          "arn:aws:lambda:eu-west-1:111122223333:function:orders-*",
        ]
      },
      {
        Sid      = "ReadLayers"
        Effect   = "Allow"
        Action   = "lambda:GetLayerVersion"
        Resource = "arn:aws:lambda:eu-west-1:017000801446:layer:Powertools:*"
      },
      {
        Sid    = "ReadNetworksWhichTakeNoResource"
        Effect = "Allow"
        Action = [
          "ec2:DescribeSecurityGroupVpcAssociations",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
        ]
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
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
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
      },
      {
        Sid    = "ReadPolicies"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
          "iam:ListEntitiesForPolicy",
        ]
        Resource = [
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
        ]
      },
      {
        Sid    = "ReadAttachedPolicies"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
        ]
        Resource = "arn:aws:iam::111122223333:policy/shared"
      },
      {
        Sid      = "ReadKeysWhichTakeNoResource"
        Effect   = "Allow"
        Action   = "kms:ListAliases"
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
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
        Resource = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      },
      {
        Sid      = "UseKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.eu-west-1.amazonaws.com"
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
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
      },
      {
        Sid      = "ReadOwnKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.eu-west-1.amazonaws.com"
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
        Resource = [
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/billing-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/legacy/*",
        ]
      },
      {
        Sid    = "ReadQueues"
        Effect = "Allow"
        Action = [
          "sqs:GetQueueAttributes",
          "sqs:ListQueueTags",
        ]
        Resource = [
          "arn:aws:sqs:eu-west-1:111122223333:billing-*-dead-letter",
          "arn:aws:sqs:eu-west-1:111122223333:orders-*-dead-letter",
        ]
      },
      {
        Sid    = "ReadOwnSecrets"
        Effect = "Allow"
        Action = [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetResourcePolicy",
        ]
        Resource = [
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/billing-*",
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/orders-*",
        ]
      },
      {
        Sid    = "ReadAlarms"
        Effect = "Allow"
        Action = [
          "cloudwatch:DescribeAlarms",
          "cloudwatch:ListTagsForResource",
        ]
        Resource = [
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing-*",
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-*",
        ]
      },
      {
        Sid      = "ReadTopics"
        Effect   = "Allow"
        Action   = "sns:GetTopicAttributes"
        Resource = "arn:aws:sns:eu-west-1:111122223333:alarms"
      },
      {
        Sid    = "ReadPackages"
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectVersion",
        ]
        Resource = "arn:aws:s3:::artifacts/lambda/*"
      },
      {
        Sid      = "ReadPackageBuckets"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::artifacts"
      },
      {
        Sid    = "ReadRepositories"
        Effect = "Allow"
        Action = [
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
        ]
        Resource = "arn:aws:ecr:eu-west-1:111122223333:repository/orders"
      },
    ]
  })
}

resource "aws_iam_policy" "orders_deployer_apply_1" {
  name        = "orders-deployer-apply-1"
  description = "What terraform apply of secure_lambda takes, part 1 of 5"
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
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
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
          "arn:aws:iam::111122223333:policy/orders/*/*",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-apply",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-apply-?",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-audit",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-audit-?",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-destroy",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-destroy-?",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-plan",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-plan-?",
          "arn:aws:iam::111122223333:role/deployer",
          "arn:aws:iam::111122223333:role/orders/*/*",
        ]
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
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
          }
        }
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
        Resource = [
          "arn:aws:lambda:eu-west-1:111122223333:function:billing-*",
          "arn:aws:lambda:eu-west-1:111122223333:function:orders-*",
        ]
      },
      {
        Sid    = "CreateOrTagFunctions"
        Effect = "Allow"
        Action = [
          "lambda:CreateFunction",
          "lambda:TagResource",
        ]
        Resource = [
          "arn:aws:lambda:eu-west-1:111122223333:function:billing-*",
          "arn:aws:lambda:eu-west-1:111122223333:function:orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
          "lambda:DeleteFunctionCodeSigningConfig",
          "lambda:DeleteFunctionConcurrency",
          "lambda:DeleteFunctionEventInvokeConfig",
          "lambda:PublishVersion",
          "lambda:PutFunctionCodeSigningConfig",
          "lambda:PutFunctionConcurrency",
          "lambda:PutFunctionEventInvokeConfig",
          "lambda:PutFunctionRecursionConfig",
          "lambda:PutRuntimeManagementConfig",
          "lambda:RemovePermission",
          "lambda:UpdateAlias",
          "lambda:UpdateFunctionCode",
          "lambda:UpdateFunctionConfiguration",
        ]
        Resource = [
          "arn:aws:lambda:eu-west-1:111122223333:function:billing-*",
          "arn:aws:lambda:eu-west-1:111122223333:function:orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "RetagFunctions"
        Effect = "Allow"
        Action = "lambda:TagResource"
        Resource = [
          "arn:aws:lambda:eu-west-1:111122223333:function:billing-*",
          "arn:aws:lambda:eu-west-1:111122223333:function:orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "UntagFunctions"
        Effect = "Allow"
        Action = "lambda:UntagResource"
        Resource = [
          "arn:aws:lambda:eu-west-1:111122223333:function:billing-*",
          "arn:aws:lambda:eu-west-1:111122223333:function:orders-*",
        ]
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "ReadCodeSigningConfigs"
        Effect   = "Allow"
        Action   = "lambda:GetCodeSigningConfig"
        Resource = "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0f6c334abcdea4d8b"
      },
      {
        Sid      = "UseCodeSigningConfigs"
        Effect   = "Allow"
        Action   = "lambda:PutFunctionCodeSigningConfig"
        Resource = "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0f6c334abcdea4d8b"
      },
      {
        Sid      = "ReadLayers"
        Effect   = "Allow"
        Action   = "lambda:GetLayerVersion"
        Resource = "arn:aws:lambda:eu-west-1:017000801446:layer:Powertools:*"
      },
      {
        Sid    = "ReadNetworksWhichTakeNoResource"
        Effect = "Allow"
        Action = [
          "ec2:DescribeSecurityGroupVpcAssociations",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ]
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
          }
        }
      },
      {
        Sid    = "ReadFileSystems"
        Effect = "Allow"
        Action = [
          "elasticfilesystem:DescribeAccessPoints",
          "elasticfilesystem:DescribeMountTargets",
        ]
        Resource = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123456789abcdef0"
      },
    ]
  })
}

resource "aws_iam_policy" "orders_deployer_apply_2" {
  name        = "orders-deployer-apply-2"
  description = "What terraform apply of secure_lambda takes, part 2 of 5"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
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
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
      },
      {
        Sid    = "CreateOrTagRoles"
        Effect = "Allow"
        Action = "iam:TagRole"
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "CreateRolesWithBoundary"
        Effect = "Allow"
        Action = "iam:CreateRole"
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
        Condition = {
          ArnLike = {
            "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/boundary"
          }
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "ChangeRoles"
        Effect = "Allow"
        Action = [
          "iam:DeleteRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:UpdateRole",
        ]
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
        Condition = {
          ArnLike = {
            "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/boundary"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "AttachToRoles"
        Effect = "Allow"
        Action = "iam:AttachRolePolicy"
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
        Condition = {
          ArnLike = {
            "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/boundary"
            "iam:PolicyARN" = [
              "arn:aws:iam::111122223333:policy/orders/billing-*",
              "arn:aws:iam::111122223333:policy/orders/orders-*",
              "arn:aws:iam::111122223333:policy/shared",
            ]
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "RetagRoles"
        Effect = "Allow"
        Action = "iam:TagRole"
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "UntagRoles"
        Effect = "Allow"
        Action = "iam:UntagRole"
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "PassRolesToLambda"
        Effect = "Allow"
        Action = "iam:PassRole"
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
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
        Resource = [
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
        ]
      },
      {
        Sid    = "CreateOrTagPolicies"
        Effect = "Allow"
        Action = [
          "iam:CreatePolicy",
          "iam:TagPolicy",
        ]
        Resource = [
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = [
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "RetagPolicies"
        Effect = "Allow"
        Action = "iam:TagPolicy"
        Resource = [
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "UntagPolicies"
        Effect = "Allow"
        Action = "iam:UntagPolicy"
        Resource = [
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
        ]
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "ReadAttachedPolicies"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
        ]
        Resource = "arn:aws:iam::111122223333:policy/shared"
      },
      {
        Sid    = "ReadKeysWhichTakeNoResource"
        Effect = "Allow"
        Action = [
          "kms:ListAliases",
          "kms:ListKeys",
        ]
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
          }
        }
      },
      {
        Sid      = "CreateOrTagKeysWhichTakeNoResource"
        Effect   = "Allow"
        Action   = "kms:CreateKey"
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
          }
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      },
      {
        Sid    = "UseKeysThroughLambda"
        Effect = "Allow"
        Action = [
          "kms:Decrypt",
          "kms:Encrypt",
        ]
        Resource = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.eu-west-1.amazonaws.com"
          }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "orders_deployer_apply_3" {
  name        = "orders-deployer-apply-3"
  description = "What terraform apply of secure_lambda takes, part 3 of 5"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "GrantLambdaUseOfKeys"
        Effect   = "Allow"
        Action   = "kms:CreateGrant"
        Resource = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        Condition = {
          Bool = {
            "kms:GrantIsForAWSResource" = "true"
          }
          StringEquals = {
            "kms:ViaService" = "lambda.eu-west-1.amazonaws.com"
          }
        }
      },
      {
        Sid    = "UseKeysThroughSecretsManager"
        Effect = "Allow"
        Action = [
          "kms:Decrypt",
          "kms:Encrypt",
          "kms:GenerateDataKey",
        ]
        Resource = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "secretsmanager.eu-west-1.amazonaws.com"
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
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
      },
      {
        Sid      = "CreateOrTagOwnKeys"
        Effect   = "Allow"
        Action   = "kms:TagResource"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "RetagOwnKeys"
        Effect   = "Allow"
        Action   = "kms:TagResource"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "UntagOwnKeys"
        Effect   = "Allow"
        Action   = "kms:UntagResource"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "ReadOwnKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.eu-west-1.amazonaws.com"
          }
        }
      },
      {
        Sid      = "UseOwnKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Encrypt"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          StringEquals = {
            "kms:ViaService" = "lambda.eu-west-1.amazonaws.com"
          }
          StringLikeIfExists = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "GrantLambdaUseOfOwnKeys"
        Effect   = "Allow"
        Action   = "kms:CreateGrant"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          Bool = {
            "kms:GrantIsForAWSResource" = "true"
          }
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          StringEquals = {
            "kms:ViaService" = "lambda.eu-west-1.amazonaws.com"
          }
          StringLikeIfExists = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "UseOwnKeysThroughSecretsManager"
        Effect = "Allow"
        Action = [
          "kms:Decrypt",
          "kms:Encrypt",
          "kms:GenerateDataKey",
        ]
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          StringEquals = {
            "kms:ViaService" = "secretsmanager.eu-west-1.amazonaws.com"
          }
          StringLikeIfExists = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = [
          "arn:aws:kms:eu-west-1:111122223333:alias/secure/billing-*",
          "arn:aws:kms:eu-west-1:111122223333:alias/secure/orders-*",
        ]
      },
      {
        Sid    = "ReadLogGroups"
        Effect = "Allow"
        Action = [
          "logs:DescribeLogStreams",
          "logs:GetDataProtectionPolicy",
          "logs:ListTagsForResource",
        ]
        Resource = [
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/billing-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/legacy/*",
        ]
      },
      {
        Sid    = "CreateOrTagLogGroups"
        Effect = "Allow"
        Action = [
          "logs:CreateLogGroup",
          "logs:TagResource",
        ]
        Resource = [
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/billing-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/legacy/*",
        ]
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = [
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/billing-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/legacy/*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "orders_deployer_apply_4" {
  name        = "orders-deployer-apply-4"
  description = "What terraform apply of secure_lambda takes, part 4 of 5"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "RetagLogGroups"
        Effect = "Allow"
        Action = "logs:TagResource"
        Resource = [
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/billing-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/legacy/*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "UntagLogGroups"
        Effect = "Allow"
        Action = "logs:UntagResource"
        Resource = [
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/billing-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/legacy/*",
        ]
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = [
          "arn:aws:sqs:eu-west-1:111122223333:billing-*-dead-letter",
          "arn:aws:sqs:eu-west-1:111122223333:orders-*-dead-letter",
        ]
      },
      {
        Sid    = "CreateOrTagQueues"
        Effect = "Allow"
        Action = [
          "sqs:CreateQueue",
          "sqs:TagQueue",
        ]
        Resource = [
          "arn:aws:sqs:eu-west-1:111122223333:billing-*-dead-letter",
          "arn:aws:sqs:eu-west-1:111122223333:orders-*-dead-letter",
        ]
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = [
          "arn:aws:sqs:eu-west-1:111122223333:billing-*-dead-letter",
          "arn:aws:sqs:eu-west-1:111122223333:orders-*-dead-letter",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "RetagQueues"
        Effect = "Allow"
        Action = "sqs:TagQueue"
        Resource = [
          "arn:aws:sqs:eu-west-1:111122223333:billing-*-dead-letter",
          "arn:aws:sqs:eu-west-1:111122223333:orders-*-dead-letter",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "UntagQueues"
        Effect = "Allow"
        Action = "sqs:UntagQueue"
        Resource = [
          "arn:aws:sqs:eu-west-1:111122223333:billing-*-dead-letter",
          "arn:aws:sqs:eu-west-1:111122223333:orders-*-dead-letter",
        ]
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "ReadOwnSecrets"
        Effect = "Allow"
        Action = [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetResourcePolicy",
        ]
        Resource = [
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/billing-*",
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/orders-*",
        ]
      },
      {
        Sid    = "CreateOrTagOwnSecrets"
        Effect = "Allow"
        Action = [
          "secretsmanager:CreateSecret",
          "secretsmanager:TagResource",
        ]
        Resource = [
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/billing-*",
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "ChangeOwnSecrets"
        Effect = "Allow"
        Action = [
          "secretsmanager:CancelRotateSecret",
          "secretsmanager:DeleteResourcePolicy",
          "secretsmanager:DeleteSecret",
          "secretsmanager:PutSecretValue",
          "secretsmanager:RestoreSecret",
          "secretsmanager:RotateSecret",
          "secretsmanager:UpdateSecret",
        ]
        Resource = [
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/billing-*",
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "RetagOwnSecrets"
        Effect = "Allow"
        Action = "secretsmanager:TagResource"
        Resource = [
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/billing-*",
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "UntagOwnSecrets"
        Effect = "Allow"
        Action = "secretsmanager:UntagResource"
        Resource = [
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/billing-*",
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/orders-*",
        ]
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "UseRotationFunctions"
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = "arn:aws:lambda:eu-west-1:111122223333:function:rotate"
      },
      {
        Sid    = "ReadAlarms"
        Effect = "Allow"
        Action = [
          "cloudwatch:DescribeAlarms",
          "cloudwatch:ListTagsForResource",
        ]
        Resource = [
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing-*",
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-*",
        ]
      },
      {
        Sid    = "CreateOrTagAlarms"
        Effect = "Allow"
        Action = "cloudwatch:TagResource"
        Resource = [
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing-*",
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "PutAlarms"
        Effect = "Allow"
        Action = "cloudwatch:PutMetricAlarm"
        Resource = [
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing-*",
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-*",
        ]
        Condition = {
          "ForAllValues:StringLike" = {
            "cloudwatch:AlarmActions" = [
              "arn:aws:sns:eu-west-1:111122223333:alarms",
              "arn:aws:ssm-incidents::111122223333:response-plan/orders",
            ]
          }
          StringLike = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "ChangeAlarms"
        Effect = "Allow"
        Action = "cloudwatch:DeleteAlarms"
        Resource = [
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing-*",
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "orders_deployer_apply_5" {
  name        = "orders-deployer-apply-5"
  description = "What terraform apply of secure_lambda takes, part 5 of 5"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "RetagAlarms"
        Effect = "Allow"
        Action = "cloudwatch:TagResource"
        Resource = [
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing-*",
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "UntagAlarms"
        Effect = "Allow"
        Action = "cloudwatch:UntagResource"
        Resource = [
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing-*",
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-*",
        ]
        Condition = {
          "ForAllValues:StringNotEquals" = {
            "aws:TagKeys" = "secure:unit"
          }
          Null = {
            "aws:TagKeys" = "false"
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "ReadTopics"
        Effect   = "Allow"
        Action   = "sns:GetTopicAttributes"
        Resource = "arn:aws:sns:eu-west-1:111122223333:alarms"
      },
      {
        Sid    = "ReadPackages"
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectVersion",
        ]
        Resource = "arn:aws:s3:::artifacts/lambda/*"
      },
      {
        Sid      = "ReadPackageBuckets"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::artifacts"
      },
      {
        Sid    = "ReadStagedPackages"
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectVersion",
        ]
        Resource = [
          "arn:aws:s3:::staging/secure-lambda/billing-*",
          "arn:aws:s3:::staging/secure-lambda/orders-*",
        ]
      },
      {
        Sid    = "UseStagedPackages"
        Effect = "Allow"
        Action = [
          "s3:DeleteObject",
          "s3:DeleteObjectVersion",
          "s3:PutObject",
        ]
        Resource = [
          "arn:aws:s3:::staging/secure-lambda/billing-*",
          "arn:aws:s3:::staging/secure-lambda/orders-*",
        ]
      },
      {
        Sid      = "ReadStagingBuckets"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::staging"
      },
      {
        Sid      = "UseSigningProfiles"
        Effect   = "Allow"
        Action   = "signer:StartSigningJob"
        Resource = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/orders"
      },
      {
        Sid      = "ReadSigningJobs"
        Effect   = "Allow"
        Action   = "signer:DescribeSigningJob"
        Resource = "arn:aws:signer:eu-west-1:111122223333:/signing-jobs/*"
      },
      {
        Sid    = "ReadRepositories"
        Effect = "Allow"
        Action = [
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
          "ecr:GetRepositoryPolicy",
        ]
        Resource = "arn:aws:ecr:eu-west-1:111122223333:repository/orders"
      },
    ]
  })
}

resource "aws_iam_policy" "orders_deployer_destroy_1" {
  name        = "orders-deployer-destroy-1"
  description = "What terraform destroy of secure_lambda takes, part 1 of 2"
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
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
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
          "arn:aws:iam::111122223333:policy/orders/*/*",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-apply",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-apply-?",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-audit",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-audit-?",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-destroy",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-destroy-?",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-plan",
          "arn:aws:iam::111122223333:policy/orders/orders-deployer-plan-?",
          "arn:aws:iam::111122223333:role/deployer",
          "arn:aws:iam::111122223333:role/orders/*/*",
        ]
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
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
          }
        }
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
        Resource = [
          "arn:aws:lambda:eu-west-1:111122223333:function:billing-*",
          "arn:aws:lambda:eu-west-1:111122223333:function:orders-*",
        ]
      },
      {
        Sid    = "ChangeFunctions"
        Effect = "Allow"
        Action = [
          "lambda:DeleteAlias",
          "lambda:DeleteFunction",
          "lambda:DeleteFunctionEventInvokeConfig",
        ]
        Resource = [
          "arn:aws:lambda:eu-west-1:111122223333:function:billing-*",
          "arn:aws:lambda:eu-west-1:111122223333:function:orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "ReadLayers"
        Effect   = "Allow"
        Action   = "lambda:GetLayerVersion"
        Resource = "arn:aws:lambda:eu-west-1:017000801446:layer:Powertools:*"
      },
      {
        Sid    = "ReadNetworksWhichTakeNoResource"
        Effect = "Allow"
        Action = [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroupVpcAssociations",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
        ]
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
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
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
      },
      {
        Sid    = "ChangeRoles"
        Effect = "Allow"
        Action = [
          "iam:DeleteRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
        ]
        Resource = [
          "arn:aws:iam::111122223333:role/orders/billing-*",
          "arn:aws:iam::111122223333:role/orders/legacy-*",
          "arn:aws:iam::111122223333:role/orders/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = [
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
        ]
      },
      {
        Sid    = "ChangePolicies"
        Effect = "Allow"
        Action = [
          "iam:DeletePolicy",
          "iam:DeletePolicyVersion",
        ]
        Resource = [
          "arn:aws:iam::111122223333:policy/orders/billing-*",
          "arn:aws:iam::111122223333:policy/orders/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "ReadAttachedPolicies"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
        ]
        Resource = "arn:aws:iam::111122223333:policy/shared"
      },
      {
        Sid      = "ReadKeysWhichTakeNoResource"
        Effect   = "Allow"
        Action   = "kms:ListAliases"
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:RequestedRegion" = "eu-west-1"
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
        Resource = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      },
      {
        Sid      = "UseKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.eu-west-1.amazonaws.com"
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
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
      },
    ]
  })
}

resource "aws_iam_policy" "orders_deployer_destroy_2" {
  name        = "orders-deployer-destroy-2"
  description = "What terraform destroy of secure_lambda takes, part 2 of 2"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ChangeOwnKeys"
        Effect = "Allow"
        Action = [
          "kms:DeleteAlias",
          "kms:ScheduleKeyDeletion",
        ]
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "RetagOwnKeys"
        Effect   = "Allow"
        Action   = "kms:TagResource"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          "ForAllValues:StringLike" = {
            "kms:ResourceAliases" = [
              "alias/secure/billing-*",
              "alias/secure/orders-*",
            ]
          }
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "ReadOwnKeysThroughLambda"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "lambda.eu-west-1.amazonaws.com"
          }
        }
      },
      {
        Sid    = "PrepareKeyAliases"
        Effect = "Allow"
        Action = "kms:DeleteAlias"
        Resource = [
          "arn:aws:kms:eu-west-1:111122223333:alias/secure/billing-*",
          "arn:aws:kms:eu-west-1:111122223333:alias/secure/orders-*",
        ]
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
        Resource = [
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/billing-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/legacy/*",
        ]
      },
      {
        Sid    = "ChangeLogGroups"
        Effect = "Allow"
        Action = "logs:DeleteLogGroup"
        Resource = [
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/billing-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/legacy/*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "RetagLogGroups"
        Effect = "Allow"
        Action = "logs:TagResource"
        Resource = [
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/billing-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders-*",
          "arn:aws:logs:eu-west-1:111122223333:log-group:/legacy/*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
          StringLikeIfExists = {
            "aws:RequestTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = [
          "arn:aws:sqs:eu-west-1:111122223333:billing-*-dead-letter",
          "arn:aws:sqs:eu-west-1:111122223333:orders-*-dead-letter",
        ]
      },
      {
        Sid    = "ChangeQueues"
        Effect = "Allow"
        Action = "sqs:DeleteQueue"
        Resource = [
          "arn:aws:sqs:eu-west-1:111122223333:billing-*-dead-letter",
          "arn:aws:sqs:eu-west-1:111122223333:orders-*-dead-letter",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid    = "ReadOwnSecrets"
        Effect = "Allow"
        Action = [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetResourcePolicy",
        ]
        Resource = [
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/billing-*",
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/orders-*",
        ]
      },
      {
        Sid    = "ChangeOwnSecrets"
        Effect = "Allow"
        Action = "secretsmanager:DeleteSecret"
        Resource = [
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/billing-*",
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secure/orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
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
        Resource = [
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing-*",
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-*",
        ]
      },
      {
        Sid    = "ChangeAlarms"
        Effect = "Allow"
        Action = "cloudwatch:DeleteAlarms"
        Resource = [
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing-*",
          "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-*",
        ]
        Condition = {
          StringLike = {
            "aws:ResourceTag/secure:unit" = [
              "billing-*",
              "orders-*",
            ]
          }
        }
      },
      {
        Sid      = "ReadTopics"
        Effect   = "Allow"
        Action   = "sns:GetTopicAttributes"
        Resource = "arn:aws:sns:eu-west-1:111122223333:alarms"
      },
      {
        Sid    = "ReadPackages"
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectVersion",
        ]
        Resource = "arn:aws:s3:::artifacts/lambda/*"
      },
      {
        Sid      = "ReadPackageBuckets"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::artifacts"
      },
      {
        Sid    = "ReadRepositories"
        Effect = "Allow"
        Action = [
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
        ]
        Resource = "arn:aws:ecr:eu-west-1:111122223333:repository/orders"
      },
    ]
  })
}
