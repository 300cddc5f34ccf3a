package access

import (
	"fmt"
	"strings"
	"testing"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// grantsOf reads the statements of a document.
func grantsOf(t *testing.T, statements string) []Grant {
	t.Helper()
	parsed, err := bp.ParseDocument(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	if err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
	return ParsedGrants(parsed)
}

func TestAction_Breadth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action, pattern string
		want            Breadth
	}{
		{"iam:GetRole", "arn:aws:iam::111122223333:role/app", One},
		{"iam:GetRole", "arn:aws:iam::111122223333:role/team/app", One},
		{"iam:GetRole", "arn:aws:iam::111122223333:role/team/*", Prefixed},
		{"iam:GetRole", "arn:aws:iam::111122223333:role/app-*", Prefixed},
		{"iam:GetRole", "arn:aws:iam::111122223333:role/*n", Every},
		{"iam:GetRole", "arn:aws:iam::111122223333:role/?*", Every},
		{"iam:GetRole", "arn:aws:iam::111122223333:role/a*", Every},
		{"iam:GetRole", "arn:aws:iam::111122223333:r*", Every},
		{"iam:GetRole", "arn:aws:iam::*:role/app", Anywhere},
		{"iam:GetRole", "arn:aws:iam::11112222333?:role/app", Anywhere},
		{"iam:GetRole", "arn:aws:iam::111122223333:user/app", Nothing},
		{"iam:GetRole", "arn:aws:i*:*:*:*", Every},
		{"kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555", One},
		{"kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/?*", Every},
		{"kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/????????-????-????-????-????????????", Every},
		{"kms:Decrypt", "arn:aws:kms:*:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555", Anywhere},
		{"kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:*", Every},
		{"s3:GetObject", "arn:aws:s3:::orders/*", One},
		{"s3:GetObject", "arn:aws:s3:::b/*", One},
		{"s3:GetObject", "arn:aws:s3:::/*", Every},
		{"s3:GetObject", "arn:aws:s3:::orders/in/*.json", One},
		{"s3:GetObject", "arn:aws:s3:::orders-*", Prefixed},
		{"s3:GetObject", "arn:aws:s3:::orders-*/in", Prefixed},
		{"s3:GetObject", "arn:aws:s3:::*/orders", Every},
		{"s3:GetObject", "arn:aws:s3:::*", Every},
		{"s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/team}/*", Every},
		{"s3:GetObject", "arn:*", Every},
		{"s3:GetObject", "*/orders", Every},
		{"iam:GetRole", "*:role/app", Every},
		{"iam:GetRole", "arn:*:iam::111122223333:role/app", Anywhere},
		{"s3:GetObject", "**", Every},
		{"s3:GetObject", "?*", Every},
		{"s3:GetObject", "*", Every},
		{"s3:ListAllMyBuckets", "*", Nothing},
		{"ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/orders/*", Prefixed},
		{"ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/*", Every},
		{"ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter*", Every},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-*", Prefixed},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db-AbCdEf", One},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*", Every},
		{"dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", One},
		{"dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/*", Prefixed},
		{"dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/*", Every},
		{"lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:orders:*", Prefixed},
		{"lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:orders-*", Prefixed},
		{"lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:*", Every},
		{"sqs:SendMessage", "arn:aws:sqs:*:*:orders", Anywhere},
	} {
		action, known := Catalogue().Action(c.action)
		if got := action.Breadth([]string{c.pattern}); !known || got != c.want {
			t.Errorf("%s on %s: %d, want %d", c.action, c.pattern, got, c.want)
		}
	}
}

