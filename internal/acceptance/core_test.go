package acceptance

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// core runs the terraform or tofu binary in a directory of its own, with the
// provider as it is released.
type core struct {
	t   *testing.T
	dir string
	env []string
}

func newCore(t *testing.T, a *tenant, configuration string) *core {
	t.Helper()
	c := &core{t: t, dir: t.TempDir()}
	overrides := filepath.Join(c.dir, "cli.tfrc")
	writeFile(t, overrides, fmt.Sprintf(`provider_installation {
  dev_overrides {
    "registry.terraform.io/secure-lambda/secure" = %[1]q
    "registry.opentofu.org/secure-lambda/secure" = %[1]q
  }
  direct {}
}
`, filepath.Dir(binary)))
	c.env = append(asReleased(), "TF_CLI_CONFIG_FILE="+overrides, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	if box != nil {
		c.env = append(c.env, box.Env(a.id)...)
	}
	c.write(configuration)
	return c
}

// asReleased is the environment without what makes the tests quicker, for
// processes that are measured.
func asReleased() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "GOGC=") })
}

const requireSecure = `terraform {
  required_providers {
    secure = { source = "secure-lambda/secure" }
  }
}
`

func (c *core) write(configuration string) {
	c.t.Helper()
	if !strings.Contains(configuration, "required_providers") {
		configuration = requireSecure + configuration
	}
	writeFile(c.t, filepath.Join(c.dir, "main.tf"), configuration)
}

// run returns both outputs and the exit code.
func (c *core) run(arguments ...string) (stdout, stderr string, code int) {
	c.t.Helper()
	return c.runWith(nil, arguments...)
}

func (c *core) runWith(env []string, arguments ...string) (stdout, stderr string, code int) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), append(arguments, "-no-color")...)
	cmd.Dir, cmd.Env = c.dir, slices.Concat(c.env, env)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		c.t.Fatal(err)
	}
	return out.String(), problems.String(), code
}

// must runs a command that has to succeed.
func (c *core) must(arguments ...string) string {
	c.t.Helper()
	stdout, stderr, code := c.run(arguments...)
	if code != 0 {
		c.t.Fatalf("%v: exit %d\n%s\n%s", arguments, code, stdout, stderr)
	}
	return stdout
}

// empty checks that a plan has nothing to do.
func (c *core) empty() {
	c.t.Helper()
	if stdout, stderr, code := c.run("plan", "-detailed-exitcode"); code != 0 {
		c.t.Fatalf("the plan is not empty: exit %d\n%s\n%s", code, stdout, stderr)
	}
}

// providerProcess is how the provider's executable begins.
const providerProcess = "terraform-provider-secure"

// unwrapped is an output of the core without the frames and line breaks that it
// puts around what the provider says.
func unwrapped(output string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(output)), " ")
}
