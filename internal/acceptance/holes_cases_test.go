package acceptance

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// What a statement that allows everything fails, wherever it stands.
const (
	allRights  = "no-privilege-escalation no-wildcard-admin no-wildcard-actions no-wildcard-resources no-passrole-wildcard no-decrypt-all-keys "
	byInline   = " no-inline-policies"
	byAttached = " no-administrator-policy"
)

// allHoles are the functions by name.
func allHoles(account string) map[string]hole {
	out := map[string]hole{}
	for _, some := range []map[string]hole{holesInRights(account), holesInTrust(), holesInVersions(), holesInPermissions(account), holesInTargets(), holesInSettings()} {
		for name, h := range some {
			out["hole-"+name] = h
		}
	}
	return out
}

func holesInRights(account string) map[string]hole {
	allow := func(actions, resources string) string {
		return `{"Effect":"Allow","Action":[` + actions + `],"Resource":[` + resources + `]}`
	}
	var letters []string
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		letters = append(letters, `"`+string(c)+`*:*"`)
	}
	at := func(service, resource string) string {
		return `"arn:aws:` + service + `:eu-central-1:` + account + `:` + resource + `"`
	}
	return map[string]hole{
		"admin-inline":      {fails: allRights + byInline, inline: admin},
		"admin-customer":    {fails: allRights + byAttached, customer: admin},
		"admin-aws":         {fails: allRights + byAttached + " no-aws-managed-policies", attach: "arn:aws:iam::aws:policy/AdministratorAccess"},
		"admin-two-stars":   {fails: allRights + byInline, inline: allow(`"*:*"`, `"*"`)},
		"admin-question":    {fails: allRights + byInline, inline: allow(`"?*:?*"`, `"arn:aws:?*:*:*:*"`)},
		"admin-arn":         {fails: allRights + byInline, inline: allow(`"*"`, `"arn:*"`)},
		"admin-letters":     {fails: allRights + byInline, inline: allow(strings.Join(letters, ","), `"*"`)},
		"admin-halves":      {fails: allRights + byAttached, customer: allow(strings.Join(letters[:13], ","), `"*"`) + "," + allow(strings.Join(letters[13:], ","), `"*"`)},
		"admin-two-places":  {fails: allRights + byInline + byAttached, inline: allow(strings.Join(letters[:6], ","), `"*"`), customer: allow(strings.Join(letters[6:], ","), `"*"`)},
		"admin-but-iam":     {fails: allRights + "no-inverse-statements" + byInline, inline: `{"Effect":"Allow","NotAction":["organizations:*"],"Resource":"*"}`},
		"admin-but-bucket":  {fails: allRights + "no-inverse-statements" + byInline, inline: `{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::audit"}`},
		"admin-encrypted":   {fails: allRights + byInline, inline: `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`},
		"admin-of-iam":      {fails: "no-privilege-escalation no-wildcard-admin no-wildcard-actions no-wildcard-resources no-passrole-wildcard" + byInline, inline: allow(`"iam:?*"`, `"arn:aws:iam::*:*"`)},
		"escalates":         {fails: "no-privilege-escalation" + byInline, inline: allow(`"iam:PutRolePolicy"`, `"arn:aws:iam::`+account+`:role/app"`)},
		"escalates-apart":   {fails: "no-privilege-escalation" + byInline, inline: allow(`"iam:PassRole"`, `"arn:aws:iam::`+account+`:role/app"`), customer: allow(`"codebuild:CreateProject"`, at("codebuild", "project/orders"))},
		"passes-any-role":   {fails: "no-passrole-wildcard no-wildcard-resources" + byInline, inline: allow(`"iam:PassRole"`, `"arn:aws:iam::`+account+`:role/*"`)},
		"assumes-any-role":  {fails: "no-privilege-escalation no-wildcard-resources" + byInline, inline: allow(`"sts:AssumeRole"`, `"arn:aws:iam::*:role/deploy"`)},
		"reads-secrets":     {fails: "no-wildcard-resources" + byInline, inline: allow(`"secretsmanager:GetSecretValue"`, at("secretsmanager", "secret:*"))},
		"reads-parameters":  {fails: "no-wildcard-resources" + byInline, inline: allow(`"ssm:GetParameter"`, at("ssm", "parameter/?*"))},
		"reads-objects":     {fails: "no-wildcard-resources" + byInline, inline: allow(`"s3:GetObject"`, `"arn:aws:s3:::*/*"`)},
		"reads-by-variable": {fails: "no-wildcard-resources" + byInline, inline: allow(`"s3:GetObject"`, `"arn:aws:s3:::${aws:PrincipalTag/bucket}/*"`)},
		"decrypts-all":      {fails: "no-decrypt-all-keys no-wildcard-resources" + byInline, inline: allow(`"kms:Decrypt"`, at("kms", "key/?*"))},
		"whole-service":     {fails: "no-wildcard-actions" + byInline, inline: allow(`"dynamodb:?*"`, at("dynamodb", "table/orders"))},
	}
}

