package artifact

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

var drawing = rand.New(rand.NewPCG(20261129, 3))

// drawn is a text that no one ever used.
func drawn(n int) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[drawing.IntN(len(letters))]
	}
	return string(out)
}

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func pkcs8(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed([]byte(drawn(32))))
	must(t, err)
	return der
}

func sec1(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), []byte("0"+drawn(31)))
	must(t, err)
	der, err := x509.MarshalECPrivateKey(key)
	must(t, err)
	return der
}

func asn1Of(t *testing.T, v any) []byte {
	t.Helper()
	der, err := asn1.Marshal(v)
	must(t, err)
	return der
}

// keyStore is the skeleton of a PKCS #12 store with one shrouded key.
func keyStore(t *testing.T) []byte {
	t.Helper()
	bag := asn1Of(t, struct {
		ID asn1.ObjectIdentifier
		V  string
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}, drawn(80)})
	return asn1Of(t, struct {
		Version int
		Safe    struct {
			ID   asn1.ObjectIdentifier
			Data []byte `asn1:"explicit,tag:0"`
		}
	}{3, struct {
		ID   asn1.ObjectIdentifier
		Data []byte `asn1:"explicit,tag:0"`
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}, bag}})
}

// javaStore is the beginning of a store with a key, or with a certificate only.
func javaStore(tag byte) string {
	return "\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00" + string([]byte{tag}) + "\x00\x01a" + strings.Repeat("\x00", 8) + "\x00\x05X.509\x00\x00\x00\x40" + strings.Repeat("c", 64) + strings.Repeat("\x00", 20)
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write([]byte(text))
	must(t, err)
	must(t, w.Close())
	return out.String()
}

func tarred(t *testing.T, name, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	must(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text))}))
	_, err := w.Write([]byte(text))
	must(t, err)
	must(t, w.Close())
	return out.String()
}

func zipped(t *testing.T, files ...shipped) string {
	t.Helper()
	raw, _, err := Read(folderOf(t, files...))
	must(t, err)
	return string(raw)
}

// compiled is a module of Python 3.13 that gives a text a name, as marshal writes
// it.
func compiledModule(name, text string) string {
	short := func(s string) string { return "\xda" + string(rune(len(s))) + s }
	instructions := "\x95\x00\x53\x00\x72\x00\x67\x01" // RESUME, LOAD_CONST 0, STORE_NAME 0, RETURN_CONST 1
	return "\xf3\x0d\r\n" + strings.Repeat("\x00", 12) + "\xe3" + strings.Repeat("\x00", 20) +
		"\xf3\x08\x00\x00\x00" + instructions + "\xa9\x02" + "\xda" + string([]byte{byte(len(text))}) + text + "N" + "\xa9\x01" + short(name) +
		"\xa9\x00\xf3\x00\x00\x00\x00" + short("app.py") + short("<module>") + short("<module>") + "\x01\x00\x00\x00" + "\xf3\x00\x00\x00\x00\xf3\x00\x00\x00\x00"
}

func utf16Without(t *testing.T, text string, order unicode.Endianness) string {
	t.Helper()
	out, err := unicode.UTF16(order, unicode.IgnoreBOM).NewEncoder().String(text)
	must(t, err)
	return out
}

