package functions

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// SortPermissions tells the unit's statements in the resource policies of the
// function, its alias and the version that this one serves from others'.
func SortPermissions(alias string, ofFunction, ofAlias, ofVersion []bp.Parsed) bp.Value[bp.Permissions] {
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

// Policy reads one resource policy. None is empty.
func Policy(ctx context.Context, c *api.Client, function, qualifier string) ([]bp.Parsed, error) {
	out, err := c.Lambda.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: &function, Qualifier: api.OptionalText(qualifier)})
	if err != nil {
		return nil, api.IgnoreMissing(err)
	}
	return bp.ParseDocument(aws.ToString(out.Policy))
}

// ensurePermissions adds what is missing before it removes what is too much, so
// that nobody who may call is locked out in between.
func ensurePermissions(ctx context.Context, u *kinds.Unit) error {
	want := u.Want()
	function, alias := bp.ValueOf(want.Function).Name.Or(""), bp.ValueOf(want.Alias).Name.Or("")
	wanted := bp.ValueOf(want.Permissions)
	observed := bp.ValueOf(u.Job.Observed.Permissions)
	have := observed.Granted.Or(nil)
	if bp.ValueOf(u.Job.Observed.Alias).Name != bp.Known(alias) {
		have = nil // a new alias has no policy yet, the old one goes with its own
	}
	var gone []string
	for _, label := range slices.Sorted(maps.Keys(wanted.Granted.Or(nil))) {
		statement, _ := wanted.Granted.Or(nil)[label].Get()
		old, exists := have[label].Get()
		if exists && bp.Equal(old, statement) {
			continue
		}
		if err := addPermission(ctx, u.Client, function, alias, label, statement); err != nil {
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
		if err := removePermission(ctx, u.Client, function, alias, sid); err != nil {
			return err
		}
	}
	return removeUnexpected(ctx, u, function, alias, observed, wanted)
}

// removeUnexpected takes away what others granted.
func removeUnexpected(ctx context.Context, u *kinds.Unit, function, alias string, have, want bp.Permissions) error {
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
			qualifier = bp.ValueOf(u.Job.Observed.Version).Number.Or("")
		case alias:
		default:
			continue // of an alias that is given up
		}
		if err := removePermission(ctx, u.Client, function, qualifier, sid); err != nil {
			return err
		}
	}
	return nil
}

func addPermission(ctx context.Context, c *api.Client, function, alias, label string, s bp.Statement) error {
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
	err := c.Call(ctx, func() error {
		_, err := c.Lambda.AddPermission(ctx, in)
		return err
	})
	if api.HasCode("ResourceConflictException", "already exists")(err) {
		return nil // the Sid names the content, so it is the same
	}
	return err
}

func first(v bp.Value[bp.Set]) *string {
	if texts := api.Members(v); len(texts) > 0 {
		return &texts[0]
	}
	return nil
}

func removePermission(ctx context.Context, c *api.Client, function, qualifier, sid string) error {
	return c.Call(ctx, func() error {
		_, err := c.Lambda.RemovePermission(ctx, &lambda.RemovePermissionInput{FunctionName: &function, Qualifier: api.OptionalText(qualifier), StatementId: &sid})
		return api.IgnoreMissing(err)
	})
}

// Permissions says what the permissions to invoke the alias are.
func Permissions() kinds.Kind {
	return kinds.Kind{
		Component: bp.PermissionsComponent(),
		Steps:     kinds.Steps(kinds.Step{ID: kinds.TaskPermissions, After: []string{kinds.TaskAlias}, Run: ensurePermissions}),
	}
}
