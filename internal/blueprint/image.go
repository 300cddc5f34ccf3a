package blueprint

import "regexp"

// Image is what a function made from a container image has in place of runtime,
// handler and layers.
// https://docs.aws.amazon.com/lambda/latest/api/API_ImageConfig.html
type Image struct {
	Command          Value[List] `attr:"command" doc:"Overrides CMD of the image; null without."`
	EntryPoint       Value[List] `attr:"entry_point" doc:"Overrides ENTRYPOINT; null without."`
	WorkingDirectory String      `attr:"working_directory" doc:"Overrides WORKDIR; null without."`
}

// ImageAddress is where an image is in ECR. Exactly one of Tag and Digest is
// set.
type ImageAddress struct {
	Registry, Account, Region, Repository string
	Tag, Digest                           string
}

// A registry's host names its account and region.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
var imageAddress = regexp.MustCompile(`^((\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.(?:com(?:\.cn)?|eu))/([a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::(\w[\w.-]{0,127})|@(sha256:[0-9a-f]{64}))?$`)

// DefaultImageTag is what an address without tag and digest means.
const DefaultImageTag = "latest"

// ParseImage reads the address of an image. Without tag and digest it is that
// of the tag latest.
func ParseImage(uri string) (ImageAddress, bool) {
	found := imageAddress.FindStringSubmatch(uri)
	if found == nil {
		return ImageAddress{}, false
	}
	a := ImageAddress{Registry: found[1], Account: found[2], Region: found[3], Repository: found[4], Tag: found[5], Digest: found[6]}
	if a.Tag == "" && a.Digest == "" {
		a.Tag = DefaultImageTag
	}
	return a, true
}

// At is the address of the image with a digest.
func (a ImageAddress) At(digest string) string {
	return a.Registry + "/" + a.Repository + "@" + digest
}

// IsImage says whether the function is made from an image, as far as that is
// known.
func (s Spec) IsImage() Value[bool] {
	code, known := s.Code.Get()
	switch {
	case s.Code.IsUnknown(), known && code.Image.IsUnknown():
		return Unknown[bool]()
	}
	return Known(known && code.Image.IsKnown())
}
