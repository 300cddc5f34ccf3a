package sandbox_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

// doomedVariable makes the test binary a process that starts a sandbox and
// waits to be killed.
const doomedVariable = "SANDBOX_TEST_DOOMED"

func doomed() int {
	s, err := sandbox.Start(context.Background(), sandbox.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.Leader(), s.Endpoint())
	select {}
}

// inGroup counts the living processes of a process group.
func inGroup(t *testing.T, leader int) int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-A", "-o", "pgid=,stat=").Output()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == strconv.Itoa(leader) && !strings.HasPrefix(fields[1], "Z") {
			count++
		}
	}
	return count
}

func waitForEnd(t *testing.T, leader int) {
	t.Helper()
	for range 100 {
		if inGroup(t, leader) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%d processes of group %d are left", inGroup(t, leader), leader)
}

// startWorker makes the emulator start a process that runs a function.
func startWorker(t *testing.T, endpoint string) {
	t.Helper()
	c := sandboxtest.Clients(endpoint, "123456789012")
	name, trust := "worker", sandboxtest.Trust
	role, err := c.IAM.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(sandbox.DefaultRolePropagation)
	if _, err := c.Lambda.CreateFunction(t.Context(), sandboxtest.FunctionInput(t, name, *role.Role.Arn)); err != nil {
		t.Fatal(err)
	}
	c.Settle(t, name)
	if _, err := c.Lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name}); err != nil {
		t.Fatal(err)
	}
}

func TestProcesses_EndWhenTheParentIsKilled(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), doomedVariable+"=1")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var leader int
	var endpoint string
	if _, err := fmt.Sscan(line, &leader, &endpoint); err != nil {
		t.Fatal(err)
	}
	startWorker(t, endpoint)
	if count := inGroup(t, leader); count < 2 {
		t.Fatalf("%d processes: no function worker to prove anything with", count)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	waitForEnd(t, leader)
}

func TestStop_EndsEveryProcessAndCanBeRepeated(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	startWorker(t, s.Endpoint())
	leader := s.Leader()
	for range 2 {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}
	waitForEnd(t, leader)
	if _, err := os.Stat(s.RunDir()); !os.IsNotExist(err) {
		t.Errorf("run directory is left: %v", err)
	}
}

func TestEnv_OverridesTheDevelopersEnvironment(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_LAMBDA", "https://example.invalid")
	env := sandboxtest.Box.Env("123456789012")
	for _, want := range []string{
		"AWS_ENDPOINT_URL=" + sandboxtest.Box.Endpoint(), "AWS_ENDPOINT_URL_LAMBDA=" + sandboxtest.Box.Endpoint(),
		"AWS_ACCESS_KEY_ID=123456789012", "AWS_REGION=" + sandboxtest.Region, "AWS_PROFILE=default",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("no %s in %q", want, env)
		}
	}
}
