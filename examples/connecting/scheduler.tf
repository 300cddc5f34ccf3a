resource "secure_lambda" "invoices" {
  name    = "monthly-invoices"
  code    = { path = "${path.module}/src" }
  runtime = "python3.14"
  handler = "app.handler"
}

resource "aws_scheduler_schedule_group" "invoices" {
  name = "invoices"
}

resource "aws_iam_role" "scheduler" {
  name = "invoices-scheduler"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        ArnEquals    = { "aws:SourceArn" = aws_scheduler_schedule_group.invoices.arn }
      }
    }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  name = "invoke"
  role = aws_iam_role.scheduler.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = secure_lambda.invoices.alias_arn
    }]
  })
}

resource "aws_scheduler_schedule" "invoices" {
  name                         = "monthly"
  group_name                   = aws_scheduler_schedule_group.invoices.name
  schedule_expression          = "cron(0 6 1 * ? *)"
  schedule_expression_timezone = "Europe/Berlin"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = secure_lambda.invoices.alias_arn
    role_arn = aws_iam_role.scheduler.arn
  }

  depends_on = [aws_iam_role_policy.scheduler]
}
