package functions

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// DigestPrefix begins the digest of an image.
const DigestPrefix = "sha256:"

// imageConfig is nil for a zip package. Empty lists are how AWS is told to drop
// what is there.
func imageConfig(v bp.Value[bp.Image]) *types.ImageConfig {
	image, ok := v.Get()
	if !ok {
		return nil
	}
	command, _ := image.Command.Or(bp.List{}).Strings()
	entryPoint, _ := image.EntryPoint.Or(bp.List{}).Strings()
	return &types.ImageConfig{Command: command, EntryPoint: entryPoint, WorkingDirectory: api.Text(image.WorkingDirectory)}
}

func observeImage(f *bp.Function, cfg *types.FunctionConfiguration, code *types.FunctionCodeLocation) {
	if cfg.PackageType != types.PackageTypeImage {
		return
	}
	image := bp.Image{}
	if code != nil {
		f.ImageURI = api.Optional(code.ResolvedImageUri).Else(api.Optional(code.ImageUri))
	}
	if answer := cfg.ImageConfigResponse; answer != nil && answer.ImageConfig != nil {
		image.Command, image.EntryPoint = listOf(answer.ImageConfig.Command), listOf(answer.ImageConfig.EntryPoint)
		image.WorkingDirectory = api.Optional(answer.ImageConfig.WorkingDirectory)
	}
	f.Image = bp.Known(image)
	if at, ok := bp.ParseImage(f.ImageURI.Or("")); ok && at.Digest != "" {
		f.CodeSHA256 = bp.Known(strings.TrimPrefix(at.Digest, DigestPrefix))
	}
}

// listOf is null for no elements.
func listOf(elements []string) bp.Value[bp.List] {
	if len(elements) == 0 {
		return bp.Null[bp.List]()
	}
	return bp.Known(bp.ListOf(elements...))
}
