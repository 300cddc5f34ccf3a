package secrets

import (
	"encoding/base64"
	"net/url"
)

// fresh are values of the same kinds as the adversarial ones, written when those
// were all found, before anything was mended for them.
func fresh() []sample {
	password := func() string { return draw.of(lower, 6) + draw.of(digits, 2) + draw.of(mixedCase, 5) }
	token := func(n int) string { return draw.of(mixedCase, n) }
	return []sample{
		{"name", "RDS_MASTER_PASS_BLUE", "bluebird"},
		{"name", "password_2024", "autumn"},
		{"name", "STRIPE_SK", "sk_test_" + token(24)},
		{"name", "LDAP_BIND_PASSWORD_DC1", password()},
		{"name", "X_API_KEY", token(30)},
		{"name", "TWILIO_AUTH_TOKEN_TESTING", draw.of(hexadecimal, 32)},
		{"name", "ENCRYPTION_KEY_HEX_OLD", draw.of(hexadecimal, 64)},
		{"name", "SNOWFLAKE_PWD_READER", password()},
		{"disguise", "REDIS_PASSWORD", "a/" + token(6) + "/" + token(7)},
		{"disguise", "ACCESS_TOKEN_V3", draw.uuid()},
		{"disguise", "DB_SECRET", token(9) + "/" + token(12)},
		{"JSON", "SECRETS_JSON", `{"stripe":{"key":"` + token(32) + `"}}`},
		{"JSON", "KAFKA_OPTS", `{"sasl.jaas.config":"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"app\" password=\"` + password() + `\";"}`},
		{"YAML", "HELM_VALUES", "auth:\n  rootPassword: \"" + password() + "\"\n  database: orders"},
		{"YAML", "USERS", "- user: ann\n  pass: sunshine\n- user: bob\n  pass: moonlight"},
		{"list", "PASSWORDS", "spring,summer,autumn"},
		{"header", "EXTRA_HEADERS", "x-auth-token=" + token(32) + ",accept=json"},
		{"header", "OTEL_EXPORTER_OTLP_HEADERS", "api-key=" + token(40)},
		{"header", "PROXY_AUTHORIZATION", "Basic " + base64.StdEncoding.EncodeToString([]byte("u:"+password()))},
		{"DSN", "CELERY_BROKER", "redis://:" + password() + "@cache:6379/0,redis://cache2:6379/0"},
		{"DSN", "MSSQL", "sqlserver://sa:P%40ss" + draw.of(digits, 4) + "@db?database=orders"},
		{"DSN", "SMTP", "smtp+tls://mailer:" + password() + "@mail.internal:587"},
		{"DSN", "GORM", "host=db user=app password='two words' dbname=orders sslmode=disable"},
		{"DSN", "RABBIT", "worker:" + password() + "@rabbit-1:5672,rabbit-2:5672/vhost"},
		{"signed", "DOWNLOAD", "https://storage.googleapis.com/b/o?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=900&X-Goog-Signature=" + draw.of(hexadecimal, 128)},
		{"signed", "LOGIC_APP", "https://prod-1.westeurope.logic.azure.com/workflows/x/triggers/manual/paths/invoke?api-version=2016-10-01&sp=%2Ftriggers&sv=1.0&sig=" + url.QueryEscape(draw.base64(24))},
		{"flag", "ENTRYPOINT", "/app/server -dbpass=" + password() + " -listen :8080"},
		{"flag", "EXTRA_ARGS", "--set auth.password=" + password() + " --wait"},
		{"flag", "BACKUP_CMD", "pg_dump --dbname=postgresql://app:" + password() + "@db/orders"},
		{"base64", "BOOT", base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=" + draw.of(mixedCase+"/+", 40) + "\nexec app\n"))},
		{"base64", "DOCKERCFG", base64.StdEncoding.EncodeToString([]byte(`{"auths":{"r.io":{"auth":"` + base64.StdEncoding.EncodeToString([]byte("ci:"+password())) + `"}}}`))},
		{"base64", "PFX", base64.StdEncoding.EncodeToString(append(append([]byte{0x30, 0x82, 0x01, 0x00}, shroudedKeyBag...), token(239)...))},
	}
}