func holesInTrust() map[string]hole {
	const control = "trust-lambda-only trust-confused-deputy"
	lets := func(principal, condition string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"` + condition + `}`
	}
	return map[string]hole{
		"trusts-everyone":     {fails: control, trust: lets(`"*"`, "")},
		"trusts-an-account":   {fails: control, trust: lets(`{"AWS":"arn:aws:iam::444455556666:root"}`, "")},
		"trusts-any-org":      {fails: control, trust: lets(`{"AWS":"*"}`, `,"Condition":{"StringLike":{"aws:PrincipalOrgID":"o-*"}}`)},
		"trusts-not-one":      {fails: control, trust: lets(`{"AWS":"*"}`, `,"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"444455556666"}}`)},
		"trusts-machines":     {fails: control, trust: lets(`{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]}`, "")},
		"trusts-for-anybody":  {fails: "trust-confused-deputy", trust: lets(`{"Service":"lambda.amazonaws.com"}`, "")},
		"trusts-any-source":   {fails: "trust-confused-deputy", trust: lets(`{"Service":"lambda.amazonaws.com"}`, `,"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:lambda:*:*:function:*"}}`)},
		"trusts-if-exists":    {fails: "trust-confused-deputy", trust: lets(`{"Service":"lambda.amazonaws.com"}`, `,"Condition":{"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}}`)},
		"trusts-a-repository": {fails: "trust-lambda-only trust-confused-deputy", trust: lets(`{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}`, "")},
	}
}

func holesInVersions() map[string]hole {
	leaks := lambda.UpdateFunctionConfigurationInput{Environment: &lambdatypes.Environment{Variables: map[string]string{"DB_PASSWORD": "horse-battery-staple-77"}}}
	const secret = "no-plaintext-secrets"
	alias := func(version string, weights map[string]float64) func(context.Context, *siege, string) error {
		return func(ctx context.Context, s *siege, name string) error {
			in := &lambda.CreateAliasInput{FunctionName: &name, Name: new("old"), FunctionVersion: &version}
			if weights != nil {
				in.RoutingConfig = &lambdatypes.AliasRoutingConfiguration{AdditionalVersionWeights: weights}
			}
			_, err := s.lambda.CreateAlias(ctx, in)
			return err
		}
	}
	return map[string]hole{
		"secret-now":        {fails: secret, made: func(in *lambda.CreateFunctionInput) { in.Environment = leaks.Environment }},
		"secret-by-alias":   {fails: secret, second: true, first: leaks, after: alias("1", nil)},
		"secret-by-weight":  {fails: secret, second: true, first: leaks, after: alias("2", map[string]float64{"1": 0.1})},
		"secret-by-mapping": {fails: secret, second: true, first: leaks, after: mapped},
		"secret-by-policy": {fails: secret, second: true, first: leaks, after: func(ctx context.Context, s *siege, name string) error {
			_, err := s.lambda.AddPermission(ctx, &lambda.AddPermissionInput{FunctionName: &name, Qualifier: new("1"), StatementId: new("partner"), Action: new("lambda:InvokeFunction"), Principal: new("444455556666")})
			return err
		}},
		"admin-by-alias": {
			fails: allRights + byInline, second: true, first: lambda.UpdateFunctionConfigurationInput{Role: new("hole-admin-inline")}, after: alias("1", nil),
		},
		"runtime-by-alias": {fails: "supported-runtime latest-runtime", second: true, first: lambda.UpdateFunctionConfigurationInput{Runtime: "python3.8"}, after: alias("1", nil)},
		"tracing-by-alias": {
			fails: "tracing-active", second: true, first: lambda.UpdateFunctionConfigurationInput{TracingConfig: &lambdatypes.TracingConfig{Mode: lambdatypes.TracingModePassThrough}}, after: alias("1", nil),
		},
	}
}