// secretFiles are files of which each holds a secret, in a form of its own.
func secretFiles(t *testing.T) []shipped {
	t.Helper()
	token := "ghp_" + drawn(36)
	pem := "-----BEGIN RSA " + "PRIVATE KEY-----\n" + encoded(drawn(240)) + "\n-----END RSA " + "PRIVATE KEY-----\n"
	jwk := fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":%q,"y":%q,"d":%q}`, drawn(43), drawn(43), drawn(43))
	return []shipped{
		{name: "deploy.ppk", text: "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 1\n" + encoded(drawn(40)) + "\nPrivate-Lines: 1\n" + encoded(drawn(40)) + "\n"},
		{name: "tls/identity.p12", text: string(keyStore(t))},
		{name: "tls/blob.dat", text: string(keyStore(t))},
		{name: "client.pfx", text: string(keyStore(t))},
		{name: "conf/store.jks", text: javaStore(1)},
		{name: "conf/app.keystore", text: javaStore(1)},
		{name: "signer.bin", text: string(pkcs8(t))},
		{name: "keys/signing", text: string(sec1(t))},
		{name: "public/jwks.json", text: `{"keys":[` + jwk + `]}`},
		{name: "k.jwk", text: jwk},
		{name: "kubeconfig", text: "apiVersion: v1\nkind: Config\nusers:\n- name: ci\n  user:\n    client-key-data: " + encoded(pem) + "\n"},
		{name: "deploy/cluster.yaml", text: "apiVersion: v1\nkind: Config\nusers:\n- name: ci\n  user:\n    token: " + drawn(40) + "\n"},
		{name: "infra/terraform.tfstate", text: `{"version":4,"outputs":{"dsn":{"value":"x9` + drawn(9) + `","sensitive":true}},"resources":[]}`},
		{name: "infra/old.tfstate", text: `{"version":4,"resources":[{"type":"random_id","instances":[{"attributes":{"result":"` + drawn(12) + `"},"sensitive_attributes":[[{"type":"get_attr","value":"result"}]]}]}]}`},
		{name: "infra/prod.tfvars", text: "region = \"eu-central-1\"\ndb_password = \"winter\"\n"},
		{name: "prod.env", text: "STAGE=prod\nDB_PASSWORD=winter\n"},
		{name: ".envrc", text: "export STAGE=prod\nexport API_TOKEN=" + drawn(20) + "\n"},
		{name: "application.properties", text: "spring.datasource.url=jdbc:postgresql://db/orders\nspring.datasource.password=winter7\n"},
		{name: "config/application.yml", text: "spring:\n  datasource:\n    username: app\n    password: winter7\n"},
		{name: "config/list.yaml", text: "env:\n  - name: STAGE\n    value: prod\n  - name: DB_PASSWORD\n    value: " + drawn(14) + "\n"},
		{name: "settings.toml", text: "[db]\nhost = \"db\"\npassword = \"" + drawn(12) + "\"\n"},
		{name: "alembic.ini", text: "[alembic]\nsqlalchemy.url = postgresql://app:" + drawn(12) + "@db.internal/orders\n"},
		{name: "appsettings.json", text: `{"ConnectionStrings":{"Orders":"Server=db;User Id=app;Password=` + drawn(12) + `;"}}`},
		{name: "web.config", text: `<configuration><appSettings><add key="SmtpPassword" value="` + drawn(12) + `"/></appSettings></configuration>`},
		{name: ".netrc", text: "machine api.internal login ci password " + drawn(12) + "\n"},
		{name: ".pgpass", text: "db.internal:5432:orders:app:" + drawn(12) + "\n"},
		{name: "docker-compose.yml", text: "services:\n  db:\n    environment:\n      - POSTGRES_DB=orders\n      - POSTGRES_PASSWORD=" + drawn(12) + "\n"},
		{name: "Dockerfile", text: "FROM x\nENV API_TOKEN=" + drawn(20) + "\n"},
		{name: ".npmrc", text: "registry=https://npm.internal/\n//npm.internal/:_auth=" + encoded("ci:"+drawn(12)) + "\n"},
		{name: ".pypirc", text: "[pypi]\nusername = ci\npassword = " + drawn(16) + "\n"},
		{name: ".docker/config.json", text: `{"auths":{"registry.internal":{"auth":"` + encoded("ci:"+drawn(12)) + `"}}}`},
		{name: ".git-credentials", text: "https://ci:" + drawn(20) + "@git.internal\n"},
		{name: ".aws/credentials", text: "[default]\naws_access_key_id = x\naws_secret_access_key = " + drawn(40) + "\n"},
		{name: "aws.txt", text: "[default]\naws_secret_access_key = " + drawn(40) + "\n"},
		{name: "settings.ini", text: utf16Without(t, "[db]\r\npassword = "+drawn(12)+"\r\n", unicode.LittleEndian)},
		{name: "export.txt", text: utf16Without(t, "token;"+token+"\r\n", unicode.BigEndian)},
		{name: "backup.zip", text: zipped(t, shipped{name: "app.py", text: "x = 1\n"}, shipped{name: "conf/.env", text: "DB_PASSWORD=winter\n"})},
		{name: "wheels/orders-1.0-py3-none-any.whl", text: zipped(t, shipped{name: "orders/client.py", text: "T = '" + token + "'\n"})},
		{name: "tools/tool.jar", text: zipped(t, shipped{name: "application.properties", text: "db.password=winter7\n"})},
		{name: "data/dump.sql.gz", text: gzipped(t, "-- x\nINSERT INTO t VALUES ('"+token+"');\n")},
		{name: "data/conf.tar.gz", text: gzipped(t, tarred(t, "./etc/id_ed25519", pem))},
		{name: "data/conf.tgz", text: gzipped(t, tarred(t, "settings.yaml", "db:\n  password: "+drawn(12)+"\n"))},
		{name: "settings.pyc", text: compiledModule("API_KEY", drawn(32))},
		{name: "lib/tokens.pyc", text: compiledModule("x", token)},
		{name: "bundle.js.b64", text: encoded("const key = `" + pem + "`")},
	}
}

