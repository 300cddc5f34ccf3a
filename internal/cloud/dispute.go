package cloud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// dispute holds what was found of a unit against what a create would have made of
// it. What a state lists is the unit's. Of the rest every object has to be younger
// than the unit's role, by AWS's own dates, and to have nothing on it that a create
// does not make. One of them that does not fit is an error, which names it.
func (c *Client) dispute(ctx context.Context, want bp.Blueprint, at anchor, handed Handed, o Observation) error {
	d := &disputes{Client: c, unit: at.tags[bp.TagUnit], at: at, handed: handed}
	role, policy := valueOf(o.Role), valueOf(o.Policy)
	wanted := valueOf(want.Role)
	d.judge(ctx, at.arn, o.Role.IsKnown(), func() ([]string, error) {
		but := foreignToRole(role, ownPolicies(valueOf(want.Policy).ARN, wanted.AttachedPolicies.Or(nil)))
		but = append(but, described(text(role.Description), bp.RoleDescription(d.unit))...)
		users, err := c.users(ctx, d.unit, withRole(at.arn))
		return append(but, usedBy(users)...), err
	})
	for _, arn := range append([]string{policy.ARN.Or("")}, members(policy.Overflow)...) {
		d.dated(ctx, arn, o.Policy.IsKnown(), func() ([]string, error) {
			return c.foreignToPolicy(ctx, d.unit, arn, role.Name.Or(""))
		})
	}
	d.function(ctx, want, o)
	group := valueOf(o.LogGroup)
	d.group(ctx, group, o.LogGroup.IsKnown())
	queue := valueOf(o.Queue)
	d.dated(ctx, queue.ARN.Or(""), o.Queue.IsKnown(), func() ([]string, error) {
		return foreignStatements(valueOf(queue.Policy).Unexpected), nil
	})
	secret := valueOf(o.Secret)
	// One that an earlier unit of the name has deleted is older, and nobody uses it.
	ask := d.dated
	if secret.Available == bp.Known(false) {
		ask = d.judge
	}
	ask(ctx, secret.ARN.Or(""), o.Secret.IsKnown(), func() ([]string, error) {
		return foreignStatements(secret.Unexpected), nil
	})
	key := valueOf(o.Key)
	d.dated(ctx, key.ARN.Or(""), o.Key.IsKnown(), func() ([]string, error) { return d.foreignToKey(ctx, key) })
	alarms := valueOf(o.Alarms)
	for _, slot := range alarms.Slots() {
		alarm, exists := slot.Alarm.Get()
		d.judge(ctx, c.place.AlarmARN(alarm.Name.Or("")), exists, func() ([]string, error) { return foreignToAlarm(alarm, d.unit), nil })
	}
	return errors.Join(d.found...)
}

// disputes gathers what speaks against objects.
type disputes struct {
	*Client

	unit   string
	at     anchor
	handed Handed
	found  []error
}

// judge asks about an object that no state lists.
func (d *disputes) judge(_ context.Context, arn string, exists bool, foreign func() ([]string, error)) {
	if !exists || arn == "" || d.handed.lists(arn) {
		return
	}
	but, err := foreign()
	if err == nil {
		err = disputed(arn, d.unit, but)
	}
	if err != nil {
		d.found = append(d.found, err)
	}
}

// dated asks its age too.
func (d *disputes) dated(ctx context.Context, arn string, exists bool, foreign func() ([]string, error)) {
	d.judge(ctx, arn, exists, func() ([]string, error) {
		but, err := foreign()
		if err != nil {
			return nil, err
		}
		older, err := d.older(ctx, arn, d.at.made)
		return append(but, older...), err
	})
}

