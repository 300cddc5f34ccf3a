package services

import (
	"context"
	"fmt"
	"net/http"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// imagesAreFound: to describe an image that does not exist is an error. The
// emulator leaves it out.
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
func imagesAreFound(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"ecr.DescribeImages"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			ids, _ := request["imageIds"].([]any)
			if len(ids) == 0 {
				return nil, nil
			}
			name := request.Text("repositoryName")
			_, answer, err := e.AskJSON(ctx, x, "ecr", "AmazonEC2ContainerRegistry_V20150921.BatchGetImage", wire.Object{"repositoryName": name, "imageIds": ids})
			if err != nil {
				return nil, err
			}
			failures, _ := answer["failures"].([]any)
			if len(failures) == 0 {
				return nil, nil
			}
			failed, _ := failures[0].(map[string]any)
			id := wire.Object(failed).Object("imageId")
			return &wire.Refusal{Status: http.StatusBadRequest, Code: "ImageNotFoundException", Message: fmt.Sprintf(
				"The image with imageId {imageDigest:'%s', imageTag:'%s'} does not exist within the repository with name '%s' in the registry with id '%s'",
				orNull(id.Text("imageDigest")), orNull(id.Text("imageTag")), name, x.Call.Account)}, nil
		}),
	}
}

func orNull(text string) string {
	if text == "" {
		return "null"
	}
	return text
}