// harmlessFiles look like those and hold nothing.
func harmlessFiles(t *testing.T) []shipped {
	t.Helper()
	public := fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":%q,"y":%q}`, drawn(43), drawn(43))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), []byte("0"+drawn(31)))
	must(t, err)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	must(t, err)
	return []shipped{
		{name: "truststore.jks", text: javaStore(2)},
		{name: "ca.der", text: string(der)},
		{name: "jwks.json", text: `{"keys":[` + public + `]}`},
		{name: "messages_de.properties", text: "login.password=Passwort\nlogin.password.repeat=Passwort wiederholen\nerror.token=Der Link gilt nicht mehr\n"},
		{name: "i18n/en.json", text: `{"password":"Password","newPassword":"New password","secret":"Secret"}`},
		{name: "openapi.yaml", text: "openapi: 3.0.0\ncomponents:\n  schemas:\n    Login:\n      properties:\n        password:\n          type: string\n          example: hunter22\n"},
		{name: "template.yaml", text: "Parameters:\n  DbPassword:\n    Type: String\n    NoEcho: true\nResources:\n  F:\n    Properties:\n      Environment:\n        Variables:\n          DB_PASSWORD: !Ref DbPassword\n          SECRET_ARN: arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/db-a1b2c3\n          TOKEN_TTL: 300\n"},
		{name: "config.yaml", text: "db:\n  password: ${DB_PASSWORD}\n  secret: prod/orders/db\n  token_url: https://login.example.com/oauth2/token\n  tokens: 4096\n  key: customer_id\n"},
		{name: "values.yaml", text: "auth:\n  existingSecret: orders-db\n  secretKeys:\n    adminPasswordKey: admin-password\n  usePasswordFiles: true\n"},
		{name: "log4j2.xml", text: `<Configuration><Property name="password-mask" value="****"/><PatternLayout pattern="%d %p %m%n"/></Configuration>`},
		{name: "pyproject.toml", text: "[project]\nname = \"orders\"\nkeywords = [\"token\", \"secret\"]\n[tool.x]\ntoken_style = \"upper\"\n"},
		{name: "package.json", text: `{"name":"orders","dependencies":{"jsonwebtoken":"^9.0.2","keytar":"7.9.0"},"scripts":{"token":"node token.js"}}`},
		{name: "workflow.yml", text: "permissions:\n  id-token: write\njobs:\n  a:\n    secrets: inherit\n    env:\n      TOKEN: ${{ secrets.GITHUB_TOKEN }}\n"},
		{name: ".env.example", text: "DB_PASSWORD=\nAPI_KEY=your-api-key\n"},
		{name: "fixtures.zip", text: zipped(t, shipped{name: "a.txt", text: "hello"}, shipped{name: "b.csv", text: "id,name\n1,x\n"})},
		{name: "corpus.json.gz", text: gzipped(t, `{"words":["token","password","secret"]}`)},
		{name: "app.pyc", text: compiledModule("PASSWORD_FIELD", "password")},
		{name: "schema.json", text: `{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"password":{"default":"changeme1"}}}`},
		{name: "utf16.txt", text: utf16Without(t, "Dear customer,\r\nyour order was shipped.\r\n", unicode.LittleEndian)},
	}
}

