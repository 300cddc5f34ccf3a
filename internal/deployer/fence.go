package deployer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Refusal says what a phase's policies must not be printed without: whatever
// would let the deployer change what is not the units'. It is nil for phases
// that only read.
func (o Options) Refusal(phase Phase) error {
	if phase != Apply && phase != Destroy {
		return nil
	}
	var problems []error
	if !named(o) && !o.AnyName {
		problems = append(problems, fmt.Errorf("name prefix: Without a name prefix, anybody who has the %s policies can change every function, queue, log group, alarm and secret of the account, "+
			"and do what the functions' roles may do; a role path alone keeps roles and policies apart, nothing else. "+
			"Give what units' names begin with (--name-prefix), or state that it may be any (--any-name)", phase))
	}
	problems = append(problems, o.openPatterns()...)
	if phase == Apply && !bounds(o) && !o.NoBoundary {
		problems = append(problems, errors.New("boundary: Without a boundary, anybody who has the apply policies can become an administrator: "+
			"it writes a policy, attaches it to a role and hands the role to a function of its own. "+
			"Give the permissions boundary of units' roles (--boundary), or state that there is none (--no-boundary)"))
	}
	return errors.Join(problems...)
}

// contradictions are flags of which one takes back the other, and whole ARNs that
// are not whole.
func (o Options) contradictions() []error {
	var problems []error
	if named(o) && o.AnyName {
		problems = append(problems, errors.New("name prefix: Give either --name-prefix or --any-name"))
	}
	if bounds(o) && o.NoBoundary {
		problems = append(problems, errors.New("boundary: Give either --boundary or --no-boundary"))
	}
	for _, b := range o.Boundaries {
		if strings.ContainsAny(b, "*?") {
			problems = append(problems, fmt.Errorf("boundary: %q has a wildcard, and a policy that the deployer writes could be the boundary; write the whole ARN", b))
		}
	}
	for _, r := range o.DeployerRoles {
		if strings.ContainsAny(r, "*?") {
			problems = append(problems, fmt.Errorf("deployer role: %q has a wildcard, and units' roles could be among them; write the whole ARN", r))
		}
	}
	return problems
}

// Notes say of the policies of some phases what they leave open, in one sentence
// each.
func (o Options) Notes(phases []Phase) []string {
	applies := slices.Contains(phases, Apply)
	changes := applies || slices.Contains(phases, Destroy)
	where := "of account " + o.Place.Account
	if o.Place.Account == anything {
		where = "of the account"
	}
	var notes []string
	note := func(holds bool, text string, args ...any) {
		if holds {
			notes = append(notes, fmt.Sprintf(text, args...))
		}
	}
	note(changes && o.AnyName && o.RolePath == "/", "--any-name: the deployer can change any function, role, policy, queue, log group, alarm and secret %s, "+
		"its own role included, and so become an administrator.", where)
	note(changes && o.AnyName && o.RolePath != "/", "--any-name: the deployer can change any function, queue, log group, alarm and secret %s, "+
		"and do what the functions' roles may do; only roles and policies outside %s are kept from it.", where, o.RolePath)
	note(applies && !bounds(o), "--no-boundary: the deployer can become an administrator: "+
		"it may write a policy, attach it to a role and hand the role to a function of its own.")
	note(applies && bounds(o), "the boundary holds for roles that have it: give it to every role in %s that a unit may use before these policies are attached, "+
		"and let it allow no change in IAM.", o.RolePath)
	if applies {
		notes = append(notes, o.attachable()...)
	}
	note(changes && len(o.DeployerRoles) == 0, "the role that these policies are for could change itself if its name and path were like those of units' roles; "+
		"name it with --deployer-role, and it cannot.")
	note(applies && o.OwnKeys, "--own-keys: the deployer can take over any customer-managed key %s that has neither an alias nor a unit's tag; give every key an alias.", where)
	note(changes && !o.OwnKeys && len(o.Keys) == 0, "neither --kms-key nor --own-keys is given: no unit with a customer-managed key can be changed with these policies.")
	return notes
}