// function asks about the function: it has to have the unit's role, and the
// package, and nothing that a create makes last or never. One whose alias serves
// callers is not half made, whatever its role's tags say.
func (d *disputes) function(ctx context.Context, want bp.Blueprint, o Observation) {
	function := valueOf(o.Function)
	d.judge(ctx, function.ARN.Or(""), o.Function.IsKnown(), func() ([]string, error) {
		var but []string
		if function.RoleARN != bp.Known(d.at.arn) {
			but = append(but, "its role is "+function.RoleARN.Or("none"))
		}
		wanted := valueOf(want.Function)
		if wanted.CodeSHA256.IsKnown() && function.CodeSHA256 != wanted.CodeSHA256 {
			but = append(but, fmt.Sprintf("its code has the digest %s and the package %s", function.CodeSHA256, wanted.CodeSHA256))
		}
		if alias, serves := o.Alias.Get(); serves {
			lacks, differs := halfMade(o.Blueprint, want)
			served := fmt.Sprintf("its alias %s serves version %s to callers, and ", alias.Name.Or(""), alias.Version.Or(""))
			switch {
			case len(differs) > 0:
				but = append(but, served+"it differs from what this create makes in "+strings.Join(differs[:min(len(differs), mostNamed)], ", "))
			case !lacks:
				but = append(but, served+"nothing is missing that a create makes after that: if it is yours, import it")
			}
		}
		for _, key := range sortedKeys(valueOf(o.Permissions).Unexpected.Or(nil)) {
			but = append(but, "it has the permission "+key+", which the unit does not give")
		}
		beside, err := d.Beside(ctx, d.unit, valueOf(want.Alias).Name.Or(""))
		for _, what := range beside {
			but = append(but, "it has the "+what)
		}
		versions, versionErr := d.foreignVersions(ctx, d.unit, function.CodeSHA256.Or(""), d.at.arn)
		return append(but, versions...), errors.Join(err, versionErr)
	})
}

// mostNamed is how many differences an error names.
const mostNamed = 5

// foreignVersions are clauses about published versions that a create does not leave:
// with other code, another role, or a policy that lets others call them.
func (c *Client) foreignVersions(ctx context.Context, function, code string, roles ...string) ([]string, error) {
	listed, err := c.functionsIn(ctx, c.place.Region)
	if err != nil {
		return nil, err
	}
	var but []string
	for _, f := range listed {
		number := aws.ToString(f.Version)
		if aws.ToString(f.FunctionName) != function || number == "" || number == latest {
			continue
		}
		statements, err := c.functionPolicy(ctx, function, number)
		if err != nil {
			return nil, err
		}
		switch {
		case len(statements) > 0:
			but = append(but, "its version "+number+" has a policy that lets others invoke it")
		case aws.ToString(f.CodeSha256) != code:
			but = append(but, "its version "+number+" has other code")
		case !slices.Contains(roles, aws.ToString(f.Role)):
			but = append(but, "its version "+number+" has the role "+aws.ToString(f.Role))
		}
	}
	return but, nil
}

// halfMade reports whether what was found lacks something that a create of the unit
// makes, and where it is something else. That a unit is complete shows in what it is:
// its role's tags can be made to say otherwise.
func halfMade(found, want bp.Blueprint) (lacks bool, differs []string) {
	if async, is := found.Async.Get(); is && async == (bp.Async{MaxRetries: bp.Known[int64](bp.LambdaMaxRetries), MaxEventAge: bp.Known[int64](bp.LambdaMaxEventAge)}) {
		found.Async = bp.Null[bp.Async]() // Lambda's own: nobody has configured the alias
	}
	if async, is := want.Async.Get(); is && async == (bp.Async{MaxRetries: bp.Known[int64](bp.LambdaMaxRetries), MaxEventAge: bp.Known[int64](bp.LambdaMaxEventAge)}) {
		want.Async = bp.Null[bp.Async]()
	}
	for _, d := range bp.Diff(found, want) {
		switch {
		case !settled(d.Desired), strings.Contains(d.Path, "tags"), strings.HasPrefix(d.Path, "version"):
		case d.Observed.State == bp.StateNull:
			lacks = true
		default:
			differs = append(differs, d.Path)
		}
	}
	return lacks, differs
}

