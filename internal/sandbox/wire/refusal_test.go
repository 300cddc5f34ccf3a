package wire

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRefuse_SpeaksTheProtocolOfTheService(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		protocol Protocol
		service  string
		want     string
	}{
		"query": {QueryProtocol, "iam", "<ErrorResponse><Error><Type>Sender</Type><Code>C</Code><Message>a &lt; b</Message></Error>"},
		"ec2":   {QueryProtocol, "ec2", "<Response><Errors><Error><Code>C</Code>"},
		"json":  {JSONProtocol, "kms", `"__type":"C"`},
		"cbor":  {CBORProtocol, "monitoring", "\xa2\x66__type\x61C\x67message\x65a < b"},
		"rest":  {RESTJSON, "lambda", `"Type":"Sender"`},
		"s3":    {RESTXML, "s3", "<Error><Code>C</Code><Message>a &lt; b</Message></Error>"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := &Exchange{Protocol: c.protocol, Call: Call{Service: c.service}}
			w := httptest.NewRecorder()
			Refuse(w, x, Refusal{http.StatusBadRequest, "C", "a < b"})
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("got %d %q", w.Code, w.Body)
			}
			if got := CodeOf(w.Header(), w.Body.Bytes()); got != "C" {
				t.Errorf("read back as %q", got)
			}
		})
	}
}
