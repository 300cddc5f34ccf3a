package correct_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// TestStep_CarriesACallOut whose caller is gone: what the emulator did is corrected all
// the same.
func TestStep_CarriesACallOut(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	x := &wire.Exchange{Request: httptest.NewRequestWithContext(ctx, http.MethodPost, "/", nil)}
	x.Call.Service, x.Call.Operation = "secretsmanager", "CreateSecret"
	corrected := false
	step := correct.Step([]correct.Correction{{Operations: []string{x.Call.Name()}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
		corrected = x.Request.Context().Err() == nil
		return nil
	})}})
	step(func(w http.ResponseWriter, x *wire.Exchange) {
		cancel()
		if err := x.Request.Context().Err(); err != nil {
			t.Errorf("the emulator is asked under %v", err)
		}
		w.WriteHeader(http.StatusOK)
	})(httptest.NewRecorder(), x)
	if !corrected {
		t.Error("the correction was cut off")
	}
}