// mapped lets a queue set off version 1.
func mapped(ctx context.Context, s *siege, name string) error {
	queue, err := s.queue(ctx, name+"-source", "")
	if err != nil {
		return err
	}
	_, err = s.lambda.CreateEventSourceMapping(ctx, &lambda.CreateEventSourceMappingInput{FunctionName: new(name + ":1"), EventSourceArn: &queue})
	return err
}

// holesInPermissions are what AddPermission can write. Statements with other
// conditions are in the corpus of internal/judges; names, Sids and tags that Lambda
// and IAM refuse are tried in internal/audit.
func holesInPermissions(account string) map[string]hole {
	permits := func(change func(*lambda.AddPermissionInput)) func(context.Context, *siege, string) error {
		return func(ctx context.Context, s *siege, name string) error {
			in := &lambda.AddPermissionInput{FunctionName: &name, StatementId: new("theirs"), Action: new("lambda:InvokeFunction"), Principal: new("*")}
			change(in)
			_, err := s.lambda.AddPermission(ctx, in)
			return err
		}
	}
	on := func(qualifier string) func(*lambda.AddPermissionInput) {
		return func(in *lambda.AddPermissionInput) { in.Qualifier = &qualifier }
	}
	service := func(principal, source string) func(*lambda.AddPermissionInput) {
		return func(in *lambda.AddPermissionInput) {
			in.Principal = &principal
			if source != "" {
				in.SourceArn = &source
			}
		}
	}
	const public, unbound = "no-public-invoke", "invoke-by-source"
	return map[string]hole{
		"public":            {fails: public, after: permits(func(*lambda.AddPermissionInput) {})},
		"public-live":       {fails: public, after: permits(on("live"))},
		"public-version":    {fails: public, after: permits(on("1"))},
		"public-any-source": {fails: public, after: permits(func(in *lambda.AddPermissionInput) { in.SourceArn = new("arn:aws:sns:*:*:*") })},
		"public-other-alias": {fails: public, after: func(ctx context.Context, s *siege, name string) error {
			if _, err := s.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: &name, Name: new("test"), FunctionVersion: new("1")}); err != nil {
				return err
			}
			return permits(on("test"))(ctx, s, name)
		}},
		"public-url": {fails: public, after: permits(func(in *lambda.AddPermissionInput) {
			in.Action, in.FunctionUrlAuthType = new("lambda:InvokeFunctionUrl"), lambdatypes.FunctionUrlAuthTypeNone
		})},
		"by-service":         {fails: unbound, after: permits(service("events.amazonaws.com", ""))},
		"by-service-version": {fails: unbound, after: permits(func(in *lambda.AddPermissionInput) { on("1")(in); service("events.amazonaws.com", "")(in) })},
		"by-bucket":          {fails: unbound, after: permits(service("s3.amazonaws.com", "arn:aws:s3:::orders"))},
		"by-any-rule":        {fails: unbound, after: permits(service("events.amazonaws.com", "arn:aws:events:*:*:rule/orders"))},
		"by-any-api":         {fails: unbound, after: permits(service("apigateway.amazonaws.com", "arn:aws:execute-api:eu-central-1:*:a1b2c3d4e5/*"))},
		"by-one-rule":        {after: permits(service("events.amazonaws.com", "arn:aws:events:eu-central-1:"+account+":rule/orders"))},
	}
}

