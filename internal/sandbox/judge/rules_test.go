package judge

import (
	"slices"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
)

func TestSayNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		call  string
		input map[string]any
		want  []string
	}{
		"defaults of a create": {"lambda.CreateFunction", map[string]any{
			"FunctionName": "f", "Timeout": awsmodel.Text("3"), "MemorySize": awsmodel.Text("512"), "Architectures": []any{"x86_64"}, "SnapStart": map[string]any{"ApplyOn": "None"},
		}, []string{"Architectures", "SnapStart.ApplyOn", "Timeout"}},
		"empty members of a create":     {"sqs.CreateQueue", map[string]any{"QueueName": "q", "tags": map[string]any{}, "Attributes": map[string]any{"Policy": ""}}, []string{"Attributes.Policy", "tags"}},
		"empty members of an update":    {"lambda.UpdateFunctionConfiguration", map[string]any{"Layers": []any{}, "Timeout": awsmodel.Text("3")}, nil},
		"a create that says what it is": {"iam.CreateRole", map[string]any{"Path": "/service/", "RoleName": "r"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, p := range sayNothing(c.call, c.input) {
				got = append(got, p.Member)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestSnapStartSuits(t *testing.T) {
	t.Parallel()
	for runtime, suits := range map[string]bool{
		"java11": true, "java25": true, "python3.12": true, "python3.14": true, "dotnet8": true, "dotnet10": true,
		"java8.al2": false, "python3.9": false, "dotnet6": false, "nodejs24.x": false, "ruby3.4": false, "provided.al2023": false,
	} {
		j := &judged{input: map[string]any{"Runtime": runtime, "SnapStart": map[string]any{"ApplyOn": "None"}}}
		snapStartSuits(j)
		if refused := len(j.problems) > 0; refused == suits {
			t.Errorf("%s: %v", runtime, j.problems)
		}
	}
}
