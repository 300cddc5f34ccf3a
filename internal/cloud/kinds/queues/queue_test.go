package queues

import (
	"strings"
	"testing"
)

func TestHasMessages_CountsInTheSingularToo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		held     Messages
		messages string
		them     string
	}{
		{Messages{Waiting: 1}, "still holds 1 message (1 waiting", "lose it. Read or redrive it first"},
		{Messages{Waiting: 1, InFlight: 1}, "still holds 2 messages (1 waiting", "lose them. Read or redrive them first"},
	} {
		err := (&HasMessages{ARN: "arn:aws:sqs:eu-central-1:111122223333:orders-dead-letter", Messages: c.held}).Error()
		if !strings.Contains(err, c.messages) || !strings.Contains(err, c.them) {
			t.Errorf("%+v: %s", c.held, err)
		}
	}
}
