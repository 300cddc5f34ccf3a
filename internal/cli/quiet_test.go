package cli

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
)

// TestQuiet has the SDK write nothing beside what a command says.
func TestQuiet(t *testing.T) {
	t.Parallel()
	loaded, err := config.LoadDefaultConfig(t.Context(), config.WithRegion("eu-central-1"), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if _, silent := loaded.Logger.(logging.Nop); !silent {
		t.Errorf("the SDK logs to %T", loaded.Logger)
	}
}
