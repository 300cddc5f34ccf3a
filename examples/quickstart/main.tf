terraform {
  required_providers {
    secure = { source = "secure-lambda/secure" }
  }
}

provider "secure" {}

resource "secure_lambda" "greeter" {
  name    = "greeter"
  code    = { path = "${path.module}/src" }
  runtime = "python3.14"
  handler = "app.handler"
}

output "alias_arn" {
  description = "What callers invoke."
  value       = secure_lambda.greeter.alias_arn
}
