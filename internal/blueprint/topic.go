package blueprint

// IsTopicARN reports whether an ARN is that of an SNS topic.
func IsTopicARN(arn string) bool { return isARN(arn, "sns", "") }