// TestExamine_SecretFiles prints of how many files with a secret it is found, in a
// zip and in a directory, and how many others are taken for such.
func TestExamine_SecretFiles(t *testing.T) {
	t.Parallel()
	all := secretFiles(t)
	guide, err := os.ReadFile("../../templates/guides/package.md")
	must(t, err)
	for _, form := range []string{"zip", "directory"} {
		found, shippedOnes := 0, 0
		for _, f := range all {
			if form == "directory" && isSkipped(filepath.Base(f.name)) {
				continue // it is not shipped
			}
			shippedOnes++
			at := zipOf(t, pythonApp, f)
			if form == "directory" {
				at = folderOf(t, pythonApp, f)
			}
			got := examined(t, at, pythonRun)
			if slices.ContainsFunc(got.Secrets, func(s Secret) bool { return strings.HasPrefix(s.File, f.name) }) {
				found++
			} else {
				t.Errorf("%s in a %s: %+v %q", f.name, form, got, f.text)
			}
		}
		fmt.Printf("artifact: secrets found in %d of %d files with one, in a %s\n", found, shippedOnes, form)
		if figure := fmt.Sprintf("in %d of %d files", found, shippedOnes); form == "zip" && !strings.Contains(string(guide), figure) {
			t.Errorf("templates/guides/package.md does not say %q", figure)
		}
	}
	alarms := 0
	harmless := harmlessFiles(t)
	for _, f := range harmless {
		if got := examined(t, zipOf(t, pythonApp, f), pythonRun); len(got.Secrets) > 0 {
			alarms++
			t.Errorf("false alarm: %v", got.Secrets)
		}
	}
	fmt.Printf("artifact: %d false alarms on %d files without a secret\n", alarms, len(harmless))
}

// TestExamine_NestedBounds stops in the middle of a bomb, and says so.
func TestExamine_NestedBounds(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("\x00", nestedInflated+1)
	var many []shipped
	for i := range nestedInflated/textLooked + 2 {
		many = append(many, shipped{name: fmt.Sprintf("%d.txt", i), text: zeros[:textLooked]})
	}
	for name, f := range map[string]shipped{
		"gzip of zeros":   {name: "a.tar.gz", text: gzipped(t, tarred(t, "x", zeros))},
		"zip of zeros":    {name: "a.zip", text: zipped(t, many...)},
		"larger than 32M": {name: "b.zip", text: zipped(t, shipped{name: "x", text: noise(nestedLooked + 1000)})},
	} {
		var partly string
		for _, r := range examined(t, zipOf(t, pythonApp, f, shipped{name: "model.bin", text: noise(3 << 20)}), pythonRun).Remarks {
			if strings.Contains(r.Summary, "not looked into whole") {
				partly = r.Detail
			}
		}
		if !strings.Contains(partly, f.name) {
			t.Errorf("%s: %q", name, partly)
		}
	}
}

// TestExamine_HandlersJar looks into the jar with the handler, and into no other.
func TestExamine_HandlersJar(t *testing.T) {
	t.Parallel()
	settings := shipped{name: "application.properties", text: "db.password=winter7\n"}
	own := shipped{name: "lib/orders.jar", text: zipped(t, shipped{name: "com/example/Orders.class", text: classOf("java/lang/Object", nil, "handle")}, settings)}
	other := shipped{name: "lib/other.jar", text: zipped(t, settings)}
	found := examined(t, zipOf(t, own, other), javaRun)
	if len(found.Secrets) != 1 || found.Secrets[0].String() != "lib/orders.jar/application.properties:1 (its name)" {
		t.Errorf("%+v", found)
	}
}
