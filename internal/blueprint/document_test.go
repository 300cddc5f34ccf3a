package blueprint_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// randomStatement draws a statement that a policy document can hold.
func randomStatement(t *rapid.T) bp.Statement {
	s := random[bp.Statement](t, allKnown)
	s.Effect = bp.Known(rapid.SampledFrom([]string{"Allow", "Deny"}).Draw(t, "effect"))
	if rapid.Bool().Draw(t, "in an identity policy") {
		s.Principals = bp.Null[map[string]bp.Value[bp.Set]]()
	}
	if rapid.Bool().Draw(t, "in a resource policy") {
		s.Resources = bp.Null[bp.Set]()
	}
	if rapid.Bool().Draw(t, "unconditional") {
		s.Conditions = bp.Null[bp.Conditions]()
	}
	return s
}

func randomStatements(t *rapid.T) []bp.Named {
	out := make([]bp.Named, rapid.IntRange(0, 4).Draw(t, "statements"))
	for i := range out {
		out[i] = bp.Named{Sid: fmt.Sprintf("Statement%d", i), Statement: randomStatement(t)}
	}
	return out
}

func TestDocument_ParsesBackToItsStatements(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		statements := randomStatements(t)
		document, err := bp.Document(statements)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := bp.ParseDocument(document)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "statements", len(parsed), len(statements))
		for i, p := range parsed {
			same(t, "sid", p.Sid, statements[i].Sid)
			same(t, "plain", p.Plain, true)
			same(t, "differences", bp.Diff(p.Statement, statements[i].Statement), []bp.Difference(nil))
		}
	})
}

func TestDocument_IsWrittenAsAWSWritesIt(t *testing.T) {
	t.Parallel()
	got, err := bp.Document([]bp.Named{{Sid: "One", Statement: bp.Statement{
		Effect:    bp.Known("Allow"),
		Actions:   bp.Known(bp.SetOf("s3:PutObject", "s3:GetObject")),
		Resources: bp.Known(bp.SetOf("*")),
		Conditions: bp.Known(bp.Conditions{"StringEquals": bp.Known(map[string]bp.Value[bp.Set]{
			"aws:SourceAccount": bp.Known(bp.SetOf("111122223333")),
		})}),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "document", got, `{"Statement":[{"Action":["s3:GetObject","s3:PutObject"],`+
		`"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}},"Effect":"Allow","Resource":"*","Sid":"One"}],"Version":"2012-10-17"}`)
}

func TestDocument_RefusesWhatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		s := randomStatement(t)
		leaf := rapid.SampledFrom(bp.Leaves(s)).Draw(t, "leaf")
		s = changed(s, leaf.Path, func(n bp.Settable) { n.Assign(bp.StateUnknown, nil) })
		document, err := bp.Document([]bp.Named{{Sid: "Orders", Statement: s}})
		if !errors.Is(err, bp.ErrUnknownStatement) || document != "" {
			t.Fatalf("got %q, %v", document, err)
		}
		if !strings.Contains(err.Error(), "Orders."+leaf.Path) {
			t.Errorf("%v does not name Orders.%s", err, leaf.Path)
		}
	})
}

func parse(t *testing.T, document string) []bp.Parsed {
	t.Helper()
	parsed, err := bp.ParseDocument(document)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestParseDocument_TakesOneStatementWithoutAList(t *testing.T) {
	t.Parallel()
	parsed := parse(t, `{"Statement":{"Sid":"A","Effect":"Deny","Action":"s3:*","Principal":"*"}}`)
	same(t, "statements", len(parsed), 1)
	same(t, "differences", bp.Diff(parsed[0].Statement, bp.Statement{
		Effect:     bp.Known("Deny"),
		Actions:    bp.Known(bp.SetOf("s3:*")),
		Principals: bp.Known(map[string]bp.Value[bp.Set]{"*": bp.Known(bp.SetOf("*"))}),
	}), []bp.Difference(nil))
}

func TestParseDocument_ReadsScalarsAsText(t *testing.T) {
	t.Parallel()
	parsed := parse(t, `{"Statement":[{"Sid":"A","Effect":"Allow","Condition":{
		"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"aws:MultiFactorAuthAge":31536000}}}]}`)
	conditions, _ := parsed[0].Statement.Conditions.Get()
	same(t, "bool", conditions["Bool"].Or(nil)["aws:SecureTransport"], bp.Known(bp.SetOf("true")))
	same(t, "number", conditions["NumericLessThan"].Or(nil)["aws:MultiFactorAuthAge"], bp.Known(bp.SetOf("31536000")))
}

func TestParseDocument_NamesAStatementWithoutSidByItsContent(t *testing.T) {
	t.Parallel()
	one := parse(t, `{"Statement":[{"Effect":"Allow","Action":"s3:*"}]}`)[0].Sid
	again := parse(t, `{"Statement":[{"Action":"s3:*","Effect":"Allow","Sid":""},{"Action":"s3:*","Effect":"Allow"}]}`)[1].Sid
	other := parse(t, `{"Statement":[{"Effect":"Allow","Action":"s3:Get*"}]}`)[0].Sid
	same(t, "same content", one, again)
	if one == other || !strings.HasPrefix(one, "unnamed-") || len(one) != len("unnamed-")+8 {
		t.Errorf("got %q and %q", one, other)
	}
}

func TestParseDocument_MarksInverseStatements(t *testing.T) {
	t.Parallel()
	for _, inverse := range []string{"NotAction", "NotResource", "NotPrincipal"} {
		parsed := parse(t, fmt.Sprintf(`{"Statement":[{"Sid":"A","Effect":"Allow",%q:"x"}]}`, inverse))
		same(t, inverse, parsed[0].Plain, false)
	}
}

func TestParseDocument_KeepsTheStatementAsJSON(t *testing.T) {
	t.Parallel()
	parsed := parse(t, `{"Statement":[{"Sid":"B","NotAction":"iam:*","Effect":"Allow"}]}`)
	same(t, "json", parsed[0].JSON, `{"Effect":"Allow","NotAction":"iam:*","Sid":"B"}`)
}

func TestParseDocument_RefusesWhatIsNoPolicy(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"", "nothing", `{}`, `{"Statement":"x"}`, `{"Statement":["x"]}`, `[]`} {
		if parsed, err := bp.ParseDocument(document); err == nil {
			t.Errorf("%q parsed to %v", document, parsed)
		}
	}
}

