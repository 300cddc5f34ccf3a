package draft_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

func TestDraft_KnowingMoreChangesOnlyWhatWasUnknown(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		gen := specs{T: t, defaults: true}
		spec, facts := gen.spec(), gen.facts()
		if rapid.Bool().Draw(t, "version in service is right") {
			facts = serving(spec, facts)
		}
		vagueSpec, vagueFacts := blur(t, spec), facts
		vagueFacts.House = blur(t, facts.House)
		vagueFacts.CodeSHA256 = blur(t, facts.CodeSHA256)
		vagueFacts.KeyARN = blur(t, facts.KeyARN)
		vagueFacts.Generation = blur(t, facts.Generation)
		vagueFacts.Served = blur(t, facts.Served)

		vague, sharp := leaves(draft.Draft(vagueSpec, vagueFacts)), leaves(draft.Draft(spec, facts))
		for path, leaf := range vague {
			if leaf.State == bp.StateUnknown {
				continue
			}
			if !reflect.DeepEqual(leaf, sharp[path]) {
				t.Errorf("%s was promised as %v and is %v", path, leaf, sharp[path])
			}
		}
		for path := range sharp {
			if _, ok := vague[path]; !ok && !belowUnknown(path, vague) {
				t.Errorf("%s appears out of nothing", path)
			}
		}
	})
}

func belowUnknown(path string, vague map[string]bp.Leaf) bool {
	for above, leaf := range vague {
		if leaf.State == bp.StateUnknown && (strings.HasPrefix(path, above+".") || strings.HasPrefix(path, above+"[")) {
			return true
		}
	}
	return false
}

func TestDraft_WithNothingUnknownIsKnownThroughout(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		gen := specs{T: t, defaults: true}
		spec := gen.spec()
		same(t, "unknown", unknowns(draft.Draft(spec, serving(spec, gen.facts()))), []string(nil))
	})
}

func TestDraft_OfANewFourLineUnitLeavesExactlyTheseUnknown(t *testing.T) {
	t.Parallel()
	same(t, "unknown", unknowns(draft.Draft(fourLines(), newFacts())), []string{
		"alias.version",
		"dead_letter_queue.kms_key_arn",
		"function.kms_key_arn",
		"key.arn",
		"log_group.kms_key_arn",
		"policy.statements.dead_letter_key.resources",
		"policy.statements.decrypt.resources",
		`tags["secure:generation"]`,
		"version.digest",
		"version.number",
	})
}

func TestDraft_UnknownServedVersionAndCodeLeaveOnlyTheVersionUnknown(t *testing.T) {
	t.Parallel()
	facts := knownFacts()
	facts.Served = bp.Unknown[bp.Version]()
	same(t, "unknown", unknowns(draft.Draft(fourLines(), facts)), []string{"alias.version", "version.number"})
	facts.CodeSHA256 = bp.Unknown[string]()
	same(t, "unknown", unknowns(draft.Draft(fourLines(), facts)),
		[]string{"alias.version", "function.code_sha256", "version.digest", "version.number"})
}

func TestDraft_FillsInTheDefaults(t *testing.T) {
	t.Parallel()
	got := leaves(draft.Draft(fourLines(), knownFacts()))
	for path, want := range map[string]any{
		"function.name":                           "orders",
		"function.arn":                            "arn:aws:lambda:eu-west-1:111122223333:function:orders",
		"function.source":                         "path:src",
		"function.architecture":                   "arm64",
		"function.memory_size":                    int64(512),
		"function.timeout":                        int64(10),
		"function.ephemeral_storage":              int64(512),
		"function.tracing":                        "Active",
		"function.role_arn":                       "arn:aws:iam::111122223333:role/orders-eu-west-1",
		"function.role_bound":                     true,
		"function.kms_key_arn":                    ownKey,
		"function.logging.group":                  "/aws/lambda/orders",
		"function.logging.format":                 "JSON",
		"function.logging.application_level":      "INFO",
		"function.logging.system_level":           "INFO",
		"log_group.name":                          "/aws/lambda/orders",
		"log_group.arn":                           "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders",
		"log_group.retention_days":                int64(365),
		"log_group.kms_key_arn":                   ownKey,
		"role.name":                               "orders-eu-west-1",
		"role.path":                               "/",
		"role.attached_policies":                  []string{"arn:aws:iam::111122223333:policy/orders-eu-west-1"},
		"policy.arn":                              "arn:aws:iam::111122223333:policy/orders-eu-west-1",
		"policy.statements.logs.resources":        []string{"arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders:*"},
		"policy.statements.decrypt.resources":     []string{ownKey},
		"policy.statements.tracing.actions":       []string{"xray:PutTraceSegments"},
		"policy.statements.telemetry.actions":     []string{"xray:PutTelemetryRecords"},
		"key.alias":                               "alias/secure/orders",
		"key.enabled":                             true,
		"key.rotation":                            true,
		`key.policy.account.principals["AWS"]`:    []string{"arn:aws:iam::111122223333:root"},
		`key.policy.logs.principals["Service"]`:   []string{"logs.eu-west-1.amazonaws.com"},
		"alias.name":                              "live",
		"alias.arn":                               "arn:aws:lambda:eu-west-1:111122223333:function:orders:live",
		`tags["secure:unit"]`:                     "orders",
		`tags["secure:generation"]`:               "g1",
		`role.trust.lambda.principals["Service"]`: []string{"lambda.amazonaws.com"},
		`function.environment["POWERTOOLS_LOG_LEVEL"].sha256`: bp.HashText("INFO"),
	} {
		same(t, path, got[path].Value, want)
	}
	for _, path := range []string{"role.permissions_boundary", "role.inline_policies", "policy.statements.access", "function.description", "alias.weights", "role.trust.unexpected"} {
		same(t, path, got[path].State, bp.StateNull)
	}
}

