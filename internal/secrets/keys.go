package secrets

import (
	"bytes"
	"encoding/asn1"
	"encoding/binary"
	"path"
	"slices"
	"strings"
)

// The beginnings of stores of keys of Java.
const (
	jksMagic   = 0xfeedfeed
	jceksMagic = 0xcececece
	// entryOfKey marks an entry with a private key, and not a certificate alone.
	entryOfKey, entryOfSecret = 1, 3
)

// KeyFile reports whether a file holds a private key in binary form, or in that of
// PuTTY: by what is in it, and by its name only where the rest is encrypted.
func KeyFile(name string, text []byte) (Reason, bool) {
	switch {
	case len(text) < 40:
		return "", false
	case bytes.HasPrefix(text, []byte("PuTTY-User-Key-File-")) && bytes.Contains(text, []byte("Private-Lines:")):
		return PrivateKey, true
	case bytes.HasPrefix(text, []byte("openssh-key-v1\x00")): // without what PEM is around it
		return PrivateKey, true
	case text[0] == 0x30 && text[1] >= 0x80 || text[0] == 0x30 && int(text[1]) <= len(text)-2:
		return isDER(name, text)
	}
	if magic := binary.BigEndian.Uint32(text); magic == jksMagic || magic == jceksMagic {
		return KeyStore, holdsKey(text)
	}
	if isBKS(name, text) {
		return KeyStore, true
	}
	return "", false
}

// isBKS goes by the name: the format has no mark but a version.
func isBKS(name string, text []byte) bool {
	ending := strings.ToLower(path.Ext(name))
	version := binary.BigEndian.Uint32(text)
	return (ending == ".bks" || ending == ".keystore" || ending == ".uber") && (version == 1 || version == 2) && !ofTrust(name)
}

func ofTrust(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.Contains(base, "trust") || strings.Contains(base, "cacert")
}

// holdsKey reports whether the first entry of a store, or any that follows a
// short one, is a key. A store of certificates is one of those to be trusted.
func holdsKey(text []byte) bool {
	count, at := binary.BigEndian.Uint32(text[8:]), 12
	for range min(count, 1000) {
		if at+6 > len(text) {
			return true // it cannot be read: the side that fails safe
		}
		tag := binary.BigEndian.Uint32(text[at:])
		if tag == entryOfKey || tag == entryOfSecret {
			return true
		}
		at += 4
		at += 2 + int(binary.BigEndian.Uint16(text[at:])) + 8 // alias and date
		if at+2 > len(text) {
			return true
		}
		at += 2 + int(binary.BigEndian.Uint16(text[at:])) // type of the certificate
		if at+4 > len(text) {
			return true
		}
		length := int(binary.BigEndian.Uint32(text[at:]))
		if length < 0 || at+4+length > len(text) {
			return true
		}
		at += 4 + length
	}
	return false
}

var (
	oidData        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSigned      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	keyBag         = []byte("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01")
	shroudedKeyBag = []byte("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02")
	secretBag      = []byte("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x05")
	safeContents   = []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06") // encrypted data
	ofPKCS5And12   = []asn1.ObjectIdentifier{{1, 2, 840, 113549, 1, 5}, {1, 2, 840, 113549, 1, 12, 1}}
)

// isDER tells the forms of private keys apart, without taking them to pieces: a
// key that some library cannot use is a key all the same.
// https://www.rfc-editor.org/rfc/rfc8017 A.1.2, rfc5208, rfc5915, rfc7292
func isDER(name string, text []byte) (Reason, bool) {
	ending := strings.ToLower(path.Ext(name))
	isStore := slices.Contains([]string{".p12", ".pfx", ".pkcs12"}, ending)
	var outer asn1.RawValue
	rest, err := asn1.Unmarshal(text, &outer)
	if err != nil || outer.Tag != asn1.TagSequence || len(rest) > 16 {
		// Some stores have lengths that are not given, and a part of one has too few.
		if bytes.Contains(text, shroudedKeyBag) || bytes.Contains(text, keyBag) || isStore && !ofTrust(name) {
			return KeyStore, true
		}
		return "", false
	}
	var parts []asn1.RawValue
	for inner := outer.Bytes; len(inner) > 0 && len(parts) < 12; {
		var part asn1.RawValue
		if inner, err = asn1.Unmarshal(inner, &part); err != nil {
			return "", false
		}
		parts = append(parts, part)
	}
	if len(parts) < 2 {
		return "", false
	}
	isInt := func(i int) bool { return i < len(parts) && parts[i].Class == 0 && parts[i].Tag == asn1.TagInteger }
	isTag := func(i, tag int) bool { return i < len(parts) && parts[i].Class == 0 && parts[i].Tag == tag }
	version := func(value int) bool { return isInt(0) && len(parts[0].Bytes) == 1 && int(parts[0].Bytes[0]) == value }
	switch {
	case version(3) && isTag(1, asn1.TagSequence) && contentOf(parts[1]):
		if bytes.Contains(text, shroudedKeyBag) || bytes.Contains(text, keyBag) || bytes.Contains(text, secretBag) {
			return KeyStore, true
		}
		return KeyStore, isStore && !ofTrust(name) && !bytes.Contains(text, safeContents)
	case (version(0) || version(1)) && len(parts) >= 9 && isInt(1) && len(parts[1].Bytes) >= 48 && isInt(2) && isInt(8):
		return PrivateKey, true // PKCS #1
	case version(0) && len(parts) == 6 && isInt(1) && len(parts[1].Bytes) >= 64 && isInt(5):
		return PrivateKey, true // DSA
	case (version(0) || version(1)) && isTag(1, asn1.TagSequence) && isTag(2, asn1.TagOctetString) && beginsWithOID(parts[1]) != nil:
		return PrivateKey, true // PKCS #8
	case version(1) && isTag(1, asn1.TagOctetString) && len(parts[1].Bytes) >= 20 && len(parts[1].Bytes) <= 72 && (len(parts) == 2 || parts[2].Class == asn1.ClassContextSpecific):
		return PrivateKey, true // SEC 1
	case len(parts) == 2 && isTag(0, asn1.TagSequence) && isTag(1, asn1.TagOctetString):
		oid := beginsWithOID(parts[0])
		return PrivateKey, slices.ContainsFunc(ofPKCS5And12, func(of asn1.ObjectIdentifier) bool { return len(oid) > len(of) && oid[:len(of)].Equal(of) })
	}
	return "", false
}

func beginsWithOID(sequence asn1.RawValue) asn1.ObjectIdentifier {
	var oid asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(sequence.Bytes, &oid); err != nil {
		return nil
	}
	return oid
}

// contentOf reports whether a sequence is what a PKCS #12 store wraps.
func contentOf(sequence asn1.RawValue) bool {
	oid := beginsWithOID(sequence)
	return oid.Equal(oidData) || oid.Equal(oidSigned)
}
