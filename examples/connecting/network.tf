variable "vpc_id" {
  description = "A VPC with DNS support and DNS hostnames on."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets of that VPC, in two availability zones or more."
  type        = set(string)
}

variable "database_secret_arn" {
  description = "Secret with the database's password."
  type        = string
}

data "aws_region" "current" {}

resource "aws_security_group" "job" {
  name        = "database-job"
  description = "The function database-job"
  vpc_id      = var.vpc_id
}

resource "aws_security_group" "endpoints" {
  name        = "database-job-endpoints"
  description = "Endpoints that the function database-job uses"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "job" {
  security_group_id            = aws_security_group.job.id
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id            = aws_security_group.endpoints.id
  referenced_security_group_id = aws_security_group.job.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_endpoint" "secrets" {
  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.${data.aws_region.current.region}.secretsmanager"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
}

resource "secure_lambda" "job" {
  name    = "database-job"
  code    = { path = "${path.module}/src" }
  runtime = "python3.14"
  handler = "app.handler"

  secrets = { DATABASE = { arn = var.database_secret_arn } }
  vpc     = { subnet_ids = var.subnet_ids, security_group_ids = [aws_security_group.job.id] }

  depends_on = [aws_vpc_endpoint.secrets, aws_vpc_security_group_egress_rule.job, aws_vpc_security_group_ingress_rule.endpoints]
}