func TestDraft_HouseDefaultsStandBetweenUnitAndBuiltIn(t *testing.T) {
	t.Parallel()
	house := bp.House{
		KMSKeyARN: bp.Known(houseKey), PermissionsBoundary: bp.Known("house"), LogRetentionDays: bp.Known[int64](90),
		DefaultTags: bp.Known(map[string]bp.String{"team": bp.Known("core"), "env": bp.Known("prod")}),
	}
	facts := knownFacts()
	facts.House = house
	by := leaves(draft.Draft(fourLines(), facts))
	same(t, "key of the house", by["function.kms_key_arn"].Value, houseKey)
	same(t, "boundary of the house", by["role.permissions_boundary"].Value, "house")
	same(t, "retention of the house", by["log_group.retention_days"].Value, int64(90))
	same(t, "tag of the house", by[`tags["team"]`].Value, "core")

	spec := fourLines()
	spec.KMSKeyARN, spec.PermissionsBoundary = bp.Known(givenKey), bp.Known("own")
	spec.Logs = bp.Known(bp.LogsSpec{RetentionDays: bp.Known[int64](0)})
	spec.Tags = bp.Known(map[string]bp.String{"team": bp.Known("blue")})
	by = leaves(draft.Draft(spec, facts))
	same(t, "key of the unit", by["function.kms_key_arn"].Value, givenKey)
	same(t, "boundary of the unit", by["role.permissions_boundary"].Value, "own")
	same(t, "retention of the unit", by["log_group.retention_days"].Value, int64(0))
	same(t, "tag of the unit", by[`tags["team"]`].Value, "blue")
	same(t, "tag of the house beside it", by[`tags["env"]`].Value, "prod")
}

func TestDraft_UnknownHouseDefaultIsNotTakenForAbsent(t *testing.T) {
	t.Parallel()
	facts := serving(fourLines(), knownFacts())
	facts.House = bp.House{
		PermissionsBoundary: bp.Unknown[string](), LogRetentionDays: bp.Unknown[int64](),
		DefaultTags: bp.Unknown[map[string]bp.String](),
	}
	same(t, "unknown", unknowns(draft.Draft(fourLines(), facts)),
		[]string{"log_group.retention_days", "role.permissions_boundary", "tags"})
}

func TestDraft_OwnKeyExistsExactlyWhenNoneIsGiven(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		unit, house bp.String
		state       bp.State
		inUse       bp.String
	}{
		"none":                    {bp.Null[string](), bp.Null[string](), bp.StateKnown, bp.Known(ownKey)},
		"of the unit":             {bp.Known(givenKey), bp.Null[string](), bp.StateNull, bp.Known(givenKey)},
		"of the house":            {bp.Null[string](), bp.Known(houseKey), bp.StateNull, bp.Known(houseKey)},
		"of both":                 {bp.Known(givenKey), bp.Known(houseKey), bp.StateNull, bp.Known(givenKey)},
		"unknown of the unit":     {bp.Unknown[string](), bp.Known(houseKey), bp.StateUnknown, bp.Unknown[string]()},
		"unknown of the house":    {bp.Null[string](), bp.Unknown[string](), bp.StateUnknown, bp.Unknown[string]()},
		"given, house is unknown": {bp.Known(givenKey), bp.Unknown[string](), bp.StateNull, bp.Known(givenKey)},
	} {
		spec, facts := fourLines(), knownFacts()
		spec.KMSKeyARN, facts.House.KMSKeyARN = c.unit, c.house
		got := draft.Draft(spec, facts)
		state, _ := got.Key.Inspect()
		function, _, _, group := parts(got)
		same(t, name+": component", state, c.state)
		same(t, name+": environment", function.KMSKeyARN, c.inUse)
		same(t, name+": log group", group.KMSKeyARN, c.inUse)
		decrypt := statements(got).Decrypt.Or(bp.Statement{})
		same(t, name+": decrypt", decrypt.Resources, bp.Known(bp.Set{c.inUse}))
	}
}

