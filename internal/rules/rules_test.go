package rules

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// cases are values of one rule.
type cases[T any] struct {
	takes   []T
	doubts  []T
	refuses []T
}

// check runs a rule over its cases. Every refusal must say what, why and what
// to write, and every doubt since when.
func check[T any](t *testing.T, rule func(T) error, c cases[T]) {
	t.Helper()
	for _, v := range c.takes {
		if err := rule(v); err != nil {
			t.Errorf("%.80q is refused: %v", fmt.Sprint(v), err)
		}
	}
	for _, v := range c.doubts {
		doubted(t, fmt.Sprintf("%.80q", fmt.Sprint(v)), rule(v))
	}
	for _, v := range c.refuses {
		violation(t, fmt.Sprintf("%.80q", fmt.Sprint(v)), rule(v))
	}
}

func violation(t *testing.T, value string, err error) {
	t.Helper()
	var v *Violation
	if !errors.As(err, &v) {
		t.Fatalf("%s: got %v, want a violation", value, err)
	}
	whole(t, value, err, v.What, v.Why, v.Write)
}

// doubted wants a doubt that says who knew less and on which day.
func doubted(t *testing.T, value string, err error) {
	t.Helper()
	var d *Doubt
	if !errors.As(err, &d) {
		t.Fatalf("%s: got %v, want a doubt", value, err)
	}
	whole(t, value, err, d.What, d.Why, d.Write)
	if !dated.MatchString(d.What+d.Why) || !strings.HasPrefix(d.Write, "AWS decides at apply. If it refuses, ") {
		t.Errorf("%s: %v lacks the day, or that AWS decides", value, err)
	}
}

var dated = regexp.MustCompile(`AWS('s API knew| documented) on 20\d\d-\d\d-\d\d`)

func whole(t *testing.T, value string, err error, what, why, write string) {
	t.Helper()
	for part, text := range map[string]string{"What": what, "Why": why, "Write": write} {
		if text == "" || strings.HasSuffix(text, ".") || !utf8.ValidString(text) {
			t.Errorf("%s: %s is %q, want a sentence without its full stop", value, part, text)
		}
	}
	if want := what + ". " + why + ". " + write + "."; err.Error() != want {
		t.Errorf("%s: error %q, want %q", value, err, want)
	}
}

// says checks that a refusal holds a text.
func says(t *testing.T, err error, text string) {
	t.Helper()
	if _, ok := errors.AsType[*Doubt](err); ok {
		doubted(t, text, err)
	} else {
		violation(t, text, err)
	}
	if !strings.Contains(err.Error(), text) {
		t.Errorf("%q does not say %q", err, text)
	}
}

func long(n int) string { return strings.Repeat("a", n) }

func TestFunctionName(t *testing.T) {
	t.Parallel()
	check(t, FunctionName, cases[string]{
		takes:   []string{"a", "orders-api", "Orders_2", long(64)},
		refuses: []string{"", long(65), "orders.api", "orders api", "ordërs", "orders/api", "orders\n", "arn:aws:lambda:eu-west-1:111122223333:function:f"},
	})
}

func TestAliasName(t *testing.T) {
	t.Parallel()
	check(t, AliasName, cases[string]{
		takes:   []string{"live", "v1", "1a", "blue-green_2", long(128)},
		doubts:  []string{long(129)},
		refuses: []string{"", "1", "42", "$LATEST", "live.1", "li ve"},
	})
}

func TestAliasName_SaysThatDigitsAreAVersion(t *testing.T) {
	t.Parallel()
	says(t, AliasName("7"), "version number")
}

func TestRoleName(t *testing.T) {
	t.Parallel()
	check(t, RoleName, cases[string]{
		takes:   []string{"a", "orders+=,.@-_", long(64)},
		doubts:  []string{long(65)},
		refuses: []string{"", "orders/role", "orders role", "röle", "role:1"},
	})
}

func TestRolePath(t *testing.T) {
	t.Parallel()
	check(t, RolePath, cases[string]{
		takes:   []string{"/", "/service/", "/service/orders/", "/a.b,c+d@e=f_g-h/", "/" + long(510) + "/"},
		doubts:  []string{"/" + long(511) + "/"},
		refuses: []string{"", "service", "/service", "service/", "//", "/ser vice/", "/ü/", "/a~b/", "/a!b/", "/a:b/", "/a%b/", "/a//b/"},
	})
}

func TestLogGroupName(t *testing.T) {
	t.Parallel()
	check(t, LogGroupName, cases[string]{
		takes:   []string{"/aws/lambda/orders", "/orders/api", "a", "a.b-c_d/ef", "awsome", long(512)},
		doubts:  []string{long(513)},
		refuses: []string{"", "aws/orders", "/orders api", "/orders:*", "/ördërs", "/orders#1"},
	})
}

