resource "secure_lambda" "greeter" {
  name    = "greeter"
  code    = { path = "${path.module}/src" }
  runtime = "python3.12"
  handler = "app.handler"
}
