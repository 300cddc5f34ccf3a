package acceptance

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// served is a provider to measure: where its binary is and how Terraform is
// told to use it.
type served struct{ name, binary string }

func released() served { return served{"secure", binary} }

// built compiles one of the commands beside the tests as a provider.
func built(t *testing.T, name, command string) served {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	// Beside the released one, with which the folder goes when the tests end.
	p := served{name, filepath.Join(filepath.Dir(binary), filepath.Base(command), "terraform-provider-"+name)}
	if _, err := os.Stat(p.binary); err == nil {
		return p // to link it takes longer than most tests
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", p.binary, command)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return p
}

// builds lets one test build at a time, and all others use what it built.
var builds sync.Mutex

// use makes a core start this binary.
func (c *core) use(p served) *core {
	c.t.Helper()
	writeFile(c.t, filepath.Join(c.dir, "cli.tfrc"), fmt.Sprintf(`provider_installation {
  dev_overrides {
    "registry.terraform.io/secure-lambda/%[1]s" = %[2]q
    "registry.opentofu.org/secure-lambda/%[1]s" = %[2]q
  }
  direct {}
}
`, p.name, filepath.Dir(p.binary)))
	return c
}

// attached runs a command of the core with a provider that runs beside it, and
// returns the provider's peak memory in bytes.
func (c *core) attached(p served, arguments ...string) (stdout string, peak int64) {
	c.t.Helper()
	serve := exec.CommandContext(c.t.Context(), p.binary, "-debug")
	serve.Env = c.env
	out, err := serve.StdoutPipe()
	must(c.t, err)
	must(c.t, serve.Start())
	reattach := readReattach(c.t, out)
	stdout, stderr, code := c.runWith([]string{"TF_REATTACH_PROVIDERS=" + reattach}, arguments...)
	peak, measured := peakMemory(serve.Process.Pid)
	must(c.t, serve.Process.Signal(syscall.SIGTERM))
	_ = serve.Wait() // it was told to end, however it says so
	if code != 0 {
		c.t.Fatalf("%v: exit %d\n%s\n%s", arguments, code, stdout, stderr)
	}
	if usage, ok := serve.ProcessState.SysUsage().(*syscall.Rusage); ok && !measured {
		peak, measured = usage.Maxrss, true
	}
	if !measured {
		c.t.Fatal("the operating system does not tell how much memory was used")
	}
	return stdout, peak
}

var peakLine = regexp.MustCompile(`VmHWM:\s*(\d+) kB`)

// peakMemory asks Linux about a process that still runs. What it reports of one
// that has ended (ru_maxrss) is at least the size that its parent had when it
// started it.
func peakMemory(pid int) (bytes int64, ok bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false // no Linux: ru_maxrss is bytes and the process's own
	}
	found := peakLine.FindSubmatch(status)
	if found == nil {
		return 0, false
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	return kilobytes << 10, err == nil
}

// startTime is how long a provider takes until it tells its core where it
// listens.
func (p served) startTime(t *testing.T) time.Duration {
	t.Helper()
	start := exec.CommandContext(t.Context(), p.binary)
	// What every core since Terraform 0.12 sets.
	start.Env = append(asReleased(), "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2", "PLUGIN_PROTOCOL_VERSIONS=6")
	out, err := start.StdoutPipe()
	must(t, err)
	began := time.Now()
	must(t, start.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	took := time.Since(began)
	must(t, err)
	must(t, start.Process.Kill())
	_ = start.Wait() // it was killed
	if !strings.HasPrefix(line, "1|6|") {
		t.Fatalf("%s says %q", p.name, line)
	}
	return took
}

// turns measures several things in turns and returns the median of each, so
// that what else the machine does meets them alike.
func turns(rounds int, measure ...func() time.Duration) []time.Duration {
	times := make([][]time.Duration, len(measure))
	for range rounds {
		for i, m := range measure {
			times[i] = append(times[i], m())
		}
	}
	medians := make([]time.Duration, len(measure))
	for i := range measure {
		medians[i] = median(times[i])
	}
	return medians
}