func TestLabel(t *testing.T) {
	t.Parallel()
	check(t, Label, cases[string]{
		takes:   []string{"orders", "orders_table", "s3", "a1_b2"},
		refuses: []string{"", "Orders", "orders-table", "orders__table", "2nd", "orders_2", "secure", "secure_logs", "_"},
	})
}

func TestPermissionLabel(t *testing.T) {
	t.Parallel()
	check(t, PermissionLabel, cases[string]{
		takes:   []string{"orders", long(91)},
		refuses: []string{"", "Orders", long(92), long(100)},
	})
}

func TestLabel_SuggestsTheNearestThatIsValid(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"OrdersTable": `"orders_table"`, "orders-table": `"orders_table"`, "Orders Table!": `"orders_table"`,
		"secure_logs": `"orders_table"`, "2": `"orders_table"`, "bucket__a": `"bucket_a"`,
	} {
		says(t, Label(label), "such as "+want)
	}
}

func TestDescription(t *testing.T) {
	t.Parallel()
	check(t, Description, cases[string]{
		takes:   []string{"", "Takes orders", long(255), strings.Repeat("ü", 255)},
		doubts:  []string{long(257), strings.Repeat("ü", 300)},
		refuses: []string{"Takes orders ", long(300) + " ", long(256), strings.Repeat("ü", 256)},
	})
}

func TestHandler(t *testing.T) {
	t.Parallel()
	check(t, Handler, cases[string]{
		takes:   []string{"app.handler", "com.acme.App::handle", "bootstrap", long(128)},
		doubts:  []string{long(129)},
		refuses: []string{"", "app handler", "app\t", long(129) + " x"},
	})
}

func TestBucket(t *testing.T) {
	t.Parallel()
	check(t, Bucket, cases[string]{
		takes:   []string{"abc", "acme-artifacts", "acme.artifacts.2", long(63)},
		refuses: []string{"", "ab", long(64), "Acme", "acme_artifacts", "-acme", "acme-", "arn:aws:s3:::acme", "s3://acme", "acme/path"},
	})
}

func TestNotEmpty(t *testing.T) {
	t.Parallel()
	check(t, NotEmpty, cases[string]{takes: []string{"a", " "}, refuses: []string{""}})
}

func TestAccountID(t *testing.T) {
	t.Parallel()
	check(t, AccountID, cases[string]{
		takes:   []string{"111122223333", "000000000001"},
		refuses: []string{"", "1", "11112222333", "1111222233334", "1111-2222-3333", "11112222333a"},
	})
}

func TestRegion(t *testing.T) {
	t.Parallel()
	check(t, Region, cases[string]{
		takes:   []string{"eu-west-1", "us-gov-east-1", "cn-northwest-1", "eusc-de-east-1", "us-iso-east-1", "ap-southeast-7"},
		refuses: []string{"", "Ireland", "eu-west-1a", "eu-west", "EU-WEST-1", "eu_west_1", "global", "eu-west-1 "},
	})
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	check(t, Endpoint("lambda"), cases[string]{
		takes:   []string{"http://127.0.0.1:4566", "https://lambda.eu-west-1.amazonaws.com"},
		refuses: []string{"", "127.0.0.1:4566", "lambda.eu-west-1.amazonaws.com", "https://", "ftp://host", "://", "localhost:4566"},
	})
}

func TestEndpoint_ExampleNamesTheService(t *testing.T) {
	t.Parallel()
	says(t, Endpoint("kms")("x"), "https://kms.eu-west-1.amazonaws.com")
}

func TestSessionDuration(t *testing.T) {
	t.Parallel()
	check(t, SessionDuration, cases[string]{
		takes:   []string{"1h", "90m", "1h30m"},
		refuses: []string{"", "3600", "1 hour", "0s", "-1h"},
	})
}

func TestTagKey(t *testing.T) {
	t.Parallel()
	check(t, TagKey, cases[string]{
		takes:   []string{"team", "cost center", "a:b/c=d+e-f@g_h.i", "größe", "awsome", "insecure:x", long(128), strings.Repeat("ü", 128)},
		doubts:  []string{long(129)},
		refuses: []string{"", "aws:" + long(129), "aws:name", "AWS:name", "Aws:x", "secure:unit", "secure:", "a,b", "a\tb", "a&b"},
	})
}

