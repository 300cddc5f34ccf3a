package cloud

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// sortPermissions tells the unit's statements in the resource policies of the
// function, its alias and the version that this one serves from others'.
func sortPermissions(alias string, ofFunction, ofAlias, ofVersion []bp.Parsed) bp.Value[bp.Permissions] {
	granted, rest := map[string]bp.Value[bp.Statement]{}, map[string]bp.String{}
	for _, at := range []struct {
		name   string
		parsed []bp.Parsed
	}{
		{bp.QualifierFunction, ofFunction}, {alias, ofAlias}, {bp.QualifierVersion, ofVersion},
	} {
		for _, s := range at.parsed {
			label, ours := bp.PermissionLabel(s.Sid)
			if _, twice := granted[label]; ours && !twice && s.Plain && at.name == alias {
				granted[label] = bp.Known(s.Statement)
				continue
			}
			rest[bp.UnexpectedKey(at.name, s.Sid)] = bp.Known(s.JSON)
		}
	}
	var out bp.Permissions
	if len(granted) > 0 {
		out.Granted = bp.Known(granted)
	}
	if len(rest) > 0 {
		out.Unexpected = bp.Known(rest)
	}
	return out.OrNull()
}

// functionPolicy reads one resource policy. None is empty.
func (c *Client) functionPolicy(ctx context.Context, function, qualifier string) ([]bp.Parsed, error) {
	out, err := c.lambda.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: &function, Qualifier: optionalText(qualifier)})
	if err != nil {
		return nil, ignoreMissing(err)
	}
	return bp.ParseDocument(aws.ToString(out.Policy))
}

// ensurePermissions adds what is missing before it removes what is too much, so
// that nobody who may call is locked out in between.
func (u *unit) ensurePermissions(ctx context.Context) error {
	want := u.want()
	function, alias := bp.ValueOf(want.Function).Name.Or(""), bp.ValueOf(want.Alias).Name.Or("")
	wanted := bp.ValueOf(want.Permissions)
	observed := bp.ValueOf(u.job.Observed.Permissions)
	have := observed.Granted.Or(nil)
	if bp.ValueOf(u.job.Observed.Alias).Name != bp.Known(alias) {
		have = nil // a new alias has no policy yet, the old one goes with its own
	}
	var gone []string
	for _, label := range slices.Sorted(maps.Keys(wanted.Granted.Or(nil))) {
		statement, _ := wanted.Granted.Or(nil)[label].Get()
		old, exists := have[label].Get()
		if exists && bp.Equal(old, statement) {
			continue
		}
		if err := u.addPermission(ctx, function, alias, label, statement); err != nil {
			return fmt.Errorf("permission %s: %w", label, err)
		}
		if exists {
			gone = append(gone, bp.PermissionSid(label, old))
		}
	}
	for _, label := range slices.Sorted(maps.Keys(have)) {
		if _, stays := wanted.Granted.Or(nil)[label]; !stays {
			old, _ := have[label].Get()
			gone = append(gone, bp.PermissionSid(label, old))
		}
	}
	for _, sid := range gone {
		if err := u.removePermission(ctx, function, alias, sid); err != nil {
			return err
		}
	}
	return u.removeUnexpected(ctx, function, alias, observed, wanted)
}

// removeUnexpected takes away what others granted.
func (u *unit) removeUnexpected(ctx context.Context, function, alias string, have, want bp.Permissions) error {
	for _, key := range slices.Sorted(maps.Keys(have.Unexpected.Or(nil))) {
		if _, kept := want.Unexpected.Or(nil)[key]; kept {
			continue
		}
		at, sid, _ := strings.Cut(key, "/")
		qualifier := at
		switch at {
		case bp.QualifierFunction:
			qualifier = ""
		case bp.QualifierVersion:
			qualifier = bp.ValueOf(u.job.Observed.Version).Number.Or("")
		case alias:
		default:
			continue // of an alias that is given up
		}
		if err := u.removePermission(ctx, function, qualifier, sid); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) addPermission(ctx context.Context, function, alias, label string, s bp.Statement) error {
	in := &lambda.AddPermissionInput{
		FunctionName: &function, Qualifier: &alias, StatementId: aws.String(bp.PermissionSid(label, s)), Action: aws.String(bp.ActionInvoke),
	}
	for _, who := range s.Principals.Or(nil) {
		in.Principal = first(who)
	}
	for _, keys := range s.Conditions.Or(nil) {
		for key, value := range keys.Or(nil) {
			switch strings.ToLower(key) {
			case "aws:sourcearn":
				in.SourceArn = first(value)
			case "aws:sourceaccount":
				in.SourceAccount = first(value)
			case "aws:principalorgid":
				in.PrincipalOrgID = first(value)
			}
		}
	}
	err := c.call(ctx, func() error {
		_, err := c.lambda.AddPermission(ctx, in)
		return err
	})
	if hasCode("ResourceConflictException", "already exists")(err) {
		return nil // the Sid names the content, so it is the same
	}
	return err
}

func first(v bp.Value[bp.Set]) *string {
	if texts := members(v); len(texts) > 0 {
		return &texts[0]
	}
	return nil
}

func (c *Client) removePermission(ctx context.Context, function, qualifier, sid string) error {
	return c.call(ctx, func() error {
		_, err := c.lambda.RemovePermission(ctx, &lambda.RemovePermissionInput{FunctionName: &function, Qualifier: optionalText(qualifier), StatementId: &sid})
		return ignoreMissing(err)
	})
}

func permissionsKind() kind {
	return kind{
		Component: bp.PermissionsComponent(),
		steps:     steps(step{taskPermissions, []string{taskAlias}, (*unit).ensurePermissions}),
	}
}
