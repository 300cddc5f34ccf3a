resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly-report"
  schedule_expression = "cron(0 3 * * ? *)" # UTC
}

resource "secure_lambda" "report" {
  name    = "nightly-report"
  code    = { path = "${path.module}/src" }
  runtime = "python3.14"
  handler = "app.handler"

  permissions = {
    nightly = { principal = "events.amazonaws.com", source_arn = aws_cloudwatch_event_rule.nightly.arn }
  }
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = secure_lambda.report.alias_arn
}
