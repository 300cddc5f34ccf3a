terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

resource "aws_iam_policy" "this" {
  name        = "orders-image-eu-central-1"
  path        = "/"
  description = "What the Lambda function orders-image may do"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "SecureLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/orders-image:*"
      Condition = {
        ArnEquals = {
          "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-central-1:111122223333:function:orders-image"
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
      Sid      = "SecureDeadLetter"
      Effect   = "Allow"
      Action   = "sns:Publish"
      Resource = "arn:aws:sns:eu-central-1:111122223333:dead"
      }, {
      Sid      = "SecureOnSuccess"
      Effect   = "Allow"
      Action   = "sqs:SendMessage"
      Resource = "arn:aws:sqs:eu-central-1:111122223333:done"
      }, {
      Sid      = "SecureOnFailure"
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = "arn:aws:events:eu-central-1:111122223333:event-bus/default"
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
          "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-central-1:111122223333:function:orders-image"
        }
      }
      }, {
      Sid      = "SecureFileSystem"
      Effect   = "Allow"
      Action   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
      Resource = "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/*"
      Condition = {
        StringEquals = {
          "elasticfilesystem:AccessPointArn" = "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-0123456789abcdef0"
        }
      }
    }]
  })
  tags = {
    team = "orders"
    unit = "orders-image"
  }
}

resource "aws_iam_role" "this" {
  name        = "orders-image-eu-central-1"
  path        = "/"
  description = "Execution role of the Lambda function orders-image"
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
    team = "orders"
    unit = "orders-image"
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/orders-image"
  retention_in_days = 365
  kms_key_id        = "arn:aws:kms:eu-central-1:111122223333:key/given"
  log_group_class   = "STANDARD"
  tags = {
    team = "orders"
    unit = "orders-image"
  }
}

resource "aws_cloudwatch_log_data_protection_policy" "this" {
  log_group_name = aws_cloudwatch_log_group.this.name
  policy_document = jsonencode({
    Name    = "secure"
    Version = "2021-06-01"
    Statement = [{
      DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
      Operation = {
        Audit = {
          FindingsDestination = {}
        }
      }
      Sid = "audit"
      }, {
      DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
      Operation = {
        Deidentify = {
          MaskConfig = {}
        }
      }
      Sid = "mask"
    }]
  })
}

resource "aws_lambda_function" "this" {
  function_name = "orders-image"
  description   = "costs $${money}"
  package_type  = "Image"
  image_uri     = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  architectures = ["arm64"]
  memory_size   = 512
  timeout       = 10
  role          = aws_iam_role.this.arn
  kms_key_arn   = "arn:aws:kms:eu-central-1:111122223333:key/given"
  publish       = true
  ephemeral_storage {
    size = 512
  }
  tracing_config {
    mode = "Active"
  }
  dead_letter_config {
    target_arn = "arn:aws:sns:eu-central-1:111122223333:dead"
  }
  logging_config {
    log_group             = aws_cloudwatch_log_group.this.name
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }
  vpc_config {
    subnet_ids                  = ["subnet-0123456789abcdef0"]
    security_group_ids          = ["sg-0123456789abcdef0"]
    ipv6_allowed_for_dual_stack = true
  }
  file_system_config {
    arn              = "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-0123456789abcdef0"
    local_mount_path = "/mnt/data"
  }
  image_config {
    command = ["app.handler"]
  }
  tags = {
    team = "orders"
    unit = "orders-image"
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
  destination_config {
    on_success {
      destination = "arn:aws:sqs:eu-central-1:111122223333:done"
    }
    on_failure {
      destination = "arn:aws:events:eu-central-1:111122223333:event-bus/default"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "orders-image-errors"
  alarm_description   = "orders-image: invocations fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
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
        FunctionName = "orders-image"
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
        FunctionName = "orders-image"
      }
      period = 300
      stat   = "Sum"
    }
  }
  tags = {
    team = "orders"
    unit = "orders-image"
  }
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = "orders-image-throttles"
  alarm_description   = "orders-image: invocations are turned away"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions = {
    FunctionName = "orders-image"
  }
  period    = 300
  statistic = "Sum"
  tags = {
    team = "orders"
    unit = "orders-image"
  }
}

resource "aws_cloudwatch_metric_alarm" "duration" {
  alarm_name                            = "orders-image-duration"
  alarm_description                     = "orders-image: invocations come close to the timeout"
  comparison_operator                   = "GreaterThanThreshold"
  threshold                             = 8000
  evaluation_periods                    = 1
  datapoints_to_alarm                   = 1
  treat_missing_data                    = "notBreaching"
  evaluate_low_sample_count_percentiles = "evaluate"
  actions_enabled                       = true
  namespace                             = "AWS/Lambda"
  metric_name                           = "Duration"
  dimensions = {
    FunctionName = "orders-image"
  }
  period             = 300
  extended_statistic = "p99"
  tags = {
    team = "orders"
    unit = "orders-image"
  }
}

resource "aws_cloudwatch_metric_alarm" "dead_letter_errors" {
  alarm_name          = "orders-image-dead-letter-delivery"
  alarm_description   = "orders-image: events cannot be handed over as dead letters and are lost"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = true
  namespace           = "AWS/Lambda"
  metric_name         = "DeadLetterErrors"
  dimensions = {
    FunctionName = "orders-image"
  }
  period    = 300
  statistic = "Sum"
  tags = {
    team = "orders"
    unit = "orders-image"
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
