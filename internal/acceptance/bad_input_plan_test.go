package acceptance

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

func inTenant(a *tenant) sandbox.Filter { return sandbox.InAccount(a.id) }

// files are packages that Lambda would refuse.
type files struct{ dir string }

func (f files) at(name string) string { return filepath.Join(f.dir, name) }

func newFiles(t *testing.T) files {
	t.Helper()
	f := files{t.TempDir()}
	writeFile(t, f.at("text.zip"), "this is no archive")
	writeFile(t, f.at("nothing.zip"), "")
	writeZip(t, f.at("empty.zip"), 0)
	writeZip(t, f.at("folder.zip"), 0, "src/")
	writeZip(t, f.at("unpacked.zip"), 251<<20, "app.py")
	writeZip(t, f.at("twice.zip"), 0, "app.py", "./app.py")
	writeZip(t, f.at("cases.zip"), 0, "app.py", "App.py")
	writeFile(t, f.at("prefixed.zip"), "#!/bin/sh\n")
	writeSparse(t, f.at("large.zip"), 50<<20)
	writeZip(t, f.at("tail.zip"), 1, "app.py")
	appendFile(t, f.at("large.zip"), f.at("tail.zip"))
	appendFile(t, f.at("prefixed.zip"), f.at("tail.zip"))
	writeBomb(t, f.at("bomb.zip"))
	if err := os.Mkdir(f.at("hollow"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, f.at("cached/__pycache__/app.pyc"), "x")
	writeSparse(t, f.at("vast/model.bin"), 251<<20)
	writeFile(t, f.at("linked/app.py"), "")
	writeFile(t, f.at("misplaced/src/app.py"), "def handler(event, context): pass\n")
	writeFile(t, f.at("keyed/app.py"), "def handler(event, context): pass\n")
	writeFile(t, f.at("keyed/server.key"), "-----BEGIN EC PRIVATE KEY-----\n")
	writeFile(t, f.at("built/app.py"), "def handler(event, context): pass\n")
	writeFile(t, f.at("built/fast/_fast.cpython-312-x86_64-linux-gnu.so"), "\x7fELF"+strings.Repeat("\x00", 14)+">\x00"+strings.Repeat("\x00", 40))
	if err := os.Symlink(f.at("text.zip"), f.at("linked/out.py")); err != nil {
		t.Fatal(err)
	}
	return f
}

// writeBomb holds a file of 20 MB that is nothing but zeros.
func writeBomb(t *testing.T, path string) {
	t.Helper()
	out, err := os.Create(path)
	must(t, err)
	defer out.Close()
	archive := zip.NewWriter(out)
	for name, content := range map[string][]byte{"app.py": []byte("def handler(event, context): pass\n"), "zeros": make([]byte, 20<<20)} {
		w, err := archive.Create(name)
		must(t, err)
		_, err = w.Write(content)
		must(t, err)
	}
	must(t, archive.Close())
}

// writeZip claims a size for each file that it does not hold.
func writeZip(t *testing.T, path string, size uint64, names ...string) {
	t.Helper()
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	archive := zip.NewWriter(out)
	for _, name := range names {
		if _, err := archive.CreateRaw(&zip.FileHeader{Name: name, UncompressedSize64: size}); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
}

// writeSparse makes a file of a size that takes no room on the disk.
func writeSparse(t *testing.T, path string, size int64) {
	t.Helper()
	writeFile(t, path, "")
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func appendFile(t *testing.T, path, tail string) {
	t.Helper()
	text, err := os.ReadFile(tail)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := out.Write(text); err != nil {
		t.Fatal(err)
	}
}

// fileMistakes are found by plan, on the disk.
func fileMistakes(f files) []badInput {
	code := func(name string) settings { return settings{"code": settings{"path": f.at(name)}} }
	const at = "code.path"
	return []badInput{
		{"handler in another folder", code("misplaced"), "handler", "The handler is not in the package", `Did you mean handler = "src/app.handler"?`},
		{"private key", code("keyed"), "code", "The code package holds a secret", "Control no-secrets-in-code is not met: server.key:1 (private-key)"},
		{"handler with a letter less", settings{"handler": "app.handle"}, "handler", "The handler is not in its file", `Write handler = "app.handler"`},
		{"library for another processor", code("built"), "architecture", "fast is built for x86_64", `architecture = "x86_64"`},
		{"package missing", code("missing.zip"), at, "The code package does not exist", `write "${path.module}/..."`},
		{"package that is text", code("text.zip"), at, "The code package is not a zip archive", "give code.path a .zip file, or the directory"},
		{"package without a byte", code("nothing.zip"), at, "The code package is not a zip archive", "Lambda takes a zip file"},
		{"damaged archive", code("tail.zip"), at, "The code package is damaged", "Pack it again, and copy it whole"},
		{"archive with a file twice", code("twice.zip"), at, "The code package can be read in two ways", `holds "app.py" twice, as "app.py" and as "./app.py"`},
		{"archive with a file in two cases", code("cases.zip"), at, "The code package holds two files that are one on other disks", "Rename one of them"},
		{"archive behind a program", code("prefixed.zip"), at, "The code package can be read in two ways", "Pack the files again, into an archive that does not exist yet"},
		{"zip bomb", code("bomb.zip"), at, "The code package is a zip bomb", "unpack to 20 MB"},
		{"archive without a file", code("empty.zip"), at, "The code package is empty", "Point code.path at the directory or zip that holds the function"},
		{"archive of folders", code("folder.zip"), at, "The code package is empty", "holds no file, so there is no handler to run"},
		{"directory without a file", code("hollow"), at, "The code package is empty", "holds no file"},
		{"directory of caches", code("cached"), at, "The code package is empty", "holds no file"},
		{"archive over 50 MB", code("large.zip"), at, "The code package is too large to upload directly", "Name a bucket that it may go through, code = { path, staging_bucket }"},
		{"archive over 250 MB unpacked", code("unpacked.zip"), at, "The code package is too large", "unpacks to 263192576 bytes (251 MB); Lambda runs at most 262144000 bytes (250 MB)"},
		{"directory over 250 MB", code("vast"), at, "The code package is too large", "Leave out what the function does not import"},
		{"link out of the package", code("linked"), at, "The code package holds a file that cannot be packed", `"out.py" cannot be packed: it points outside the package`},
		{"no runtime", settings{"runtime": nil}, "runtime", "A zip package needs a runtime", `Write a runtime such as "python3.14"`},
		{"no handler", settings{"handler": nil}, "handler", "A zip package needs a handler", `such as "app.handler" for the function handler in app.py`},
	}
}

// keys are KMS keys that a unit cannot use.
type keys struct{ disabled, doomed, signing, silent string }

func newKeys(t *testing.T, a *tenant) keys {
	t.Helper()
	create := func(in *kms.CreateKeyInput) *types.KeyMetadata {
		out, err := a.kms.CreateKey(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return out.KeyMetadata
	}
	disabled, doomed := create(&kms.CreateKeyInput{}), create(&kms.CreateKeyInput{})
	signing := create(&kms.CreateKeyInput{KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac})
	if _, err := a.kms.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: disabled.KeyId}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.kms.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: doomed.KeyId}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    new("artifacts-" + a.id),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: region},
	}); err != nil {
		t.Fatal(err)
	}
	return keys{aws.ToString(disabled.Arn), aws.ToString(doomed.Arn), aws.ToString(signing.Arn), aws.ToString(create(&kms.CreateKeyInput{}).Arn)}
}

