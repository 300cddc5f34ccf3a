package lambda

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// unreservedMinimum must be left for functions that reserve nothing.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
const unreservedMinimum = 100

// concurrencyIsReserved: a reservation leaves the account its minimum, and
// holds for all versions and aliases of a function together. The emulator
// reserves any number, and holds only $LATEST to it.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
func concurrencyIsReserved(e *emulator.Client, running *function.Executions, accounts *correct.Locks) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"lambda.PutFunctionConcurrency"}, Wrap: func(next wire.Handler) wire.Handler {
			checked := correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) { return limitReservation(ctx, e, x) })(next)
			return func(w http.ResponseWriter, x *wire.Exchange) {
				defer accounts.Lock(x.Scoped())()
				checked(w, x)
			}
		}},
		{Operations: []string{"lambda.PutFunctionConcurrency"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			count, err := reservation(x)
			if name, _ := function.Ref(x); err == nil {
				running.Reserve(x.Scoped(name), count)
			}
			return err
		})},
		{Operations: []string{"lambda.DeleteFunctionConcurrency", "lambda.DeleteFunction"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			if name, qualifier := function.Ref(x); qualifier == "" {
				running.Reserve(x.Scoped(name), -1)
			}
			return nil
		})},
		{Operations: []string{"lambda.Invoke", "lambda.InvokeWithResponseStream"}, Wrap: func(next wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				name, _ := function.Ref(x)
				release, r := running.Enter(x, name)
				if r != nil {
					wire.RefuseFor(w, x, *r, "ReservedFunctionConcurrentInvocationLimitExceeded")
					return
				}
				defer release()
				next(w, x)
			}
		}},
	}
}

// reservation is what a request wants to reserve.
func reservation(x *wire.Exchange) (int64, error) {
	request, err := x.JSON()
	if err != nil {
		return 0, err
	}
	number, given := request["ReservedConcurrentExecutions"].(json.Number)
	if !given {
		return -1, nil
	}
	return number.Int64()
}

func limitReservation(ctx context.Context, e *emulator.Client, x *wire.Exchange) (*wire.Refusal, error) {
	wanted, err := reservation(x)
	if err != nil {
		return nil, err
	}
	if wanted < 0 {
		return function.InvalidMember("null", "reservedConcurrentExecutions", "have value greater than or equal to 0"), nil
	}
	_, body, err := e.Ask(ctx, x, "lambda", http.MethodGet, "/2016-08-19/account-settings", nil, nil)
	if err != nil {
		return nil, err
	}
	var settings struct {
		AccountLimit struct{ UnreservedConcurrentExecutions int64 }
	}
	if err := json.Unmarshal(body, &settings); err != nil {
		return nil, err
	}
	name, _ := function.Ref(x)
	_, body, err = e.Ask(ctx, x, "lambda", http.MethodGet, "/2019-09-30/functions/"+url.PathEscape(name)+"/concurrency", nil, nil)
	if err != nil {
		return nil, err
	}
	var held struct{ ReservedConcurrentExecutions int64 }
	if err := json.Unmarshal(body, &held); err != nil {
		return nil, err
	}
	if settings.AccountLimit.UnreservedConcurrentExecutions+held.ReservedConcurrentExecutions-wanted >= unreservedMinimum {
		return nil, nil
	}
	return &wire.Refusal{
		Status: http.StatusBadRequest, Code: "InvalidParameterValueException",
		Message: "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
	}, nil
}
