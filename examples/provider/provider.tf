terraform {
  required_providers {
    secure = { source = "secure-lambda/secure" }
  }
}

provider "secure" {
  region = "eu-west-1"

  # What the organisation wants of every unit
  kms_key_arn          = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
  log_retention_days   = 365
  default_tags         = { owner = "platform" }

  vpc = {
    subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
    security_group_ids = ["sg-0123456789abcdef0"]
  }
}
