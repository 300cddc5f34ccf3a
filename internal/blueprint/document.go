package blueprint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

const policyVersion = "2012-10-17"

// Named is a statement with its Sid.
type Named struct {
	Sid       string
	Statement Statement
}

// Parsed is one statement read from a policy document.
type Parsed struct {
	Named

	// JSON is the statement as read, with sorted keys.
	JSON string
	// Plain is false for a statement that uses NotAction, NotResource or
	// NotPrincipal, which Statement cannot hold.
	Plain bool
}

// Nameless reports whether the statement has no Sid of its own.
func (p Parsed) Nameless() bool { return p.JSON != "" && p.Sid == standIn(p.JSON) }

// standIn is what a statement without a Sid is kept under.
func standIn(text string) string { return "unnamed-" + HashText(text)[:8] }

// ErrUnknownStatement is returned for a statement that is not fully known yet.
var ErrUnknownStatement = errors.New("statement is not known yet")

// Document renders statements as a policy document. All of them must be known.
func Document(statements []Named) (string, error) { return IdentifiedDocument("", statements) }

// IdentifiedDocument does so with an Id, by which a document can be told from
// one that says the same.
func IdentifiedDocument(id string, statements []Named) (string, error) {
	rendered := make([]any, 0, len(statements))
	for _, s := range statements {
		for _, leaf := range Leaves(s.Statement) {
			if leaf.State == unknown {
				return "", fmt.Errorf("%s.%s: %w", s.Sid, leaf.Path, ErrUnknownStatement)
			}
		}
		rendered = append(rendered, s.Statement.document(s.Sid))
	}
	document := map[string]any{"Version": policyVersion, "Statement": rendered}
	if id != "" {
		document["Id"] = id
	}
	out, err := json.Marshal(document)
	if err != nil {
		return "", fmt.Errorf("render policy document: %w", err)
	}
	return latin(string(out)), nil
}

