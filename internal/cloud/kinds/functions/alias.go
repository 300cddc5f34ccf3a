package functions

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// findAlias reads an alias with its weights. An absent alias is null.
func findAlias(ctx context.Context, c *api.Client, function, name string) (bp.Value[bp.Alias], error) {
	out, err := c.Lambda.GetAlias(ctx, &lambda.GetAliasInput{FunctionName: &function, Name: &name})
	if err != nil {
		return bp.Null[bp.Alias](), api.IgnoreMissing(err)
	}
	return bp.Known(ObserveAlias(c, function, types.AliasConfiguration{
		Name: &name, Description: out.Description, FunctionVersion: out.FunctionVersion, RoutingConfig: out.RoutingConfig,
	})), nil
}

// aliasAmong finds an alias in a list. An absent alias is null.
func aliasAmong(c *api.Client, function, name string, aliases []types.AliasConfiguration) bp.Value[bp.Alias] {
	for _, a := range aliases {
		if aws.ToString(a.Name) == name {
			return bp.Known(ObserveAlias(c, function, a))
		}
	}
	return bp.Null[bp.Alias]()
}

// ObserveAlias reads an alias out of an answer.
func ObserveAlias(c *api.Client, function string, a types.AliasConfiguration) bp.Alias {
	alias := bp.Alias{
		Name:        api.Optional(a.Name),
		ARN:         bp.Known(c.Place.FunctionARN(function) + ":" + aws.ToString(a.Name)),
		Description: api.Optional(a.Description),
		Version:     api.Optional(a.FunctionVersion),
	}
	if a.RoutingConfig != nil && len(a.RoutingConfig.AdditionalVersionWeights) > 0 {
		weights := map[string]bp.Value[float64]{}
		for version, weight := range a.RoutingConfig.AdditionalVersionWeights {
			weights[version] = bp.Known(weight)
		}
		alias.Weights = bp.Known(weights)
	}
	return alias
}

// putAliasVersion points the alias at a version with all of the traffic.
func putAliasVersion(ctx context.Context, c *api.Client, function string, exists bool, want bp.Alias) error {
	err := c.Call(ctx, func() error {
		if !exists {
			_, err := c.Lambda.CreateAlias(ctx, &lambda.CreateAliasInput{
				FunctionName: &function, Name: api.Text(want.Name), FunctionVersion: api.Text(want.Version), Description: api.Text(want.Description),
			})
			return err
		}
		_, err := c.Lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{
			FunctionName: &function, Name: api.Text(want.Name), FunctionVersion: api.Text(want.Version),
			Description:   aws.String(want.Description.Or("")),
			RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{}},
		})
		return err
	})
	if !exists && api.HasCode("ResourceConflictException", "already exist")(err) {
		found, lookup := findAlias(ctx, c, function, want.Name.Or(""))
		if lookup == nil && bp.Equal(bp.ValueOf(found), want) {
			return nil // made a moment ago, and the answer was lost
		}
		return &kinds.Taken{Kind: "alias", Name: want.Name.Or(""), Err: err}
	}
	return err
}

func removeAlias(ctx context.Context, c *api.Client, arn string) error {
	function, name := bp.FunctionNameOf(arn), bp.AliasNameOf(arn)
	if err := removeAsync(ctx, c, function, name); err != nil {
		return err
	}
	_, err := c.Lambda.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: &function, Name: &name})
	return api.IgnoreMissing(err)
}

// Alias says what a unit's alias is.
func Alias() kinds.Kind {
	return kinds.Kind{
		Component: bp.AliasComponent(),
		Locate:    locateAlias,
		Adopt:     kinds.AdoptByName(bp.AliasComponent()),
		Is:        bp.IsAliasARN,
		// An alias has no tags: it is the function's.
		Mine: func(c *api.Client, owner kinds.Owner, arn string) bool {
			return strings.HasPrefix(arn, c.Place.FunctionARN(owner.Unit)+":")
		},
		Remove: removeAlias,
		Steps:  kinds.Steps(kinds.Step{ID: kinds.TaskAlias, After: []string{kinds.TaskVersion}, Run: ensureAlias}),
	}
}

// settleAlias puts together the alias, what it serves and who may call it.
func settleAlias(ctx context.Context, c *api.Client, t kinds.Target, f *found, o *kinds.Observation) error {
	if err := f.served.verify(ctx, c, t, bp.ValueOf(f.function).tags); err != nil {
		return err
	}
	o.Alias, o.Version, o.VersionUnreadable, o.Permissions = f.served.alias, f.served.version, f.served.unreadable, f.served.permissions
	o.Invoked, o.Routed = f.served.invoked, f.served.running
	if o.Alias.IsNull() {
		o.Async = bp.Null[bp.Async]() // there is nothing that could be invoked
	}
	return nil
}

func locateAlias(ctx context.Context, c *api.Client, s kinds.Seed) (kinds.Ref, []error, error) {
	name, err := servingAlias(ctx, c, s.Unit, s.Alias)
	return kinds.Ref{ARN: c.Place.FunctionARN(s.Unit) + ":" + name}, nil, err
}

func ensureAlias(ctx context.Context, u *kinds.Unit) error {
	want, _ := u.Want().Alias.Get()
	have, exists := u.Job.Observed.Alias.Get()
	if exists && bp.Equal(have, want) {
		return nil
	}
	function, _ := u.Want().Function.Get()
	if !exists || have.Name == want.Name {
		return putAliasVersion(ctx, u.Client, function.Name.Or(""), exists, want)
	}
	return u.Replace(ctx, have.ARN, want.ARN, func(back bool) error {
		return putAliasVersion(ctx, u.Client, function.Name.Or(""), back, want)
	})
}
