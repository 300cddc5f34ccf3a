package cloud

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/errgroup"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Target says where the objects of a unit are to be found. Empty fields are
// not looked for.
type Target struct {
	// Unit is the unit's name, after which its alarms are named.
	Unit      string
	Function  string
	Alias     string
	Role      string
	PolicyARN string
	// Overflow are the ARNs of the policies beside that.
	Overflow []string
	LogGroup string
	KeyARN   string
	KeyAlias string
	QueueARN string
	// Secret is the name or the ARN.
	Secret string
	// Reads names settings that cost a call each and are read only where the
	// unit has them.
	Reads Reads
	// Alarms are their names.
	Alarms []string
	// Served is the version that was in service at the last look. A version
	// never changes, so it is not read again while the alias points to it.
	Served bp.Value[bp.Version]
	// BoundRoleID is the role that the function was last bound to.
	BoundRoleID string
	// LeftOut are objects that carry the unit's tags and are not its own, each with
	// why.
	LeftOut []error
	// Tags are the unit's tags; what deviates is reported object by object.
	Tags map[string]string
}

// Reads are settings that are read on demand.
type Reads struct{ CodeSigning, RuntimeManagement, DataProtection bool }

// Observation is what exists of a unit.
type Observation struct {
	bp.Blueprint

	// Environment holds the variables of $LATEST with their values.
	Environment map[string]string
	// Unreadable says why they cannot be read: the key is disabled, say. The
	// same goes for those of the version in service.
	Unreadable, VersionUnreadable string
	// Invoked are the policies of the function's other aliases, and of the versions
	// that these route to, by qualifier.
	Invoked map[string]bp.Writing
	// Routed are the published versions that aliases send callers to, by number.
	Routed []string
	// IDs tell an object from one re-created in its place, by component.
	IDs map[string]bp.String

	roleLastIn string // the region where the role was last used

	recursion, signing bp.String
	runtimeManagement  bp.Value[bp.RuntimeManagement]
}

// Exists reports whether anything is left of what a unit owns.
func (o Observation) Exists() bool {
	return slices.ContainsFunc(bp.Components(), func(c bp.Component) bool {
		return (c.Owned != nil || c.Listed != nil) && c.Exists(o.Blueprint)
	})
}

// Learned is what a look at a unit tells of its objects.
func (o Observation) Learned(l Learned) Learned {
	for _, c := range bp.Components() {
		if c.Identified && c.Exists(o.Blueprint) {
			l.Note(c.Name, bp.Identity{ARN: c.ARN(o.Blueprint), ID: o.IDs[c.Name]})
		}
	}
	return l
}

// Pauses between two looks at a unit whose last write AWS may not show yet.
const (
	firstGlance = time.Second
	lastGlance  = 8 * time.Second
)

// ObserveSettled observes a unit, and does so again while that is asked for, and
// for as long as the budget lasts. The first looks are free of it: looks counts
// from 1.
func (c *Client) ObserveSettled(ctx context.Context, t Target, budget time.Duration, again func(o Observation, looks int) bool) (Observation, error) {
	waited := time.Duration(0)
	for looks, pause := 1, firstGlance; ; looks, pause = looks+1, min(2*pause, lastGlance) {
		out, err := c.Observe(ctx, t)
		if err != nil || !again(out, looks) || waited > budget && looks > freeLooks {
			return out, err
		}
		c.log(ctx, "AWS shows what was there before the last apply; looking again", map[string]any{"unit": t.Unit, "waited": waited.String()})
		if err := c.clock.Sleep(ctx, pause); err != nil {
			return out, err
		}
		waited += pause
	}
}

// freeLooks are taken whatever the budget.
const freeLooks = 2