// accountMistakes are found by plan, in the account.
func accountMistakes(a *tenant, k keys) []badInput {
	const at = "kms_key_arn"
	missing := "arn:aws:kms:" + region + ":" + a.id + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	object := settings{"code": settings{"s3": settings{"bucket": "artifacts-" + a.id, "key": "orders.zip"}}}
	bucket := settings{"code": settings{"s3": settings{"bucket": "nowhere-" + a.id, "key": "orders.zip"}}}
	group := "arn:aws:logs:" + region + ":" + a.id + ":log-group:/aws/lambda/orders-api"
	statement := `{
  "Action": [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*"
  ],
  "Condition": {
    "ArnEquals": {
      "kms:EncryptionContext:aws:logs:arn": "` + group + `"
    }
  },
  "Effect": "Allow",
  "Principal": {
    "Service": "logs.eu-central-1.amazonaws.com"
  },
  "Resource": "*",
  "Sid": "AllowCloudWatchLogs"
}`
	return []badInput{
		{"key missing", keyARN(missing), at, "The key cannot be read", "Check the ARN"},
		{"key disabled", keyARN(k.disabled), at, "The key cannot be used", "is Disabled, so nothing could be encrypted or decrypted with it. Enable it"},
		{"key about to be deleted", keyARN(k.doomed), at, "The key cannot be used", "is PendingDeletion"},
		{"key for signatures", keyARN(k.signing), at, "The key is of the wrong kind", "take symmetric encryption keys. Write another key"},
		{"key in another region", keyARN("arn:aws:kms:us-east-1:" + a.id + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"), at, "The key is in another region", "Write the ARN of a key in eu-central-1"},
		{"key closed to CloudWatch Logs", keyARN(k.silent), at, "The key's policy does not admit CloudWatch Logs", "Add this statement to the key's policy:\n\n" + statement},
		{"object missing", object, "code.s3", "The code package does not exist", "There is no object s3://artifacts-" + a.id + "/orders.zip. Upload the package before plan"},
		{"bucket missing", bucket, "code.s3", "The code package does not exist", "or correct bucket, key and version_id"},
	}
}