// settled reports whether all of a planned value is known: the ARNs of what is not
// made yet are not.
func settled(l bp.Leaf) bool {
	set, several := l.Value.(bp.Set)
	_, whole := set.Strings()
	return l.State != bp.StateUnknown && (!several || whole)
}

// group asks about a log group. One that a unit of the name left on purpose is
// older than the role, and nobody else's while no function writes to it.
func (d *disputes) group(ctx context.Context, group bp.LogGroup, exists bool) {
	d.judge(ctx, group.ARN.Or(""), exists, func() ([]string, error) {
		but, err := d.foreignToGroup(ctx, d.unit, group.ARN.Or(""))
		if err != nil {
			return nil, err
		}
		tags, err := d.logGroupTags(ctx, group.ARN.Or(""))
		if err != nil || tags[bp.TagRetained] != "" {
			return but, ignoreNotOffered(err)
		}
		older, err := d.older(ctx, group.ARN.Or(""), d.at.made)
		return append(but, older...), err
	})
}

// foreignToKey are clauses about what a unit never has on its key.
func (c *Client) foreignToKey(ctx context.Context, key bp.Key) ([]string, error) {
	but := foreignStatements(valueOf(key.Policy).Unexpected)
	arn := key.ARN.Or("")
	names, err := c.aliases(ctx, arn)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(names, func(name string) bool { return bp.Known(name) == key.Alias })
	if len(others) > 0 {
		but = append(but, fmt.Sprintf("it has the aliases %v", others))
	}
	return but, nil
}

// disputedKey holds a key that carries a unit's tags against what a unit makes: a
// policy of its own, no other alias, and no other function that uses it.
func (c *Client) disputedKey(ctx context.Context, arn, unit string) error {
	found, err := c.untagged().findKey(ctx, arn, bp.KeyAlias(unit), nil)
	key, exists := found.Get()
	if err != nil || !exists {
		return err
	}
	key.Alias = bp.Known(bp.KeyAlias(unit))
	but, err := c.foreignToKey(ctx, key)
	if err != nil {
		return err
	}
	users, err := c.users(ctx, unit, withKey(arn))
	if err != nil {
		return err
	}
	return disputed(arn, unit, append(but, usedBy(users)...))
}

// foreignStatements are a clause about statements of a policy that no unit writes.
func foreignStatements(unexpected bp.Value[map[string]bp.String]) []string {
	if sids := sortedKeys(unexpected.Or(nil)); len(sids) > 0 {
		return []string{fmt.Sprintf("its policy has statements that no unit writes (%v)", sids)}
	}
	return nil
}

// Contest holds objects that carry a unit's tags against what a create that was cut
// short leaves, and lists what speaks against it, object by object: what is in use,
// complete, or has something on it that no unit makes.
func (c *Client) Contest(ctx context.Context, unit string, arns []string) ([]error, error) {
	all := claims{unit, arns}
	// Everything of a unit is younger than its role.
	var anchor time.Time
	for _, first := range all.of(IsAnchor) {
		if made, err := c.Made(ctx, first); err == nil && made.After(anchor) {
			anchor = made
		}
	}
	var out []error
	for _, arn := range arns {
		k := kindOf(arn)
		if k.contest == nil {
			out = append(out, disputed(arn, unit, []string{"no unit makes such a thing"}))
			continue
		}
		but, err := k.contest(c, ctx, all, arn)
		if ignoreMissing(err) != nil {
			return out, fmt.Errorf("read %s: %w", arn, err)
		}
		if !k.anchors && !k.redated {
			older, err := c.older(ctx, arn, anchor)
			if err != nil {
				return out, fmt.Errorf("read when %s was made: %w", arn, err)
			}
			but = append(but, older...)
		}
		if other := disputed(arn, unit, but); other != nil {
			out = append(out, other)
		}
	}
	return out, nil
}
