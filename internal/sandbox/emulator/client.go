package emulator

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

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Client asks questions of its own, past the recorder: only where a write
// needs to know something that no earlier call has shown.
type Client struct {
	base   string
	client *http.Client
}

// NewClient asks the emulator at a base URL.
func NewClient(base string, transport http.RoundTripper) *Client {
	return &Client{base: base, client: &http.Client{Transport: transport}}
}

// Send makes a request in the name of the exchange's account and region.
func (e *Client) Send(ctx context.Context, x *wire.Exchange, service, method, path string, header http.Header, body []byte) (*wire.Answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, e.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("asking the emulator: %w", err)
	}
	maps.Copy(req.Header, header)
	req.Header.Set("Authorization", fmt.Sprintf(
		"AWS4-HMAC-SHA256 Credential=%s/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", x.Call.Account, x.Call.Region, service))
	resp, err := e.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the emulator: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("asking the emulator: %w", err)
	}
	return wire.AnswerOf(resp.StatusCode, resp.Header, raw), nil
}

// Ask is Send for those who need no headers.
func (e *Client) Ask(ctx context.Context, x *wire.Exchange, service, method, path string, header http.Header, body []byte) (status int, answer []byte, err error) {
	a, err := e.Send(ctx, x, service, method, path, header, body)
	if err != nil {
		return 0, nil, err
	}
	return a.Status, a.Body, nil
}

// AskJSON calls an operation of a JSON protocol service.
func (e *Client) AskJSON(ctx context.Context, x *wire.Exchange, service, target string, request any) (status int, answer wire.Object, err error) {
	body, err := json.Marshal(request)
	if err != nil {
		return 0, nil, fmt.Errorf("asking the emulator: %w", err)
	}
	status, raw, err := e.Ask(ctx, x, service, http.MethodPost, "/", http.Header{
		"X-Amz-Target": {target}, "Content-Type": {"application/x-amz-json-1.1"},
	}, body)
	if err != nil {
		return 0, nil, err
	}
	answer, err = wire.ParseObject(raw)
	return status, answer, err
}

// AskIAM calls an operation of IAM.
func (e *Client) AskIAM(ctx context.Context, x *wire.Exchange, form url.Values) (status int, body []byte, err error) {
	form.Set("Version", "2010-05-08")
	return e.AskForm(ctx, x, "iam", form)
}

// QueueURL is where the queue of an ARN is.
func (e *Client) QueueURL(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 {
		return arn
	}
	return e.base + "/" + parts[4] + "/" + parts[5]
}

// AskForm calls an operation of a Query protocol service.
func (e *Client) AskForm(ctx context.Context, x *wire.Exchange, service string, form url.Values) (status int, body []byte, err error) {
	return e.Ask(ctx, x, service, http.MethodPost, "/", http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"},
	}, []byte(form.Encode()))
}
