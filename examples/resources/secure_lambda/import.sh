# By name, in the account and region that the provider is configured for
terraform import secure_lambda.greeter greeter

# With account and region, which are checked against the provider's
terraform import secure_lambda.greeter 111122223333/eu-west-1/greeter
