terraform {
  required_providers {
    secure = { source = "secure-lambda/secure" }
    aws    = { source = "hashicorp/aws" }
  }
}

data "aws_caller_identity" "current" {}