// Observe reads every object of a unit side by side.
func (c *Client) Observe(ctx context.Context, t Target) (Observation, error) {
	c = c.reading(t)
	var (
		out      Observation
		function bp.Value[functionObserved]
		role     bp.Value[roleObserved]
		policy   bp.Value[policyObserved]
	)
	// Those side by side end with the first that fails.
	group, beside := errgroup.WithContext(ctx)
	read := func(what, name string, find func() error) {
		if name == "" {
			return
		}
		group.Go(func() error {
			if err := find(); err != nil {
				return fmt.Errorf("read %s %s: %w", what, name, err)
			}
			return nil
		})
	}
	read("function", t.Function, func() (err error) {
		function, err = c.findFunction(beside, t.Function, "", t.Tags)
		return err
	})
	var served servedObserved
	read("alias", t.Alias, func() (err error) {
		served, err = c.findServed(beside, t)
		return err
	})
	read("role", t.Role, func() (err error) {
		role, err = c.findRole(beside, t.Role, t.Tags)
		return err
	})
	read("policy", t.PolicyARN, func() (err error) {
		policy, err = c.findPolicy(beside, t.PolicyARN, t.Overflow, t.Tags)
		return err
	})
	read("log group", t.LogGroup, func() (err error) {
		out.LogGroup, err = c.findLogGroup(beside, t.LogGroup, t.Tags, t.Reads.DataProtection)
		return err
	})
	read("asynchronous invocations of alias", t.Alias, func() error {
		async, err := c.findAsync(beside, t.Function, t.Alias)
		out.Async = bp.Known(async)
		return err
	})
	read("recursion of function", t.Function, func() (err error) {
		out.recursion, err = c.findRecursion(beside, t.Function)
		return err
	})
	if t.Reads.CodeSigning {
		read("code signing of function", t.Function, func() (err error) {
			out.signing, err = c.findSigning(beside, t.Function)
			return err
		})
	}
	if t.Reads.RuntimeManagement {
		read("runtime management of function", t.Function, func() (err error) {
			out.runtimeManagement, err = c.findRuntimeManagement(beside, t.Function, "")
			return err
		})
	}
	read("alarms of function", t.Unit, func() (err error) {
		out.Alarms, err = c.observeAlarms(beside, t.Unit, t.Alarms, t.Tags)
		return err
	})
	read("queue", t.QueueARN, func() (err error) {
		out.Queue, err = c.findQueue(beside, t.QueueARN, t.Tags)
		return err
	})
	read("secret", t.Secret, func() (err error) {
		out.Secret, err = c.findSecret(beside, t.Secret, t.Tags)
		return err
	})
	read("key", t.KeyARN, func() (err error) {
		out.Key, err = c.findKey(beside, t.KeyARN, t.KeyAlias, t.Tags)
		return err
	})
	if err := group.Wait(); err != nil {
		return Observation{}, err
	}
	f, _ := function.Get()
	if err := served.verify(ctx, c, t, f.tags); err != nil {
		return Observation{}, err
	}
	out.Alias, out.Version, out.VersionUnreadable, out.Permissions = served.alias, served.version, served.unreadable, served.permissions
	out.Invoked, out.Routed = served.invoked, served.running
	out.assemble(function, role, policy, t)
	return out, nil
}

func (o *Observation) assemble(function bp.Value[functionObserved], role bp.Value[roleObserved], policy bp.Value[policyObserved], t Target) {
	o.Tags, o.IDs = valueTags(t.Tags), map[string]bp.String{}
	if r, ok := role.Get(); ok {
		o.Role, o.IDs[bp.ComponentRole], o.roleLastIn = bp.Known(r.Role), optional(&r.id), r.lastIn
	}
	if p, ok := policy.Get(); ok {
		o.Policy, o.IDs[bp.ComponentPolicy] = bp.Known(p.Policy), optional(&p.id)
	}
	if o.Alias.IsNull() {
		o.Async = bp.Null[bp.Async]() // there is nothing that could be invoked
	}
	f, ok := function.Get()
	if !ok {
		// A version without its function cannot exist.
		o.Version, o.Alias, o.Async = bp.Null[bp.Version](), bp.Null[bp.Alias](), bp.Null[bp.Async]()
		return
	}
	f.Recursion, f.CodeSigningConfigARN, f.RuntimeManagement = o.recursion, o.signing, o.runtimeManagement
	id := o.IDs[bp.ComponentRole]
	f.RoleBound = bp.Known(id.IsKnown() && (t.BoundRoleID == "" || t.BoundRoleID == id.Or("")))
	o.Function, o.Environment, o.Unreadable = bp.Known(f.Function), f.environment, f.unreadable
	// What a version froze of its role is not in its configuration: it is
	// bound to the same role as $LATEST.
	if v, ok := o.Version.Get(); ok && f.RoleBound == bp.Known(false) {
		v.Digest = bp.Known("bound to a role that was re-created")
		o.Version = bp.Known(v)
	}
}

