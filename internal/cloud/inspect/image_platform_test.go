package inspect

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestImageArchitecture(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings, served string // what the manifest names, and what is downloaded
		status           int
		want             string
		fails            bool
	}{
		"Intel":                       {settings: `{"architecture":"amd64","os":"linux"}`, want: "x86_64"},
		"Arm":                         {settings: `{"architecture":"arm64","os":"linux"}`, want: "arm64"},
		"another":                     {settings: `{"architecture":"riscv64"}`, want: "riscv64"},
		"without a word":              {settings: `{}`, want: ""},
		"not what the manifest names": {settings: `{"architecture":"arm64"}`, served: `{"architecture":"amd64"}`, fails: true},
		"denied":                      {settings: `{}`, status: http.StatusForbidden, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.status != 0 {
					w.WriteHeader(c.status)
				}
				if c.served == "" {
					c.served = c.settings
				}
				fmt.Fprint(w, c.served)
			}))
			defer server.Close()
			client := New(api.New(aws.Config{}, bp.Place{}, api.Options{}))
			digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(c.settings)))
			client.ECR.BatchGetImage = func(context.Context, *ecr.BatchGetImageInput, ...func(*ecr.Options)) (*ecr.BatchGetImageOutput, error) {
				return &ecr.BatchGetImageOutput{Images: []types.Image{{ImageManifest: new(fmt.Sprintf(`{"schemaVersion":2,"config":{"digest":%q}}`, digest))}}}, nil
			}
			client.ECR.GetDownloadURLForLayer = func(_ context.Context, in *ecr.GetDownloadUrlForLayerInput, _ ...func(*ecr.Options)) (*ecr.GetDownloadUrlForLayerOutput, error) {
				if *in.LayerDigest != digest {
					t.Errorf("asked for %s", *in.LayerDigest)
				}
				return &ecr.GetDownloadUrlForLayerOutput{DownloadUrl: &server.URL}, nil
			}
			got, err := client.ImageArchitecture(t.Context(), "111122223333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:0123456789012345678901234567890123456789012345678901234567890123")
			if got != c.want || c.fails != (err != nil) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
