package services_test

import (
	"net/http"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

func TestRegistry_FindsImages(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	c.ECR(t, "CreateRepository", `{"repositoryName":"app"}`)
	digest := c.Push(t, "v1", "one")
	if status, answer := c.ECR(t, "DescribeRepositories", `{"repositoryNames":["app"]}`); status != http.StatusOK || answer["repositories"] == nil {
		t.Errorf("repositories: %d %v", status, answer)
	}
	_, answer := c.ECR(t, "DescribeImages", `{"repositoryName":"app","imageIds":[{"imageTag":"v1"}]}`)
	list, _ := answer["imageDetails"].([]any)
	if found, _ := list[0].(map[string]any); len(list) != 1 || wire.Object(found).Text("imageDigest") != digest {
		t.Errorf("images: %v", answer)
	}
	_, answer = c.ECR(t, "BatchGetImage", `{"repositoryName":"app","imageIds":[{"imageTag":"v1"},{"imageTag":"v2"}]}`)
	images, _ := answer["images"].([]any)
	failures, _ := answer["failures"].([]any)
	if len(images) != 1 || len(failures) != 1 {
		t.Errorf("batch: %v", answer)
	}
	status, answer := c.ECR(t, "DescribeImages", `{"repositoryName":"app","imageIds":[{"imageTag":"v2"}]}`)
	if status != http.StatusBadRequest || answer.Text("__type") != "ImageNotFoundException" {
		t.Errorf("a missing image: %d %v", status, answer)
	}
}
