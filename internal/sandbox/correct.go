package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// correction makes some operations answer as AWS does where the emulator does
// not. Each is small and says where AWS documents the behaviour.
type correction struct {
	operations []string // as Call.Name
	wrap       step
}

// corrections of the pinned version of the emulator. What it gets right has no
// place here. The first listed sees a call first.
func corrections(o Options, e *emulator, keys *keyring) []correction {
	var (
		updates  keyedLocks
		versions ledger[published]
		born     ledger[time.Time]
		deleted  ledger[time.Time]
		groups   ledger[string]
		tags     tagIndex
		alarms   ledger[object]
	)
	return slices.Concat(
		[]correction{
			learnKeys(keys),
			noteRoles(&born),
			describeAsLambda(),
			environmentMustFit(),
			roleMustBeAssumable(e, &born, o.RolePropagation),
			keyMustBeUsable(e),
			dryRunChangesNothing(e),
			refuseWhileBusy(e, &updates),
			publishOnlyChanges(e, &versions),
			aliasNeedsVersion(e),
			keyPolicyMustParse(),
			logsKeyMustAdmit(e),
			policyDeletionNeedsOneVersion(e),
			attachmentsAreChecked(e),
		},
		environmentNeedsKey(e),
		noteVersions(&versions),
		policyPerQualifier(),
		keyStatesMatter(e),
		policyDocumentsAreChecked(),
		tagListings(e, &tags),
		alarmsComeBackWhole(&alarms),
		logGroupKeys(e, &groups),
		queueNamesRest(&deleted, o.QueueRest),
	)
}

// correct sends a call through the corrections of its operation, and all
// others straight on.
func (p *proxy) correct(list []correction) step {
	return func(next handler) handler {
		handlers := map[string]handler{}
		for _, c := range slices.Backward(list) {
			for _, operation := range c.operations {
				last, ok := handlers[operation]
				if !ok {
					last = next
				}
				handlers[operation] = c.wrap(last)
			}
		}
		return func(w http.ResponseWriter, x *exchange) {
			if corrected, ok := handlers[x.call.Name()]; ok {
				corrected(w, x)
				return
			}
			next(w, x)
		}
	}
}

// before lets a check refuse a call. Nil lets it pass.
func before(check func(ctx context.Context, x *exchange) (*refusal, error)) step {
	return func(next handler) handler {
		return func(w http.ResponseWriter, x *exchange) {
			r, err := check(x.request.Context(), x)
			switch {
			case err != nil:
				refuse(w, x, refusal{http.StatusInternalServerError, "SandboxFailure", err.Error()})
			case r != nil:
				refuse(w, x, *r)
			default:
				next(w, x)
			}
		}
	}
}

// after lets a correction see and edit a successful answer.
func after(edit func(x *exchange, a *answer) error) step {
	return func(next handler) handler {
		return func(w http.ResponseWriter, x *exchange) {
			a := &answer{header: http.Header{}}
			next(a, x)
			if a.status < http.StatusMultipleChoices {
				if err := edit(x, a); err != nil {
					refuse(w, x, refusal{http.StatusInternalServerError, "SandboxFailure", err.Error()})
					return
				}
			}
			a.send(w)
		}
	}
}

// answer is a buffered response.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status < http.StatusOK {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, p...)
	return len(p), nil
}

func (a *answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // fails only when the client is gone
}

// object is a JSON object whose numbers keep their digits.
type object map[string]any

func parseObject(body []byte) (object, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	members := object{}
	if err := decoder.Decode(&members); err != nil && len(bytes.TrimSpace(body)) > 0 {
		return nil, fmt.Errorf("not a JSON object: %w", err)
	}
	return members, nil
}

// text is the member if it is a string.
func (o object) text(key string) string {
	value, _ := o[key].(string)
	return value
}

// object is the member if it is one, else nil, which reads as empty.
func (o object) object(key string) object {
	value, _ := o[key].(map[string]any)
	return value
}

func (a *answer) setJSON(value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encoding an answer: %w", err)
	}
	a.body = body
	return nil
}

// emulator asks questions of its own, past the recorder: only where a write
// needs to know something that no earlier call has shown.
type emulator struct {
	base   string
	client *http.Client
}

// ask sends a request in the name of the exchange's account and region.
func (e *emulator) ask(ctx context.Context, x *exchange, service, method, path string, header http.Header, body []byte) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, e.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("asking the emulator: %w", err)
	}
	maps.Copy(req.Header, header)
	req.Header.Set("Authorization", fmt.Sprintf(
		"AWS4-HMAC-SHA256 Credential=%s/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", x.call.Account, x.call.Region, service))
	resp, err := e.client.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("asking the emulator: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err = io.ReadAll(resp.Body)
	if err != nil {
		return 0, nil, fmt.Errorf("asking the emulator: %w", err)
	}
	return resp.StatusCode, answer, nil
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