func TestTagValue(t *testing.T) {
	t.Parallel()
	check(t, TagValue, cases[string]{
		takes:   []string{"", "blue team", "größe", long(255), strings.Repeat("ü", 255)},
		doubts:  []string{long(257)},
		refuses: []string{"," + long(257), "a,b", "a\nb", "a#b", "50%"},
	})
}

func TestTagKeys(t *testing.T) {
	t.Parallel()
	check(t, TagKeys, cases[[]string]{
		takes:   [][]string{nil, {"Owner", "Team"}, {"owner", "owners"}},
		refuses: [][]string{{"Owner", "owner"}, {"a", "b", "A"}, {"TEAM", "Team"}},
	})
}

func TestTagCount(t *testing.T) {
	t.Parallel()
	check(t, TagCount, cases[int]{takes: []int{0, 44}, refuses: []int{45, 50}})
}

func TestKeyARN(t *testing.T) {
	t.Parallel()
	check(t, KeyARN.Check, cases[string]{
		takes: []string{
			KeyARN.Example, "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234", "arn:aws-cn:kms:cn-north-1:111122223333:key/k",
			"arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/k", "arn:aws-eusc:kms:eusc-de-east-1:111122223333:key/k",
			"arn:aws-iso:kms:us-iso-east-1:111122223333:key/k",
		},
		refuses: []string{
			"", "alias/orders", "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:eu-west-1:111122223333:key/",
			"arn:aws:kms:eu-west-1:111122223333:alias/orders", "arn:aws:s3:eu-west-1:111122223333:key/k",
			"arn:aws:kms::111122223333:key/k", "arn:aws:kms:Ireland:111122223333:key/k", "arn:aws:kms:eu-west-1:1111:key/k",
			"arn:aws:kms:eu-west-1:aws:key/k", "arn:aws:kms:cn-north-1:111122223333:key/k", "arn:aws-cn:kms:eu-west-1:111122223333:key/k",
			"arn:azure:kms:eu-west-1:111122223333:key/k", "aws:arn:kms:eu-west-1:111122223333:key/k",
		},
	})
}

func TestKeyARN_SaysWhichFieldIsWrong(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]string{
		"arn:azure:kms:eu-west-1:111122223333:key/k":      "partitions",
		"arn:aws:s3:eu-west-1:111122223333:key/k":         `must be "kms"`,
		"arn:aws:kms:Ireland:111122223333:key/k":          `"Ireland" is not a region`,
		"arn:aws-cn:kms:eu-west-1:111122223333:key/k":     "Region eu-west-1 is not in partition aws-cn",
		"arn:aws:kms:eu-west-1:1111:key/k":                `"1111" is not an account id`,
		"arn:aws:kms:eu-west-1:111122223333:alias/orders": "data.aws_kms_alias",
		"arn:aws:kms:eu-west-1:111122223333:grant/x":      `must start with "key/"`,
	} {
		says(t, KeyARN.Check(arn), want)
		says(t, KeyARN.Check(arn), KeyARN.Example)
	}
}

func TestPolicyARN(t *testing.T) {
	t.Parallel()
	check(t, PolicyARN.Check, cases[string]{
		takes:   []string{PolicyARN.Example, "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:policy/path/name"},
		refuses: []string{"", "boundary", "arn:aws:iam::111122223333:role/r", "arn:aws:iam:eu-west-1:111122223333:policy/p", "arn:aws:iam::1:policy/p", "arn:aws:iam::111122223333:policy/"},
	})
}

func TestRoleARN(t *testing.T) {
	t.Parallel()
	check(t, RoleARN.Check, cases[string]{
		takes:   []string{RoleARN.Example, "arn:aws:iam::111122223333:role/path/name"},
		refuses: []string{"", "deployment", "arn:aws:iam::aws:role/r", "arn:aws:iam::111122223333:policy/p", "arn:aws:iam::111122223333:user/u"},
	})
}

func TestAnyARN(t *testing.T) {
	t.Parallel()
	check(t, AnyARN, cases[string]{
		takes: []string{
			"*", "arn:aws:s3:::bucket/*", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "arn:aws:s3:::bucket/${aws:userid}",
			"arn:*:sqs:*:*:queue", "arn:aws:iam::aws:policy/x", "arn:aws:execute-api:eu-west-1:111122223333:api/stage/GET/a:b",
		},
		refuses: []string{"", "bucket", "arn:aws:s3", "arn:aws:s3:::", "arn:aws::::x", "arn:azure:s3:::b", "arn:aws:sqs:eu-west-1:1234:q", "s3://bucket", "**"},
	})
}

