package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// exchange is one AWS call on its way through the proxy.
type exchange struct {
	call     Call
	protocol protocol
	request  *http.Request
	// payload is the request body once something asked for it.
	payload []byte
	// cut says why the body could not be read.
	cut  error
	read bool
	// path holds the variables of the route that named a REST operation.
	path map[string]string
	// violated keeps what the call violates, if somebody does.
	violated func(member, rule string)
}

// protocol is the wire format of a service, which its errors must have too.
type protocol int

const (
	protocolUnknown protocol = iota
	queryProtocol            // form in, XML out: iam, sts, ec2
	jsonProtocol             // X-Amz-Target: kms, logs, sqs, tagging
	cborProtocol             // Smithy rpc-v2-cbor: monitoring
	restJSON                 // lambda, scheduler
	restXML                  // s3
)

// errCut is a request that did not arrive whole: its client is gone.
var errCut = errors.New("reading the request")

// body reads the request body and leaves a fresh reader in its place. Nothing
// is buffered unless the operation's name or a correction is in it.
func (x *exchange) body() ([]byte, error) {
	if x.read {
		return x.payload, nil
	}
	if x.cut != nil {
		return nil, x.cut
	}
	payload, err := io.ReadAll(x.request.Body)
	if err != nil {
		// Read again it would look like an empty one.
		x.cut = fmt.Errorf("%w: %w", errCut, err)
		return nil, x.cut
	}
	_ = x.request.Body.Close()
	x.setBody(payload)
	return payload, nil
}

func (x *exchange) setBody(payload []byte) {
	x.payload, x.read = payload, true
	x.request.Body = io.NopCloser(bytes.NewReader(payload))
	x.request.ContentLength = int64(len(payload))
	x.request.TransferEncoding = nil
}

// asCaller is an exchange for questions after this one has ended.
func (x *exchange) asCaller() *exchange {
	return &exchange{call: Call{Account: x.call.Account, Region: x.call.Region}}
}

// violates keeps what a correction finds, which knows the state of things.
func (x *exchange) violates(member, rule string) {
	if x.violated != nil {
		x.violated(member, rule)
	}
}

// handler answers a call.
type handler func(w http.ResponseWriter, x *exchange)

// step is one stage of the proxy.
type step func(next handler) handler

func chain(last handler, steps ...step) handler {
	for _, s := range slices.Backward(steps) {
		last = s(last)
	}
	return last
}
