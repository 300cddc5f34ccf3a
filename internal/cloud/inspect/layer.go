package inspect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
)

// Layer is what the publisher of a layer version says that it works with. An
// empty list says nothing.
type Layer struct {
	Missing                 bool
	Runtimes, Architectures []string
}

// Layer reads a layer version, once for all units that name it. Layers of other
// accounts may be used without the right to look at them.
func (c *Inspector) Layer(ctx context.Context, arn string) (Layer, error) {
	return c.layers.Load(arn, func() (Layer, bool, error) {
		out, err := c.Lambda.GetLayerVersionByArn(ctx, &lambda.GetLayerVersionByArnInput{Arn: &arn})
		if api.Missing(err) {
			return Layer{Missing: true}, false, nil
		}
		if err != nil {
			return Layer{}, false, err
		}
		var layer Layer
		for _, r := range out.CompatibleRuntimes {
			layer.Runtimes = append(layer.Runtimes, string(r))
		}
		for _, a := range out.CompatibleArchitectures {
			layer.Architectures = append(layer.Architectures, string(a))
		}
		return layer, true, nil
	})
}
