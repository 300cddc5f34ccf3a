package deployer

import (
	"fmt"
	"slices"
	"strconv"
)

// Policy is one managed policy of the deployer.
type Policy struct {
	// Name is that of the phase, with a number behind where the phase takes
	// more than one policy.
	Name  string
	Phase Phase
	// Part counts the phase's policies from 1 to Parts.
	Part, Parts int
	Statements  []Statement
}

// Policies returns what a phase needs, in as few policies as IAM's limit of
// 6,144 characters allows, what is denied first. A principal needs all of them.
// What must not be printed without a flag that says so is an error.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func Policies(phase Phase, o Options, name string) ([]Policy, error) {
	if !isPhase(phase) {
		return nil, fmt.Errorf("there is no phase %q", phase)
	}
	if err := o.Refusal(phase); err != nil {
		return nil, err
	}
	statements, err := statementsOf(phase, o)
	if err != nil {
		return nil, err
	}
	switch phase {
	case Audit:
		statements = onAnything(statements)
	case Apply, Destroy:
		statements = slices.Concat(denials(o, name, statements), statements)
	case Plan: // reads alone, of which none is denied
	}
	packed, err := pack(statements)
	if err != nil {
		return nil, fmt.Errorf("policies of %s: %w", phase, err)
	}
	out := make([]Policy, len(packed))
	for i, part := range packed {
		out[i] = Policy{Name: nameOf(name, phase), Phase: phase, Part: i + 1, Parts: len(packed), Statements: part}
		if len(packed) > 1 {
			out[i].Name += "-" + strconv.Itoa(i+1)
		}
	}
	return out, nil
}

// nameOf is what the names of a phase's policies begin with.
func nameOf(name string, phase Phase) string { return name + "-" + string(phase) }

// statementsOf gathers the actions that go under one Sid.
func statementsOf(phase Phase, o Options) ([]Statement, error) {
	type key struct {
		on    kind
		under guard
	}
	actions := map[key][]string{}
	for _, call := range callsOf(phase) {
		needs, ok := needsOf(call)
		if !ok {
			return nil, fmt.Errorf("call %s of phase %s: nothing says which actions it needs", call, phase)
		}
		for _, n := range needs {
			if n.when != nil && !n.when(o) && phase != Audit {
				continue
			}
			if phase == Destroy && n.under == made {
				continue // the tags of what is destroyed are there already
			}
			at := key{n.on, n.under.plain(o)}
			actions[at] = append(actions[at], n.actions...)
		}
	}
	var out []Statement
	for k := range kinds {
		resources := about[k].resources(o)
		if phase == Audit {
			resources = []string{anything}
		}
		for g := range guards {
			list, needed := actions[key{k, g}]
			if !needed || len(resources) == 0 {
				continue
			}
			out = append(out, Statement{
				Sid: fmt.Sprintf(asked[g].sid, about[k].noun), Actions: sorted(list), Resources: sorted(resources), Conditions: g.conditions(k, o),
			})
		}
	}
	return out, nil
}

// onAnything has all actions of statements in one: an audit looks at whatever is
// there, by whoever's hands and under whatever name. Lambda shows environment
// variables only to those who may decrypt them, through Lambda and not otherwise.
func onAnything(statements []Statement) []Statement {
	var actions []string
	for _, s := range statements {
		for _, action := range s.Actions {
			if action != actionDecrypt {
				actions = append(actions, action)
			}
		}
	}
	return []Statement{
		{Sid: "Audit", Actions: sorted(actions), Resources: []string{anything}},
		{Sid: "AuditEnvironment", Actions: []string{actionDecrypt}, Resources: []string{anything}, Conditions: clauses{stringLike: {viaService: {"lambda.*"}}}},
	}
}

// actionDecrypt is needed to see environment variables.
const actionDecrypt = "kms:Decrypt"
