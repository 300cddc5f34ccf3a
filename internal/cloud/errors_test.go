package cloud

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestRedact_HidesEveryForm(t *testing.T) {
	t.Parallel()
	const pem = "-----BEGIN KEY-----\nMIIE\"<&>\\x\n-----END KEY-----"
	inJSON, err := json.Marshal(map[string]string{"PEM": pem})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text    string
		secrets []string
		leaks   []string
	}{
		"as it is":           {"sent " + pem, []string{pem}, []string{"MIIE"}},
		"in JSON":            {"String measured: " + string(inJSON), []string{pem}, []string{"MIIE", "BEGIN"}},
		"one within another": {"hunter2-prod-9f8e and hunter2", []string{"hunter2", "hunter2-prod-9f8e"}, []string{"hunter2", "prod"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cause := errors.New(c.text)
			got := Redact(cause, c.secrets)
			for _, leak := range c.leaks {
				if strings.Contains(got.Error(), leak) {
					t.Errorf("%q shows %q", got, leak)
				}
			}
			if !errors.Is(got, cause) {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestRedact_LeavesShortValuesAndOtherErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("timeout is 1, yes")
	if got := Redact(cause, []string{"1", "yes", "absent-value"}); got.Error() != cause.Error() {
		t.Errorf("got %q", got)
	}
	if Redact(nil, []string{"secret"}) != nil {
		t.Error("nil became an error")
	}
}
