package secrets

import (
	_ "embed" // for the values of public samples
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
)

// text draws characters of an alphabet. Nothing here is or was anybody's secret.
type drawn struct{ *rand.Rand }

const (
	hexadecimal = "0123456789abcdef"
	lower       = "abcdefghijklmnopqrstuvwxyz0123456789"
	upper       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	mixedCase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	digits      = "0123456789"
)

func (d drawn) of(alphabet string, n int) string {
	var out strings.Builder
	for range n {
		out.WriteByte(alphabet[d.IntN(len(alphabet))])
	}
	return out.String()
}

func (d drawn) base64(n int) string {
	return base64.StdEncoding.EncodeToString([]byte(d.of(mixedCase, n)))
}

func (d drawn) uuid() string {
	return strings.Join([]string{d.of(hexadecimal, 8), d.of(hexadecimal, 4), "4" + d.of(hexadecimal, 3), "a" + d.of(hexadecimal, 3), d.of(hexadecimal, 12)}, "-")
}

func (d drawn) jwt() string {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	return part(`{"alg":"HS256","typ":"JWT"}`) + "." + part(`{"sub":"`+d.of(digits, 10)+`","name":"orders","iat":1516239022}`) + "." + d.of(mixedCase, 43)
}

// sample is a name with a value.
type sample struct{ kind, name, value string }

