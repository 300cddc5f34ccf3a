variable "caller_account" {
  description = "Account whose roles may call the URL."
  type        = string
}

resource "secure_lambda" "web" {
  name    = "web"
  code    = { path = "${path.module}/src" }
  runtime = "python3.14"
  handler = "app.handler"

  ignore_drift = ["permissions.unexpected"] # else the two statements below are removed
}

resource "aws_lambda_function_url" "web" {
  function_name      = secure_lambda.web.name
  qualifier          = secure_lambda.web.alias_name
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_permission" "web_url" {
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = secure_lambda.web.name
  qualifier              = secure_lambda.web.alias_name
  principal              = var.caller_account
  function_url_auth_type = "AWS_IAM"
}

resource "aws_lambda_permission" "web_invoke" {
  action                   = "lambda:InvokeFunction"
  function_name            = secure_lambda.web.name
  qualifier                = secure_lambda.web.alias_name
  principal                = var.caller_account
  invoked_via_function_url = true # hashicorp/aws 6.42 or newer
}
