package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

const twinPrefix = "tfbench"

// fleet is an account with many units of which the sandbox has only one: the
// others are its twins, answered from a recording, so that the emulator is not
// what is measured.
type fleet struct {
	*tenant
	*core
	units map[string]any // the state of all units
}

// configuration is that of the first units.
func (f *fleet) configuration(count int) string {
	return f.there(f.t, "provider \"secure\" {\n  quota_share = 1\n}\n"+referenceUnits(f.t, twinPrefix, count))
}

// newFleet makes a unit, records its refresh and lets a refresh of all units
// write their state.
func newFleet(t *testing.T, p served, size int) *fleet {
	t.Helper()
	a := newTenant(t)
	f := &fleet{tenant: a, core: newCore(t, a, "").use(p)}
	f.write(f.configuration(1))
	f.must("apply", "-auto-approve")
	state, err := os.ReadFile(f.statePath())
	must(t, err)
	original := fmt.Sprintf("%s-%04d", twinPrefix, 0)
	key := regexp.MustCompile(`:key/([-0-9a-f]{36})`).FindSubmatch(state)
	if key == nil {
		t.Fatalf("no key in the state:\n%s", state)
	}
	tape := box.RecordReads(a.id)
	f.empty()
	// A state of before the version was read needs reads of its own.
	f.writeState(instances(t, state, []string{string(state)}))
	f.must("apply", "-refresh-only", "-auto-approve")
	f.empty()
	tape.Stop()
	texts := []string{string(state)}
	if size > 1 {
		names := make([]string, size-1)
		for i := range names {
			names[i] = fmt.Sprintf("%s-%04d", twinPrefix, i+1)
		}
		twins, err := tape.Twins(original, names, string(key[1]))
		must(t, err)
		must(t, box.Replay(tape, twins))
		for _, twin := range twins {
			texts = append(texts, twin.Rewrite(string(state)))
		}
	}
	f.writeState(instances(t, state, texts))
	f.write(f.configuration(size))
	f.must("apply", "-refresh-only", "-auto-approve")
	f.units = f.readState()
	return f
}

func (c *core) statePath() string { return filepath.Join(c.dir, "terraform.tfstate") }

func (c *core) readState() map[string]any {
	c.t.Helper()
	text, err := os.ReadFile(c.statePath())
	must(c.t, err)
	return parsed(c.t, text)
}

func (c *core) writeState(state map[string]any) {
	c.t.Helper()
	text, err := json.Marshal(state)
	must(c.t, err)
	writeFile(c.t, c.statePath(), string(text))
}

// resize leaves the first units in state and configuration.
func (f *fleet) resize(count int) {
	f.t.Helper()
	unit := unitsIn(f.t, f.units)
	all, _ := unit["instances"].([]any)
	unit["instances"] = all[:count]
	f.writeState(f.units)
	unit["instances"] = all
	f.write(f.configuration(count))
}

// instances is a state with the one unit of each text. What depends on the name
// by a digest is left out: a refresh fills it in.
func instances(t *testing.T, state []byte, texts []string) map[string]any {
	t.Helper()
	all := make([]any, len(texts))
	for i, text := range texts {
		one, _ := unitsIn(t, parsed(t, []byte(text)))["instances"].([]any)
		instance, _ := one[0].(map[string]any)
		instance["index_key"] = i
		attributes, _ := instance["attributes"].(map[string]any)
		managed, _ := attributes["managed"].(map[string]any)
		if managed["version"] == nil {
			t.Fatal("the state has no managed.version")
		}
		managed["version"] = nil
		all[i] = instance
	}
	out := parsed(t, state)
	unitsIn(t, out)["instances"] = all
	return out
}

// unitsIn finds secure_lambda.x in a state.
func unitsIn(t *testing.T, state map[string]any) map[string]any {
	t.Helper()
	resources, _ := state["resources"].([]any)
	if len(resources) != 1 {
		t.Fatalf("%d resources in the state", len(resources))
	}
	unit, _ := resources[0].(map[string]any)
	return unit
}

func parsed(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var out map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	must(t, decoder.Decode(&out))
	return out
}

// under makes the conditions those of the account while something runs, and
// returns the calls that it made.
func (f *fleet) under(conditions sandbox.Conditions, run func()) []sandbox.Call {
	f.t.Helper()
	box.SetConditions(f.id, conditions)
	defer box.SetConditions(f.id, sandbox.Conditions{})
	mark := box.Recorder().Mark()
	run()
	calls := box.Recorder().Since(mark, sandbox.InAccount(f.id))
	for _, call := range calls {
		if call.Unsupported {
			f.t.Fatalf("the recording has no %s of %s", call.Name(), call.Resource)
		}
	}
	return calls
}

// quotasAndLatency are the conditions of an account that nobody else uses.
func quotasAndLatency() sandbox.Conditions {
	return sandbox.Conditions{Quotas: sandbox.PublishedQuotas(), Latency: callLatency}
}

// bareFleet has as many bare things in its state.
func bareFleet(t *testing.T, p served, count int) *core {
	t.Helper()
	c := newCore(t, newTenant(t), requireBare+fmt.Sprintf(`resource "bare_thing" "x" {
  count = %d
  name  = format("%s-%%04d", count.index)
}
`, count, twinPrefix)).use(p)
	c.must("apply", "-auto-approve")
	return c
}
