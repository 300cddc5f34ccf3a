package sandbox

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

func TestListFunctions_AllVersions(t *testing.T) {
	t.Parallel()
	c := newTenant(t)
	input := functionInput(t, "listed", c.role(t, "r", lambdaTrust))
	input.Publish = true
	if _, err := c.lambda.CreateFunction(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	c.settle(t, "listed")
	for scope, want := range map[types.FunctionVersion]int{"": 1, types.FunctionVersionAll: 2} {
		out, err := c.lambda.ListFunctions(t.Context(), &lambda.ListFunctionsInput{FunctionVersion: scope})
		if err != nil || len(out.Functions) != want {
			t.Errorf("%q: %d functions, %v", scope, len(out.Functions), err)
		}
	}
}