func TestSort_KeepsOnlyExpectedPlainStatements(t *testing.T) {
	t.Parallel()
	parsed := parse(t, `{"Statement":[
		{"Sid":"Mine","Effect":"Allow","Action":"s3:GetObject"},
		{"Sid":"Mine","Effect":"Allow","Action":"s3:*"},
		{"Sid":"Inverse","Effect":"Allow","NotAction":"iam:*"},
		{"Sid":"Stranger","Effect":"Allow","Action":"iam:*"},
		{"Effect":"Deny","Action":"ec2:*"}]}`)
	ours, rest := bp.Sort(parsed, func(sid string) bool { return sid == "Mine" || sid == "Inverse" })
	same(t, "ours", len(ours), 1)
	same(t, "the first of the two", ours["Mine"].Actions, bp.Known(bp.SetOf("s3:GetObject")))
	unexpected := rest.Or(nil)
	same(t, "the second of the two", unexpected["Mine"], bp.Known(parsed[1].JSON))
	same(t, "inverse", unexpected["Inverse"], bp.Known(parsed[2].JSON))
	same(t, "stranger", unexpected["Stranger"], bp.Known(parsed[3].JSON))
	same(t, "without sid", unexpected[parsed[4].Sid], bp.Known(parsed[4].JSON))
	same(t, "unexpected", len(unexpected), 4)
}

func TestSort_WithNothingUnexpectedIsNull(t *testing.T) {
	t.Parallel()
	ours, rest := bp.Sort(parse(t, `{"Statement":[{"Sid":"Mine","Effect":"Allow"}]}`), func(string) bool { return true })
	same(t, "ours", len(ours), 1)
	same(t, "rest", rest, bp.Null[map[string]bp.String]())
}

func TestSort_LosesNoStatement(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		sids := rapid.SliceOfN(rapid.SampledFrom([]string{"Mine", "Other", "Stranger"}), 0, 6).Draw(t, "sids")
		parsed := make([]bp.Parsed, len(sids))
		for i, sid := range sids {
			parsed[i] = bp.Parsed{Plain: rapid.Bool().Draw(t, "plain"), JSON: fmt.Sprintf(`{"n":%d}`, i)}
			parsed[i].Sid = sid
			parsed[i].Statement.Effect = bp.Known(parsed[i].JSON)
		}
		ours, rest := bp.Sort(parsed, func(sid string) bool { return sid != "Stranger" })
		var found, want []string
		for _, s := range ours {
			found = append(found, s.Effect.Or(""))
		}
		for _, text := range rest.Or(nil) {
			found = append(found, text.Or(""))
		}
		for _, p := range parsed {
			want = append(want, p.JSON)
		}
		slices.Sort(found)
		slices.Sort(want)
		same(t, "statements", found, want)
	})
}

func TestStatements_AreListedInOneOrder(t *testing.T) {
	t.Parallel()
	s := bp.Known(bp.Statement{Effect: bp.Known("Allow")})
	policy := bp.PolicyStatements{
		Decrypt: s, Logs: s, Tracing: s, Telemetry: s,
		Access: bp.Known(map[string]bp.Value[bp.Statement]{"orders_table": s, "bucket": s, "later": bp.Unknown[bp.Statement]()}),
	}
	same(t, "policy", sids(policy.Statements()),
		[]string{"SecureLogs", "SecureTracing", "SecureTelemetry", "SecureDecrypt", "Bucket", "OrdersTable"})
	policy.Tracing = bp.Null[bp.Statement]()
	same(t, "policy without tracing", sids(policy.Statements()),
		[]string{"SecureLogs", "SecureTelemetry", "SecureDecrypt", "Bucket", "OrdersTable"})
	same(t, "key", sids(bp.KeyPolicy{Logs: s, Account: s}.Statements()), []string{"SecureAccount", "SecureLogs"})
	same(t, "trust", sids(bp.TrustPolicy{Lambda: s}.Statements()), []string{"SecureLambda"})
}

