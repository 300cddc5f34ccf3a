terraform {
  required_providers {
    secure = { source = "secure-lambda/secure" }
  }
}

provider "secure" {
  log_retention_days = 365
  alarm_actions      = var.alarm_topic_arns

  default_tags = {
    owner       = "orders-team"
    cost-center = "4711"
  }

  ignore_tags = {
    key_prefixes = ["scanner:"]
  }
}

variable "table_arn" {
  description = "Table the function reads."
  type        = string
  default     = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
}

variable "alarm_topic_arns" {
  description = "SNS topics that are told of alarms."
  type        = set(string)
  default     = []
}

variable "bucket_arn" {
  description = "Bucket whose events invoke the function."
  type        = string
  default     = "arn:aws:s3:::orders-incoming"
}

variable "vpc" {
  description = "Where the function reaches private addresses: subnets in two availability zones or more."
  type = object({
    subnet_ids         = set(string)
    security_group_ids = set(string)
  })
  default = null
}

variable "code_signing_config_arn" {
  description = "Who must have signed a package for Lambda to take it."
  type        = string
  default     = null
}

variable "signing_salt" {
  description = "Marked sensitive: never shown in a plan."
  type        = string
  sensitive   = true
  default     = "change-me"
}

resource "secure_lambda" "orders" {
  name        = "orders-api"
  description = "Answers what has been ordered"
  tags        = { service = "orders" }

  code         = { path = "${path.module}/src" }
  runtime      = "python3.14"
  handler      = "app.handler"
  architecture = "x86_64"

  memory_size       = 1024
  timeout           = 15
  ephemeral_storage = 1024

  environment = {
    TABLE_NAME   = "orders"
    SIGNING_SALT = var.signing_salt
  }

  role_path = "/service/orders/"
  trust     = { source_account = true, source_arn = true }

  access = {
    orders_table = {
      actions   = ["dynamodb:GetItem", "dynamodb:Query"]
      resources = [var.table_arn, "${var.table_arn}/index/*"]
      conditions = {
        "ForAllValues:StringEquals" = { "dynamodb:Attributes" = ["id", "state"] }
      }
    }
  }

  vpc                     = var.vpc
  code_signing_config_arn = var.code_signing_config_arn

  tracing = "Active"

  logs = {
    group_name        = "/orders/api"
    retention_days    = 731
    format            = "JSON"
    application_level = "WARN"
    data_protection   = ["EmailAddress", "CreditCardNumber"]
  }

  concurrency        = { reserved = 50 }
  runtime_management = { update_runtime_on = "FunctionUpdate" }

  permissions = {
    incoming = { principal = "s3.amazonaws.com", source_arn = var.bucket_arn }
  }

  async       = { max_retries = 1, max_event_age = 3600 }
  dead_letter = { retention_days = 7 }

  alarms = {
    profile  = "full"
    errors   = { threshold = 0.5 }
    duration = { statistic = "p95", threshold = 10000 }
  }

  ignore_drift = ["function.reserved_concurrency"]

  release = { alias = "stable" }

  timeouts = { create = "15m", update = "15m" }
}

output "alias_arn" {
  description = "What callers invoke."
  value       = secure_lambda.orders.alias_arn
}
