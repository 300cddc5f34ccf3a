package blueprint

import (
	"regexp"
	"strings"
)

// Ownership tags. TagUnit and TagGeneration are on every taggable object of a
// unit: the generation is new with every creation, so that an object left by an
// earlier unit of the same name is never mistaken for this one's.
const (
	TagPrefix     = "secure:"
	TagUnit       = TagPrefix + "unit"
	TagGeneration = TagPrefix + "generation"
	// TagRetained is on what a destroyed unit left on purpose: one made again
	// under its name may take it back.
	TagRetained = TagPrefix + "retained"
	// TagState is on the role, the unit's anchor, while the unit is not complete.
	TagState = TagPrefix + "state"
	// TagNext begins the tags of the role that name what an update is about to
	// put in the place of an object, until it is complete: an update that is
	// killed leaves no other trace of that.
	TagNext         = TagPrefix + "next-"
	TagNextRole     = TagNext + "role"
	TagNextPolicy   = TagNext + "policy"
	TagNextLogGroup = TagNext + "log-group"
	// TagSource is on the function only: where its package came from.
	TagSource = TagPrefix + "source"
)

var (
	tagText   = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	maxTagLen = 256
)

// Source describes a deployment package in the form of the tag secure:source.
// It is null for an absolute path, which would differ from machine to machine,
// and for one that a tag cannot hold.
func Source(code CodeSpec) String {
	text, versions := Null[string](), 0
	if s3, ok := code.S3.Get(); ok {
		text = Format("s3:%s/%s", s3.Bucket, s3.Key)
		if !s3.VersionID.IsNull() {
			text, versions = Format("%s@%s", text, s3.VersionID), 1
		}
	} else if image, ok := code.Image.Get(); ok {
		text = Format("image:%s", image.URI)
		versions = strings.Count(image.URI.Or(""), "@")
	} else if code.S3.IsUnknown() || code.Path.IsUnknown() || code.Image.IsUnknown() {
		return Unknown[string]()
	} else if path, ok := code.Path.Get(); ok && !isAbsolute(path) {
		versions = strings.Count(path, "@")
		text = Known("path:" + path)
	}
	return Then(text, func(t string) String {
		if len(t) > maxTagLen || !tagText.MatchString(t) || strings.Count(t, "@") > versions {
			return Null[string]()
		}
		return Known(t)
	})
}

// ParseSource reads the tag secure:source back.
func ParseSource(source string) (CodeSpec, bool) {
	kind, rest, _ := strings.Cut(source, ":")
	switch kind {
	case "path":
		return CodeSpec{Path: Known(rest)}, rest != ""
	case "image":
		_, ok := ParseImage(rest)
		return CodeSpec{Image: Known(ImageSpec{URI: Known(rest)})}, ok
	case "s3":
		bucket, key, found := strings.Cut(rest, "/")
		spec := S3Spec{Bucket: Known(bucket)}
		if at := strings.LastIndexByte(key, '@'); at >= 0 {
			spec.VersionID = Known(key[at+1:])
			key = key[:at]
		}
		spec.Key = Known(key)
		return CodeSpec{S3: Known(spec)}, found && key != ""
	}
	return CodeSpec{}, false
}

// isAbsolute recognises the absolute paths of every platform, since the tag is
// read on others than the one that wrote it.
func isAbsolute(path string) bool {
	drive := len(path) > 1 && path[1] == ':'
	return drive || strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\`)
}
