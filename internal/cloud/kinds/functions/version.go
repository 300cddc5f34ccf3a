package functions

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// A mark is a space at the end of the description: a setting that a version
// freezes and that nobody sees. Lambda publishes nothing for a function that
// equals its last version, so setting or removing the mark is how a new version
// is had all the same.
const mark = " "

func unmarked(description *string) bp.String {
	return api.Optional(aws.String(strings.TrimSuffix(aws.ToString(description), mark)))
}

// remark sets the mark, or removes it where it is set.
func remark(ctx context.Context, c *api.Client, want bp.Function) error {
	name := want.Name.Or("")
	latest, err := settle(ctx, c, name, "")
	// A failed update is repaired by the next one.
	if _, failed := errors.AsType[*Failure](err); err != nil && !failed {
		return err
	}
	description := want.Description.Or("")
	if !strings.HasSuffix(latest.description, mark) {
		description += mark
	}
	err = c.Call(ctx, func() error {
		_, err := c.Lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
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
func publish(ctx context.Context, c *api.Client, want bp.Function, revision string) (number string, err error) {
	name := want.Name.Or("")
	if revision != "" {
		number, err = publishRevision(ctx, c, want, revision)
	}
	if revision == "" || api.ErrorCode(err) == "PreconditionFailedException" || err != nil && api.Ambiguous(err) {
		// Lambda publishes nothing twice, so it may be asked again.
		latest, err := settle(ctx, c, name, "")
		if err != nil {
			return "", err
		}
		if number, err = publishRevision(ctx, c, want, latest.revision); err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	published, err := settleReadable(ctx, c, name, number)
	if err != nil {
		return "", err
	}
	if got := published.Digest(); got != want.Digest() {
		return "", fmt.Errorf("version %s of function %s is not what was asked for: %v", number, name, published.LockedDifferences(want))
	}
	return number, nil
}

// publishRevision has AWS refuse when somebody changed the function meanwhile.
func publishRevision(ctx context.Context, c *api.Client, want bp.Function, revision string) (number string, err error) {
	var out *lambda.PublishVersionOutput
	err = c.Call(ctx, func() (err error) {
		out, err = c.Lambda.PublishVersion(ctx, &lambda.PublishVersionInput{
			FunctionName: api.Text(want.Name), CodeSha256: api.Text(want.CodeSHA256), RevisionId: &revision,
		}, func(o *lambda.Options) { o.Retryer = api.OnlyThrottles{Retryer: o.Retryer} })
		return err
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Version), nil
}

func ensureVersion(ctx context.Context, u *kinds.Unit) error {
	want := u.Want()
	version, _ := want.Version.Get()
	if version.Number.IsKnown() {
		return nil
	}
	function, _ := want.Function.Get()
	number, err := publish(ctx, u.Client, function, u.SawRevision())
	if unusable(u, number, err) {
		if err := remark(ctx, u.Client, function); err != nil {
			return err
		}
		number, err = publish(ctx, u.Client, function, "")
	}
	if err != nil {
		return err
	}
	// A version has a runtime management of its own.
	if function.RuntimeManagement.IsKnown() {
		if err := putRuntimeManagement(ctx, u.Client, function.Name.Or(""), number, function.RuntimeManagement); err != nil {
			return err
		}
	}
	u.Learn(func(l *kinds.Learned) {
		l.Served = bp.Known(bp.Version{Number: bp.Known(number), Digest: function.Digest()})
	})
	return nil
}

// unusable reports whether Lambda returned an earlier version that cannot
// serve: one that failed, or one bound to a role that is gone.
func unusable(u *kinds.Unit, number string, err error) bool {
	if _, failed := errors.AsType[*Failure](err); failed {
		return true
	}
	served, _ := u.Job.Observed.Version.Get()
	function, _ := u.Job.Observed.Function.Get()
	return err == nil && function.RoleBound == bp.Known(false) && served.Number == bp.Known(number)
}

// Version says what a published version is.
func Version() kinds.Kind {
	return kinds.Kind{
		Component: bp.VersionComponent(),
		Steps:     kinds.Steps(kinds.Step{ID: kinds.TaskVersion, After: []string{kinds.TaskSettings}, Run: ensureVersion}),
	}
}