// Locate finds the objects of a function that exists: where they are is read
// from the function itself. An absent function is null.
func (c *Client) Locate(ctx context.Context, name, preferredAlias string) (bp.Value[Target], error) {
	none := bp.Null[Target]()
	found, err := c.findFunction(ctx, name, "", nil)
	f, ok := found.Get()
	if err != nil || !ok {
		return none, err
	}
	alias, err := c.servingAlias(ctx, name, preferredAlias)
	if err != nil {
		return none, err
	}
	t := Target{Unit: name, Function: name, Alias: alias, Tags: c.visible(f.tags, nil), Reads: Reads{CodeSigning: true, RuntimeManagement: true, DataProtection: true}}
	logging, _ := f.Logging.Get()
	t.LogGroup = logging.Group.Or("")
	path, role := bp.SplitRoleARN(f.RoleARN.Or(""))
	t.Role = role
	t.PolicyARN = c.place.PolicyARN(path, bp.PolicyName(name, c.place.Region, path))
	if t.Overflow, err = c.locateOverflow(ctx, name, t.PolicyARN); err != nil {
		return none, err
	}
	if arn, ok := f.KMSKeyARN.Get(); ok {
		tags, err := c.keyTags(ctx, arn)
		// A key of another account, or one that may not be read, is not ours.
		if err == nil && tags[bp.TagUnit] == name {
			if contested := c.disputedKey(ctx, arn, name); contested != nil {
				t.LeftOut = append(t.LeftOut, contested)
			} else {
				t.KeyARN, t.KeyAlias = arn, bp.KeyAlias(name)
			}
		}
	}
	var contested []error
	if t.Alarms, contested, err = c.locateAlarms(ctx, name); err != nil {
		return none, err
	}
	t.LeftOut = append(t.LeftOut, contested...)
	if t.Secret, err = c.locateSecret(ctx, name, f); err != nil {
		return none, err
	}
	if arn := c.place.QueueARN(bp.QueueName(name)); f.DeadLetterARN == bp.Known(arn) {
		tags, err := c.queueTags(ctx, arn)
		if err == nil && tags[bp.TagUnit] == name {
			queue, err := c.untagged().findQueue(ctx, arn, nil)
			if contested := disputed(arn, name, foreignStatements(valueOf(valueOf(queue).Policy).Unexpected)); contested != nil || err != nil {
				t.LeftOut = append(t.LeftOut, cmp.Or(contested, err))
			} else {
				t.QueueARN = arn
			}
		}
	}
	return bp.Known(t), nil
}

// locateSecret returns the ARN of the secret that carries the unit's tag. Who may
// not look, as deployers of units without one may not, hears of it only where the
// function is told of a secret or may be.
func (c *Client) locateSecret(ctx context.Context, unit string, f functionObserved) (arn string, err error) {
	out, err := c.describeSecret(ctx, bp.SecretName(unit))
	_, told := f.environment[bp.SecretVariable]
	if missing(err) || ErrorCode(err) == "AccessDeniedException" && !told && f.unreadable == "" {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("secret %s: %w", bp.SecretName(unit), err)
	}
	if out.DeletedDate != nil || secretTags(out.Tags)[bp.TagUnit] != unit {
		return "", nil
	}
	return aws.ToString(out.ARN), nil
}

// locateOverflow returns the policies of the unit beside the first.
func (c *Client) locateOverflow(ctx context.Context, unit, first string) ([]string, error) {
	var found []string
	for {
		arn := bp.PolicyPart(first, len(found)+1)
		tags, _, err := c.identify(ctx, arn)
		if missing(err) || err == nil && tags[bp.TagUnit] != unit {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		found = append(found, arn)
	}
}

// locateAlarms returns the names of the alarms that carry the unit's tag.
func (c *Client) locateAlarms(ctx context.Context, unit string) (own []string, contested []error, err error) {
	var names []string
	for _, slot := range new(bp.Alarms).Slots() {
		names = append(names, bp.AlarmName(unit, slot.Name))
	}
	found, err := c.findAlarms(ctx, names)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range sortedKeys(found) {
		tags, err := c.alarmTags(ctx, c.place.AlarmARN(name))
		if c.unlessOffered("tags of "+serviceOf(c.place.AlarmARN(name)), err) != nil {
			return nil, nil, err
		}
		if tags[bp.TagUnit] != unit {
			continue
		}
		if other := disputed(c.place.AlarmARN(name), unit, foreignToAlarm(observeAlarm(found[name]), unit)); other != nil {
			contested = append(contested, other)
			continue
		}
		own = append(own, name)
	}
	return own, contested, nil
}
