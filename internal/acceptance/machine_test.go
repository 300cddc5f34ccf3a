package acceptance

import (
	"context"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// machine applies one unit as Terraform does, without the Terraform: it keeps
// the state, taints what a create left incomplete, and replaces what is tainted
// with the private data of the planned create in the hands of the delete. Every
// run has a provider of its own, as every run of Terraform has.
type machine struct {
	t      *testing.T
	a      *tenant
	config settings

	computed map[string]bool
	// writeOnly are in no plan and no state.
	writeOnly map[string]bool
	state     tftypes.Value // null without one
	private   []byte
	tainted   bool
	// within is what the runs end with.
	within func() context.Context
	// replies are all that the provider said.
	replies []*tfprotov6.Diagnostic
}

func newMachine(t *testing.T, a *tenant, config settings) *machine {
	t.Helper()
	m := &machine{t: t, a: a, config: config, computed: map[string]bool{}, writeOnly: map[string]bool{}, within: t.Context}
	w := newWire(t)
	for _, attribute := range providerSchema(t).ResourceSchemas["secure_lambda"].Block.Attributes {
		m.computed[attribute.Name], m.writeOnly[attribute.Name] = attribute.Computed, attribute.WriteOnly
	}
	m.state = tftypes.NewValue(w.unit, nil)
	return m
}

// session is one run of Terraform.
type session struct {
	*machine
	*wire
}

func (m *machine) start() *session {
	m.t.Helper()
	r := &session{m, newWire(m.t)}
	block := m.a.block()
	maps.Copy(block, settings{"max_retries": int64(1)})
	if found := r.connect(m.t, block); len(found) > 0 {
		m.t.Fatal(describe(found))
	}
	return r
}

// apply runs until the unit is what its configuration says, or fails.
func (m *machine) apply() (failed bool) {
	m.t.Helper()
	r := m.start()
	if r.refresh() {
		return true
	}
	config := toValue(r.unit, m.config)
	if m.tainted || m.state.IsNull() {
		planned, private, failed := r.plan(tftypes.NewValue(r.unit, nil), config, nil)
		if failed {
			return true
		}
		if !m.state.IsNull() {
			state, _, failed := r.change(m.state, tftypes.NewValue(r.unit, nil), tftypes.NewValue(r.unit, nil), private)
			m.state = state
			if failed {
				return true
			}
		}
		m.state, m.private, failed = r.change(tftypes.NewValue(r.unit, nil), planned, config, private)
		m.tainted = failed && !m.state.IsNull()
		return failed
	}
	planned, private, failed := r.plan(m.state, config, m.private)
	if failed || planned.Equal(m.state) {
		return failed
	}
	m.state, m.private, failed = r.change(m.state, planned, config, private)
	return failed
}

// quiet reports whether a plan has nothing to do.
func (m *machine) quiet() bool {
	m.t.Helper()
	r := m.start()
	if r.refresh() || m.state.IsNull() || m.tainted {
		return false
	}
	planned, _, failed := r.plan(m.state, toValue(r.unit, m.config), m.private)
	return !failed && planned.Equal(m.state)
}

func (m *machine) destroy() (failed bool) {
	m.t.Helper()
	r := m.start()
	if r.refresh() || m.state.IsNull() {
		return !m.state.IsNull()
	}
	nothing := tftypes.NewValue(r.unit, nil)
	m.state, _, failed = r.change(m.state, nothing, nothing, m.private)
	m.tainted = m.tainted && failed
	return failed
}

// hear keeps what the provider said.
func (r *session) hear(found []*tfprotov6.Diagnostic) (failed bool) {
	r.replies = append(r.replies, found...)
	for _, d := range found {
		failed = failed || d.Severity == tfprotov6.DiagnosticSeverityError
	}
	return failed
}

func (r *session) refresh() (failed bool) {
	r.t.Helper()
	if r.state.IsNull() {
		return false
	}
	resp, err := r.server.ReadResource(r.within(), &tfprotov6.ReadResourceRequest{
		TypeName: "secure_lambda", CurrentState: dynamic(r.t, r.unit, r.state), Private: r.private, ProviderMeta: null(r.t, tftypes.Object{}),
	})
	must(r.t, err)
	if r.hear(resp.Diagnostics) {
		return true
	}
	r.state, r.private = r.value(resp.NewState), resp.Private
	return false
}

func (r *session) plan(prior, config tftypes.Value, private []byte) (planned tftypes.Value, plannedPrivate []byte, failed bool) {
	r.t.Helper()
	resp, err := r.server.PlanResourceChange(r.within(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "secure_lambda", PriorState: dynamic(r.t, r.unit, prior), Config: dynamic(r.t, r.unit, config),
		ProposedNewState: dynamic(r.t, r.unit, r.proposed(prior, config)), PriorPrivate: private, ProviderMeta: null(r.t, tftypes.Object{}),
	})
	must(r.t, err)
	if r.hear(resp.Diagnostics) {
		return prior, nil, true
	}
	return r.value(resp.PlannedState), resp.PlannedPrivate, false
}

// proposed is the configuration with what only the provider sets.
func (r *session) proposed(prior, config tftypes.Value) tftypes.Value {
	r.t.Helper()
	wanted, before := map[string]tftypes.Value{}, map[string]tftypes.Value{}
	must(r.t, config.As(&wanted))
	must(r.t, prior.As(&before))
	wanted = maps.Clone(wanted) // it is the configuration's own
	for name, value := range wanted {
		if r.writeOnly[name] {
			wanted[name] = tftypes.NewValue(value.Type(), nil)
		}
		if !r.computed[name] || !value.IsNull() {
			continue
		}
		if prior.IsNull() {
			wanted[name] = tftypes.NewValue(value.Type(), tftypes.UnknownValue)
		} else {
			wanted[name] = before[name]
		}
	}
	return tftypes.NewValue(r.unit, wanted)
}

func (r *session) change(prior, planned, config tftypes.Value, private []byte) (state tftypes.Value, kept []byte, failed bool) {
	r.t.Helper()
	resp, err := r.server.ApplyResourceChange(r.within(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "secure_lambda", PriorState: dynamic(r.t, r.unit, prior), PlannedState: dynamic(r.t, r.unit, planned),
		Config: dynamic(r.t, r.unit, config), PlannedPrivate: private, ProviderMeta: null(r.t, tftypes.Object{}),
	})
	must(r.t, err)
	failed = r.hear(resp.Diagnostics)
	state = r.value(resp.NewState)
	if !state.IsFullyKnown() {
		r.t.Fatal("the state has unknown values")
	}
	return state, resp.Private, failed
}

func (r *session) value(v *tfprotov6.DynamicValue) tftypes.Value {
	r.t.Helper()
	out, err := v.Unmarshal(r.unit)
	must(r.t, err)
	return out
}

// take imports the unit.
func (m *machine) take() {
	m.t.Helper()
	r := m.start()
	resp, err := r.server.ImportResourceState(r.within(), &tfprotov6.ImportResourceStateRequest{TypeName: "secure_lambda", ID: faultName})
	must(m.t, err)
	if r.hear(resp.Diagnostics) || len(resp.ImportedResources) != 1 {
		m.t.Fatal(describe(resp.Diagnostics))
	}
	m.state, m.private = r.value(resp.ImportedResources[0].State), resp.ImportedResources[0].Private
	if r.refresh() {
		m.t.Fatal(describe(m.replies))
	}
}