// secretKinds are kinds of secrets, each with a variable it may be found in.
var secretKinds = []struct {
	kind, name string
	draw       func(d drawn) string
}{
	{"AWS access key id", "KEY", func(d drawn) string { return "AKIA" + d.of(upper, 16) }},
	{"AWS temporary key id", "ID", func(d drawn) string { return "ASIA" + d.of(upper, 16) }},
	{"AWS secret access key", "AWS_SECRET", func(d drawn) string { return d.of(mixedCase+"/+", 40) }},
	{"GitHub token", "GH", func(d drawn) string { return "ghp_" + d.of(mixedCase, 36) }},
	{"GitHub OAuth token", "GH", func(d drawn) string { return "gho_" + d.of(mixedCase, 36) }},
	{"GitHub app token", "GH", func(d drawn) string { return "ghs_" + d.of(mixedCase, 36) }},
	{"GitHub fine-grained token", "GH", func(d drawn) string { return "github_pat_" + d.of(mixedCase, 22) + "_" + d.of(mixedCase, 59) }},
	{"GitLab token", "GL", func(d drawn) string { return "glpat-" + d.of(mixedCase, 20) }},
	{"Slack bot token", "SLACK", func(d drawn) string {
		return "xoxb-" + d.of(digits, 12) + "-" + d.of(digits, 12) + "-" + d.of(mixedCase, 24)
	}},
	{"Slack user token", "SLACK", func(d drawn) string {
		return "xoxp-" + d.of(digits, 12) + "-" + d.of(digits, 12) + "-" + d.of(digits, 12) + "-" + d.of(hexadecimal, 32)
	}},
	{"Slack webhook", "NOTIFY", func(d drawn) string {
		return "https://hooks.slack.com/services/T" + d.of(upper, 8) + "/B" + d.of(upper, 8) + "/" + d.of(mixedCase, 24)
	}},
	{"Stripe secret key", "STRIPE", func(d drawn) string { return "sk_live_" + d.of(mixedCase, 24) }},
	{"Stripe restricted key", "STRIPE", func(d drawn) string { return "rk_live_" + d.of(mixedCase, 24) }},
	{"SendGrid key", "MAIL", func(d drawn) string { return "SG." + d.of(mixedCase, 22) + "." + d.of(mixedCase, 43) }},
	{"Mailgun key", "MAILGUN_KEY", func(d drawn) string { return "key-" + d.of(hexadecimal, 32) }},
	{"Twilio key", "SMS", func(d drawn) string { return "SK" + d.of(hexadecimal, 32) }},
	{"npm token", "NPM", func(d drawn) string { return "npm_" + d.of(mixedCase, 36) }},
	{"PyPI token", "PYPI", func(d drawn) string { return "pypi-AgEIcHlwaS5vcmc" + d.of(mixedCase, 60) }},
	{"Google API key", "MAPS", func(d drawn) string { return "AIza" + d.of(mixedCase, 35) }},
	{"OpenAI key", "LLM", func(d drawn) string { return "sk-" + d.of(mixedCase, 20) + "T3BlbkFJ" + d.of(mixedCase, 20) }},
	{"Anthropic key", "LLM", func(d drawn) string { return "sk-ant-api03-" + d.of(mixedCase, 93) + "AA" }},
	{"Hugging Face token", "HF", func(d drawn) string { return "hf_" + d.of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 34) }},
	{"DigitalOcean token", "DO", func(d drawn) string { return "dop_v1_" + d.of(hexadecimal, 64) }},
	{"Shopify token", "SHOP", func(d drawn) string { return "shpat_" + d.of(hexadecimal, 32) }},
	{"Databricks token", "DBX", func(d drawn) string { return "dapi" + d.of(hexadecimal, 32) }},
	{"New Relic key", "NEW_RELIC_KEY", func(d drawn) string { return "NRAK-" + d.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 27) }},
	{"Grafana token", "GRAFANA", func(d drawn) string { return "glsa_" + d.of(mixedCase, 32) + "_" + d.of(hexadecimal, 8) }},
	{"HashiCorp Terraform token", "TFC", func(d drawn) string { return d.of(lower, 14) + ".atlasv1." + d.of(mixedCase, 64) }},
	{"HashiCorp Vault token", "VAULT", func(d drawn) string { return "hvs." + d.of(mixedCase, 95) }},
	{"PlanetScale token", "PS", func(d drawn) string { return "pscale_tkn_" + d.of(mixedCase, 43) }},
	{"Linear key", "LINEAR", func(d drawn) string { return "lin_api_" + d.of(mixedCase, 40) }},
	{"Postman key", "POSTMAN", func(d drawn) string { return "PMAK-" + d.of(hexadecimal, 24) + "-" + d.of(hexadecimal, 34) }},
	{"Doppler token", "DOPPLER", func(d drawn) string { return "dp.pt." + d.of(mixedCase, 43) }},
	{"JSON web token", "SESSION", drawn.jwt},
	{"RSA private key", "SIGNER", func(d drawn) string {
		return "-----BEGIN RSA PRIVATE KEY-----\n" + d.base64(120) + "\n-----END RSA PRIVATE KEY-----"
	}},
	{"EC private key", "SIGNER", func(d drawn) string {
		return "-----BEGIN EC PRIVATE KEY-----\n" + d.base64(90) + "\n-----END EC PRIVATE KEY-----"
	}},
	{"OpenSSH private key", "DEPLOY", func(d drawn) string {
		return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + d.base64(150) + "\n-----END OPENSSH PRIVATE KEY-----"
	}},
	{"age key", "SOPS", func(d drawn) string { return "AGE-SECRET-KEY-1" + d.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58) }},
	{"password in a PostgreSQL URL", "DATABASE_URL", func(d drawn) string { return "postgres://app:" + d.of(mixedCase, 12) + "@db.internal:5432/orders" }},
	{"password in a MongoDB URL", "MONGO", func(d drawn) string { return "mongodb+srv://app:" + d.of(lower, 10) + "@cluster0.example.net/orders" }},
	{"password in a Redis URL", "CACHE", func(d drawn) string { return "redis://:" + d.of(mixedCase, 16) + "@cache.internal:6379/0" }},
	{"password in an AMQP URL", "BROKER", func(d drawn) string { return "amqps://worker:" + d.of(lower, 9) + "@mq.internal:5671" }},
	{"unescaped password in a URL", "DSN", func(d drawn) string { return "mysql://root:p%zz" + d.of(lower, 6) + "@db:3306/x" }},
	{"token in a query", "CALLBACK", func(d drawn) string { return "https://example.com/hook?access_token=" + d.of(lower, 24) }},
	{"ADO connection string", "SQL", func(d drawn) string {
		return "Server=db;Database=orders;User Id=app;Password=" + d.of(mixedCase, 12) + ";"
	}},
	{"Azure storage string", "BLOB", func(d drawn) string {
		return "DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=" + d.base64(64) + ";EndpointSuffix=core.windows.net"
	}},
	{"libpq string", "PG", func(d drawn) string { return "host=db user=app password=" + d.of(lower, 8) + " dbname=orders" }},
	{"numeric password", "DB_PASSWORD", func(d drawn) string { return d.of(digits, 8) }},
	{"UUID as a password", "ADMIN_PASSWORD", func(d drawn) string { return d.uuid() }},
	{"password by name", "DB_PASSWORD", func(d drawn) string { return d.of(lower, 7) + "!" }},
	{"weak password by name", "adminPassword", func(d drawn) string { return "summer" + d.of(digits, 4) }},
	{"pass phrase by name", "KEY_PASSPHRASE", func(d drawn) string { return "correct horse " + d.of(lower, 6) }},
	{"client secret by name", "OAUTH_CLIENT_SECRET", func(d drawn) string { return d.of(mixedCase, 32) }},
	{"API key by name", "PAYMENTS_API_KEY", func(d drawn) string { return d.of(hexadecimal, 32) }},
	{"token by name", "WEBHOOK_TOKEN", func(d drawn) string { return d.of(mixedCase, 18) }},
	{"signing key by name", "SIGNING_KEY", func(d drawn) string { return d.base64(24) }},
}