func TestAction(t *testing.T) {
	t.Parallel()
	check(t, Action, cases[string]{
		takes:   []string{"dynamodb:GetItem", "s3:*", "s3:Get*", "execute-api:Invoke", "ec2:Describe?nstances"},
		refuses: []string{"", "*", "GetItem", "dynamodb.GetItem", "DynamoDB:GetItem", "s3:Get Object", "s3:", ":GetItem", "*:*", "s3:Get\n"},
	})
}

func TestAction_StarIsRefusedForWhatItGrants(t *testing.T) {
	t.Parallel()
	says(t, Action("*"), "every action of every service")
}

func TestVariableName(t *testing.T) {
	t.Parallel()
	check(t, VariableName, cases[string]{
		takes: []string{"TABLE_NAME", "ab", "a1", "AWS_LAMBDA_EXEC_WRAPPER", "TZ", "PATH"},
		refuses: []string{
			"", "A", "1A", "_A", "TABLE-NAME", "TABLE NAME", "TÄBLE", "A=B",
			"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
			"AWS_SESSION_TOKEN", "LAMBDA_TASK_ROOT", "AWS_LAMBDA_FUNCTION_NAME",
		},
	})
}

func TestVariableName_SaysThatLambdaSetsAReservedOne(t *testing.T) {
	t.Parallel()
	for _, name := range reservedVariables {
		says(t, VariableName(name), name+" is set by Lambda")
	}
}

func TestEnvironmentSize(t *testing.T) {
	t.Parallel()
	check(t, EnvironmentSize, cases[map[string]string]{
		takes:  []map[string]string{nil, {"A": ""}, {"NAME": long(4096 - 11)}, {"A": strings.Repeat("ü", 681)}},
		doubts: []map[string]string{{"NAME": long(4096 - 10)}, {"A": strings.Repeat("ü", 2048)}, {long(2000): long(2000), "B": long(96)}},
	})
}

// How Lambda counts characters outside of ASCII nobody says: as they are, ü takes
// two bytes, escaped six, and 🙂 four and twelve.
func TestEnvironmentSize_IsDoubtedBetweenTheTwoCounts(t *testing.T) {
	t.Parallel()
	says(t, EnvironmentSize(map[string]string{"A": strings.Repeat("ü", 682)}), "it has 1372 bytes, and 4100 with")
	says(t, EnvironmentSize(map[string]string{"A": strings.Repeat("🙂", 341)}), "it has 1372 bytes, and 4100 with")
	says(t, EnvironmentSize(map[string]string{"A": strings.Repeat("ü", 2050)}), "has 4108 bytes, more than the 4096")
}

func TestEnvironment_RulesNeverRepeatAValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := "s3cret" + rapid.StringMatching(`[a-zA-Z0-9+/]{10,40}`).Draw(t, "secret")
		err := EnvironmentSize(map[string]string{"TOKEN": secret, "PADDING": long(4096)})
		if err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), long(20)) {
			t.Errorf("got %v", err)
		}
	})
}

func TestVariableValue(t *testing.T) {
	t.Parallel()
	check(t, VariableValue, cases[string]{takes: []string{"", "a\nb", "ü"}, refuses: []string{"a\x00b"}})
}

func TestConditionOperator(t *testing.T) {
	t.Parallel()
	check(t, ConditionOperator, cases[string]{
		takes:   []string{"StringEquals", "StringLikeIfExists", "ForAnyValue:StringEquals", "ForAllValues:ArnLikeIfExists", "Null", "Bool", "IpAddress"},
		doubts:  []string{"RegexMatches", "ForAnyValue:CidrWithin"},
		refuses: []string{"", "F oo", "stringequals", "StringEqual", "StringsEquals", "NullIfExists", "ForAnyValues:StringEquals"},
	})
	says(t, ConditionOperator("ForAnyValue:stringequals"), `"ForAnyValue:StringEquals"`)
}

func TestIgnoredTag(t *testing.T) {
	t.Parallel()
	check(t, IgnoredTag, cases[string]{takes: []string{"audit:", "x"}, refuses: []string{"", "sec", "secure:", "secure:unit"}})
}

func TestEnvironmentSize_MeasuresJSON(t *testing.T) {
	t.Parallel()
	says(t, EnvironmentSize(map[string]string{"AB": long(4000), "C": long(100)}), "has 4116 bytes, more than the 4096 that AWS documented on ")
	// {"AA":"..."} has 9 bytes besides the value, and a quote takes two.
	for value, fits := range map[string]bool{
		long(4096 - 9): true, long(4096 - 8): false,
		strings.Repeat(`"`, 2043): true, strings.Repeat(`"`, 2044): false,
	} {
		if err := EnvironmentSize(map[string]string{"AA": value}); (err == nil) != fits {
			t.Errorf("%d bytes: %v", len(value), err)
		}
	}
}
