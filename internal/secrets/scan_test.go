package secrets

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Made up here, so that this file holds no token.
func token(alphabet string, length int) string {
	random := rand.New(rand.NewPCG(1, 2))
	out := make([]byte, length)
	for i := range out {
		out[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(out)
}

const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

var (
	githubToken = "ghp_" + token(letters, 36)
	awsKey      = "AKIA" + token("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)
	pem         = "-----BEGIN " + "RSA PRIVATE KEY-----\n" + strings.Repeat(token(letters, 64)+"\n", 4) + "-----END RSA PRIVATE KEY-----\n"
)

func TestScan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, text string
		own, other string // line and reason, in the user's own code and in that of others
	}{
		"token":              {"app.py", "import os\n\nTOKEN = \"" + githubToken + "\"\n", "3 github-pat", "3 github-pat"},
		"token first":        {"app.py", githubToken + "\n", "1 github-pat", "1 github-pat"},
		"access key":         {"config.json", "{\n \"key\": \"" + awsKey + "\"\n}", "2 aws-access-token", "2 aws-access-token"},
		"name and entropy":   {"app.js", "// x\nconst apiKey = '" + token(letters, 32) + "'\n", "2 generic-api-key", ""},
		"two in a line":      {"app.js", "a('" + githubToken + "'); b('" + awsKey + "')", "1 aws-access-token", "1 aws-access-token"},
		"private key":        {"app.py", "# x\nKEY = '''" + pem + "'''\n", "2 private-key", "2 private-key"},
		"key in one line":    {"app.js", "const k = \"" + strings.ReplaceAll(pem, "\n", `\n`) + "\"\n", "1 private-key", "1 private-key"},
		"mark of a key":      {"app.py", "if text.startswith('-----BEGIN PRIVATE KEY-----'):\n    pass\n", "", ""},
		"password in a URL":  {"app.py", "DB = 'postgres://orders:s3cr3tWord9@db.internal/orders'\n", "1 password in a URL", ""},
		"example URL":        {"app.py", "# postgres://user:password@host/db\n", "", ""},
		"local URL":          {"app.py", "redis://:x9f3k2@localhost:6379 http://a:b1c2@127.0.0.1/\n", "", ""},
		"URL of a variable":  {"app.py", "f'postgres://{user}:{password}@{host}/db'\n", "", ""},
		"settings":           {".env", "STAGE=prod\nDB_PASSWORD=hunter2hunter2\n", "2 its name", ""},
		"settings exported":  {".env.local", "export API_TOKEN='abcdefgh'\n", "1 its name", ""},
		"settings elsewhere": {".env", "DB_PASSWORD=${VAULT}\nTOKEN=\n", "", ""},
		"registry":           {".npmrc", "//registry.npmjs.org/:_authToken=abcdefabcdef\n", "1 its name", ""},
		"netrc":              {".netrc", "machine a login b password hunter2x\n", "1 its name", ""},
		"plain code":         {"app.py", "def handler(event, context):\n    secret_name = os.environ['SECRET_ARN']\n    return get(secret_name)\n", "", ""},
		"identifier":         {"app.js", "const key = someLongIdentifierWithVersion2Inside\n", "", ""},
		"example of AWS":     {"app.py", "key = 'AKIAIOSFODNN7EXAMPLE'\n", "", ""},
		"lock file":          {"package-lock.json", "\"integrity\": \"sha512-" + token(letters, 86) + "==\"\n", "", ""},
		"built line":         {"dist/index.js", strings.Repeat("a();", 300) + "apiKey='" + token(letters, 32) + "'", "", ""},
	} {
		for others, want := range map[bool]string{false: c.own, true: c.other} {
			got := ""
			if found := Scan(c.file, []byte(c.text), others); len(found) > 0 {
				got = fmt.Sprintf("%d %s", found[0].Line, found[0].Reason)
			}
			if got != want {
				t.Errorf("%s, of others %v: got %q, want %q", name, others, got, want)
			}
		}
	}
}

func BenchmarkScan(b *testing.B) {
	line := "    value = self._resolve_endpoint(request_context, operation_model.endpoint)  # see issue\n"
	text := []byte(strings.Repeat(line, 1<<20/len(line)))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Scan("botocore/client.py", text, true)
	}
}