func TestDraft_RetiredKeysCanStillBeDecryptedWith(t *testing.T) {
	t.Parallel()
	facts := knownFacts()
	facts.RetiredKeys = bp.SetOf(givenKey)
	decrypt := statements(draft.Draft(fourLines(), facts)).Decrypt.Or(bp.Statement{})
	same(t, "resources", decrypt.Resources, bp.Known(bp.SetOf(givenKey, ownKey)))
}

func TestDraft_VersionNumberIsKeptExactlyWhileTheDigestIsEqual(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		gen := specs{T: t, defaults: true}
		before, after, facts := gen.spec(), gen.spec(), gen.facts()
		facts = serving(before, facts)
		got := draft.Draft(after, facts)
		function, _, _, _ := parts(got)
		want := bp.Unknown[string]()
		if function.Digest() == facts.Served.Or(bp.Version{}).Digest {
			want = bp.Known("3")
		}
		same(t, "version", got.Version.Or(bp.Version{}), bp.Version{Number: want, Digest: function.Digest()})
		same(t, "alias", got.Alias.Or(bp.Alias{}).Version, want)
	})
}

func TestDraft_WhatAVersionDoesNotFreezePublishesNothing(t *testing.T) {
	t.Parallel()
	spec := fourLines()
	facts := serving(spec, knownFacts())
	spec.Tags = bp.Known(map[string]bp.String{"team": bp.Known("blue")})
	spec.Logs = bp.Known(bp.LogsSpec{RetentionDays: bp.Known[int64](30)})
	spec.Access = bp.Known(map[string]bp.Value[bp.AccessSpec]{"bucket": bp.Known(bp.AccessSpec{})})
	spec.Code = bp.Known(bp.CodeSpec{Path: bp.Known("elsewhere")})
	same(t, "number", draft.Draft(spec, facts).Version.Or(bp.Version{}).Number, bp.Known("3"))
	spec.Timeout = bp.Known[int64](11)
	same(t, "number", draft.Draft(spec, facts).Version.Or(bp.Version{}).Number, bp.Unknown[string]())
}

func TestDraft_TextFormatHasNoLevels(t *testing.T) {
	t.Parallel()
	logging := func(format bp.String) bp.Logging {
		spec := fourLines()
		spec.Logs = bp.Known(bp.LogsSpec{Format: format, ApplicationLevel: bp.Known("DEBUG")})
		function, _, _, _ := parts(draft.Draft(spec, knownFacts()))
		return function.Logging.Or(bp.Logging{})
	}
	group := bp.Known("/aws/lambda/orders")
	same(t, "text", logging(bp.Known("Text")), bp.Logging{Group: group, Format: bp.Known("Text")})
	same(t, "json", logging(bp.Known("JSON")), bp.Logging{
		Group: group, Format: bp.Known("JSON"), ApplicationLevel: bp.Known("DEBUG"), SystemLevel: bp.Known("INFO"),
	})
	same(t, "unknown", logging(bp.Unknown[string]()), bp.Logging{
		Group: group, Format: bp.Unknown[string](), ApplicationLevel: bp.Unknown[string](), SystemLevel: bp.Unknown[string](),
	})
}

func TestDraft_GivenGroupIsTheOneInEveryPlace(t *testing.T) {
	t.Parallel()
	spec := fourLines()
	spec.Logs = bp.Known(bp.LogsSpec{GroupName: bp.Known("/shop/orders")})
	got := leaves(draft.Draft(spec, knownFacts()))
	const arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/shop/orders"
	same(t, "group", got["log_group.name"].Value, "/shop/orders")
	same(t, "function", got["function.logging.group"].Value, "/shop/orders")
	same(t, "policy", got["policy.statements.logs.resources"].Value, []string{arn + ":*"})
	same(t, "key", got[`key.policy.logs.conditions["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"]`].Value, []string{arn})
}

func TestDraft_CustomRuntimeStartsBootstrap(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ runtime, handler, want bp.String }{
		"custom":          {bp.Known("provided.al2023"), bp.Null[string](), bp.Known("bootstrap")},
		"custom, stated":  {bp.Known("provided.al2023"), bp.Known("main"), bp.Known("main")},
		"python":          {bp.Known("python3.13"), bp.Null[string](), bp.Null[string]()},
		"runtime unknown": {bp.Unknown[string](), bp.Null[string](), bp.Unknown[string]()},
	} {
		spec := bp.Spec{Name: bp.Known("orders"), Runtime: c.runtime, Handler: c.handler}
		function, _, _, _ := parts(draft.Draft(spec, knownFacts()))
		same(t, name, function.Handler, c.want)
	}
}

