package sandbox_test

import (
	"os"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(doomedVariable) != "" {
		os.Exit(doomed())
	}
	sandboxtest.Main(m)
}
