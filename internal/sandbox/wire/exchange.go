// Package wire reads one AWS call and answers it: who calls which operation of
// which service, the members of the request in whatever protocol it came, and
// answers and refusals in the form that protocol has.
package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Exchange is one AWS call on its way through the proxy.
type Exchange struct {
	Call     Call
	Protocol Protocol
	Request  *http.Request
	// Payload is the request body once something asked for it.
	Payload []byte
	// cut says why the body could not be read.
	cut  error
	read bool
	// Path holds the variables of the route that named a REST operation.
	Path map[string]string
	// Violated keeps what the call violates, if somebody does.
	Violated func(member, rule string)
}

// Protocol is the wire format of a service, which its errors must have too.
type Protocol int

// The protocols of services that the sandbox answers for.
const (
	ProtocolUnknown Protocol = iota
	QueryProtocol            // form in, XML out: iam, sts, ec2
	JSONProtocol             // X-Amz-Target: kms, logs, sqs, tagging
	CBORProtocol             // Smithy rpc-v2-cbor: monitoring
	RESTJSON                 // lambda, scheduler
	RESTXML                  // s3
)

// ErrCut is a request that did not arrive whole: its client is gone.
var ErrCut = errors.New("reading the request")

// Body reads the request body and leaves a fresh reader in its place. Nothing
// is buffered unless the operation's name or a correction is in it.
func (x *Exchange) Body() ([]byte, error) {
	if x.read {
		return x.Payload, nil
	}
	if x.cut != nil {
		return nil, x.cut
	}
	payload, err := io.ReadAll(x.Request.Body)
	if err != nil {
		// Read again it would look like an empty one.
		x.cut = fmt.Errorf("%w: %w", ErrCut, err)
		return nil, x.cut
	}
	_ = x.Request.Body.Close()
	x.SetBody(payload)
	return payload, nil
}

// SetBody replaces the request body.
func (x *Exchange) SetBody(payload []byte) {
	x.Payload, x.read = payload, true
	x.Request.Body = io.NopCloser(bytes.NewReader(payload))
	x.Request.ContentLength = int64(len(payload))
	x.Request.TransferEncoding = nil
}

// AsCaller is an exchange for questions after this one has ended.
func (x *Exchange) AsCaller() *Exchange {
	return &Exchange{Call: Call{Account: x.Call.Account, Region: x.Call.Region}}
}

// Violates keeps what a correction finds, which knows the state of things.
func (x *Exchange) Violates(member, rule string) {
	if x.Violated != nil {
		x.Violated(member, rule)
	}
}

// Scoped makes a key that is unique across accounts and regions.
func (x *Exchange) Scoped(parts ...string) string {
	return x.Call.Account + "/" + x.Call.Region + "/" + strings.Join(parts, "/")
}
