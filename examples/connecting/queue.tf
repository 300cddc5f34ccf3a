resource "aws_sqs_queue" "orders" {
  name                       = "orders"
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = 180 # six times the function's timeout, or more

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.orders_failed.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "orders_failed" {
  name                      = "orders-failed"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}

resource "secure_lambda" "worker" {
  name    = "orders-worker"
  code    = { path = "${path.module}/src" }
  runtime = "python3.14"
  handler = "app.handler"
  timeout = 30

  access      = { orders = { to = aws_sqs_queue.orders.arn, level = "consume" } }
  dead_letter = { enabled = false } # failed messages stay with the queue
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn        = aws_sqs_queue.orders.arn
  function_name           = secure_lambda.worker.alias_arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 20
  }
}
