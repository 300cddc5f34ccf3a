package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// machineRun cuts the runs of a machine.
type machineRun struct {
	*machine

	log    bytes.Buffer
	before machine
	cancel context.CancelFunc
	// killing are the ends of runs that are killed.
	killing sync.WaitGroup
	places  []string
}

func newMachineRun(t *testing.T) *machineRun {
	t.Helper()
	r := &machineRun{machine: newMachine(t, newTenant(t), faulty(t))}
	logged := tflogtest.RootLogger(t.Context(), &r.log)
	r.within = func() context.Context { return logged }
	return r
}

func (r *machineRun) apply() (failed bool) {
	r.t.Helper()
	defer r.look("the state")
	return r.machine.apply()
}

func (r *machineRun) account() *tenant      { return r.a }
func (r *machineRun) declare(unit settings) { r.config = unit }
func (r *machineRun) holds() bool           { return !r.state.IsNull() }
func (r *machineRun) said(from int) string  { return describe(r.replies[from:]) }
func (r *machineRun) runs() int             { return len(r.replies) }

func (r *machineRun) begin() {
	r.before = *r.machine
	ctx, cancel := context.WithCancel(r.within())
	r.cancel, r.within = cancel, func() context.Context { return ctx }
}

func (r *machineRun) end(killed bool) {
	r.cancel()
	r.within = r.before.within
	if killed {
		r.state, r.private, r.tainted = r.before.state, r.before.private, false
	}
	r.look("the state after a cut")
}

func (r *machineRun) interrupt() { r.cancel() }

func (r *machineRun) kill() {
	// The plan of faults is in use by whoever calls this.
	r.killing.Go(func() { box.SetFaults(r.a.id, sandbox.Fault{Harm: sandbox.DropBefore}) })
	r.cancel()
}

func (r *machineRun) dead() { r.killing.Wait() }

// look searches a state, its environment apart.
func (r *machineRun) look(what string) {
	r.t.Helper()
	if bytes.Contains(r.private, []byte(faultCanary)) {
		r.places = append(r.places, what+", private")
	}
	err := tftypes.Walk(r.state, func(path *tftypes.AttributePath, v tftypes.Value) (bool, error) {
		if strings.HasPrefix(path.String(), `AttributeName("environment")`) {
			return false, nil
		}
		var text string
		if v.IsKnown() && !v.IsNull() && v.Type().Is(tftypes.String) && v.As(&text) == nil && strings.Contains(text, faultCanary) {
			r.places = append(r.places, what+" at "+path.String())
		}
		return true, nil
	})
	must(r.t, err)
}

func (r *machineRun) shown() []string {
	if strings.Contains(r.log.String(), faultCanary) {
		r.places = append(r.places, "the log")
	}
	if r.log.Len() == 0 {
		r.places = append(r.places, "no log, which proves nothing")
	}
	if strings.Contains(describe(r.replies), faultCanary) {
		r.places = append(r.places, "a diagnostic")
	}
	return r.places
}

// coreRun cuts the runs of the real binary.
type coreRun struct {
	*core

	a       *tenant
	outputs []string
	mark    sandbox.Mark
}

func newCoreRun(t *testing.T, provider served) *coreRun {
	t.Helper()
	a := newTenant(t)
	r := &coreRun{core: newCore(t, a, "provider \"secure\" {\n  max_retries = 1\n}\n").use(provider), a: a, mark: box.Recorder().Mark()}
	r.env = append(r.env, fmt.Sprintf("SECURE_TEST_HASTE=%d", hasteOfTests), "TF_LOG=TRACE", "TF_VAR_password="+faultCanary, "TF_LOG_PATH="+r.trace())
	r.declare(faulty(t))
	return r
}

func (r *coreRun) trace() string { return filepath.Join(r.dir, "trace.log") }

func (r *coreRun) account() *tenant { return r.a }

func (r *coreRun) declare(unit settings) {
	r.t.Helper()
	text, err := json.Marshal(settings{
		"variable": settings{"password": settings{"sensitive": true}},
		"resource": settings{"secure_lambda": settings{"x": unit}},
	})
	must(r.t, err)
	sensitive := string(text)
	for _, name := range []string{"SALT", "DB_PASSWORD"} {
		sensitive = strings.ReplaceAll(sensitive, fmt.Sprintf(`%q:"%s`, name, faultCanary), fmt.Sprintf(`%q:"${var.password}`, name))
	}
	writeFile(r.t, filepath.Join(r.dir, "unit.tf.json"), sensitive)
}

// do runs a command, and reports whether it failed.
func (r *coreRun) do(arguments ...string) (failed bool) {
	r.t.Helper()
	stdout, stderr, code := r.run(arguments...)
	r.outputs = append(r.outputs, stdout+stderr)
	return code != 0
}

func (r *coreRun) apply() bool   { return r.do("apply", "-auto-approve") }
func (r *coreRun) destroy() bool { return r.do("destroy", "-auto-approve") }
func (r *coreRun) quiet() bool   { return !r.do("plan", "-detailed-exitcode") }
func (r *coreRun) take()         { r.must("import", "secure_lambda.x", faultName) }

func (r *coreRun) begin()               {}
func (r *coreRun) dead()                {}
func (r *coreRun) end(bool)             {}
func (r *coreRun) said(from int) string { return strings.Join(r.outputs[from:], "\n") }
func (r *coreRun) runs() int            { return len(r.outputs) }

func (r *coreRun) interrupt() {
	r.signal(filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH")), syscall.SIGINT)
}
func (r *coreRun) kill() { r.signal(providerProcess, syscall.SIGKILL) }

// resources are what the state holds, as Terraform writes it.
func (r *coreRun) resources() []any {
	r.t.Helper()
	content, err := os.ReadFile(filepath.Join(r.dir, "terraform.tfstate"))
	if os.IsNotExist(err) {
		return nil
	}
	must(r.t, err)
	var state struct {
		Resources []any `json:"resources"`
	}
	must(r.t, json.Unmarshal(content, &state))
	return state.Resources
}

func (r *coreRun) holds() bool { return len(r.resources()) > 0 }

func (r *coreRun) shown() (places []string) {
	r.t.Helper()
	calls, err := json.Marshal(box.Recorder().Since(r.mark, sandbox.InAccount(r.a.id)))
	must(r.t, err)
	texts := map[string]string{"an output": r.said(0), "the recorder": string(calls)}
	files, err := filepath.Glob(filepath.Join(r.dir, "*"))
	must(r.t, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(r.t, err)
		texts[filepath.Base(file)] = withoutEnvironment(string(content))
	}
	if !strings.Contains(texts["trace.log"], "AWS call") {
		places = append(places, "no log, which proves nothing")
	}
	for what, text := range maps.All(texts) {
		if i := strings.Index(text, faultCanary); i >= 0 {
			places = append(places, fmt.Sprintf("%s: …%s", what, text[max(0, i-200):i+len(faultCanary)]))
		}
	}
	return places
}

// withoutEnvironment leaves the environment out of a state.
func withoutEnvironment(text string) string {
	before, rest, found := strings.Cut(text, `"environment": {`)
	if !found {
		return text
	}
	_, after, _ := strings.Cut(rest, "}")
	return before + withoutEnvironment(after)
}