func TestDraft_EmptyDescriptionIsNone(t *testing.T) {
	t.Parallel()
	spec := fourLines()
	spec.Description = bp.Known("")
	function, _, _, _ := parts(draft.Draft(spec, knownFacts()))
	same(t, "description", function.Description, bp.Null[string]())
}

func TestDraft_WithoutEnvironmentThereIsNothingToDecrypt(t *testing.T) {
	t.Parallel()
	spec := fourLines()
	spec.Powertools = bp.Known(false)
	got := draft.Draft(spec, knownFacts())
	function, _, _, group := parts(got)
	same(t, "environment", function.Environment.IsNull(), true)
	same(t, "key of the environment", function.KMSKeyARN, bp.Null[string]())
	same(t, "decrypt statement", statements(got).Decrypt.IsNull(), true)
	same(t, "key of the group", group.KMSKeyARN, bp.Known(ownKey))
}

func TestDraft_ImportedSettingsWithoutInputAreHeld(t *testing.T) {
	t.Parallel()
	facts := knownFacts()
	held := map[string]bp.Value[bp.Environment]{"SECRET": bp.Known(bp.Environment{SHA256: bp.Known("d1")})}
	facts.Held = draft.Held{Environment: bp.Known(held), InlinePolicies: bp.Known(bp.SetOf("by-hand"))}
	function, role, _, _ := parts(draft.Draft(fourLines(), facts))
	same(t, "environment", function.Environment, bp.Known(held))
	same(t, "inline policies", role.InlinePolicies, bp.Known(bp.SetOf("by-hand")))
}

func TestEnvironment_UserStandsAbovePowertools(t *testing.T) {
	t.Parallel()
	spec := fourLines()
	spec.Environment = bp.Known(map[string]bp.String{"TABLE": bp.Known("t"), "POWERTOOLS_SERVICE_NAME": bp.Known("shop")})
	spec.Logs = bp.Known(bp.LogsSpec{ApplicationLevel: bp.Known("DEBUG")})
	same(t, "environment", draft.Environment(spec, bp.Known(ownSecret)), bp.Known(map[string]bp.String{
		"TABLE":                        bp.Known("t"),
		"POWERTOOLS_SERVICE_NAME":      bp.Known("shop"),
		"POWERTOOLS_METRICS_NAMESPACE": bp.Known("orders"),
		"POWERTOOLS_LOG_LEVEL":         bp.Known("DEBUG"),
	}))
	spec.Powertools = bp.Known(false)
	same(t, "without powertools", draft.Environment(spec, bp.Known(ownSecret)), spec.Environment)
}

func TestEnvironment_IsUnknownWhileItsKeysAre(t *testing.T) {
	t.Parallel()
	spec := fourLines()
	spec.Powertools = bp.Unknown[bool]()
	same(t, "powertools", draft.Environment(spec, bp.Known(ownSecret)).IsUnknown(), true)
	spec = fourLines()
	spec.Environment = bp.Unknown[map[string]bp.String]()
	same(t, "environment", draft.Environment(spec, bp.Known(ownSecret)).IsUnknown(), true)
}

func TestDraft_NeverHoldsAnEnvironmentValue(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		gen := specs{T: t, defaults: true}
		spec, facts := gen.spec(), gen.facts()
		const secret = "correct horse battery staple"
		spec.Environment = bp.Known(map[string]bp.String{"SECRET": bp.Known(secret)})
		got := leaves(draft.Draft(spec, facts))
		same(t, "digest", got[`function.environment["SECRET"].sha256`].Value, bp.HashText(secret))
		for path, leaf := range got {
			if text, ok := leaf.Value.(string); ok && strings.Contains(text, secret) {
				t.Errorf("%s holds the value", path)
			}
		}
	})
}

func TestTagsAll_AreWithoutOwnershipTags(t *testing.T) {
	t.Parallel()
	spec := fourLines()
	same(t, "none", draft.TagsAll(spec, bp.House{}), bp.Known(map[string]bp.String{}))
	spec.Tags = bp.Known(map[string]bp.String{"team": bp.Unknown[string]()})
	house := bp.House{DefaultTags: bp.Known(map[string]bp.String{"env": bp.Known("prod")})}
	same(t, "both", draft.TagsAll(spec, house), bp.Known(map[string]bp.String{"team": bp.Unknown[string](), "env": bp.Known("prod")}))
	spec.Tags = bp.Unknown[map[string]bp.String]()
	same(t, "unknown", draft.TagsAll(spec, house).IsUnknown(), true)
}
