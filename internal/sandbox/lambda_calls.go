package sandbox

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// functionRef is the function a call is about: name, and qualifier if any. The
// path may carry a name, a partial or a full ARN, each with a qualifier.
func functionRef(x *exchange) (name, qualifier string) {
	name = x.path["FunctionName"]
	if _, rest, isARN := strings.Cut(name, ":function:"); isARN {
		name = rest
	}
	name, qualifier, _ = strings.Cut(name, ":")
	if asked := x.request.URL.Query().Get("Qualifier"); asked != "" {
		qualifier = asked
	}
	return name, qualifier
}

// scoped makes a key that is unique across accounts and regions.
func (x *exchange) scoped(parts ...string) string {
	return x.call.Account + "/" + x.call.Region + "/" + strings.Join(parts, "/")
}

func (x *exchange) functionARN(name string) string {
	return fmt.Sprintf("arn:%s:lambda:%s:%s:function:%s", partition(x.call.Region), x.call.Region, x.call.Account, name)
}

func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}

// newID is a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// functionConfig asks for a function's configuration. Nil without error: there
// is no such function or qualifier.
func (e *emulator) functionConfig(ctx context.Context, x *exchange, name, qualifier string) (object, error) {
	path := "/2015-03-31/functions/" + url.PathEscape(name) + "/configuration"
	if qualifier != "" {
		path += "?Qualifier=" + url.QueryEscape(qualifier)
	}
	status, body, err := e.ask(ctx, x, "lambda", http.MethodGet, path, nil, nil)
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	return parseObject(body)
}

// keyedLocks serialise the calls that change one thing.
type keyedLocks struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

func (k *keyedLocks) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*sync.Mutex{}
	}
	lock, ok := k.locks[key]
	if !ok {
		lock = &sync.Mutex{}
		k.locks[key] = lock
	}
	k.mu.Unlock()
	lock.Lock()
	return lock.Unlock
}

// ledger is a concurrent map for what passing calls have shown.
type ledger[V any] struct {
	mu     sync.Mutex
	values map[string]V
}

func (l *ledger[V]) get(key string) (V, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	value, ok := l.values[key]
	return value, ok
}

func (l *ledger[V]) put(key string, value V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.values == nil {
		l.values = map[string]V{}
	}
	l.values[key] = value
}

func (l *ledger[V]) drop(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.values, key)
}

// all is a copy.
func (l *ledger[V]) all() map[string]V {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.values)
}
