package sandbox

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
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
func corrections(s settings, e *emulator, keys *keyring, denied *denials, conditions *conditionStore) []correction {
	propagation := func(account string) time.Duration {
		return cmp.Or(conditions.rolePropagation(account), s.rolePropagation)
	}
	return slices.Concat(
		lambdaCorrections(e, denied, propagation, asyncSettings{s.asyncDelay, s.log, s.background}),
		serviceCorrections(e, keys, s.queueRest),
	)
}

// serviceCorrections are those of all services but Lambda.
func serviceCorrections(e *emulator, keys *keyring, queueRest time.Duration) []correction {
	return slices.Concat(
		[]correction{learnKeys(keys)},
		accessCorrections(e),
		watchCorrections(e),
		queueCorrections(e, queueRest),
		secretCorrections(e),
		[]correction{accessPointsAreFound(e), imagesAreFound(e)},
		filtersAreKnown(),
	)
}

// lambdaCorrections begin with what edits the answers of all others.
func lambdaCorrections(e *emulator, denied *denials, propagation func(account string) time.Duration, s asyncSettings) []correction {
	var (
		running  executions
		updates  keyedLocks
		accounts keyedLocks
		versions ledger[published]
		born     ledger[time.Time]
		runtimes ledger[map[string]object]
		signing  codeSigning
	)
	return slices.Concat(
		[]correction{
			noteRoles(&born),
			describeAsLambda(&signing),
			listsEveryVersion(e),
			environmentMustFit(),
			roleMustBeAssumable(e, &born, propagation),
			keyMustBeUsable(e),
			deadLetterMustBeAllowed(e),
			networkMustExist(e),
			fileSystemMustExist(e),
			codeMustBeThere(e),
			dryRunChangesNothing(e),
			refuseWhileBusy(e, &updates),
			publishOnlyChanges(e, &versions),
			aliasNeedsVersion(e),
			aliasTakesItsOwnAlong(e),
			rolesAct(e, denied),
			signingJobsSign(e),
			asyncInvocations(newEventQueue(e, &running, s)),
		},
		packageTypesDiffer(e),
		signing.corrections(e),
		runtimeManagement(e, &runtimes),
		concurrencyIsReserved(e, &running, &accounts),
		rolesAreAsked(e),
		eventConfigs(e),
		environmentNeedsKey(e),
		noteVersions(&versions),
		policyPerQualifier(),
	)
}

// accessCorrections are those of keys, roles and policies.
func accessCorrections(e *emulator) []correction {
	var managed ledger[bool]
	return slices.Concat(
		[]correction{keyPolicyMustParse(), policyDeletionNeedsOneVersion(e), attachmentsAreChecked(e)},
		keyStatesMatter(e),
		keysOfAWS(e, &managed),
		policyDocumentsAreChecked(),
	)
}

// watchCorrections are those of logs, alarms and tags.
func watchCorrections(e *emulator) []correction {
	var (
		groups ledger[string]
		guards ledger[object]
		locked ledger[bool]
		tags   tagIndex
		alarms ledger[object]
	)
	return slices.Concat(
		[]correction{logsKeyMustAdmit(e), logClassesDiffer(e)},
		tagListings(e, &tags),
		alarmChangesAreChecked(),
		alarmsComeBackWhole(&alarms),
		logGroupKeys(e, &groups),
		dataProtection(e, &guards),
		deletionIsProtected(e, &locked),
	)
}

func queueCorrections(e *emulator, rest time.Duration) []correction {
	var deleted ledger[time.Time]
	return slices.Concat(queueNamesRest(&deleted, rest), queueAttributesAreSQS(e))
}

func secretCorrections(e *emulator) []correction {
	var rotations ledger[object]
	return secretsAreKept(e, &rotations)
}

// correct sends a call through the corrections of its operation, and all
// others straight on.
func correct(list []correction) step {
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
			a := newAnswer()
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

func newAnswer() *answer { return &answer{header: http.Header{}} }

// answerOf is an answer that is there already.
func answerOf(status int, header http.Header, body []byte) *answer {
	return &answer{status: status, header: header, body: body}
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