// TestLint_WideGrants are grants that name more than a function can need, by
// whatever spelling: none passes without a reason.
func TestLint_WideGrants(t *testing.T) {
	t.Parallel()
	const account = "arn:aws:%s:eu-west-1:111122223333:%s"
	at := func(service, resource string) string { return fmt.Sprintf(account, service, resource) }
	for _, c := range [][2]string{
		{"sts:AssumeRole", "arn:aws:iam::111122223333:role/*"}, {"sts:AssumeRole", "arn:aws:iam::*:role/deploy"}, {"sts:AssumeRole", "arn:aws:iam::111122223333:role/*n"},
		{"secretsmanager:GetSecretValue", at("secretsmanager", "secret:*")}, {"secretsmanager:PutSecretValue", at("secretsmanager", "secret:?*")},
		{"ssm:GetParameter", at("ssm", "parameter/*")}, {"ssm:PutParameter", "arn:aws:ssm:*:111122223333:parameter/orders"}, {"ssm:GetParametersByPath", "arn:aws:ssm:eu-west-1:*:parameter/orders/*"},
		{"s3:GetObject", "arn:aws:s3:::*/*"}, {"s3:GetObject", "arn:aws:s3:::?*"}, {"s3:PutObject", "arn:aws:s3:::*-data/*"}, {"s3:DeleteObject", "arn:*"},
		{"kms:Decrypt", at("kms", "key/*")}, {"kms:Decrypt", at("kms", "key/?*")}, {"kms:CreateGrant", at("kms", "key/*")}, {"kms:PutKeyPolicy", at("kms", "key/*")},
		{"iam:GetRole", "arn:aws:iam::111122223333:role/*"}, {"iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/?*"},
		{"lambda:UpdateFunctionConfiguration", at("lambda", "function:*")}, {"lambda:AddPermission", at("lambda", "function:*")}, {"lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:*"},
		{"ssm:SendCommand", "arn:aws:ec2:eu-west-1:111122223333:instance/*"}, {"ssm:StartSession", "arn:aws:ec2:*:*:instance/*"},
		{"dynamodb:DeleteTable", at("dynamodb", "table/*")}, {"sqs:DeleteMessage", "arn:aws:sqs:*:*:orders"}, {"rds:DeleteDBCluster", at("rds", "cluster:*")},
		{"s3:GetObject", "**"}, {"s3:GetObject", "*?"}, {"logs:DeleteLogGroup", at("logs", "log-group:*")},
	} {
		if found := Lint(Asked{Actions: c[:1], Resources: c[1:]}); len(found) == 0 || found[0].At != "resources" {
			t.Errorf("%s on %s passes: %v", c[0], c[1], found)
		}
	}
	for _, c := range [][2]string{
		{"sts:AssumeRole", "arn:aws:iam::444455556666:role/reader"}, {"secretsmanager:GetSecretValue", at("secretsmanager", "secret:orders/db-*")},
		{"ssm:GetParameter", at("ssm", "parameter/orders/*")}, {"s3:GetObject", "arn:aws:s3:::orders-in/*"}, {"s3:ListAllMyBuckets", "*"},
		{"dynamodb:Query", at("dynamodb", "table/orders/index/*")}, {"logs:PutLogEvents", at("logs", "log-group:/aws/lambda/orders:*")},
		{"ec2:DescribeInstances", "*"}, {"cloudwatch:PutMetricData", "*"}, {"execute-api:Invoke", at("execute-api", "a1b2c3d4e5/live/GET/*")},
		{"states:StartExecution", at("states", "stateMachine:orders")}, {"bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-micro-v1:0"},
	} {
		if found := Lint(Asked{Actions: c[:1], Resources: c[1:]}); len(found) > 0 {
			t.Errorf("%s on %s: %+v", c[0], c[1], found)
		}
	}
}

