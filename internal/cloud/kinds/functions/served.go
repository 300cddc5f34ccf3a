package functions

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"golang.org/x/sync/errgroup"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// servedObserved is the alias, what it points to and who may call it.
type servedObserved struct {
	alias       bp.Value[bp.Alias]
	version     bp.Value[bp.Version]
	permissions bp.Value[bp.Permissions]
	unreadable  string
	// invoked are the policies of what others made beside the alias.
	invoked map[string]bp.Writing
	// running are the versions that aliases send callers to, by number.
	running []string
	// recalled says that the version was not read: it was known.
	recalled bool
}

// findServed reads the alias, the version it points to, and the resource
// policies of both and of the function.
func findServed(ctx context.Context, c *api.Client, t kinds.Target) (servedObserved, error) {
	var (
		out        servedObserved
		ofFunction []bp.Parsed
		ofAlias    []bp.Parsed
		ofVersion  []bp.Parsed
	)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		ofFunction, err = Policy(ctx, c, t.Function(), "")
		return err
	})
	group.Go(func() (err error) {
		ofAlias, err = Policy(ctx, c, t.Function(), t.Alias())
		return err
	})
	group.Go(func() error {
		// All of them: what others made beside the unit's alias is seen with it.
		aliases, err := ListAliases(ctx, c, t.Function())
		if api.IgnoreMissing(err) != nil {
			return err
		}
		out.alias = aliasAmong(c, t.Function(), t.Alias(), aliases)
		alias, ok := out.alias.Get()
		number := alias.Version.Or("")
		beside := Others(aliases, t.Alias())
		out.running = out.routed(beside)
		out.invoked = Policies(ctx, c, t.Function(), beside)
		// Callers of a unit are never served what is in the making.
		if !ok || number == Latest {
			return nil
		}
		if known, ok := t.Served.Get(); ok && known.Number == alias.Version && bp.CurrentDigest(known.Digest.Or("")) {
			out.version, out.recalled = t.Served, true
		} else if err := out.readVersion(ctx, c, t.Function(), number); err != nil {
			return err
		}
		if out.version.IsKnown() {
			var err error
			if ofVersion, err = Policy(ctx, c, t.Function(), number); err != nil {
				return err
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return out, err
	}
	out.permissions = SortPermissions(t.Alias(), ofFunction, ofAlias, ofVersion)
	return out, nil
}

// Latest is the qualifier of what is not published.
const Latest = "$LATEST"

func (s *servedObserved) readVersion(ctx context.Context, c *api.Client, function, number string) error {
	found, err := Find(ctx, c, function, number, nil)
	if err != nil {
		return fmt.Errorf("version %s: %w", number, err)
	}
	version, _ := found.Get()
	s.unreadable = version.Unreadable
	s.version = bp.Map(found, func(f Observed) bp.Version {
		return bp.Version{Number: bp.Known(number), Digest: f.Digest()}
	})
	return nil
}

// verify reads a version that was taken for known after all, if the function is
// not the one it was known of: another under its name has other versions.
func (s *servedObserved) verify(ctx context.Context, c *api.Client, t kinds.Target, tags map[string]string) error {
	if !s.recalled || tags[bp.TagGeneration] == t.Tags[bp.TagGeneration] {
		return nil
	}
	return s.readVersion(ctx, c, t.Function(), bp.ValueOf(s.version).Number.Or(""))
}

// routed lists the published versions that aliases send callers to, by number.
func (s *servedObserved) routed(qualifiers []string) []string {
	alias, _ := s.alias.Get()
	var out []string
	for _, qualifier := range append([]string{alias.Version.Or("")}, qualifiers...) {
		if IsVersion(qualifier) {
			out = append(out, qualifier)
		}
	}
	return out
}

// IsVersion tells the number of a published version from $LATEST and from an alias.
func IsVersion(qualifier string) bool {
	_, err := strconv.ParseUint(qualifier, 10, 64)
	return err == nil
}

// Others lists the aliases but one, and what they route to that this one does not.
func Others(aliases []types.AliasConfiguration, alias string) []string {
	served, found := map[string]bool{}, []string{}
	for _, a := range aliases {
		if aws.ToString(a.Name) == alias {
			served[aws.ToString(a.FunctionVersion)] = true
		}
	}
	add := func(qualifier string) {
		if qualifier != Latest && !served[qualifier] {
			served[qualifier] = true
			found = append(found, qualifier)
		}
	}
	for _, a := range aliases {
		if aws.ToString(a.Name) != alias {
			add(aws.ToString(a.Name))
			add(aws.ToString(a.FunctionVersion))
		}
		if a.RoutingConfig != nil {
			for _, version := range api.SortedKeys(a.RoutingConfig.AdditionalVersionWeights) {
				add(version)
			}
		}
	}
	return found
}

// Policies reads the resource policies of some qualifiers of a function. One
// without a statement is left out.
func Policies(ctx context.Context, c *api.Client, function string, qualifiers []string) map[string]bp.Writing {
	var (
		mu    sync.Mutex
		group errgroup.Group
		out   map[string]bp.Writing
	)
	group.SetLimit(api.Parallel)
	for _, qualifier := range qualifiers {
		group.Go(func() error {
			statements, err := Policy(ctx, c, function, qualifier)
			w := bp.Writing{Statements: statements}
			if err != nil {
				w = api.Unreadable(err, "lambda:GetPolicy")
			} else if len(statements) == 0 {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			if out == nil {
				out = map[string]bp.Writing{}
			}
			out[qualifier] = w
			return nil
		})
	}
	_ = group.Wait() // none fails
	return out
}
