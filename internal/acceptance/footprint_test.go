package acceptance

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What the provider may cost.
const (
	maxBinary     = 40 << 20 // bytes, stripped
	maxMemory     = 120 << 20
	maxSchemaRate = 2.0
	plannedUnits  = 100
)

// TestFootprintBinary weighs the stripped provider.
func TestFootprintBinary(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(binary)
	must(t, err)
	t.Logf("stripped binary: %.1f MB (at most %d)", float64(info.Size())/(1<<20), maxBinary>>20)
	if info.Size() > maxBinary {
		t.Errorf("the stripped binary has %d bytes, more than %d", info.Size(), maxBinary)
	}
}

// TestFootprintSchema times "providers schema" against a bare provider's, in
// turns, and compares the medians.
func TestFootprintSchema(t *testing.T) { //nolint:paralleltest // it measures time
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(dir, "terraform-provider-bare"), "./bare")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	a := newTenant(t)
	ours := newCore(t, a, "")
	bare := newCore(t, a, "terraform {\n  required_providers {\n    bare = { source = \"secure-lambda/bare\" }\n  }\n}\n")
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		overrides, err := os.ReadFile(filepath.Join(bare.dir, "cli.tfrc"))
		must(t, err)
		text := strings.Replace(string(overrides), "dev_overrides {", fmt.Sprintf("dev_overrides {\n    \"%s/secure-lambda/bare\" = %q", host, dir), 1)
		writeFile(t, filepath.Join(bare.dir, "cli.tfrc"), text)
	}
	var secure, least []time.Duration
	for range 7 {
		secure = append(secure, timed(func() { ours.must("providers", "schema", "-json") }))
		least = append(least, timed(func() { bare.must("providers", "schema", "-json") }))
	}
	s, b := median(secure), median(least)
	rate := float64(s) / float64(b)
	t.Logf("providers schema: %v, bare provider %v, %.2f times (at most %.1f)", s.Round(time.Millisecond), b.Round(time.Millisecond), rate, maxSchemaRate)
	if rate > maxSchemaRate {
		t.Errorf("the schema takes %.2f times as long as a bare provider's", rate)
	}
}

func timed(run func()) time.Duration {
	started := time.Now()
	run()
	return time.Since(started)
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// TestFootprintMemory plans a hundred new units and reads the provider's peak
// memory from the operating system.
func TestFootprintMemory(t *testing.T) { //nolint:paralleltest // a starved collector would be measured, not the plan
	a := newTenant(t)
	c := newCore(t, a, `provider "secure" {}`+"\n"+strings.Replace(
		unit(t, "x", "tfacc-footprint", map[string]string{"environment": `{ GREETING = "hi" }`}),
		`name = "tfacc-footprint"`, fmt.Sprintf("count = %d\n  name = \"tfacc-footprint-${count.index}\"", plannedUnits), 1))
	serve := exec.CommandContext(t.Context(), binary, "-debug")
	serve.Env = c.env
	out, err := serve.StdoutPipe()
	must(t, err)
	must(t, serve.Start())
	reattach := readReattach(t, out)
	stdout, stderr, code := c.runWith([]string{"TF_REATTACH_PROVIDERS=" + reattach}, "plan")
	must(t, serve.Process.Signal(syscall.SIGTERM))
	_ = serve.Wait() // it was told to end, however it says so
	if code != 0 || !strings.Contains(stdout, fmt.Sprintf("%d to add", plannedUnits)) {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	usage, ok := serve.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("the operating system does not tell how much memory was used")
	}
	peak := usage.Maxrss
	if runtime.GOOS == "linux" {
		peak *= 1024 // Linux counts in kilobytes, others in bytes
	}
	t.Logf("plan of %d units: %d MB of memory at most (at most %d)", plannedUnits, peak>>20, maxMemory>>20)
	if peak > maxMemory {
		t.Errorf("the plan took %d MB of memory, more than %d", peak>>20, maxMemory>>20)
	}
}

var reattachLine = regexp.MustCompile(`TF_REATTACH_PROVIDERS='(.*)'`)

func readReattach(t *testing.T, out io.Reader) string {
	t.Helper()
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		if found := reattachLine.FindStringSubmatch(scanner.Text()); found != nil {
			return found[1]
		}
	}
	t.Fatal("the provider did not say how to attach to it")
	return ""
}
