// Package services corrects the answers of all services but Lambda, one or two
// files for each.
package services

import (
	"slices"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Corrections are those of all services but Lambda.
func Corrections(e *emulator.Client, keys *wire.Keyring, queueRest time.Duration) []correct.Correction {
	return slices.Concat(
		[]correct.Correction{learnKeys(keys)},
		accessCorrections(e),
		watchCorrections(e),
		queueCorrections(e, queueRest),
		secretCorrections(e),
		[]correct.Correction{accessPointsAreFound(e), imagesAreFound(e)},
		filtersAreKnown(),
	)
}

// accessCorrections are those of keys, roles and policies.
func accessCorrections(e *emulator.Client) []correct.Correction {
	var managed correct.Ledger[bool]
	return slices.Concat(
		[]correct.Correction{keyPolicyMustParse(), policyDeletionNeedsOneVersion(e), attachmentsAreChecked(e)},
		keyStatesMatter(e),
		keysOfAWS(e, &managed),
		policyDocumentsAreChecked(),
	)
}

// watchCorrections are those of logs, alarms and tags.
func watchCorrections(e *emulator.Client) []correct.Correction {
	var (
		groups correct.Ledger[string]
		guards correct.Ledger[wire.Object]
		locked correct.Ledger[bool]
		tags   tagIndex
		alarms correct.Ledger[wire.Object]
	)
	return slices.Concat(
		[]correct.Correction{logsKeyMustAdmit(e), logClassesDiffer(e)},
		tagListings(e, &tags),
		alarmChangesAreChecked(),
		alarmsComeBackWhole(&alarms),
		logGroupKeys(e, &groups),
		dataProtection(e, &guards),
		deletionIsProtected(e, &locked),
	)
}

func queueCorrections(e *emulator.Client, rest time.Duration) []correct.Correction {
	var deleted correct.Ledger[time.Time]
	return slices.Concat(queueNamesRest(&deleted, rest), queueAttributesAreSQS(e))
}

func secretCorrections(e *emulator.Client) []correct.Correction {
	var rotations correct.Ledger[wire.Object]
	return secretsAreKept(e, &rotations)
}
