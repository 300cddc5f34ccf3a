package render

import (
	"cmp"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (t *template) async(a bp.Async) fields {
	out := object(
		"MaximumRetryAttempts", number("async.max_retries", a.MaxRetries),
		"MaximumEventAgeInSeconds", number("async.max_event_age", a.MaxEventAge),
	)
	var destinations fields
	for _, d := range []struct {
		name string
		arn  bp.String
	}{{"OnSuccess", a.OnSuccess}, {"OnFailure", a.OnFailure}} {
		if arn := text(d.arn); arn != nil {
			destination := object("Destination", arn)
			if t.serverless {
				destination = object("Type", targetType(d.arn.Or("")), "Destination", arn)
			}
			destinations.set(d.name, destination)
		}
	}
	out.set("DestinationConfig", destinations)
	return out
}

// targetType is SAM's word for the service of a target.
func targetType(arn string) string {
	return cmp.Or(map[string]string{"sns": "SNS", "lambda": "Lambda", "events": "EventBridge", "s3": "S3Bucket"}[bp.ServiceOf(arn)], "SQS")
}
