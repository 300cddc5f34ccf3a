terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

variable "code_package" {
  description = "Path of the deployment package, a zip file."
  type        = string
}

variable "environment_table" {
  description = "Environment variable TABLE."
  type        = string
  sensitive   = true
  default     = "orders"
}

variable "secret_values" {
  description = "JSON object with the values of the secret."
  type        = string
  sensitive   = true
}

resource "aws_kms_key" "this" {
  description             = "Environment and logs of the Lambda function orders"
  is_enabled              = true
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "SecureAccount"
      Effect = "Allow"
      Principal = {
        AWS = "arn:aws:iam::111122223333:root"
      }
      Action   = "kms:*"
      Resource = "*"
      }, {
      Sid    = "SecureLogs"
      Effect = "Allow"
      Principal = {
        Service = "logs.eu-central-1.amazonaws.com"
      }
      Action   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      Resource = "*"
      Condition = {
        ArnEquals = {
          "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/orders"
        }
      }
    }]
  })
  tags = {
    unit = "orders"
  }
}

resource "aws_kms_alias" "this" {
  name          = "alias/secure/orders"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_iam_policy" "this" {
  name        = "orders-eu-central-1"
  path        = "/"
  description = "What the Lambda function orders may do"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "SecureLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/orders:*"
      Condition = {
        ArnEquals = {
          "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-central-1:111122223333:function:orders"
        }
      }
      }, {
      Sid      = "SecureTracing"
      Effect   = "Allow"
      Action   = "xray:PutTraceSegments"
      Resource = "*"
      }, {
      Sid      = "SecureTelemetry"
      Effect   = "Allow"
      Action   = "xray:PutTelemetryRecords"
      Resource = "*"
      }, {
      Sid      = "SecureDecrypt"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = aws_kms_key.this.arn
      Condition = {
        StringEquals = {
          "kms:EncryptionContext:aws:lambda:FunctionArn" = "arn:aws:lambda:eu-central-1:111122223333:function:orders"
        }
      }
      }, {
      Sid      = "SecureDeadLetter"
      Effect   = "Allow"
      Action   = "sqs:SendMessage"
      Resource = aws_sqs_queue.dead_letter.arn
      }, {
      Sid      = "SecureDeadLetterKey"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = aws_kms_key.this.arn
      Condition = {
        StringEquals = {
          "kms:EncryptionContext:aws:sqs:arn" = aws_sqs_queue.dead_letter.arn
          "kms:ViaService"                    = "sqs.eu-central-1.amazonaws.com"
        }
      }
      }, {
      Sid      = "SecureNetwork"
      Effect   = "Allow"
      Action   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"]
      Resource = "*"
      }, {
      Sid      = "SecureNetworkDeny"
      Effect   = "Deny"
      Action   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"]
      Resource = "*"
      Condition = {
        ArnEquals = {
          "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-central-1:111122223333:function:orders"
        }
      }
      }, {
      Sid      = "SecureSecretValues"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = aws_secretsmanager_secret.this.arn
      Condition = {
        ArnEquals = {
          "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-central-1:111122223333:function:orders"
        }
      }
      }, {
      Sid      = "SecureSecretValuesKey"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = aws_kms_key.this.arn
      Condition = {
        StringEquals = {
          "kms:EncryptionContext:SecretARN" = aws_secretsmanager_secret.this.arn
          "kms:ViaService"                  = "secretsmanager.eu-central-1.amazonaws.com"
        }
      }
      }, {
      Sid      = "Table"
      Effect   = "Allow"
      Action   = "dynamodb:GetItem"
      Resource = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
      Condition = {
        ArnEquals = {
          "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-central-1:111122223333:function:orders"
        }
      }
    }]
  })
  tags = {
    unit = "orders"
  }
}

resource "aws_iam_role" "this" {
  name        = "orders-eu-central-1"
  path        = "/"
  description = "Execution role of the Lambda function orders"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "SecureLambda"
      Effect = "Allow"
      Principal = {
        Service = "lambda.amazonaws.com"
      }
      Action = "sts:AssumeRole"
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = "111122223333"
        }
      }
    }]
  })
  tags = {
    unit = "orders"
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/orders"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.this.arn
  log_group_class   = "STANDARD"
  tags = {
    unit = "orders"
  }
}

resource "aws_sqs_queue" "dead_letter" {
  name                      = "orders-dead-letter"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.this.arn
  tags = {
    unit = "orders"
  }
}

resource "aws_sqs_queue_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "SecureTLS"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.dead_letter.arn
      Condition = {
        Bool = {
          "aws:SecureTransport" = "false"
        }
      }
    }]
  })
}

resource "aws_secretsmanager_secret" "this" {
  name                    = "secure/orders"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 30
  tags = {
    unit = "orders"
  }
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = aws_secretsmanager_secret.this.arn
  secret_string = var.secret_values
}

resource "aws_secretsmanager_secret_rotation" "this" {
  secret_id           = aws_secretsmanager_secret.this.arn
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:111122223333:function:rotate"
  rotate_immediately  = false
  rotation_rules {
    automatically_after_days = 30
  }
}

