package lambda

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// signatureFile is the entry that makes an archive a signed one, as in the
// archives of AWS Signer. The sandbox's has no cryptography in it: it names
// the signer and a digest of the other entries.
const signatureFile = "META-INF/aws_signer_signature_v1.0.SF"

// codeSignature is what the entry says.
type codeSignature struct {
	Profile string `json:"signingProfileVersionArn"`
	Job     string `json:"signingJobArn"`
	Digest  string `json:"digest"`
}

// Sign returns the archive with the sandbox's signature of a signing profile
// version in it, as signer.StartSigningJob leaves it. Lambda's code signing
// here accepts no other signature, and none that was put there before the
// archive was changed.
func Sign(archive []byte, profileVersionARN string) ([]byte, error) {
	return sign(archive, codeSignature{Profile: profileVersionARN})
}

func sign(archive []byte, s codeSignature) ([]byte, error) {
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("not a zip archive: %w", err)
	}
	s.Digest = digestEntries(in)
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encoding a signature: %w", err)
	}
	var out bytes.Buffer
	signed := zip.NewWriter(&out)
	for _, entry := range in.File {
		if entry.Name == signatureFile {
			continue
		}
		if err := signed.Copy(entry); err != nil {
			return nil, fmt.Errorf("copying %s: %w", entry.Name, err)
		}
	}
	entry, err := signed.Create(signatureFile)
	if err == nil {
		_, err = entry.Write(text)
	}
	if err = errors.Join(err, signed.Close()); err != nil {
		return nil, fmt.Errorf("writing a signature: %w", err)
	}
	return out.Bytes(), nil
}

// signatureIn finds the signature of an archive. Whole is false for one that
// does not fit the other entries.
func signatureIn(archive []byte) (s codeSignature, found, whole bool) {
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return s, false, false
	}
	entry, err := in.Open(signatureFile)
	if err != nil {
		return s, false, false
	}
	defer func() { _ = entry.Close() }()
	text, err := io.ReadAll(entry)
	if err != nil || json.Unmarshal(text, &s) != nil {
		return s, false, false
	}
	return s, true, s.Digest == digestEntries(in)
}

// digestEntries covers names and contents of all entries but the signature.
func digestEntries(archive *zip.Reader) string {
	var lines []string
	for _, entry := range archive.File {
		if entry.Name != signatureFile {
			lines = append(lines, fmt.Sprintf("%s %d %08x\n", entry.Name, entry.UncompressedSize64, entry.CRC32))
		}
	}
	slices.Sort(lines)
	sum := sha256.New()
	for _, line := range lines {
		_, _ = sum.Write([]byte(line)) // a hash does not fail
	}
	return hex.EncodeToString(sum.Sum(nil))
}
