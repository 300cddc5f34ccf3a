resource "secure_lambda" "greeter" {
  name    = "greeter"
  code    = { path = "${path.module}/src" }
  runtime = "python3.14"
  handler = "app.handler"
}