resource "aws_lambda_function" "this" {
  function_name                  = "orders"
  filename                       = var.code_package
  source_code_hash               = filebase64sha256(var.code_package)
  runtime                        = "python3.14"
  handler                        = "app.handler"
  architectures                  = ["arm64"]
  memory_size                    = 512
  timeout                        = 10
  role                           = aws_iam_role.this.arn
  kms_key_arn                    = aws_kms_key.this.arn
  layers                         = ["arn:aws:lambda:eu-central-1:111122223333:layer:tools:3"]
  reserved_concurrent_executions = 10
  code_signing_config_arn        = "arn:aws:lambda:eu-central-1:111122223333:code-signing-config:csc-0123456789abcdef0"
  publish                        = true
  ephemeral_storage {
    size = 512
  }
  environment {
    variables = {
      POWERTOOLS_LOG_LEVEL         = "INFO"
      POWERTOOLS_METRICS_NAMESPACE = "orders"
      POWERTOOLS_SERVICE_NAME      = "orders"
      SECRET_VALUES_ARN            = aws_secretsmanager_secret.this.arn
      TABLE                        = var.environment_table
    }
  }
  tracing_config {
    mode = "Active"
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letter.arn
  }
  logging_config {
    log_group             = aws_cloudwatch_log_group.this.name
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }
  vpc_config {
    subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    security_group_ids = ["sg-0123456789abcdef0"]
  }
  tags = {
    unit = "orders"
  }
  depends_on = [aws_iam_role_policy_attachment.this]
}

resource "aws_lambda_function_recursion_config" "this" {
  function_name  = aws_lambda_function.this.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_alias" "this" {
  name             = "live"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  qualifier                    = aws_lambda_alias.this.name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600
}

resource "aws_lambda_permission" "rule" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.this.name
  principal     = "events.amazonaws.com"
  source_arn    = "arn:aws:events:eu-central-1:111122223333:rule/orders"
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "orders-errors"
  alarm_description   = "orders: invocations fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-central-1:111122223333:oncall"]
  metric_query {
    id          = "result"
    expression  = "IF(errors >= 1, 100*errors/invocations, 0)"
    return_data = true
  }
  metric_query {
    id          = "errors"
    return_data = false
    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions = {
        FunctionName = "orders"
      }
      period = 300
      stat   = "Sum"
    }
  }
  metric_query {
    id          = "invocations"
    return_data = false
    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Invocations"
      dimensions = {
        FunctionName = "orders"
      }
      period = 300
      stat   = "Sum"
    }
  }
  tags = {
    unit = "orders"
  }
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = "orders-throttles"
  alarm_description   = "orders: invocations are turned away"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-central-1:111122223333:oncall"]
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions = {
    FunctionName = "orders"
  }
  period    = 300
  statistic = "Sum"
  tags = {
    unit = "orders"
  }
}

resource "aws_cloudwatch_metric_alarm" "duration" {
  alarm_name                            = "orders-duration"
  alarm_description                     = "orders: invocations come close to the timeout"
  comparison_operator                   = "GreaterThanThreshold"
  threshold                             = 8000
  evaluation_periods                    = 1
  datapoints_to_alarm                   = 1
  treat_missing_data                    = "notBreaching"
  evaluate_low_sample_count_percentiles = "evaluate"
  actions_enabled                       = true
  alarm_actions                         = ["arn:aws:sns:eu-central-1:111122223333:oncall"]
  namespace                             = "AWS/Lambda"
  metric_name                           = "Duration"
  dimensions = {
    FunctionName = "orders"
  }
  period             = 300
  extended_statistic = "p99"
  tags = {
    unit = "orders"
  }
}

resource "aws_cloudwatch_metric_alarm" "dead_letter_errors" {
  alarm_name          = "orders-dead-letter-delivery"
  alarm_description   = "orders: events cannot be handed over as dead letters and are lost"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-central-1:111122223333:oncall"]
  namespace           = "AWS/Lambda"
  metric_name         = "DeadLetterErrors"
  dimensions = {
    FunctionName = "orders"
  }
  period    = 300
  statistic = "Sum"
  tags = {
    unit = "orders"
  }
}

resource "aws_cloudwatch_metric_alarm" "dead_letter_depth" {
  alarm_name          = "orders-dead-letter-depth"
  alarm_description   = "orders: events wait in the dead-letter queue"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  alarm_actions       = ["arn:aws:sns:eu-central-1:111122223333:oncall"]
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = "orders-dead-letter"
  }
  period    = 300
  statistic = "Maximum"
  tags = {
    unit = "orders"
  }
}

output "alias_arn" {
  description = "What callers invoke."
  value       = aws_lambda_alias.this.arn
}

output "role_arn" {
  description = "Execution role."
  value       = aws_iam_role.this.arn
}

output "dead_letter_queue_url" {
  description = "Queue with the events that could not be processed."
  value       = aws_sqs_queue.dead_letter.url
}
