package acceptance

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// box is the sandbox that all tests share; nil when they run against AWS.
var box *sandbox.Sandbox

// binary is the provider as it is released.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	if regions := flag.Lookup("sweep"); regions != nil && regions.Value.String() != "" {
		resource.TestMain(m) // sweeps and exits
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	// Most of what the tests allocate is gone at once: collecting it later halves
	// the time that takes.
	debug.SetGCPercent(400)
	os.Setenv("GOGC", "400") // so do the cores; see asReleased
	os.Setenv("TF_ACC", "1")
	os.Setenv("CHECKPOINT_DISABLE", "1")
	if _, err := exec.LookPath(terraformPath()); err != nil {
		fmt.Fprintf(os.Stderr, "The acceptance tests need terraform or tofu, and %q was not found. Install one, or run make test TF=/path/to/it.\n", terraformPath())
		return 1
	}
	os.Setenv("TF_ACC_TERRAFORM_PATH", lookPath(terraformPath()))
	if err := addressProvider(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "secure-acceptance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	// The tests know every provider they need: nobody's own settings count.
	settings := filepath.Join(dir, "cli.tfrc")
	if err := os.WriteFile(settings, nil, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	os.Setenv("TF_CLI_CONFIG_FILE", settings)
	binary = filepath.Join(dir, "terraform-provider-secure")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "../..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the provider: %v\n%s", err, out)
		return 1
	}
	if os.Getenv("SECURE_ACC_AWS") != "" {
		return m.Run()
	}
	os.Unsetenv("AWS_CA_BUNDLE") // the sandbox speaks plain HTTP; reading it takes time in every client
	box, err = sandbox.Start(context.Background(), sandbox.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, pair := range box.Env("000000000001") {
		name, value, _ := strings.Cut(pair, "=")
		os.Setenv(name, value)
	}
	code := m.Run()
	if err := box.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// terraformPath is the core that the tests run: TF, else terraform.
func terraformPath() string {
	if path := os.Getenv("TF"); path != "" {
		return path
	}
	return "terraform"
}

func lookPath(name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		return name
	}
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

// addressProvider tells plugin-testing where the core under test looks for a
// provider of which a configuration says only the name.
func addressProvider() error {
	out, err := exec.Command(os.Getenv("TF_ACC_TERRAFORM_PATH"), "version").Output()
	if err != nil {
		return fmt.Errorf("ask %s for its version: %w", terraformPath(), err)
	}
	host := "registry.terraform.io"
	if strings.Contains(string(out), "OpenTofu") {
		host = "registry.opentofu.org"
	}
	os.Setenv("TF_ACC_PROVIDER_HOST", host)
	os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "hashicorp")
	return nil
}
