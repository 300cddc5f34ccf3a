package cloud

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// findAlias reads an alias with its weights. An absent alias is null.
func (c *Client) findAlias(ctx context.Context, function, name string) (bp.Value[bp.Alias], error) {
	out, err := c.lambda.GetAlias(ctx, &lambda.GetAliasInput{FunctionName: &function, Name: &name})
	if err != nil {
		return bp.Null[bp.Alias](), ignoreMissing(err)
	}
	return bp.Known(c.observeAlias(function, types.AliasConfiguration{
		Name: &name, Description: out.Description, FunctionVersion: out.FunctionVersion, RoutingConfig: out.RoutingConfig,
	})), nil
}

// aliasAmong finds an alias in a list. An absent alias is null.
func (c *Client) aliasAmong(function, name string, aliases []types.AliasConfiguration) bp.Value[bp.Alias] {
	for _, a := range aliases {
		if aws.ToString(a.Name) == name {
			return bp.Known(c.observeAlias(function, a))
		}
	}
	return bp.Null[bp.Alias]()
}

func (c *Client) observeAlias(function string, a types.AliasConfiguration) bp.Alias {
	alias := bp.Alias{
		Name:        optional(a.Name),
		ARN:         bp.Known(c.Place.FunctionARN(function) + ":" + aws.ToString(a.Name)),
		Description: optional(a.Description),
		Version:     optional(a.FunctionVersion),
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
func (c *Client) putAliasVersion(ctx context.Context, function string, exists bool, want bp.Alias) error {
	err := c.call(ctx, func() error {
		if !exists {
			_, err := c.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{
				FunctionName: &function, Name: text(want.Name), FunctionVersion: text(want.Version), Description: text(want.Description),
			})
			return err
		}
		_, err := c.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{
			FunctionName: &function, Name: text(want.Name), FunctionVersion: text(want.Version),
			Description:   aws.String(want.Description.Or("")),
			RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{}},
		})
		return err
	})
	if !exists && hasCode("ResourceConflictException", "already exist")(err) {
		found, lookup := c.findAlias(ctx, function, want.Name.Or(""))
		if lookup == nil && bp.Equal(bp.ValueOf(found), want) {
			return nil // made a moment ago, and the answer was lost
		}
		return &Taken{Kind: "alias", Name: want.Name.Or(""), Err: err}
	}
	return err
}

func (c *Client) removeAlias(ctx context.Context, arn string) error {
	function, name := bp.FunctionNameOf(arn), bp.AliasNameOf(arn)
	if err := c.removeAsync(ctx, function, name); err != nil {
		return err
	}
	_, err := c.lambda.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: &function, Name: &name})
	return ignoreMissing(err)
}

// A mark is a space at the end of the description: a setting that a version
// freezes and that nobody sees. Lambda publishes nothing for a function that
// equals its last version, so setting or removing the mark is how a new version
// is had all the same.
const mark = " "

func unmarked(description *string) bp.String {
	return optional(aws.String(strings.TrimSuffix(aws.ToString(description), mark)))
}

// remark sets the mark, or removes it where it is set.
func (c *Client) remark(ctx context.Context, want bp.Function) error {
	name := want.Name.Or("")
	latest, err := c.settle(ctx, name, "")
	// A failed update is repaired by the next one.
	if _, failed := errors.AsType[*Failure](err); err != nil && !failed {
		return err
	}
	description := want.Description.Or("")
	if !strings.HasSuffix(latest.description, mark) {
		description += mark
	}
	err = c.call(ctx, func() error {
		_, err := c.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: &name, Description: &description, RevisionId: &latest.revision,
		})
		return err
	})
	return err
}

// publish freezes $LATEST as a version and waits until it can serve. AWS may
// return an earlier version when nothing changed; that one is accepted only if
// it is active and what is wanted.
// The revision is that of the last look at $LATEST, empty without one.
func (c *Client) publish(ctx context.Context, want bp.Function, revision string) (number string, err error) {
	name := want.Name.Or("")
	if revision != "" {
		number, err = c.publishRevision(ctx, want, revision)
	}
	if revision == "" || ErrorCode(err) == "PreconditionFailedException" || err != nil && ambiguous(err) {
		// Lambda publishes nothing twice, so it may be asked again.
		latest, err := c.settle(ctx, name, "")
		if err != nil {
			return "", err
		}
		if number, err = c.publishRevision(ctx, want, latest.revision); err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	published, err := c.settleReadable(ctx, name, number)
	if err != nil {
		return "", err
	}
	if got := published.Digest(); got != want.Digest() {
		return "", fmt.Errorf("version %s of function %s is not what was asked for: %v", number, name, published.LockedDifferences(want))
	}
	return number, nil
}

// publishRevision has AWS refuse when somebody changed the function meanwhile.
func (c *Client) publishRevision(ctx context.Context, want bp.Function, revision string) (number string, err error) {
	var out *lambda.PublishVersionOutput
	err = c.call(ctx, func() (err error) {
		out, err = c.lambda.PublishVersion(ctx, &lambda.PublishVersionInput{
			FunctionName: text(want.Name), CodeSha256: text(want.CodeSHA256), RevisionId: &revision,
		}, func(o *lambda.Options) { o.Retryer = onlyThrottles{o.Retryer} })
		return err
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Version), nil
}

func aliasKind() kind {
	return kind{
		Component: bp.AliasComponent(),
		locate:    (*Client).locateAlias,
		adopt:     adoptByName(bp.AliasComponent()),
		is:        bp.IsAliasARN,
		// An alias has no tags: it is the function's.
		mine: func(c *Client, owner Owner, arn string) bool {
			return strings.HasPrefix(arn, c.Place.FunctionARN(owner.Unit)+":")
		},
		remove: (*Client).removeAlias,
		steps:  steps(step{taskAlias, []string{taskVersion}, (*unit).ensureAlias}),
	}
}

// settleAlias puts together the alias, what it serves and who may call it.
func (c *Client) settleAlias(ctx context.Context, t Target, f *found, o *Observation) error {
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

func (c *Client) locateAlias(ctx context.Context, s seed) (Ref, []error, error) {
	name, err := c.servingAlias(ctx, s.unit, s.alias)
	return Ref{ARN: c.Place.FunctionARN(s.unit) + ":" + name}, nil, err
}
