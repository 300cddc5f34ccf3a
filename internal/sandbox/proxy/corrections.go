package proxy

import (
	"cmp"
	"slices"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/conditions"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/async"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/services"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// corrections of the pinned version of the emulator. What it gets right has no
// place here. The first listed sees a call first.
func corrections(s Settings, e *emulator.Client, keys *wire.Keyring, denied *roles.Denials, conditions *conditions.Store) []correct.Correction {
	propagation := func(account string) time.Duration {
		return cmp.Or(conditions.RolePropagation(account), s.RolePropagation)
	}
	return slices.Concat(
		lambda.Corrections(e, denied, propagation, async.Settings{Delay: s.AsyncDelay, Log: s.Log, Background: s.Background}),
		services.Corrections(e, keys, s.QueueRest),
	)
}
