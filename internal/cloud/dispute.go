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
	d := &disputes{Client: c, unit: at.tags[bp.TagUnit], at: at, handed: handed, want: want, o: o}
	for _, k := range kinds() {
		if k.dispute != nil {
			k.dispute(d, ctx)
		}
	}
	return errors.Join(d.found...)
}

// disputes gathers what speaks against objects.
type disputes struct {
	*Client

	unit   string
	at     anchor
	handed Handed
	want   bp.Blueprint // what the create makes
	o      Observation  // what is there
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
