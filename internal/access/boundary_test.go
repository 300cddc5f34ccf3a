package access

import (
	"slices"
	"testing"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestWithheld(t *testing.T) {
	t.Parallel()
	const queue = "arn:aws:sqs:eu-central-1:111122223333:orders"
	for name, c := range map[string]struct {
		boundary  string
		resources []string
		want      []string
	}{
		"everything":                {`{"Effect":"Allow","Action":"*","Resource":"*"}`, []string{queue}, nil},
		"nothing of the service":    {`{"Effect":"Allow","Action":["s3:*"],"Resource":"*"}`, []string{queue}, []string{"sqs:GetQueueUrl", "sqs:SendMessage"}},
		"one action":                {`{"Effect":"Allow","Action":"SQS:Send*","Resource":"*"}`, []string{queue}, []string{"sqs:GetQueueUrl"}},
		"another queue":             {`{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:other"}`, []string{queue}, []string{"sqs:GetQueueUrl", "sqs:SendMessage"}},
		"a queue that is not known": {`{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:other"}`, nil, nil},
		"some of the queues":        {`{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:orders"}`, []string{"arn:aws:sqs:eu-central-1:111122223333:*"}, nil},
		"on a condition":            {`{"Effect":"Allow","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`, []string{queue}, nil},
		"all but":                   {`{"Effect":"Allow","NotAction":"sqs:SendMessage","Resource":"*"}`, []string{queue}, nil},
		"denied":                    {`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sqs:SendMessage","Resource":"*"}`, []string{queue}, []string{"sqs:SendMessage"}},
		"denied on a condition":     {`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-central-1"}}}`, []string{queue}, nil},
		"denied for one of them":    {`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"` + queue + `"}`, []string{queue, queue + "-2"}, nil},
		"denied for a part of them": {`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"` + queue + `"}`, []string{"arn:aws:sqs:*:*:*"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			boundary, err := bp.ParseDocument(`{"Version":"2012-10-17","Statement":[` + c.boundary + `]}`)
			if err != nil {
				t.Fatal(err)
			}
			resources := bp.Unknown[bp.Set]()
			if c.resources != nil {
				resources = bp.Known(bp.SetOf(c.resources...))
			}
			got := Withheld(boundary, bp.Statement{
				Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf("sqs:SendMessage", "sqs:GetQueueUrl")), Resources: resources,
			})
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
