package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// maxError bounds what is read of an error answer to find its code.
const maxError = 64 << 10

// finish looks at the emulator's answer before it goes out: successes pass
// unread, errors give their code to the record, and "I do not know this"
// becomes 501.
func finish(resp *http.Response) error {
	x := exchangeOf(resp.Request.Context())
	if x == nil || resp.StatusCode < http.StatusBadRequest {
		return nil
	}
	head, err := io.ReadAll(io.LimitReader(resp.Body, maxError))
	if err != nil {
		return fmt.Errorf("reading the emulator's error: %w", err)
	}
	x.Call.ErrorCode = wire.CodeOf(resp.Header, head)
	if x.Call.Kind != wire.Data && admissions.Match(head) {
		_ = resp.Body.Close()
		r := x.Unsupported()
		x.Call.ErrorCode = r.Code
		header, body := r.Encode(x)
		resp.StatusCode, resp.Status, resp.Header = r.Status, strconv.Itoa(r.Status), header
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return nil
	}
	resp.Body = &rejoined{Reader: io.MultiReader(bytes.NewReader(head), resp.Body), Closer: resp.Body}
	return nil
}

// rejoined is a body whose beginning was read already.
type rejoined struct {
	io.Reader
	io.Closer
}
