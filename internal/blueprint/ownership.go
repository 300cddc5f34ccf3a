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

// Inventory is every object that belongs to a unit, by ARN and, where a
// deleted object can come back under the same ARN, by the id that tells the
// two apart.
type Inventory struct {
	Role        Value[Identity] `attr:"role" doc:"Execution role."`
	Policy      Value[Identity] `attr:"policy" doc:"Managed policy."`
	Overflow    Value[Set]      `attr:"policy_overflow" doc:"ARNs of the policies with the statements that one does not hold; null while one does."`
	Key         Value[Identity] `attr:"key" doc:"Own KMS key; null when a key was given."`
	LogGroup    Value[Identity] `attr:"log_group" doc:"Log group."`
	Queue       Value[Identity] `attr:"dead_letter_queue" doc:"Dead-letter queue; null when the unit has none of its own."`
	Secret      Value[Identity] `attr:"secret" doc:"Secret of the unit's own; null when it has none."`
	Function    Value[Identity] `attr:"function" doc:"Function with its versions and alias."`
	Alarms      Value[Set]      `attr:"alarms" doc:"ARNs of the alarms."`
	RetiredKeys Value[Set]      `attr:"retired_keys" doc:"ARNs of keys that earlier versions and log events of this unit are still encrypted with. Own keys among them are deleted with the unit."`
	Superseded  Value[Set]      `attr:"superseded" doc:"ARNs of objects that were replaced and are still to be removed, because an apply was cut short. The next apply removes them."`
}

// Identity names one AWS object.
type Identity struct {
	ARN String `attr:"arn" doc:"ARN of the object."`
	ID  String `attr:"id" doc:"Id that AWS gave the object and gives to no other; null where the service has none."`
}

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