// corpusSecrets are two of each kind.
func corpusSecrets() []sample {
	d := drawn{rand.New(rand.NewPCG(20261124, 5))}
	var out []sample
	for _, k := range secretKinds {
		for range 2 {
			out = append(out, sample{k.kind, k.name, k.draw(d)})
		}
	}
	return out
}

// corpusBenign are values that functions are configured with.
func corpusBenign() []sample {
	d := drawn{rand.New(rand.NewPCG(20261124, 6))}
	var out []sample
	add := func(kind, name, format string, values ...string) {
		for _, v := range values {
			out = append(out, sample{kind, name, fmt.Sprintf(format, v)})
		}
	}
	fixed := func(kind string, pairs ...string) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, sample{kind, pairs[i], pairs[i+1]})
		}
	}
	repeat := func(n int, draw func() string) []string {
		var values []string
		for range n {
			values = append(values, draw())
		}
		return values
	}
	add("ARN", "TABLE_ARN", "arn:aws:dynamodb:eu-central-1:111122223333:table/%s", "orders", "orders-2026", "audit_log")
	add("ARN", "DB_SECRET", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:%s", repeat(4, func() string { return "orders/db-" + d.of(mixedCase, 6) })...)
	add("ARN", "API_KEY", "arn:aws:ssm:eu-central-1:111122223333:parameter/%s", "orders/api-key", "prod/payments/key")
	add("ARN", "KEY_ARN", "arn:aws:kms:eu-central-1:111122223333:key/%s", repeat(4, d.uuid)...)
	add("ARN", "QUEUE", "arn:aws:sqs:eu-central-1:111122223333:%s", "orders", "orders-dead-letter", "orders.fifo")
	add("ARN", "STATE_MACHINE", "arn:aws:states:eu-central-1:111122223333:stateMachine:%s", "Orders", "Refunds")
	add("URL", "QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/111122223333/%s", "orders", "orders-dead-letter", "refunds")
	add("URL", "ENDPOINT", "https://%s", "api.example.com/v1", "example.com/orders?page=2&size=50", "vpce-0a1b2c3d4e5f6a7b8-abcdefgh.execute-api.eu-central-1.vpce.amazonaws.com", "search-orders-abc123def456.eu-central-1.es.amazonaws.com")
	add("URL", "TOKEN_ENDPOINT", "https://%s", "login.example.com/oauth2/token", "auth.example.com/realms/x/protocol/openid-connect/token")
	add("URL", "ISSUER", "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_%s", repeat(3, func() string { return d.of(mixedCase, 9) })...)
	add("URL", "DATABASE_URL", "postgres://%s", "db.internal:5432/orders", "app@db.internal:5432/orders", "app:${DB_PASSWORD}@db:5432/orders")
	add("URL", "CACHE", "redis://%s", "cache.internal:6379/0", "default@cache:6379")
	add("URL", "SENTRY_URL", "https://%s", "sentry.example.com/api/4", "o12345.ingest.example.com/4501")
	add("UUID", "TENANT_ID", "%s", repeat(8, d.uuid)...)
	add("UUID", "CLIENT_ID", "%s", repeat(4, d.uuid)...)
	add("hash", "BUILD", "%s", repeat(6, func() string { return d.of(hexadecimal, 40) })...)
	add("hash", "IMAGE_DIGEST", "sha256:%s", repeat(4, func() string { return d.of(hexadecimal, 64) })...)
	add("hash", "CODE_SHA256", "%s", repeat(3, func() string { return d.base64(32) })...)
	add("hash", "ETAG", "%s", repeat(3, func() string { return d.of(hexadecimal, 32) })...)
	add("hash", "COMMIT", "%s", repeat(4, func() string { return d.of(hexadecimal, 7) })...)
	add("name", "TABLE_NAME", "%s", "orders", "orders-prod-eu-central-1", "Orders_2026_v2", "tenant-7f3a-orders", "order.items")
	add("name", "BUCKET", "%s", "orders-incoming-111122223333", "my-company-artifacts-eu-central-1", "cdk-hnb659fds-assets-111122223333-eu-central-1")
	add("name", "STREAM", "%s", "clicks", "orders-events-prod", "OrdersStream-1A2B3C4D5E6F7")
	add("name", "PARTITION_KEY", "%s", "customer_id", "orderId", "pk")
	add("name", "SORT_KEY", "%s", "created_at", "sk")
	add("name", "FEATURE_KEY", "%s", "new-checkout", "beta_pricing")
	add("name", "OBJECT_KEY", "%s", "config/settings.json", "exports/2026/11/24/orders.csv.gz")
	add("name", "SECRET_NAME", "%s", "orders-db", "prod/orders/db", "payments_credentials")
	add("name", "DB_SECRET", "%s", "prod/orders/db", "orders/prod/rds-main", "orders-db", "payments_api")
	add("name", "DB_PASSWORD", "%s", "/prod/orders/db/password", "{{resolve:secretsmanager:orders/db:SecretString:password}}")
	add("name", "IDEMPOTENCY_KEY", "%s", "orderId", "messageId")
	add("setting", "TOKEN_TTL", "%s", "3600", "15m")
	add("setting", "PASSWORD_MIN_LENGTH", "%s", "12")
	add("setting", "PASSWORD_POLICY", "%s", "strict", "nist-800-63b")
	add("setting", "USE_TOKEN", "%s", "true", "false")
	add("setting", "API_KEY_REQUIRED", "%s", "true")
	add("setting", "AUTH", "%s", "iam", "oauth2", "none")
	add("setting", "MAX_TOKENS", "%s", "4096", "200000")
	add("setting", "TOKENIZER", "%s", "cl100k_base", "o200k_base")
	add("setting", "AUTHOR", "%s", "orders-team", "Jane Doe")
	add("setting", "SECRET_CACHE_SECONDS", "%s", "300")
	add("setting", "KEYSPACE", "%s", "orders", "analytics_v2")
	add("setting", "KEYBOARD_LAYOUT", "%s", "de-latin1")
	add("setting", "LOG_LEVEL", "%s", "INFO", "DEBUG", "WARNING")
	add("setting", "REGION", "%s", "eu-central-1", "us-gov-west-1")
	add("setting", "TZ", "%s", "Europe/Berlin", "UTC")
	add("setting", "ALLOWED_ORIGINS", "%s", "https://a.example.com,https://b.example.com", "*")
	add("setting", "NODE_OPTIONS", "%s", "--enable-source-maps --max-old-space-size=512")
	add("setting", "JAVA_TOOL_OPTIONS", "%s", "-XX:+TieredCompilation -XX:TieredStopAtLevel=1")
	add("setting", "AWS_LAMBDA_EXEC_WRAPPER", "%s", "/opt/otel-handler", "/opt/bootstrap")
	add("setting", "PYTHONPATH", "%s", "/opt/python:/var/task/lib")
	add("setting", "CRON", "%s", "0 12 * * ? *", "rate(5 minutes)")
	add("setting", "RETRY", "%s", "max=3;base=200ms;cap=5s", "attempts=5,jitter=full")
	add("id", "VPC", "%s", "vpc-0a1b2c3d4e5f6a7b8", "subnet-0a1b2c3d4e5f6a7b8,subnet-1b2c3d4e5f6a7b8c9", "sg-0a1b2c3d4e5f6a7b8")
	add("id", "ACCOUNT", "%s", "111122223333")
	add("id", "USER_POOL", "%s", "eu-central-1_Ab1Cd2Ef3")
	add("id", "DISTRIBUTION", "%s", "E2QWRUHAPOMQZL", "d111111abcdef8.cloudfront.net")
	add("id", "API_ID", "%s", "a1b2c3d4e5", "z9y8x7w6v5")
	add("id", "MODEL", "%s", "anthropic.claude-3-5-sonnet-20240620-v1:0", "amazon.titan-embed-text-v2:0", "eu.amazon.nova-pro-v1:0")
	add("JSON", "CONFIG", "%s", `{"retries":3,"backoff":"exponential"}`, `{"tables":{"orders":"orders-prod","items":"items-prod"}}`,
		`[{"id":1,"name":"EUR"},{"id":2,"name":"USD"}]`, `{"features":{"newCheckout":true},"limit":100}`)
	add("JSON", "MAPPING", "%s", `{"key":"customer_id","type":"S"}`, `{"secretArn":"arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-a1b2c3"}`)
	add("text", "GREETING", "%s", "hello", "Good morning, how are you today?", "Ihre Bestellung ist unterwegs")
	add("text", "TEMPLATE", "%s", "Dear {{name}}, your order {{id}} was shipped.", "order-{id}-{date}.pdf")
	add("text", "NOTE", "%s", "Serves https://example.com; owner: team@example.com", `{"url":"https://a.example.com","m":"mailto:x@example.com"}`)
	add("version", "VERSION", "%s", "1.4.2", "2026.11.24-3", "v0.12.0-rc.1+build.77", "sha-9f8e7d6")
	add("public", "PUBLIC_CERT", "%s", "-----BEGIN CERTIFICATE-----\nMIIBhTCCASugAwIBAgIQIRi6zePL6mKjOipn+dNuaTAKBggqhkjOPQQDAjASMRAw\n-----END CERTIFICATE-----")
	fixed("placeholder", "DB_PASSWORD", "${DB_PASSWORD}", "API_KEY", "<your key>", "TOKEN", "****", "CLIENT_SECRET", "xxxx")
	fixed("layer", "PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED", "true", "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "2773", "SECRETS_MANAGER_TTL", "300", "SSM_PARAMETER_STORE_TTL", "300")
	fixed("powertools", "POWERTOOLS_SERVICE_NAME", "orders-api", "POWERTOOLS_METRICS_NAMESPACE", "orders", "POWERTOOLS_TRACER_CAPTURE_RESPONSE", "false")
	fixed("nearly", "CMD", "docker run -p 8080:80 --user node:node app", "ARGS", "-u root --port 3306", "ARGS", "--token-ttl 5m --secret-name orders-db --key-file /etc/tls/key.pem",
		"CMD", "python -u app.py -p 8000", "ARGS", "--password-file /run/secrets/db --auth-mode iam", "CMD", "mkdir -p /tmp/cache && exec app", "IMAGE", "registry.example.com/app:1.4@sha256:"+d.of(hexadecimal, 64),
		"ACTION", "actions/checkout@v4", "PURL", "pkg:npm/lodash@4.17.21", "REMOTE", "git@github.com:acme/orders.git", "CONTACTS", "owner:team@example.com,cc:bob2@example.com", "QUORUM", "1@kafka-1:9093,2@kafka-2:9093",
		"REALM", `Bearer realm="https://auth.example.com/token"`, "AUTH_SCHEME", "Bearer", "AUTHORIZATION_TYPE", "AWS_IAM", "SCHEMES", "bearer token-authentication", "GROUPS", "admin:orders@prod", "SIP", "sip:orders@example.com",
		"SQL", "SELECT token FROM sessions WHERE user = 'x'", "HEADER", "Authorization: ${AUTH_HEADER}", "SIGNED_HEADERS", "host;x-amz-date;x-amz-security-token", "PASSWORD_ENCODER", "bcrypt", "PASSWORD_CHARSET", "abcdefghijkmnpqrstuvwxyz23456789",
		"SECRET_NAMES", "orders-db,payments-api", "TOKEN_URLS", "https://a.example.com/token,https://b.example.com/token", "KEY_PREFIX", "orders:v2:", "CACHE_KEY_VERSION", "2026-11-24T10", "PUBLIC_KEY", d.base64(60),
		"STRIPE_PUBLISHABLE_KEY", "pk_live_"+d.of(mixedCase, 24), "DB_CREDENTIALS", "orders-db-credentials", "DB_PASSWORD_PARAMETER", "/prod/orders/db/password", "API_KEY", "arn:aws:apigateway:eu-central-1::/apikeys/a1b2c3d4e5",
		"DB_PASSWORD_ENCRYPTED", "AQICAHh"+d.base64(60), "VAULT_SECRET", "secret/data/orders/db", "JWT_SECRET", "vault:secret/data/orders#jwt", "ENCRYPTION_KEY", d.uuid(), "SIGNING_KEY", "alias/orders-signing", "SECRET_KEY", "{{ .Values.secretKey }}",
		"ICON", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk", "CURSOR", base64.StdEncoding.EncodeToString([]byte("customer:4711")), "CA_BUNDLE", base64.StdEncoding.EncodeToString([]byte("-----BEGIN CERTIFICATE-----\nMIIBhTCC\n-----END CERTIFICATE-----\n")),
		"NOTE", "Password rotation is done by the team; the token is in the vault", "description", "Sends the API key by mail. Secret: see runbook", "SAML", "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "COMPASS", "north", "GPG_KEY", strings.ToUpper(d.of(hexadecimal, 40)), "AUTH0_DOMAIN", "dev-"+d.of(hexadecimal, 8)+".us.auth0.com", "TOKEN_ADDRESS", "0x"+d.of(hexadecimal, 40),
		"RECAPTCHA_SITE_KEY", "6Le"+d.of(mixedCase, 37), "COOKIE_DOMAIN", ".example.com", "TLS_CERTIFICATE", d.base64(90), "MASTER_KEY", "mrk-"+d.of(hexadecimal, 32),
		"QUERY", "https://example.com/search?key=orders&code=eur&sig=none", "ENCODED", "https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc", "WEB_KEY", `{"kty":"EC","crv":"P-256","x":"`+d.of(mixedCase, 43)+`","y":"`+d.of(mixedCase, 43)+`"}`)
	return append(out, sampled()...)
}

//go:embed testdata/environment.tsv
var environments string

// sampled are values of public samples.
func sampled() (out []sample) {
	for line := range strings.Lines(environments) {
		name, value, found := strings.Cut(strings.TrimSpace(line), "\t")
		if found && !strings.HasPrefix(name, "#") {
			out = append(out, sample{"sampled", name, value})
		}
	}
	return out
}
