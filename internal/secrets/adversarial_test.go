package secrets

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

// Drawn here, so that this file holds no secret.
var draw = drawn{rand.New(rand.NewPCG(20261129, 7))}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func asJSON(v any) string {
	out, _ := json.Marshal(v) // texts always marshal
	return string(out)
}

func pemOf(kind string) string {
	return "-----BEGIN " + kind + " PRIVATE KEY-----\n" + draw.base64(120) + "\n-----END " + kind + " PRIVATE KEY-----\n"
}

func pkcs8() []byte {
	der, _ := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed([]byte(draw.of(mixedCase, 32)))) // of this kind it always does
	return der
}

func sec1() []byte {
	key, _ := ecdsa.ParseRawPrivateKey(elliptic.P256(), []byte(draw.of(digits, 32))) // digits are below the order
	der, _ := x509.MarshalECPrivateKey(key)
	return der
}

func gzipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text)) // a buffer takes everything
	_ = w.Close()
	return out.String()
}

// adversarial are secrets as they come about, each in another dress.
func adversarial() []sample {
	password := func() string { return draw.of(lower, 5) + draw.of(digits, 2) + draw.of(mixedCase, 6) }
	token := func(n int) string { return draw.of(mixedCase, n) }
	return []sample{
		// Names with something behind them.
		{"name", "DB_PASSWORD_PROD", password()}, {"name", "DB_PASSWORD_OLD", "winter"}, {"name", "ADMIN_PW", "letmein"},
		{"name", "API_KEY_V2", draw.of(hexadecimal, 32)}, {"name", "SMTP_PASS_2", "opensesame"}, {"name", "TOKEN3", token(20)},
		{"name", "dbPasswordEuWest1", password()}, {"name", "JWT_SECRET_CURRENT", "my-signing-secret"}, {"name", "OAuthClientSecretB", token(32)},
		{"name", "DB_PASSWORD_FOR_ORDERS", password() + "!"}, {"name", "MYSQL_PWD_RO", "reporting"}, {"name", "PGPASSWORD", "trustno"},
		{"name", "APIKeyStaging", token(24)}, {"name", "SECRET_KEY_BASE", draw.of(hexadecimal, 64)}, {"name", "REDISCLI_AUTH", token(24)},
		{"name", "HMAC_KEY", draw.of(hexadecimal, 64)}, {"name", "ADMIN_PIN", draw.of(digits, 6)}, {"name", "DB_KENNWORT_NEU", password()},
		// Values that look like something else under a secret's name.
		{"disguise", "DB_PASSWORD", "k9/Xb2" + token(10)}, {"disguise", "DB_PASSWORD", "/" + token(9) + "/" + token(8)}, {"disguise", "API_TOKEN", draw.uuid()},
		{"disguise", "SLACK_SIGNING_SECRET", draw.uuid()}, {"disguise", "API_KEY", "x7/" + draw.of(lower, 14) + "9"}, {"disguise", "ROOT_PASSWORD", draw.of(digits, 12)},
		{"disguise", "X_API_KEY", draw.uuid()}, {"disguise", "API_TOKEN", draw.of(digits, 16)}, {"DSN", "BACKUP_DB", "//app:" + password() + "@db.internal/orders"},
		// Structures.
		{"JSON", "CONFIG", asJSON(map[string]any{"db": map[string]any{"host": "db", "user": "app", "password": "winter"}})},
		{"JSON", "DB", asJSON(map[string]string{"username": "app", "pw": password(), "engine": "postgres"})},
		{"JSON in JSON", "SETTINGS", asJSON(map[string]string{"inner": asJSON(map[string]string{"apiKey": token(24)})})},
		{"list of pairs", "VARIABLES", asJSON([]map[string]string{{"name": "STAGE", "value": "prod"}, {"name": "DB_PASSWORD", "value": password()}})},
		{"YAML", "CONFIG", "db:\n  host: db.internal\n  user: app\n  password: winter\n"}, {"YAML", "CONFIG", "{host: db, password: " + password() + "}"},
		{"quotes of Python", "CONFIG", "{'user': 'app', 'password': '" + password() + "'}"}, {"settings", "DOTENV", "STAGE=prod\nDB_PASSWORD=winter\n"},
		{"web key", "SIGNER", asJSON(map[string]string{"kty": "EC", "crv": "P-256", "x": token(43), "y": token(43), "d": token(43)})},
		{"web key", "JWKS", asJSON(map[string]any{"keys": []any{map[string]string{"kty": "oct", "k": token(43)}}})},
		{"XML", "CONNECTIONS", `<db><user>app</user><password>` + password() + `</password></db>`},
		{"Terraform", "EXTRA", `{ user = "app", db_password = "` + password() + `" }`},
		// Requests.
		{"bearer", "HEADERS", "Authorization: Bearer " + token(32)}, {"bearer", "UPSTREAM_AUTH", "Bearer " + draw.of(hexadecimal, 40)},
		{"basic", "UPSTREAM", "Basic " + b64("svc-orders:"+password())}, {"basic", "HEADERS", asJSON(map[string]string{"Authorization": "Basic " + b64("admin:winter")})},
		{"token", "GITEA", "token " + draw.of(hexadecimal, 40)}, {"header", "HEADERS", "X-Api-Key: " + token(28) + "\nAccept: */*"},
		{"basic, bare", "REGISTRY_AUTH", b64("robot:" + password())}, {"cookie", "COOKIE", "lang=de; session=" + token(32)},
		// Addresses.
		{"DSN", "DSN", "app:" + password() + "@tcp(db.internal:3306)/orders?parseTime=true"}, {"DSN", "DATABASE", "app:winter@db.internal:5432/orders"},
		{"DSN", "REPLICA", "app:" + password() + "@10.0.3.7"}, {"DSN", "ORACLE", "scott/" + password() + "@//db.internal:1521/ORCL"},
		{"DSN", "ORACLE_URL", "jdbc:oracle:thin:scott/winter@db.internal:1521:ORCL"}, {"JDBC", "JDBC_URL", "jdbc:mysql://db:3306/orders?user=app&password=winter"},
		{"JDBC", "JDBC_URL", "jdbc:sqlserver://db:1433;databaseName=orders;user=app;password=" + password() + ";encrypt=true"},
		{"ODBC", "ODBC", "Driver={ODBC Driver 18 for SQL Server};Server=db;Uid=app;Pwd={w;nter" + draw.of(digits, 3) + "};"}, {"URL", "DATABASE_URL", "postgres://app:p/ss#w" + draw.of(digits, 4) + "?x@db:5432/orders"},
		{"URLs", "UPSTREAMS", "https://a.example.com,https://svc:" + password() + "@b.example.com"}, {"URLs", "BROKERS", "amqp://mq1:5672 amqp://u:" + password() + "@mq2:5672"},
		{"URLs", "NODES", "http://es1:9200\nhttp://elastic:winter@es2:9200\nhttp://es3:9200"}, {"URL", "REPO", "https://" + token(40) + "@github.com/acme/orders.git"},
		{"URL", "GO_PROXY", "socks5h://u:winter@proxy:1080"}, {"pgpass", "PGPASS", "db.internal:5432:orders:app:" + password()},
		// Signatures.
		{"SAS", "CONTAINER", "https://acct.blob.core.windows.net/c?sv=2024-11-04&se=2027-01-01&sr=c&sp=rl&sig=" + url.QueryEscape(draw.base64(24))},
		{"SAS", "BUS", "SharedAccessSignature sr=https%3a%2f%2fbus&sig=" + url.QueryEscape(draw.base64(24)) + "&se=1893456000&skn=send"},
		{"SAS", "SAS_QUERY", "sv=2024-11-04&ss=b&srt=co&sp=r&se=2027-01-01T00:00:00Z&sig=" + draw.base64(24)},
		{"presigned", "MODEL", "https://b.s3.amazonaws.com/m.bin?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Signature=" + draw.of(hexadecimal, 64)},
		{"presigned", "ASSET", "https://d111111abcdef8.cloudfront.net/a?Expires=1893456000&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=" + draw.base64(40)},
		{"hook", "ALERTS", "https://discord.com/api/webhooks/" + draw.of(digits, 18) + "/" + token(68)},
		// Commands.
		{"flag", "ARGS", "--host db --password=winter --port 5432"}, {"flag", "ARGS", "--token " + token(24) + " --verbose"}, {"flag", "CMD", "mysql -u root -pwinter orders"},
		{"flag", "CMD", "curl -u admin:" + password() + " https://api.internal"}, {"flag", "JAVA_TOOL_OPTIONS", "-Xmx512m -Dspring.datasource.password=" + password()},
		{"flag", "COMMAND", asJSON([]string{"redis-cli", "-h", "cache", "-a", password()})}, {"flag", "ARGS", `/user:app /password:` + password()}, {"flag", "RUN", "docker run -e DB_PASSWORD=" + password() + " app"},
		{"flag", "CMD", "sshpass -p " + password() + " ssh host"},
		{"command", "INIT", "aws configure set aws_secret_access_key " + draw.of(mixedCase+"/+", 40)},
		// Encoded.
		{"base64", "CERT", b64(pemOf("RSA"))}, {"base64", "CONFIG_B64", b64(asJSON(map[string]string{"password": "winter"}))}, {"base64", "TARGET", b64("postgres://app:winter@db/orders")},
		{"base64", "K", base64.RawURLEncoding.EncodeToString([]byte("ghp_" + token(36)))}, {"base64 twice", "BLOB", b64(b64("DB_PASSWORD=" + password() + "\nSTAGE=prod"))},
		{"base64", "SIGNER", base64.StdEncoding.EncodeToString(pkcs8())}, {"base64", "SIGNER", base64.StdEncoding.EncodeToString(sec1())},
		{"base64 of gzip", "SETTINGS", b64(gzipped("db:\n  password: " + password() + "\n"))}, {"hexadecimal", "BLOB", hex.EncodeToString([]byte(`{"client_secret":"` + token(24) + `"}`))},
		{"escaped", "TARGET", url.QueryEscape("https://app:" + password() + "@api.internal/")}, {"one line", "SIGNER", strings.ReplaceAll(pemOf("EC"), "\n", `\n`)},
		// Texts.
		{"text", "description", "Orders. Login admin, password is " + password() + "!"}, {"text", "description", "uses api key: " + draw.of(hexadecimal, 24) + " until March"},
		{"text", "note", "see wiki (pw " + password() + ")"},
	}
}

// TestAdversarial prints how many are found, of those and of the fresh ones.
func TestAdversarial(t *testing.T) {
	t.Parallel()
	for _, set := range []struct {
		name string
		all  []sample
	}{{"adversarial", adversarial()}, {"fresh adversarial", fresh()}} {
		found := 0
		for _, s := range set.all {
			if _, is := Find(s.name, s.value); is {
				found++
			} else {
				t.Errorf("not found, %s: %s = %s", s.kind, s.name, s.value)
			}
		}
		printed(t, fmt.Sprintf("%d of %d %s values found", found, len(set.all), set.name))
	}
}