func sids(statements []bp.Named) []string {
	var out []string
	for _, s := range statements {
		out = append(out, s.Sid)
	}
	return out
}

// overlapping draws two lists of statements that share some.
func overlapping(t *rapid.T) (first, second []bp.Named) {
	pool := make([]bp.Statement, 4)
	for i := range pool {
		pool[i] = bp.Statement{Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf(fmt.Sprintf("s3:Action%d", i)))}
	}
	draw := func(name string) []bp.Named {
		chosen := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "ABefore", "C"}), 0, 4, rapid.ID).Draw(t, name)
		out := make([]bp.Named, len(chosen))
		for i, sid := range chosen {
			out[i] = bp.Named{Sid: sid, Statement: rapid.SampledFrom(pool).Draw(t, "statement")}
		}
		return out
	}
	return draw("first"), draw("second")
}

func TestUnion_CoversBothAndRepeatsNoSid(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		first, second := overlapping(t)
		before := fmt.Sprint(first, second)
		union := bp.Union(first, second)
		if !bp.Covered(first, union) || !bp.Covered(second, union) {
			t.Errorf("%v does not cover %v and %v", union, first, second)
		}
		if !bp.Covered(union, slices.Concat(first, second)) {
			t.Errorf("%v is wider than %v and %v", union, first, second)
		}
		names := sids(union)
		slices.Sort(names)
		same(t, "distinct sids", len(slices.Compact(names)), len(union))
		same(t, "first statements stay as they are", append([]bp.Named{}, union[:len(first)]...), append([]bp.Named{}, first...))
		same(t, "arguments", fmt.Sprint(first, second), before)
		same(t, "nothing to add", len(bp.Union(union, second)), len(union))
	})
}

func TestUnion_OfWhatIsCoveredIsTheFirst(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		first, second := overlapping(t)
		same(t, "covered", bp.Covered(second, first), len(bp.Union(first, second)) == len(first))
	})
}

func TestCovered_ComparesStatementsNotSids(t *testing.T) {
	t.Parallel()
	wide := bp.Statement{Actions: bp.Known(bp.SetOf("s3:*"))}
	narrow := bp.Statement{Actions: bp.Known(bp.SetOf("s3:GetObject"))}
	same(t, "other sid", bp.Covered([]bp.Named{{Sid: "A", Statement: wide}}, []bp.Named{{Sid: "B", Statement: wide}}), true)
	same(t, "same sid", bp.Covered([]bp.Named{{Sid: "A", Statement: wide}}, []bp.Named{{Sid: "A", Statement: narrow}}), false)
	same(t, "nothing", bp.Covered(nil, nil), true)
}

func TestUnion_RenamesAStatementWhoseSidIsTaken(t *testing.T) {
	t.Parallel()
	now := []bp.Named{{Sid: "Orders", Statement: bp.Statement{Effect: bp.Known("Allow")}}}
	before := []bp.Named{{Sid: "Orders", Statement: bp.Statement{Effect: bp.Known("Deny")}}}
	same(t, "sids", sids(bp.Union(now, before)), []string{"Orders", "OrdersBefore"})
}

func TestParsed_JSONIsValid(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		document, err := bp.Document([]bp.Named{{Sid: "A", Statement: randomStatement(t)}})
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := bp.ParseDocument(document)
		if err != nil {
			t.Fatal(err)
		}
		again, err := bp.ParseDocument(fmt.Sprintf(`{"Statement":[%s]}`, parsed[0].JSON))
		if err != nil || !json.Valid([]byte(parsed[0].JSON)) {
			t.Fatalf("%s: %v", parsed[0].JSON, err)
		}
		same(t, "read again", again, parsed)
	})
}

// TestDocument_HoldsOnlyWhatIAMTakes: CreatePolicy and PutKeyPolicy refuse
// documents with characters beyond U+00FF, and JSON can write them otherwise.
func TestDocument_HoldsOnlyWhatIAMTakes(t *testing.T) {
	t.Parallel()
	allowed := regexp.MustCompile(`^[\x09\x0A\x0D\x20-\x{FF}]+$`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		statement := bp.Statement{
			Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf("s3:GetObject")), Resources: bp.Known(bp.SetOf("arn:aws:s3:::b/" + text)),
			Conditions: bp.Known(bp.Conditions{"StringEquals": bp.Known(map[string]bp.Value[bp.Set]{"aws:PrincipalTag/x": bp.Known(bp.SetOf(text + "€𝄞ü"))})}),
		}
		document, err := bp.Document([]bp.Named{{Sid: "X", Statement: statement}})
		if err != nil {
			t.Fatal(err)
		}
		if !allowed.MatchString(document) {
			t.Fatalf("%q", document)
		}
		parsed, err := bp.ParseDocument(document)
		if err != nil || !bp.Equal(parsed[0].Statement, statement) {
			t.Fatalf("read back as %v: %v", parsed, err)
		}
	})
}
