terraform {
  required_providers {
    secure = { source = "secure-lambda/secure" }
    aws    = { source = "hashicorp/aws", version = ">= 6.42" } # url.tf needs it
  }
}

data "aws_caller_identity" "current" {}
