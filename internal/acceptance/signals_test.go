package acceptance

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// A pipeline that is stopped gets a signal, and so does everything it started.

// signalled is one way to stop a run: a signal to Terraform alone or to all of
// its process group, while a call is under way.
type signalled struct {
	signal syscall.Signal
	group  bool
	phase  string
	call   string // as Call.Name
}

func (c signalled) String() string {
	whom := "Terraform alone"
	if c.group {
		whom = "the group"
	}
	return fmt.Sprintf("%s/%s to %s at %s", c.phase, map[syscall.Signal]string{
		syscall.SIGTERM: "SIGTERM", syscall.SIGHUP: "SIGHUP", syscall.SIGINT: "SIGINT",
	}[c.signal], whom, c.call)
}

// moments are five calls of each phase, from the first to the last.
var moments = map[string][]string{
	"create":  {"iam.CreateRole", "logs.CreateLogGroup", "lambda.CreateFunction", "lambda.CreateAlias", "iam.UntagRole"},
	"update":  {"lambda.UpdateFunctionCode", "lambda.UpdateFunctionConfiguration", "lambda.PublishVersion", "lambda.UpdateAlias", "monitoring.PutMetricAlarm"},
	"destroy": {"monitoring.DeleteAlarms", "lambda.DeleteFunction", "logs.DeleteLogGroup", "kms.ScheduleKeyDeletion", "iam.DeleteRole"},
}

// stops are all the ways. Make test tries some of them, and another share of
// them for another seed.
func stops() (cases []signalled) {
	for phase, calls := range moments {
		for _, call := range calls {
			for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
				for _, group := range []bool{true, false} {
					cases = append(cases, signalled{s, group, phase, call})
				}
			}
		}
	}
	drawn := func(c signalled) uint32 {
		hash := fnv.New32a()
		_, _ = fmt.Fprint(hash, os.Getenv(faultSeed), c)
		return hash.Sum32()
	}
	slices.SortFunc(cases, func(x, y signalled) int { return int(int64(drawn(x)) - int64(drawn(y))) })
	if os.Getenv(faultVariable) != "" {
		return cases
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(cases, func(c signalled) bool {
		kind := fmt.Sprint(c.signal, c.group)
		if c.signal == syscall.SIGTERM && c.group {
			kind += c.phase // what this is about
		}
		defer func() { seen[kind] = true }()
		return seen[kind]
	})
}

func TestFaults_AStoppedRunLosesNothing(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	for _, c := range stops() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			c.try(t)
		})
	}
}

func (c signalled) try(t *testing.T) {
	r := newResumed(t, "tfacc-stop")
	if c.phase != "create" {
		r.apply()
	}
	if c.phase == "update" {
		r.declare(map[string]string{
			"code": fmt.Sprintf("{ path = %q }", testdata(t, "other")), "timeout": "9", "alarms": "{ errors = { threshold = 5 } }",
		})
	}
	arguments := []string{"apply", "-auto-approve"}
	if c.phase == "destroy" {
		arguments = []string{"destroy", "-auto-approve"}
	}
	said, met := c.cut(r, arguments...)
	if !met {
		t.Fatalf("nothing met the signal:\n%s", said)
	}
	if strings.Contains(said, "did not respond") {
		t.Errorf("the provider was gone before Terraform:\n%s", said)
	}
	if strings.Contains(said, "context canceled") {
		t.Errorf("an error speaks of contexts:\n%s", said)
	}
	// Terraform does not catch SIGHUP, and writes no state when it dies of it.
	held := strings.Contains(r.must("show"), `"tfacc-stop"`)
	if c.signal != syscall.SIGHUP && c.phase != "destroy" && !held {
		t.Errorf("the unit is not in the state:\n%s", said)
	}
	if c.phase == "destroy" {
		r.must("destroy", "-auto-approve")
		r.a.mustBeEmpty(t)
		return
	}
	if c.phase == "create" && c.call == "iam.UntagRole" && !held {
		// The unit is complete, and nobody has it in a state.
		r.fails(nil, "terraform import")
		r.must("import", "secure_lambda.x", r.name)
	}
	r.apply()
	r.empty()
	r.must("destroy", "-auto-approve")
	r.a.mustBeEmpty(t)
}

// cut runs a command that is stopped while the call is under way, and waits
// until the provider has left.
func (c signalled) cut(r *resumed, arguments ...string) (said string, met bool) {
	t := r.t
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), append(arguments, "-no-color")...)
	cmd.Dir, cmd.Env = r.dir, r.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	service, operation, _ := strings.Cut(c.call, ".")
	plan := r.a.faults(sandbox.Fault{
		Harm: sandbox.Delay, Latency: 300 * time.Millisecond,
		Then: func() {
			whom := cmd.Process.Pid
			if c.group {
				whom = -whom
			}
			if err := syscall.Kill(whom, c.signal); err != nil {
				t.Error(err)
			}
		},
	}.On(service, operation, 1, 1))
	must(t, cmd.Start())
	_ = cmd.Wait()
	for deadline := time.Now().Add(30 * time.Second); r.runs(providerProcess); {
		if time.Now().After(deadline) {
			t.Fatal("the provider does not leave")
		}
		time.Sleep(100 * time.Millisecond)
	}
	met = len(plan.Unused()) == 0
	box.SetFaults(r.a.id)
	return out.String(), met
}

// runs reports whether an executable runs in the core's directory.
func (c *core) runs(executable string) bool {
	found := false
	c.each(executable, func(*os.Process) { found = true })
	return found
}

// signal reaches what runs in the core's directory under a name.
func (c *core) signal(executable string, s os.Signal) {
	c.each(executable, func(p *os.Process) { _ = p.Signal(s) })
}

// each calls with what runs in the core's directory under a name.
func (c *core) each(executable string, do func(*os.Process)) {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		c.t.Error(err)
	}
	for _, p := range processes {
		cwd, err := os.Readlink(p + "/cwd")
		if err != nil || cwd != c.dir {
			continue
		}
		exe, err := os.Readlink(p + "/exe")
		if err != nil || !strings.HasPrefix(filepath.Base(exe), executable) || executable != providerProcess && filepath.Base(exe) != executable {
			continue
		}
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(p), "%d", &pid); err == nil {
			if process, err := os.FindProcess(pid); err == nil {
				do(process)
			}
		}
	}
}