func TestAdministration(t *testing.T) {
	t.Parallel()
	var letters []string
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		letters = append(letters, `"`+string(c)+`*:*"`)
	}
	allow := func(actions, resources string) string {
		return `{"Effect":"Allow","Action":[` + actions + `],"Resource":[` + resources + `]}`
	}
	for name, c := range map[string]struct {
		statements string
		admin      bool
	}{
		"everything":                  {allow(`"*"`, `"*"`), true},
		"everything by two wildcards": {allow(`"*:*"`, `"**"`), true},
		"everything by a ?":           {allow(`"?*"`, `"*?"`), true},
		"everything, arn:*":           {allow(`"*"`, `"arn:*"`), true},
		"everything, whole ARNs":      {allow(`"*"`, `"arn:aws:*:*:*:*"`), true},
		"letter by letter":            {allow(strings.Join(letters, ","), `"*"`), true},
		"in two statements":           {allow(strings.Join(letters[:13], ","), `"*"`) + "," + allow(strings.Join(letters[13:], ","), `"*"`), true},
		"all but IAM":                 {`{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}`, true},
		"on all but one":              {`{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::audit"}`, true},
		"service by service":          {allow(`"`+strings.Join(Catalogue().Services(), `:*","`)+`:*"`, `"*"`), true},
		"IAM":                         {allow(`"iam:*"`, `"*"`), true},
		"IAM by a ?":                  {allow(`"iam:?*"`, `"arn:aws:iam::*:*"`), true},
		"IAM by halves":               {allow(`"iam:A*","iam:C*","iam:D*","iam:P*","iam:R*"`, `"*"`) + "," + allow(`"iam:S*","iam:U*","iam:T*","iam:E*"`, `"*"`), true},
		"with a condition that holds": {`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`, true},
		"reads of everything":         {allow(`"*:Get*","*:List*","*:Describe*"`, `"*"`), false},
		"one service":                 {allow(`"s3:*"`, `"*"`), false},
		"one bucket":                  {allow(`"*"`, `"arn:aws:s3:::orders","arn:aws:s3:::orders/*"`), false},
		"IAM of one role":             {allow(`"iam:*"`, `"arn:aws:iam::111122223333:role/app"`), false},
		"all but some, of one bucket": {`{"Effect":"Allow","NotAction":"s3:Delete*","Resource":"arn:aws:s3:::orders/*"}`, false},
		"refused":                     {`{"Effect":"Deny","Action":"*","Resource":"*"}`, false},
	} {
		if why := Administration(grantsOf(t, c.statements)); (why != "") != c.admin {
			t.Errorf("%s: %q", name, why)
		}
	}
}

func TestWholeServices(t *testing.T) {
	t.Parallel()
	for actions, want := range map[string]string{
		`"s3:*"`: "s3", `"s3:?*"`: "s3", `"S3:**"`: "s3", `"*"`: "*", `"*:*"`: "*", `"s3:Get*"`: "",
		`"sqs:A*","sqs:C*","sqs:D*","sqs:G*","sqs:L*","sqs:P*","sqs:R*","sqs:S*","sqs:T*","sqs:U*"`: "sqs",
		`"xray:PutTraceSegments"`: "",
	} {
		got := strings.Join(WholeServices(grantsOf(t, `{"Effect":"Allow","Action":[`+actions+`],"Resource":"*"}`)), " ")
		if got != want {
			t.Errorf("%s: %q, want %q", actions, got, want)
		}
	}
}

