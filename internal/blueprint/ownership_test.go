package blueprint_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func path(p string) bp.CodeSpec { return bp.CodeSpec{Path: bp.Known(p)} }

func object(bucket, key string, version bp.String) bp.CodeSpec {
	return bp.CodeSpec{S3: bp.Known(bp.S3Spec{Bucket: bp.Known(bucket), Key: bp.Known(key), VersionID: version})}
}

func image(uri string) bp.CodeSpec {
	return bp.CodeSpec{Image: bp.Known(bp.ImageSpec{URI: bp.Known(uri)})}
}

func TestSource_ReadsBackWhatItWrote(t *testing.T) {
	t.Parallel()
	part := rapid.StringOfN(rapid.SampledFrom([]rune("abcü09._-/ =+:")), 1, 20, -1)
	property(t, func(t *rapid.T) {
		code := path("src/" + part.Draw(t, "path"))
		if rapid.Bool().Draw(t, "in s3") {
			version := rapid.SampledFrom([]bp.String{bp.Null[string](), bp.Known("3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY")}).Draw(t, "version")
			code = object("acme-artifacts", part.Draw(t, "key"), version)
		}
		if rapid.Bool().Draw(t, "an image") {
			code = image("111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders" + rapid.SampledFrom([]string{"", ":1.2_x", "@sha256:" + strings.Repeat("0f", 32)}).Draw(t, "image"))
		}
		source, ok := bp.Source(code).Get()
		if !ok {
			t.Fatalf("no source for %v", bp.Leaves(code))
		}
		back, ok := bp.ParseSource(source)
		same(t, "parsed", ok, true)
		same(t, source, bp.Diff(back, code), []bp.Difference(nil))
	})
}

func TestSource_IsTheTextOfATag(t *testing.T) {
	t.Parallel()
	same(t, "path", bp.Source(path("../build/a@2.zip")), bp.Known("path:../build/a@2.zip"))
	same(t, "s3", bp.Source(object("b", "k/f.zip", bp.Null[string]())), bp.Known("s3:b/k/f.zip"))
	same(t, "image", bp.Source(image("111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders/api:1.2")), bp.Known("image:111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders/api:1.2"))
	same(t, "s3 version", bp.Source(object("b", "k", bp.Known("v1"))), bp.Known("s3:b/k@v1"))
}

func TestSource_IsNullForWhatATagCannotSay(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]bp.CodeSpec{
		"absolute":               path("/home/me/build"),
		"windows drive":          path("C:/build"),
		"windows share":          path(`\\host\share`),
		"odd character":          path("build(1)/app.zip"),
		"backslash":              path(`build\app.zip`),
		"line break":             path("build\n"),
		"too long":               path(strings.Repeat("a", 252)),
		"key with @":             object("b", "k@2", bp.Null[string]()),
		"key with @ and version": object("b", "k@2", bp.Known("v")),
		"nothing":                {},
	} {
		same(t, name, bp.Source(code), bp.Null[string]())
	}
	same(t, "as long as a tag", bp.Source(path(strings.Repeat("a", 251))).IsKnown(), true)
}

func TestSource_IsUnknownWhileItsPartsAre(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]bp.CodeSpec{
		"path":    {Path: bp.Unknown[string]()},
		"s3":      {S3: bp.Unknown[bp.S3Spec]()},
		"image":   {Image: bp.Unknown[bp.ImageSpec]()},
		"tag":     {Image: bp.Known(bp.ImageSpec{URI: bp.Unknown[string]()})},
		"version": object("b", "k", bp.Unknown[string]()),
		"key":     {S3: bp.Known(bp.S3Spec{Bucket: bp.Known("b"), Key: bp.Unknown[string]()})},
	} {
		same(t, name, bp.Source(code), bp.Unknown[string]())
	}
}

func TestParseSource_RefusesOtherTags(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", "path", "path:", "s3:", "s3:bucket", "s3:bucket/", "image:x", "build"} {
		if code, ok := bp.ParseSource(source); ok {
			t.Errorf("%q became %v", source, bp.Leaves(code))
		}
	}
}
