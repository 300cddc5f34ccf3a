package inspect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/functions"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	// mostImageConfig is far more than the settings of any image take.
	mostImageConfig = 4 << 20
	imageConfigWait = 15 * time.Second
)

// lambdaArchitectures are Lambda's names of the processors that an image names.
// https://github.com/opencontainers/image-spec/blob/main/config.md
var lambdaArchitectures = map[string]string{"amd64": "x86_64", "arm64": "arm64"}

// ImageArchitecture reads for which processor an image was built, as Lambda calls
// it, once for all units that run the image.
func (c *Inspector) ImageArchitecture(ctx context.Context, uri string) (string, error) {
	return c.processors.Load(uri, func() (string, bool, error) {
		built, err := c.imageArchitecture(ctx, uri)
		return built, true, err
	})
}

// imageArchitecture follows the manifest to the image's settings, which name the
// processor.
func (c *Inspector) imageArchitecture(ctx context.Context, uri string) (string, error) {
	at, ok := bp.ParseImage(uri)
	if !ok {
		return "", fmt.Errorf("%q is no image in ECR", uri)
	}
	out, err := c.getImage(ctx, at)
	if err != nil {
		return "", err
	}
	if len(out.Images) == 0 {
		return "", noImage(uri, nil)
	}
	var manifest struct {
		Config struct {
			Digest string `json:"digest"`
		} `json:"config"`
	}
	if err := json.Unmarshal([]byte(aws.ToString(out.Images[0].ImageManifest)), &manifest); err != nil {
		return "", fmt.Errorf("read the manifest of %s: %w", uri, err)
	}
	where, err := c.ECR.GetDownloadURLForLayer(ctx, &ecr.GetDownloadUrlForLayerInput{
		RegistryId: &at.Account, RepositoryName: &at.Repository, LayerDigest: &manifest.Config.Digest,
	})
	if err != nil {
		return "", err
	}
	settings, err := c.download(ctx, aws.ToString(where.DownloadUrl))
	if err != nil {
		return "", err
	}
	if sum := sha256.Sum256(settings); functions.DigestPrefix+hex.EncodeToString(sum[:]) != manifest.Config.Digest {
		return "", fmt.Errorf("the settings of %s are not those that its manifest names", uri)
	}
	var image struct {
		Architecture string `json:"architecture"`
	}
	if err := json.Unmarshal(settings, &image); err != nil {
		return "", fmt.Errorf("read the settings of %s: %w", uri, err)
	}
	if name, known := lambdaArchitectures[image.Architecture]; known {
		return name, nil
	}
	return image.Architecture, nil
}

func (c *Inspector) download(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, imageConfigWait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := c.HTTP.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the download was answered with %s", answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, mostImageConfig))
}