// latin writes characters beyond U+00FF as JSON escapes: the documents that IAM
// and KMS take hold no others.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
func latin(document string) string {
	if strings.IndexFunc(document, func(r rune) bool { return r > maxLatin }) < 0 {
		return document
	}
	var out strings.Builder
	for _, r := range document {
		switch {
		case r <= maxLatin:
			out.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

const maxLatin = '\u00ff'

// anyone is the kind of the principal *, which has none.
const anyone = "*"

func (s Statement) document(sid string) map[string]any {
	out := map[string]any{"Sid": sid, "Effect": s.Effect.value}
	if everyone := s.Principals.value; len(everyone) == 1 && Equal(everyone[anyone], Known(SetOf(anyone))) {
		out["Principal"] = anyone
	} else if s.Principals.IsKnown() {
		principals := map[string]any{}
		for kind, who := range s.Principals.value {
			principals[kind] = who.value.plain()
		}
		out["Principal"] = principals
	}
	if s.Actions.IsKnown() {
		out["Action"] = s.Actions.value.plain()
	}
	if s.Resources.IsKnown() {
		out["Resource"] = s.Resources.value.plain()
	}
	if s.Conditions.IsKnown() {
		conditions := map[string]any{}
		for operator, keys := range s.Conditions.value {
			inner := map[string]any{}
			for key, values := range keys.value {
				inner[key] = values.value.plain()
			}
			conditions[operator] = inner
		}
		out["Condition"] = conditions
	}
	return out
}

// plain renders one element as a scalar, as AWS writes its own documents.
func (s Set) plain() any {
	texts, _ := s.Canonical().Strings()
	if len(texts) == 1 {
		return texts[0]
	}
	return texts
}

// ParseDocument reads the statements of a policy document.
func ParseDocument(document string) ([]Parsed, error) {
	var doc struct {
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		return nil, fmt.Errorf("parse policy document: %w", err)
	}
	var list []map[string]any
	if err := unmarshal(doc.Statement, &list); err != nil {
		var single map[string]any
		if err := unmarshal(doc.Statement, &single); err != nil {
			return nil, fmt.Errorf("parse policy statements: %w", err)
		}
		list = []map[string]any{single}
	}
	out := make([]Parsed, 0, len(list))
	for _, raw := range list {
		parsed, err := parseStatement(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, parsed)
	}
	return out, nil
}

// unmarshal keeps numbers as they are written: an account id or an age in
// seconds must not turn into 1.11122223333e+11.
func unmarshal(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

func parseStatement(raw map[string]any) (Parsed, error) {
	text, err := json.Marshal(raw)
	if err != nil {
		return Parsed{}, fmt.Errorf("parse policy statement: %w", err)
	}
	p := Parsed{JSON: string(text), Plain: true}
	p.Sid, _ = raw["Sid"].(string)
	if p.Sid == "" {
		p.Sid = standIn(p.JSON)
	}
	for _, inverse := range []string{"NotAction", "NotResource", "NotPrincipal"} {
		if _, ok := raw[inverse]; ok {
			p.Plain = false
		}
	}
	effect, _ := raw["Effect"].(string)
	p.Statement.Effect = Known(effect)
	if v, ok := raw["Action"]; ok {
		p.Statement.Actions = Known(texts(v))
	}
	if v, ok := raw["Resource"]; ok {
		p.Statement.Resources = Known(texts(v))
	}
	switch principal := raw["Principal"].(type) {
	case string:
		p.Statement.Principals = Known(map[string]Value[Set]{principal: Known(SetOf(principal))})
	case map[string]any:
		p.Statement.Principals = Known(sets(principal))
	}
	if conditions, ok := raw["Condition"].(map[string]any); ok {
		p.Statement.Conditions = Known(parseConditions(conditions))
	}
	return p, nil
}

func parseConditions(raw map[string]any) Conditions {
	out := Conditions{}
	for operator, keys := range raw {
		if m, ok := keys.(map[string]any); ok {
			out[operator] = Known(sets(m))
		}
	}
	return out
}

func sets(raw map[string]any) map[string]Value[Set] {
	out := map[string]Value[Set]{}
	for key, values := range raw {
		out[key] = Known(texts(values))
	}
	return out
}

func texts(raw any) Set {
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw}
	}
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = fmt.Sprint(v)
	}
	return SetOf(out...)
}

// Sort splits parsed statements into those whose Sid is expected and the rest,
// which are returned as JSON. A statement that Statement cannot hold is never
// an expected one.
func Sort(parsed []Parsed, expected func(sid string) bool) (map[string]Statement, Value[map[string]String]) {
	ours, rest := map[string]Statement{}, map[string]String{}
	for _, p := range parsed {
		if _, twice := ours[p.Sid]; p.Plain && !twice && expected(p.Sid) {
			ours[p.Sid] = p.Statement
			continue
		}
		sid := p.Sid
		for _, taken := rest[sid]; taken; _, taken = rest[sid] {
			sid += "-again"
		}
		rest[sid] = Known(p.JSON)
	}
	if len(rest) == 0 {
		return ours, Null[map[string]String]()
	}
	return ours, Known(rest)
}

// Sids of the statements that every unit has.
const (
	SidLogs      = "SecureLogs"
	SidTracing   = "SecureTracing"
	SidTelemetry = "SecureTelemetry"
	SidDecrypt   = "SecureDecrypt"

	SidDeadLetter      = "SecureDeadLetter"
	SidDeadLetterKey   = "SecureDeadLetterKey"
	SidOnSuccess       = "SecureOnSuccess"
	SidOnFailure       = "SecureOnFailure"
	SidDestinationKeys = "SecureDestinationKeys"
	SidNetwork         = "SecureNetwork"
	SidNetworkDeny     = "SecureNetworkDeny"
	SidFileSystem      = "SecureFileSystem"

	SidSecretValues    = "SecureSecretValues"
	SidSecretValuesKey = "SecureSecretValuesKey"

	SidTLS     = "SecureTLS"
	SidAccount = "SecureAccount"
	SidLambda  = "SecureLambda"
)

// Statements lists the statements in a fixed order: the unit's own, then
// access by label, then secrets and their keys by variable.
func (p PolicyStatements) Statements() []Named {
	var out []Named
	for _, own := range p.own() {
		out = appendKnown(out, own.sid, *own.statement)
	}
	for _, f := range p.families() {
		named, _ := f.statements.Get()
		for _, name := range slices.Sorted(maps.Keys(named)) {
			out = appendKnown(out, f.sid(name), named[name])
		}
	}
	return out
}

type slot struct {
	sid       string
	statement *Value[Statement]
}

// own are the statements with a fixed Sid.
func (p *PolicyStatements) own() []slot {
	return []slot{
		{SidLogs, &p.Logs}, {SidTracing, &p.Tracing}, {SidTelemetry, &p.Telemetry}, {SidDecrypt, &p.Decrypt},
		{SidDeadLetter, &p.DeadLetter}, {SidDeadLetterKey, &p.DeadLetterKey},
		{SidOnSuccess, &p.OnSuccess}, {SidOnFailure, &p.OnFailure}, {SidDestinationKeys, &p.DestinationKeys},
		{SidNetwork, &p.Network}, {SidNetworkDeny, &p.NetworkDeny}, {SidFileSystem, &p.FileSystem},
		{SidSecretValues, &p.SecretValues}, {SidSecretValuesKey, &p.SecretValuesKey},
	}
}

// PolicyStatementsOf sorts the statements of a document into those of a unit.
func PolicyStatementsOf(parsed []Parsed) PolicyStatements {
	var p PolicyStatements
	own := map[string]*Value[Statement]{}
	for _, s := range p.own() {
		own[s.sid] = s.statement
	}
	families := p.families()
	member := func(sid string) (family, string, bool) {
		for _, f := range families {
			if name, ok := f.name(sid); ok {
				return f, name, true
			}
		}
		return family{}, "", false
	}
	ours, rest := Sort(parsed, func(sid string) bool {
		_, _, named := member(sid)
		return named || own[sid] != nil
	})
	for sid, s := range ours {
		if slot, ok := own[sid]; ok {
			*slot = Known(s)
		} else if f, name, ok := member(sid); ok {
			named := f.statements.Or(map[string]Value[Statement]{})
			named[name] = Known(s)
			*f.statements = Known(named)
		}
	}
	p.Unexpected = rest
	return p
}

// Statements lists the statements in a fixed order.
func (p KeyPolicy) Statements() []Named {
	return appendKnown(appendKnown(nil, SidAccount, p.Account), SidLogs, p.Logs)
}

// Statements lists the statements in a fixed order.
func (p TrustPolicy) Statements() []Named {
	return appendKnown(nil, SidLambda, p.Lambda)
}

// Statements lists the statements in a fixed order.
func (p QueuePolicy) Statements() []Named {
	return appendKnown(nil, SidTLS, p.TLS)
}

func appendKnown(out []Named, sid string, s Value[Statement]) []Named {
	if statement, ok := s.Get(); ok {
		return append(out, Named{Sid: sid, Statement: statement})
	}
	return out
}

// StatementOf is the statement with a Sid among those that a unit writes, null where
// it is not there.
func StatementOf(ours map[string]Statement, sid string) Value[Statement] {
	if s, ok := ours[sid]; ok {
		return Known(s)
	}
	return Null[Statement]()
}
