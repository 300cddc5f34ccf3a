variable "bucket" {
  description = "Name of the bucket, which is unique in the world."
  type        = string
}

resource "aws_s3_bucket" "images" {
  bucket = var.bucket
}

resource "secure_lambda" "thumbnails" {
  name    = "thumbnails"
  code    = { path = "${path.module}/src" }
  runtime = "python3.14"
  handler = "app.handler"

  access = {
    originals  = { to = "${aws_s3_bucket.images.arn}/in/*", level = "read" }
    thumbnails = { to = "${aws_s3_bucket.images.arn}/thumbnails/*", level = "put" }
  }
  permissions = {
    images = {
      principal      = "s3.amazonaws.com"
      source_arn     = aws_s3_bucket.images.arn
      source_account = data.aws_caller_identity.current.account_id
    }
  }
}

resource "aws_s3_bucket_notification" "images" {
  bucket = aws_s3_bucket.images.id

  lambda_function {
    lambda_function_arn = secure_lambda.thumbnails.alias_arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "in/" # what the function writes must not match
  }
}
