// Package lambda corrects the answers of Lambda, and those of Signer that are
// about its code.
package lambda

import (
	"slices"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/async"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Corrections begin with what edits the answers of all others.
func Corrections(e *emulator.Client, denied *roles.Denials, propagation func(account string) time.Duration, s async.Settings) []correct.Correction {
	var (
		running  function.Executions
		updates  correct.Locks
		accounts correct.Locks
		versions correct.Ledger[published]
		born     correct.Ledger[time.Time]
		runtimes correct.Ledger[map[string]wire.Object]
		signing  codeSigning
	)
	return slices.Concat(
		[]correct.Correction{
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
			async.Invocations(async.New(e, &running, s)),
		},
		packageTypesDiffer(e),
		signing.corrections(e),
		runtimeManagement(e, &runtimes),
		concurrencyIsReserved(e, &running, &accounts),
		rolesAreAsked(e),
		async.Configs(e),
		environmentNeedsKey(e),
		noteVersions(&versions),
		policyPerQualifier(),
	)
}