func TestGrant_Public(t *testing.T) {
	t.Parallel()
	const everyone = `"Principal":"*"`
	for _, c := range []struct {
		name, principal, condition string
		public                     bool
	}{
		{"everyone", everyone, "", true},
		{"everyone of AWS", `"Principal":{"AWS":"*"}`, "", true},
		{"everyone among others", `"Principal":{"AWS":["arn:aws:iam::111122223333:root","*"]}`, "", true},
		{"every root", `"Principal":{"AWS":"arn:aws:iam::*:root"}`, "", true},
		{"everyone federated", `"Principal":{"Federated":"*"}`, "", true},
		{"all but one", `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}`, "", true},
		{"an account", `"Principal":{"AWS":"arn:aws:iam::444455556666:root"}`, "", false},
		{"a service", `"Principal":{"Service":"sns.amazonaws.com"}`, "", false},
		{"an account's callers", everyone, `"StringEquals":{"aws:PrincipalAccount":"111122223333"}`, false},
		{"key of KMS", everyone, `"StringEquals":{"kms:CallerAccount":"111122223333"}`, false},
		{"an organization", everyone, `"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}`, false},
		{"a part of it", everyone, `"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/r-ab12/*"}`, false},
		{"any organization", everyone, `"StringLike":{"aws:PrincipalOrgID":"o-*"}`, true},
		{"any value", everyone, `"StringLike":{"aws:PrincipalAccount":"*"}`, true},
		{"any value, spelled out", everyone, `"StringLike":{"aws:PrincipalAccount":"????????????"}`, true},
		{"any or one", everyone, `"StringLike":{"aws:PrincipalAccount":["111122223333","*"]}`, true},
		{"itself", everyone, `"StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalAccount}"}`, true},
		{"if it exists", everyone, `"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}`, true},
		{"of all values", everyone, `"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}`, true},
		{"of all values, there", everyone, `"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"},"Null":{"aws:PrincipalOrgID":"false"}`, false},
		{"encrypted", everyone, `"Bool":{"aws:SecureTransport":"true"}`, true},
		{"not one", everyone, `"StringNotEquals":{"aws:PrincipalAccount":"444455556666"}`, true},
		{"a key that callers choose", everyone, `"StringEquals":{"aws:UserAgent":"orders"}`, true},
		{"a referrer", everyone, `"StringEquals":{"aws:Referer":"https://example.com"}`, true},
		{"the internet", everyone, `"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`, true},
		{"both halves of it", everyone, `"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}`, true},
		{"the newer internet", everyone, `"IpAddress":{"aws:SourceIp":["203.0.113.0/24","::/0"]}`, true},
		{"a network", everyone, `"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, false},
		{"all but a network", everyone, `"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, true},
		{"an endpoint", everyone, `"StringEquals":{"aws:SourceVpce":"vpce-0a1b2c3d"}`, false},
		{"any endpoint", everyone, `"StringLike":{"aws:SourceVpce":"vpce-*"}`, true},
		{"a role", everyone, `"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app-*"}`, false},
		{"a role of anybody", everyone, `"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}`, true},
		{"a topic", everyone, `"ArnEquals":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:orders"}`, false},
		{"any topic", everyone, `"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}`, true},
		{"a bucket", everyone, `"ArnLike":{"aws:SourceArn":"arn:aws:s3:::orders"}`, false},
		{"any bucket", everyone, `"ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}`, true},
		{"sessions of a role", everyone, `"StringLike":{"aws:userid":"AROAEXAMPLEID:*"}`, false},
		{"sessions of any role", everyone, `"StringLike":{"aws:userid":"*:orders"}`, true},
		{"nothing", everyone, `"StringEquals":{"aws:PrincipalAccount":[]}`, true},
		{"half of the internet, in small blocks", everyone, `"IpAddress":{"aws:SourceIp":["16.0.0.0/8","32.0.0.0/8","48.0.0.0/8","64.0.0.0/8","80.0.0.0/8","96.0.0.0/8","112.0.0.0/8","128.0.0.0/8","144.0.0.0/8",` +
			`"160.0.0.0/8","176.0.0.0/8","192.0.0.0/8","208.0.0.0/8","17.0.0.0/8","33.0.0.0/8","49.0.0.0/8","65.0.0.0/8"]}`, true},
		{"the older internet, in the newer form", everyone, `"IpAddress":{"aws:SourceIp":"::ffff:0.0.0.0/96"}`, true},
		{"a network in the newer form", everyone, `"IpAddress":{"aws:SourceIp":"::ffff:203.0.113.0/120"}`, false},
		{"any gateway", everyone, `"ArnLike":{"aws:SourceArn":"arn:aws:apigateway:eu-west-1::/restapis/*"}`, true},
		{"a word that others know", everyone, `"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.0a1b"}`, true},
		{"whoever has an account at a shop", `"Principal":{"Federated":"www.amazon.com"}`, "", true},
		{"an application of it", `"Principal":{"Federated":"www.amazon.com"}`, `"StringEquals":{"www.amazon.com:app_id":"amzn1.application-oa2-client.0a1b"}`, false},
		{"any repository", `"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}`, `"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}`, true},
		{"a repository", `"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}`, `"StringLike":{"token.actions.githubusercontent.com:sub":"repo:example/orders:*"}`, false},
		{"an owner by a pattern", `"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}`, `"StringLike":{"token.actions.githubusercontent.com:sub":"repo:*/orders"}`, true},
		{"who signs on by SAML", `"Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/staff"}`, "", false},
		{"there at all", everyone, `"Null":{"aws:PrincipalAccount":"false"}`, true},
	} {
		condition := ""
		if c.condition != "" {
			condition = `,"Condition":{` + c.condition + `}`
		}
		grants := grantsOf(t, `{"Effect":"Allow",`+c.principal+`,"Action":"sqs:SendMessage","Resource":"*"`+condition+`}`)
		if got := grants[0].Public(); got != c.public {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestGrant_SourceBound(t *testing.T) {
	t.Parallel()
	for condition, bound := range map[string]bool{
		`"ArnLike":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:orders"}`:                                                     true,
		`"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}`:                                                                             false,
		`"ArnLike":{"aws:SourceArn":"*"}`:                                                                                             false,
		`"ArnLike":{"aws:SourceArn":"arn:aws:s3:::orders"}`:                                                                           false,
		`"ArnLike":{"aws:SourceArn":"arn:aws:s3:::orders"},"StringEquals":{"aws:SourceAccount":"111122223333"}`:                       true,
		`"StringEquals":{"aws:SourceAccount":"111122223333"}`:                                                                         true,
		`"StringLike":{"aws:SourceAccount":"*"}`:                                                                                      false,
		`"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}`:                                                                 false,
		`"ForAllValues:StringEquals":{"aws:SourceAccount":"111122223333"}`:                                                            false,
		`"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.0a1b2c3d"}`:                                                       true,
		`"ArnLike":{"aws:SourceArn":["arn:aws:sns:eu-west-1:111122223333:orders","arn:aws:sns:eu-west-1:*:orders"]}`:                  false,
		`"ArnLike":{"AWS:SourceArn":"arn:aws:events:eu-west-1:111122223333:rule/*"}`:                                                  true,
		`"ArnNotLike":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:orders"}`:                                                  false,
		`"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}`:                                                                        true,
		`"ArnLike":{"aws:SourceArn":"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*"}`:                                       true,
		`"ArnLike":{"aws:SourceArn":"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*"},"Bool":{"aws:SecureTransport":"true"}`: true,
	} {
		grants := grantsOf(t, `{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*","Condition":{`+condition+`}}`)
		if got := grants[0].SourceBound(); got != bound {
			t.Errorf("%s: %v", condition, got)
		}
	}
}

func TestGrant_Denies(t *testing.T) {
	t.Parallel()
	const both = `"sqs:SendMessage","sqs:ReceiveMessage"`
	for statement, denies := range map[string]bool{
		`{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`:                                                        true,
		`{"Effect":"Deny","Principal":"*","Action":[` + both + `],"Resource":"*","Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}}`:                                         true,
		`{"Effect":"Deny","Principal":"*","Action":"sqs:DeleteQueue","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`:                                              false,
		`{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`:                   false,
		`{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}`: false,
		`{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`:                                                         false,
		`{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`:                                                       false,
		`{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SecureTransport":"false"}}}`:                                             false,
	} {
		if got := grantsOf(t, statement)[0].Denies("aws:SecureTransport", "false", "sqs:SendMessage", "sqs:ReceiveMessage"); got != denies {
			t.Errorf("%s: %v", statement, got)
		}
	}
}

func TestGrant_AnySource(t *testing.T) {
	t.Parallel()
	const bucket = `,"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::orders"}}`
	for statement, any := range map[string]bool{
		`"Principal":{"Service":"sns.amazonaws.com"}`:         true,
		`"Principal":{"Service":"s3.amazonaws.com"}` + bucket: true,
		`"Principal":{"AWS":"*"}` + bucket:                    true,
		`"Principal":{"AWS":"*"},"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:orders"}}`: false,
		`"Principal":{"AWS":"*"},"Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`:                  false,
		`"Principal":{"AWS":"*"}`:                              false, // public, which is worse
		`"Principal":{"AWS":"arn:aws:iam::111122223333:root"}`: false,
		// Services are not all of amazonaws.com, and where they stand does not matter.
		`"Principal":{"Service":"alexa-appkit.amazon.com"}`:        true,
		`"Principal":{"AWS":"alexa-connectedhome.amazon.com"}`:     true,
		`"Principal":{"Service":["alexa-appkit.amazon.com"]}`:      true,
		`"Principal":{"AWS":["111122223333","dms.amazonaws.eu"]}`:  true,
		`"Principal":{"AWS":"111122223333"}`:                       false,
		`"Principal":{"AWS":"AIDACKCEVSQ6C2EXAMPLE"}`:              false,
		`"Principal":{"AWS":"arn:aws:iam::111122223333:user/a.b"}`: false,
		`"Principal":{"Service":"alexa-appkit.amazon.com"},"Condition":{"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.0a1b2c3d-0000-1111-2222-333344445555"}}`: false,
		`"Principal":{"AWS":"alexa-appkit.amazon.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}`:                                                   false,
	} {
		if got := grantsOf(t, `{"Effect":"Allow",`+statement+`,"Action":"sqs:SendMessage","Resource":"*"}`)[0].AnySource(); got != any {
			t.Errorf("%s: %v", statement, got)
		}
	}
}

func TestGrant_Within(t *testing.T) {
	t.Parallel()
	for principal, within := range map[string]bool{
		`{"AWS":"arn:aws:iam::111122223333:root"}`: true, `{"AWS":["111122223333","arn:aws:iam::111122223333:role/app"]}`: true,
		`{"AWS":["111122223333","444455556666"]}`: false, `{"AWS":"*"}`: false, `"*"`: false, `{"Service":"sns.amazonaws.com"}`: false,
		`{"AWS":"111122223333","Service":"sns.amazonaws.com"}`: false,
	} {
		if got := grantsOf(t, `{"Effect":"Allow","Principal":`+principal+`,"Action":"sqs:*","Resource":"*"}`)[0].Within("111122223333"); got != within {
			t.Errorf("%s: %v", principal, got)
		}
	}
}

func TestGrant_BoundByTag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action, condition string
		bound             bool
	}{
		{"ec2:StopInstances", `{"StringEquals":{"aws:ResourceTag/team":"orders"}}`, true},
		{"ec2:StopInstances", `{"StringLike":{"ec2:ResourceTag/team":["orders","prices"]}}`, true},
		{"secretsmanager:GetSecretValue", `{"StringEquals":{"secretsmanager:ResourceTag/team":"orders"}}`, true},
		{"s3:GetObject", `{"StringEquals":{"s3:ExistingObjectTag/team":"orders"}}`, true},
		{"ec2:StopInstances", `{"StringLike":{"aws:ResourceTag/team":"*"}}`, false},
		{"ec2:StopInstances", `{"StringEquals":{"aws:ResourceTag/team":"${aws:ResourceTag/team}"}}`, false},
		{"ec2:StopInstances", `{"StringEqualsIfExists":{"aws:ResourceTag/team":"orders"}}`, false},
		{"ec2:StopInstances", `{"StringNotEquals":{"aws:ResourceTag/team":"orders"}}`, false},
		{"ec2:StopInstances", `{"StringEquals":{"aws:RequestTag/team":"orders"}}`, false},
		{"ec2:StopInstances", `{"StringEquals":{"s3:ExistingObjectTag/team":"orders"}}`, false},
	} {
		action, _ := Catalogue().Action(c.action)
		grants := grantsOf(t, `{"Effect":"Allow","Action":"`+c.action+`","Resource":"*","Condition":`+c.condition+`}`)
		if got := grants[0].BoundByTag(action); got != c.bound {
			t.Errorf("%s, %s: %v", c.action, c.condition, got)
		}
	}
}

func TestGrant_OpensAll(t *testing.T) {
	t.Parallel()
	for action, opens := range map[string]bool{
		"logs:PutResourcePolicy": true, "events:Put*": true, "ram:CreateResourceShare": true, "*": true, "sqs:AddPermission": false, "events:PutEvents": false, "xray:PutTraceSegments": false,
	} {
		if got := grantsOf(t, `{"Effect":"Allow","Action":"`+action+`","Resource":"*"}`)[0].OpensAll(); got != opens {
			t.Errorf("%s: %v", action, got)
		}
	}
}

// TestLint_Optional wants a resource named even where the reference lets it be left
// out, but for what only stands aside.
func TestLint_Optional(t *testing.T) {
	t.Parallel()
	for action, passes := range map[string]bool{
		"es:ESHttpGet": false, "ec2:DeleteKeyPair": false, "events:PutPermission": false,
		"cloudwatch:PutMetricData": true, "polly:SynthesizeSpeech": true, "ec2:DescribeInstances": true,
	} {
		if found := Lint(Asked{Actions: []string{action}, Resources: []string{"*"}}); (len(found) == 0) != passes {
			t.Errorf("%s: %+v", action, found)
		}
	}
}
