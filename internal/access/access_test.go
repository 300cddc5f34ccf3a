package access

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCatalogue_DecodesEveryService(t *testing.T) {
	t.Parallel()
	x, actions, unscoped := Catalogue(), 0, 0
	for _, prefix := range x.Services() {
		decoded, err := decode(prefix, x.lines[prefix])
		if err != nil {
			t.Fatalf("%s: %v", prefix, err)
		}
		for _, a := range decoded {
			actions++
			if a.Level == "" {
				t.Errorf("%s has no level", a.Name)
			}
			if !a.TakesResource() {
				unscoped++
			}
		}
	}
	// The figures that facts/README.md gives for the catalogue of that day.
	if got := len(x.Services()); x.Updated() == "2026-09-26" && (got != 456 || actions != 22091 || unscoped != 6724) {
		t.Errorf("%d services, %d actions, %d that take only *", got, actions, unscoped)
	}
}

func TestCatalogue_Action(t *testing.T) {
	t.Parallel()
	a, ok := Catalogue().Action("LAMBDA:putfunctioncodesigningCONFIG")
	if !ok || a.Name != "lambda:PutFunctionCodeSigningConfig" || a.Level != Write {
		t.Fatalf("got %+v, %v", a, ok)
	}
	types := map[string]bool{}
	for _, r := range a.Resources {
		types[r.Type] = r.Required
	}
	if len(types) != 2 || !types["function"] || !types["code signing config"] {
		t.Errorf("resource types with their required flag: %v", types)
	}
	if at := slices.IndexFunc(a.Resources, func(r Resource) bool { return r.Type == "function" }); a.Resources[at].Format != "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}" {
		t.Errorf("format of a function: %s", a.Resources[at].Format)
	}
	for _, unknown := range []string{"lambda", "lambda:", "lambda:Nothing", "nothing:GetFunction", ""} {
		if _, ok := Catalogue().Action(unknown); ok {
			t.Errorf("%q is said to exist", unknown)
		}
	}
}

func TestCatalogue_OptionalResourcesAreNotRequired(t *testing.T) {
	t.Parallel()
	a, _ := Catalogue().Action("s3:GetObject")
	if len(a.Resources) != 2 || a.Resources[0].Required || a.Resources[1].Required {
		t.Errorf("s3:GetObject takes an object or an access point's: %+v", a.Resources)
	}
	if a, _ := Catalogue().Action("kms:CreateKey"); a.TakesResource() || !slices.Contains(a.Dependents, "kms:TagResource") {
		t.Errorf("kms:CreateKey takes nothing and depends on kms:TagResource: %+v", a)
	}
}

func TestAction_Condition(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action, key, typ string // no typ: the action has no such key
	}{
		{"iam:PassRole", "iam:PassedToService", "String"},
		{"iam:PassRole", "iam:PermissionsBoundary", ""},
		{"iam:TagRole", "aws:RequestTag/secure:unit", "String"},
		{"iam:GetRole", "AWS:ResourceTag/secure:unit", "String"}, // the resource's
		{"iam:GetRole", "aws:RequestTag/secure:unit", ""},
		{"iam:GetRole", "aws:ResourceTag/", ""},
		{"kms:CreateGrant", "kms:GrantIsForAWSResource", "Bool"},
		{"lambda:ListFunctions", "aws:RequestedRegion", "String"}, // global
		{"lambda:ListFunctions", "aws:ResourceTag/secure:unit", ""},
		{"s3:GetObject", "s3:ExistingObjectTag/team", "String"},
	} {
		a, ok := Catalogue().Action(c.action)
		key, has := a.Condition(c.key)
		if !ok || has != (c.typ != "") || key.Type != c.typ {
			t.Errorf("%s, %s: got %+v, %v", c.action, c.key, key, has)
		}
	}
}

func TestCatalogue_Nearest(t *testing.T) {
	t.Parallel()
	for typo, meant := range map[string]string{
		"dynamodb:GetItme":       "dynamodb:GetItem",
		"DynamoDB:getitems":      "dynamodb:GetItem",
		"lamda:InvokeFunction":   "lambda:InvokeFunction",
		"sqs:SendMessages":       "sqs:SendMessage",
		"secretmanager:GetValue": "",
	} {
		got := Catalogue().Nearest(typo, 3)
		if len(got) > 3 || meant == "" && len(got) > 0 || meant != "" && !slices.Contains(got, meant) {
			t.Errorf("%s: got %v, want among them %q", typo, got, meant)
		}
	}
	if got := Catalogue().Nearest("s3:GetObject", 1); len(got) != 1 || got[0] != "s3:GetObject" {
		t.Errorf("the nearest to an action that exists is %v", got)
	}
}

func TestResource_Fits(t *testing.T) {
	t.Parallel()
	function := Resource{Format: "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}"}
	object := Resource{Format: "arn:${Partition}:s3:::${BucketName}/${ObjectName}"}
	for _, c := range []struct {
		resource Resource
		pattern  string
		fits     bool
	}{
		{function, "*", true},
		{function, "arn:aws:lambda:eu-west-1:123456789012:function:orders", true},
		{function, "arn:aws:lambda:*:*:function:orders-*", true},
		{function, "arn:aws:lambda:*:*:*", true},
		{function, "arn:aws:lambda:*:*:f?nction:*", true},
		{function, "arn:aws:lambda:*:*:function:", false},
		{function, "arn:aws:lambda:*:*:layer:*", false},
		{function, "arn:aws:logs:*:*:function:*", false},
		{function, "arn:aws:lambda:*", false}, // no wildcard spans the fields
		{function, "function:orders", false},
		{object, "arn:aws:s3:::bucket/folder/*", true},
		{object, "arn:aws:s3:::bucket*", true},
		{object, "arn:aws:s3:::bucket", false},
	} {
		if got := c.resource.Fits(c.pattern); got != c.fits {
			t.Errorf("%s on %s: %v", c.pattern, c.resource.Format, got)
		}
	}
}

// pattern draws texts of few letters with wildcards between them. What two of
// them have in common has at most 6 letters.
func pattern(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "*", "?"}), 0, 4).Draw(t, label), "")
}

// A text that is made from a pattern meets it, and two patterns meet exactly if
// one of all short texts matches both.
func TestMeet_AgreesWithTrying(t *testing.T) {
	t.Parallel()
	texts := []string{""}
	for i := 0; len(texts[i]) < 7; i++ {
		texts = append(texts, texts[i]+"a", texts[i]+"b")
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := pattern(t, "a"), pattern(t, "b")
		both := slices.ContainsFunc(texts, func(text string) bool { return meet(a, text) && meet(b, text) })
		if meet(a, b) != both || meet(b, a) != both {
			t.Fatalf("%q and %q: meet %v and %v, tried %v", a, b, meet(a, b), meet(b, a), both)
		}
	})
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"getitem", "getitme", 2}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
