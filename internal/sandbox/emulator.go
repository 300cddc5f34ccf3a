package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// emulator asks questions of its own, past the recorder: only where a write
// needs to know something that no earlier call has shown.
type emulator struct {
	base   string
	client *http.Client
}

func newEmulator(base string, transport http.RoundTripper) *emulator {
	return &emulator{base: base, client: &http.Client{Transport: transport}}
}

// send makes a request in the name of the exchange's account and region.
func (e *emulator) send(ctx context.Context, x *exchange, service, method, path string, header http.Header, body []byte) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, e.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("asking the emulator: %w", err)
	}
	maps.Copy(req.Header, header)
	req.Header.Set("Authorization", fmt.Sprintf(
		"AWS4-HMAC-SHA256 Credential=%s/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", x.call.Account, x.call.Region, service))
	resp, err := e.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the emulator: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("asking the emulator: %w", err)
	}
	return answerOf(resp.StatusCode, resp.Header, raw), nil
}

// ask is send for those who need no headers.
func (e *emulator) ask(ctx context.Context, x *exchange, service, method, path string, header http.Header, body []byte) (status int, answer []byte, err error) {
	a, err := e.send(ctx, x, service, method, path, header, body)
	if err != nil {
		return 0, nil, err
	}
	return a.status, a.body, nil
}

// askJSON calls an operation of a JSON protocol service.
func (e *emulator) askJSON(ctx context.Context, x *exchange, service, target string, request any) (status int, answer object, err error) {
	body, err := json.Marshal(request)
	if err != nil {
		return 0, nil, fmt.Errorf("asking the emulator: %w", err)
	}
	status, raw, err := e.ask(ctx, x, service, http.MethodPost, "/", http.Header{
		"X-Amz-Target": {target}, "Content-Type": {"application/x-amz-json-1.1"},
	}, body)
	if err != nil {
		return 0, nil, err
	}
	answer, err = parseObject(raw)
	return status, answer, err
}

// askIAM calls an operation of IAM.
func (e *emulator) askIAM(ctx context.Context, x *exchange, form url.Values) (status int, body []byte, err error) {
	form.Set("Version", "2010-05-08")
	return e.askForm(ctx, x, "iam", form)
}

// queueURL is where the queue of an ARN is.
func (e *emulator) queueURL(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 {
		return arn
	}
	return e.base + "/" + parts[4] + "/" + parts[5]
}

// askForm calls an operation of a Query protocol service.
func (e *emulator) askForm(ctx context.Context, x *exchange, service string, form url.Values) (status int, body []byte, err error) {
	return e.ask(ctx, x, service, http.MethodPost, "/", http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"},
	}, []byte(form.Encode()))
}
