// Package correct says what a correction is: how some operations are made to
// answer as AWS does where the emulator does not. The corrections themselves are
// in the rooms below it, by service.
package correct

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Correction makes some operations answer as AWS does where the emulator does
// not. Each is small and says where AWS documents the behaviour.
type Correction struct {
	Operations []string // as Call.Name
	Wrap       wire.Step
}

// Step sends a call through the corrections of its operation, and all
// others straight on. From here on a call is carried out to its end, as AWS does, even
// if the caller is gone: a correction that was cut off would leave what only the emulator
// leaves.
func Step(list []Correction) wire.Step {
	return func(next wire.Handler) wire.Handler {
		handlers := map[string]wire.Handler{}
		for _, c := range slices.Backward(list) {
			for _, operation := range c.Operations {
				last, ok := handlers[operation]
				if !ok {
					last = next
				}
				handlers[operation] = c.Wrap(last)
			}
		}
		return func(w http.ResponseWriter, x *wire.Exchange) {
			x.Request = x.Request.WithContext(context.WithoutCancel(x.Request.Context()))
			if corrected, ok := handlers[x.Call.Name()]; ok {
				corrected(w, x)
				return
			}
			next(w, x)
		}
	}
}

// Before lets a check refuse a call. Nil lets it pass.
func Before(check func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error)) wire.Step {
	return func(next wire.Handler) wire.Handler {
		return func(w http.ResponseWriter, x *wire.Exchange) {
			r, err := check(x.Request.Context(), x)
			switch {
			case err != nil:
				wire.Refuse(w, x, wire.Refusal{Status: http.StatusInternalServerError, Code: "SandboxFailure", Message: err.Error()})
			case r != nil:
				wire.Refuse(w, x, *r)
			default:
				next(w, x)
			}
		}
	}
}

// After lets a correction see and edit a successful answer.
func After(edit func(x *wire.Exchange, a *wire.Answer) error) wire.Step {
	return func(next wire.Handler) wire.Handler {
		return func(w http.ResponseWriter, x *wire.Exchange) {
			a := wire.NewAnswer()
			next(a, x)
			if a.Status < http.StatusMultipleChoices {
				if err := edit(x, a); err != nil {
					wire.Refuse(w, x, wire.Refusal{Status: http.StatusInternalServerError, Code: "SandboxFailure", Message: err.Error()})
					return
				}
			}
			a.Send(w)
		}
	}
}

// RespondJSON answers in place of the emulator.
func RespondJSON(w http.ResponseWriter, x *wire.Exchange, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		wire.Refuse(w, x, wire.Failure(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails only when the client is gone
}