func holesInTargets() map[string]hole {
	const control = "queue-not-public"
	failed := func(statement string) func(context.Context, *siege, string) error {
		return func(ctx context.Context, s *siege, name string) error {
			queue, err := s.queue(ctx, name+"-dead", statement)
			if err != nil {
				return err
			}
			return s.deadLetters(ctx, name, queue)
		}
	}
	everyone := func(condition string) string {
		return `{"Effect":"Allow","Principal":"*","Action":"sqs:ReceiveMessage","Resource":"*","Condition":` + condition + `}`
	}
	out := map[string]hole{
		"dead-public":     {fails: control, after: failed(`{"Effect":"Allow","Principal":"*","Action":"sqs:ReceiveMessage","Resource":"*"}`)},
		"dead-but-one":    {fails: control, after: failed(`{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sqs:ReceiveMessage","Resource":"*"}`)},
		"dead-hostile":    {fails: control, after: failed(`{"Sid":"\u001b[2J<img src=x onerror=alert(1)>|\u202e**a**\u0000","Effect":"Allow","Principal":"*","Action":"sqs:ReceiveMessage","Resource":"*"}`)},
		"dead-by-service": {fails: control, after: failed(`{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}`)},
		"dead-by-bucket":  {fails: control, after: failed(`{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::orders"}}}`)},
		"dead-topic": {fails: control, after: func(ctx context.Context, s *siege, name string) error {
			topic, err := s.topic(ctx, name, `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sns:Subscribe","Resource":"*"}`)
			if err != nil {
				return err
			}
			return s.deadLetters(ctx, name, topic)
		}},
		"destination": {fails: control, after: func(ctx context.Context, s *siege, name string) error {
			queue, err := s.queue(ctx, name+"-dead", everyone(`{"Bool":{"aws:SecureTransport":"true"}}`))
			if err != nil {
				return err
			}
			_, err = s.lambda.PutFunctionEventInvokeConfig(ctx, &lambda.PutFunctionEventInvokeConfigInput{
				FunctionName: &name, Qualifier: new("live"), DestinationConfig: &lambdatypes.DestinationConfig{OnFailure: &lambdatypes.OnFailure{Destination: &queue}},
			})
			return err
		}},
	}
	for name, condition := range map[string]string{
		"any-org":    `{"StringLike":{"aws:PrincipalOrgID":"o-*"}}`,
		"if-exists":  `{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`,
		"for-all":    `{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/r-ab12/"}}`,
		"itself":     `{"StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalAccount}"}}`,
		"internet":   `{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}`,
		"mapped":     `{"IpAddress":{"aws:SourceIp":"::ffff:0.0.0.0/96"}}`,
		"any-source": `{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}`,
		"not-one":    `{"StringNotEquals":{"aws:PrincipalAccount":"444455556666"}}`,
		"agent":      `{"StringEquals":{"aws:UserAgent":"orders"}}`,
	} {
		out["dead-"+name] = hole{fails: control, after: failed(everyone(condition))}
	}
	return out
}

// deadLetters sends them somewhere else, from the version that serves callers too.
func (s *siege) deadLetters(ctx context.Context, name, arn string) error {
	if _, err := s.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, DeadLetterConfig: &lambdatypes.DeadLetterConfig{TargetArn: &arn}}); err != nil {
		return err
	}
	version, err := s.publish(ctx, name)
	if err != nil {
		return err
	}
	_, err = s.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: &name, Name: new("live"), FunctionVersion: &version})
	return err
}

func holesInSettings() map[string]hole {
	return map[string]hole{
		"key-public": {fails: "key-policy-closed", after: func(ctx context.Context, s *siege, name string) error {
			_, err := s.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, KMSKeyArn: &s.openKey})
			return err
		}},
		"log-without-key": {fails: "log-group-encrypted", after: func(ctx context.Context, s *siege, name string) error {
			_, err := s.logs.DisassociateKmsKey(ctx, &cloudwatchlogs.DisassociateKmsKeyInput{LogGroupName: new("/aws/lambda/" + name)})
			return err
		}},
		"log-for-a-day": {fails: "log-retention", after: func(ctx context.Context, s *siege, name string) error {
			_, err := s.logs.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: new("/aws/lambda/" + name), RetentionInDays: new(int32(1))})
			return err
		}},
		"runtime":    {fails: "supported-runtime latest-runtime", made: func(in *lambda.CreateFunctionInput) { in.Runtime = "python3.8" }},
		"no-dead":    {fails: "dead-letter-target", made: func(in *lambda.CreateFunctionInput) { in.DeadLetterConfig = nil }},
		"no-key":     {fails: "environment-encrypted", made: func(in *lambda.CreateFunctionInput) { in.KMSKeyArn = nil }},
		"tag-secret": {fails: "no-plaintext-secrets", made: func(in *lambda.CreateFunctionInput) { in.Tags = map[string]string{"deployed-with": leaked} }},
		"text-logs":  {fails: "structured-logs", made: func(in *lambda.CreateFunctionInput) { in.LoggingConfig.LogFormat = lambdatypes.LogFormatText }},
		"foreign-layer": {fails: "own-layers", made: func(in *lambda.CreateFunctionInput) {
			in.Layers = []string{"arn:aws:lambda:eu-central-1:444455556666:layer:tools:3"}
		}},
	}
}
