package deployer

import (
	"fmt"
	"strconv"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Policy is one managed policy of the deployer.
type Policy struct {
	// Name is that of the phase, with a number behind where the phase takes
	// more than one policy.
	Name  string
	Phase Phase
	// Part counts the phase's policies from 1 to Parts.
	Part, Parts int
	Statements  []bp.Named
}

// Policies returns what a phase needs, in as few policies as IAM's limit of
// 6,144 characters allows. A principal needs all of them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func Policies(phase Phase, o Options, name string) ([]Policy, error) {
	if !isPhase(phase) {
		return nil, fmt.Errorf("there is no phase %q", phase)
	}
	statements, err := statementsOf(phase, o)
	if err != nil {
		return nil, err
	}
	if phase == Audit {
		statements = onAnything(statements)
	}
	packed, err := bp.Pack(statements)
	if err != nil {
		return nil, err
	}
	out := make([]Policy, len(packed))
	for i, part := range packed {
		out[i] = Policy{Name: name + "-" + string(phase), Phase: phase, Part: i + 1, Parts: len(packed), Statements: part}
		if len(packed) > 1 {
			out[i].Name += "-" + strconv.Itoa(i+1)
		}
	}
	return out, nil
}

// statementsOf gathers the actions that go under one Sid.
func statementsOf(phase Phase, o Options) ([]bp.Named, error) {
	type key struct {
		on    kind
		under guard
	}
	actions := map[key]bp.Set{}
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
			actions[at] = actions[at].Union(bp.SetOf(n.actions...))
		}
	}
	var out []bp.Named
	for k := range kinds {
		resources := about[k].resources(o)
		if phase == Audit {
			resources = []string{anything}
		}
		for g := range guards {
			set, needed := actions[key{k, g}]
			if !needed || len(resources) == 0 {
				continue
			}
			out = append(out, bp.Named{Sid: fmt.Sprintf(asked[g].sid, about[k].noun), Statement: bp.Statement{
				Effect:     bp.Known("Allow"),
				Actions:    bp.Known(set),
				Resources:  bp.Known(bp.SetOf(resources...)),
				Conditions: g.conditions(k, o).value(),
			}})
		}
	}
	return out, nil
}

// onAnything has all actions of statements in one: an audit looks at whatever is
// there, by whoever's hands and under whatever name. Lambda shows environment
// variables only to those who may decrypt them, through Lambda and not otherwise.
func onAnything(statements []bp.Named) []bp.Named {
	actions := bp.Set{}
	for _, s := range statements {
		for _, action := range s.Statement.Actions.Or(nil) {
			if action != bp.Known(actionDecrypt) {
				actions = append(actions, action)
			}
		}
	}
	allow := func(sid string, actions bp.Set, conditions bp.Value[bp.Conditions]) bp.Named {
		return bp.Named{Sid: sid, Statement: bp.Statement{
			Effect: bp.Known("Allow"), Actions: bp.Known(actions.Canonical()), Resources: bp.Known(bp.SetOf(anything)), Conditions: conditions,
		}}
	}
	return []bp.Named{
		allow("Audit", actions, bp.Null[bp.Conditions]()),
		allow("AuditEnvironment", bp.SetOf(actionDecrypt), clauses{"StringLike": {"kms:ViaService": {"lambda.*"}}}.value()),
	}
}

// actionDecrypt is needed to see environment variables.
const actionDecrypt = "kms:Decrypt"

func (c clauses) value() bp.Value[bp.Conditions] {
	if len(c) == 0 {
		return bp.Null[bp.Conditions]()
	}
	out := bp.Conditions{}
	for operator, keys := range c {
		inner := map[string]bp.Value[bp.Set]{}
		for key, values := range keys {
			inner[key] = bp.Known(bp.SetOf(values...))
		}
		out[operator] = bp.Known(inner)
	}
	return bp.Known(out)
}
