package secrets

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestFind_SecretsUnderNamesOfPlaces(t *testing.T) {
	t.Parallel()
	d := drawn{rand.New(rand.NewPCG(20261130, 8))}
	const each = 50
	missed := map[string][]string{}
	for range each {
		password := d.of(lower, 5) + d.of(digits, 2) + d.of(mixedCase, 6) + "!"
		for name, value := range map[string]string{
			"DB_PASSWORD_FILE": password, "DB_PASSWORD_PATH": password, "API_KEY_FILE": "7x" + d.of(mixedCase, 22), "TOKEN_DIR": d.of(hexadecimal, 32),
			"DB_PASSWORD_ARN": d.of(hexadecimal, 14) + "0a1b2c" + d.of(hexadecimal, 12), "SECRET_NAME": "aB3" + d.of(mixedCase, 20) + "7x9Q", "DB_SECRET_NAME_PROD": d.of(hexadecimal, 14) + "0a1b2c" + d.of(hexadecimal, 12),
			"PSWD": "winterwonder", "DB_PSWD": password,
		} {
			if _, is := Find(name, value); !is {
				missed[name] = append(missed[name], value)
			}
		}
	}
	for name, values := range missed { // some of what is drawn reads as a name
		if strings.HasPrefix(name, "DB_P") || !strings.Contains(name, "NAME") || len(values) > each/10 {
			t.Errorf("not found: %s = %s", name, values)
		}
	}
}

func TestFind_PlacesOfSecrets(t *testing.T) {
	t.Parallel()
	values := map[string][]string{
		"_FILE": {"/run/secrets/db_password", "/run/secrets/0a1b2c3d4e5f", "./secrets/db.txt", "~/.pgpass", "secrets/db-password-7f.txt", "db-password.enc", "C:\\secrets\\db1.txt", "id_rsa", "password-file", "${SECRETS}/db", "file:///run/x1", "key2048.pem", "prod/keys/ab12"},
		"_ARN":  {"arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-db-AbC12x", "arn:aws:ssm:eu-west-1:111122223333:parameter/orders/db", "{{resolve:ssm:x}}", "orders-db-password"},
		"_NAME": {"orders-db", "prod/orders/db-AbC12x", "OrdersDatabasePassword", "/orders/prod/db_password", "orders-db-password-v2", "rds!db-0a1b2c3d-1111-2222-3333-444455556666", "OrdersStack-DbSecret", "MyStackDatabaseSecret86DBB7B3", "stack-DbSecretABC123-Xy12Zq", "orders-db,payments-api"},
	}
	for ending, all := range values {
		for _, of := range []string{"DB_PASSWORD", "SECRET", "API_KEY", "AUTH_TOKEN", "KEY"} {
			for _, value := range all {
				if reason, is := Find(of+ending, value); is {
					t.Errorf("false alarm: %s%s = %s: %s", of, ending, value, reason)
				}
			}
		}
	}
}

func TestFind_OtherEncodings(t *testing.T) {
	t.Parallel()
	d := drawn{rand.New(rand.NewPCG(20261130, 9))}
	token := "ghp_" + d.of(mixedCase, 36)
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write([]byte(token)) // a buffer takes everything
	_ = w.Close()
	wide := func(text string) string {
		var out strings.Builder
		for _, r := range text {
			out.WriteString(string(r) + "\x00")
		}
		return out.String()
	}
	each := func(format string) string {
		var out strings.Builder
		for _, r := range token {
			fmt.Fprintf(&out, format, r)
		}
		return out.String()
	}
	for what, value := range map[string]string{
		"zlib": b64(packed.String()), "UTF-16": b64(wide(token)), "UTF-16 with a mark": b64("\xff\xfe" + wide(token)),
		"0x": "0x" + hex.EncodeToString([]byte(token)), "u": each(`\u%04x`), "x": each(`\x%02x`), "entities": each("&#%d;"), "hexadecimal entities": each("&#x%x;"),
		"one escape": strings.Replace(token, "_", `\u005f`, 1),
	} {
		if reason, is := Find("CONFIG", value); !is {
			t.Errorf("%s: not found: %s", what, value)
		} else if reason == ByName {
			t.Errorf("%s: found by its name", what)
		}
	}
	for _, value := range []string{`C:\users\x86\u0041pp`, "Tom &amp; Jerry", "a &lt; b", "0x52908400098527886E0F7030069857D2E4169EE7", `^\x41+$`} {
		if reason, is := Find("PATTERN", value); is {
			t.Errorf("false alarm: %s: %s", value, reason)
		}
	}
}
