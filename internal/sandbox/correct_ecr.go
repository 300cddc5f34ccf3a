package sandbox

import (
	"context"
	"fmt"
	"net/http"
)

// imagesAreFound: to describe an image that does not exist is an error. The
// emulator leaves it out.
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
func imagesAreFound(e *emulator) correction {
	return correction{
		operations: []string{"ecr.DescribeImages"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			ids, _ := request["imageIds"].([]any)
			if len(ids) == 0 {
				return nil, nil
			}
			name := request.text("repositoryName")
			_, answer, err := e.askJSON(ctx, x, "ecr", "AmazonEC2ContainerRegistry_V20150921.BatchGetImage", object{"repositoryName": name, "imageIds": ids})
			if err != nil {
				return nil, err
			}
			failures, _ := answer["failures"].([]any)
			if len(failures) == 0 {
				return nil, nil
			}
			failed, _ := failures[0].(map[string]any)
			id := object(failed).object("imageId")
			return &refusal{http.StatusBadRequest, "ImageNotFoundException", fmt.Sprintf(
				"The image with imageId {imageDigest:'%s', imageTag:'%s'} does not exist within the repository with name '%s' in the registry with id '%s'",
				orNull(id.text("imageDigest")), orNull(id.text("imageTag")), name, x.call.Account)}, nil
		}),
	}
}

func orNull(text string) string {
	if text == "" {
		return "null"
	}
	return text
}
