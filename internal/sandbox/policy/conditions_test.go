package policy

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestConditionsAreEvaluated(t *testing.T) {
	t.Parallel()
	const f = "arn:aws:lambda:eu-central-1:1:function:f"
	keys := Keys{}.With(KeySourceFunction, f, "aws:x", "a", "aws:x", "b", "aws:flag", "true")
	for _, c := range []struct {
		condition string
		want      bool
	}{
		{`{"ArnEquals":{"lambda:SourceFunctionArn":"arn:aws:lambda:*:1:function:f"}}`, true},
		{`{"ArnLike":{"lambda:SourceFunctionArn":["x","arn:aws:lambda:eu-central-1:1:function:*"]}}`, true},
		{`{"ArnLike":{"lambda:SourceFunctionArn":"arn:*:function:f"}}`, false},
		{`{"StringEquals":{"LAMBDA:sourcefunctionarn":"` + f + `"}}`, true},
		{`{"StringEquals":{"lambda:SourceFunctionArn":"` + f + `","aws:flag":"false"}}`, false},
		{`{"StringNotEquals":{"lambda:SourceFunctionArn":"` + f + `"}}`, false},
		{`{"ArnNotLike":{"lambda:SourceFunctionArn":"arn:aws:lambda:*:2:function:*"}}`, true},
		{`{"StringLike":{"aws:x":"?"}}`, true},
		{`{"StringEqualsIgnoreCase":{"aws:x":"A"}}`, true},
		{`{"ForAllValues:StringEquals":{"aws:x":["a","b","c"]}}`, true},
		{`{"ForAllValues:StringEquals":{"aws:x":["a"]}}`, false},
		{`{"ForAnyValue:StringEquals":{"aws:x":["b"]}}`, true},
		{`{"Bool":{"aws:flag":"TRUE"}}`, true},
		{`{"Null":{"lambda:SourceFunctionArn":"false"}}`, true},
		{`{"Null":{"kms:ViaService":"true"}}`, true},
		{`{"Null":{"kms:ViaService":"false"}}`, false},
		{`{"StringEquals":{"kms:ViaService":"x"}}`, false},
		{`{"StringEqualsIfExists":{"kms:ViaService":"x"}}`, true},
		{`{"StringNotEquals":{"kms:ViaService":"x"}}`, true},
		{`{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":"x"}}`, true},
		{`{"ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":"x"}}`, false},
		{`{"StringEquals":{"aws:SomeKey":"x"}}`, false},
		{`{"StringNotEquals":{"aws:SomeKey":"x"}}`, false},
		{`{"StringEqualsIfExists":{"aws:SomeKey":"x"}}`, false},
		{`{"Null":{"aws:SomeKey":"true"}}`, false},
		{`{"DateGreaterThan":{"aws:x":"2020-01-01T00:00:00Z"}}`, false},
	} {
		document := policyDocumentOf(t, `{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":`+c.condition+`}`)
		if got := Allows([]Document{document}, Permission{"a:b", "r", keys}); got != c.want {
			t.Errorf("%s: allows %v, want %v", c.condition, got, c.want)
		}
		// A denial denies exactly where the same condition would allow.
		everything := policyDocumentOf(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
		document.Statement[0].Effect = "Deny"
		if got := Allows([]Document{everything, document}, Permission{"a:b", "r", keys}); got == c.want {
			t.Errorf("%s: as a denial it leaves %v", c.condition, got)
		}
	}
}

func policyDocumentOf(t *testing.T, text string) Document {
	t.Helper()
	var document Document
	decoder := json.NewDecoder(strings.NewReader(`{"Statement":[` + text + `]}`))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil {
		t.Fatal(err)
	}
	return document
}
