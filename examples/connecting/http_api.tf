resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "HTTP"
}

resource "secure_lambda" "shop" {
  name    = "shop"
  code    = { path = "${path.module}/src" }
  runtime = "python3.14"
  handler = "app.handler"

  permissions = {
    api = { principal = "apigateway.amazonaws.com", source_arn = "${aws_apigatewayv2_api.shop.execution_arn}/*/GET/orders" }
  }
}

resource "aws_apigatewayv2_integration" "shop" {
  api_id                 = aws_apigatewayv2_api.shop.id
  integration_type       = "AWS_PROXY"
  integration_uri        = secure_lambda.shop.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "orders" {
  api_id             = aws_apigatewayv2_api.shop.id
  route_key          = "GET /orders"
  target             = "integrations/${aws_apigatewayv2_integration.shop.id}"
  authorization_type = "AWS_IAM"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.shop.id
  name        = "$default"
  auto_deploy = true
}
