package deployer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// administrator is AWS's policy that allows everything: as a boundary it bounds
// nothing.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
const administrator = ":iam::aws:policy/AdministratorAccess"

// Refusal says what a phase's policies must not be printed without: whatever
// would let the deployer change what is not the units'. It is nil for phases
// that only read.
func (o Options) Refusal(phase Phase) error {
	if phase != Apply && phase != Destroy {
		return nil
	}
	var problems []error
	if !named(o) && !o.AnyName {
		problems = append(problems, fmt.Errorf("name prefix: without one whoever has the policies of %s can change every function, queue, log group, alarm and secret of the account, "+
			"and do what the functions' roles may do; a role path alone keeps roles and policies apart, nothing else. "+
			"Give what units' names begin with (--name-prefix), or state that it may be any (--any-name)", phase))
	}
	if !o.AnyName {
		problems = append(problems, o.openPatterns()...)
	}
	if phase == Apply && !bounds(o) && !o.NoBoundary {
		problems = append(problems, errors.New("boundary: without one whoever has the policies of apply can become an administrator: "+
			"it writes a policy, attaches it to a role and hands the role to a function of its own. "+
			"Give the permissions boundary of units' roles (--boundary), or state that there is none (--no-boundary)"))
	}
	return errors.Join(problems...)
}

// openPatterns finds names that begin with a wildcard and so are anybody's.
func (o Options) openPatterns() []error {
	var problems []error
	check := func(what string, patterns []string, nameOf func(string) string) {
		for _, p := range patterns {
			if open(nameOf(p)) {
				problems = append(problems, fmt.Errorf("%s: %q begins with a wildcard and so takes in what is not the units'. "+
					"Write what the names begin with, or state that they may be any (--any-name)", what, p))
			}
		}
	}
	if o.RolePath == "/" {
		check("role name", o.RoleNames, itself)
	}
	check("log group", o.LogGroups, itself)
	check("rotation function", o.RotationFunctions, lastPart)
	check("key", o.Keys, lastPart)
	return problems
}

// open reports whether a pattern leaves open what names begin with.
func open(pattern string) bool {
	name := strings.TrimLeft(pattern, "/")
	return name == "" || strings.HasPrefix(name, "*") || strings.HasPrefix(name, "?")
}

func itself(name string) string { return name }

// lastPart is the name in an ARN of one of the kinds above.
func lastPart(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }

// contradictions are flags of which one takes back the other, and boundaries
// that bound nothing.
func (o Options) contradictions() []error {
	var problems []error
	if named(o) && o.AnyName {
		problems = append(problems, errors.New("name prefix: --any-name says that units' names may begin with anything; give one of the two"))
	}
	if bounds(o) && o.NoBoundary {
		problems = append(problems, errors.New("boundary: --no-boundary says that there is none; give one of the two"))
	}
	for _, b := range o.Boundaries {
		if strings.ContainsAny(b, "*?") {
			problems = append(problems, fmt.Errorf("boundary: %q has a wildcard, and a policy that the deployer writes could be the boundary; write the whole ARN", b))
		}
		if strings.HasSuffix(b, administrator) {
			problems = append(problems, fmt.Errorf("boundary: %q allows everything and so bounds nothing; give a policy that allows what functions may do at most, or state --no-boundary", b))
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
	note(changes && len(o.DeployerRoles) == 0, "the role that these policies are for could change itself if its name and path were like those of units' roles; "+
		"name it with --deployer-role, and it cannot.")
	note(applies && o.OwnKeys, "--own-keys: the deployer can take over any customer-managed key %s that has neither an alias nor a unit's tag; give every key an alias.", where)
	note(changes && !o.OwnKeys && len(o.Keys) == 0, "neither --kms-key nor --own-keys is given: no unit with a customer-managed key can be changed with these policies.")
	return notes
}
