// Package survey reads all functions of an account and region with what is around them.
package survey

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/inspect"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/functions"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Surveyed is one function of an account with what is around it. What could not
// be read is unknown.
type Surveyed struct {
	bp.Blueprint

	Name        string
	Environment map[string]string
	// Zones is how many availability zones the function's subnets are in; null
	// outside of a VPC.
	Zones bp.Value[int64]
	// Around is what the function uses and others own, and who may invoke what of it
	// beside the alias in service.
	Around *bp.Around
	// Versions are those that something can run beside what is judged as the
	// function: an alias routes to them, a mapping or a policy names them. By number,
	// each as the function would be if it served.
	Versions map[string]Surveyed
	// MayRecur says that its role lets it send where it could set itself off.
	// Only then is the setting against that read: it takes a call a function.
	MayRecur bool
	// Perhaps says of a version why it is not sure that anything can run it; empty
	// where it is.
	Perhaps string

	asked bool // what becomes of asynchronous invocations
}

// Refusal is a call that AWS did not answer.
type Refusal struct {
	// Action is what IAM calls it.
	Action string
	// Function is whose settings it would have told; empty for all.
	Function string
	Err      error
}

// surveyors is how many functions are read at a time.
const surveyors = 16

// survey is one look at an account. Whatever one call tells about many
// functions is asked once.
type survey struct {
	*inspect.Inspector

	mu       sync.Mutex
	refusals []Refusal

	roles    map[string]roleDetail      // by ARN
	groups   map[string]bp.LogGroup     // by name
	alarms   map[string][]surveyedAlarm // by function, or by queue
	signing  map[string]string          // configuration by the function's ARN
	zones    map[string]string          // by subnet
	versions map[string][]string        // published, by function
	calls    map[string][]string        // qualifiers that mappings name, by function
	keys     api.Memo[surveyedKey]      // by ARN
	owners   api.Memo[keyOwner]         // by ARN
	missing  map[string]bool            // what could not be read for all
}

// What is read for all functions at once.
const (
	allRoles   = "iam:GetAccountAuthorizationDetails"
	allGroups  = "logs:DescribeLogGroups"
	allAlarms  = "cloudwatch:DescribeAlarms"
	allSigning = "lambda:ListFunctionsByCodeSigningConfig"
	allZones   = "ec2:DescribeSubnets"
)

// Survey reads the functions of the account and region whose name matches. A
// call that is refused leaves what it would have told unknown; only the list of
// functions itself has to be readable.
func Survey(ctx context.Context, c *inspect.Inspector, match func(name string) bool) ([]Surveyed, []Refusal, error) {
	functions, versions, err := listFunctions(ctx, c, match)
	if err != nil {
		return nil, nil, err
	}
	if len(functions) == 0 {
		return nil, nil, nil // as in most regions: nothing is around it
	}
	s := &survey{Inspector: c, missing: map[string]bool{}, versions: versions}
	s.readShared(ctx, functions)
	out := make([]Surveyed, len(functions))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(surveyors)
	for i, f := range functions {
		group.Go(func() error {
			out[i] = s.read(ctx, f)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	// One that was deleted in the meantime has no name.
	return slices.DeleteFunc(out, func(f Surveyed) bool { return f.Name == "" }), s.refusals, nil
}

// listFunctions returns the functions that match, by name, and the numbers of
// their published versions.
func listFunctions(ctx context.Context, c *inspect.Inspector, match func(string) bool) ([]types.FunctionConfiguration, map[string][]string, error) {
	listed, err := api.All(func(next *string) ([]types.FunctionConfiguration, *string, error) {
		out, err := c.Lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{Marker: next, FunctionVersion: types.FunctionVersionAll})
		if err != nil {
			return nil, nil, err
		}
		return out.Functions, out.NextMarker, nil
	})
	if err != nil {
		return nil, nil, err
	}
	var found []types.FunctionConfiguration
	versions := map[string][]string{}
	for _, f := range listed {
		switch name := aws.ToString(f.FunctionName); {
		case !match(name):
		case cmp.Or(aws.ToString(f.Version), functions.Latest) == functions.Latest:
			found = append(found, f)
		default:
			versions[name] = append(versions[name], aws.ToString(f.Version))
		}
	}
	slices.SortFunc(found, func(a, b types.FunctionConfiguration) int {
		return strings.Compare(aws.ToString(a.FunctionName), aws.ToString(b.FunctionName))
	})
	return found, versions, nil
}

// refused notes a call that went wrong, and reports whether it did.
func (s *survey) refused(action, function string, err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return err != nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, Refusal{Action: action, Function: function, Err: err})
	if function == "" {
		s.missing[action] = true
	}
	return true
}

// readShared reads what is asked once for all functions.
func (s *survey) readShared(ctx context.Context, functions []types.FunctionConfiguration) {
	var group sync.WaitGroup
	read := func(action string, do func() error) {
		group.Go(func() { s.refused(action, "", do()) })
	}
	read(allRoles, func() (err error) { s.roles, err = s.roleDetails(ctx); return err })
	read(allGroups, func() (err error) { s.groups, err = s.logGroups(ctx); return err })
	read(allAlarms, func() (err error) { s.alarms, err = s.allAlarms(ctx); return err })
	read(inspect.ActionListMappings, func() (err error) { s.calls, err = s.Mapped(ctx); return err })
	read(allSigning, func() (err error) { s.signing, err = s.signingConfigs(ctx); return err })
	subnets := map[string]bool{}
	for _, f := range functions {
		if f.VpcConfig != nil {
			for _, id := range f.VpcConfig.SubnetIds {
				subnets[id] = true
			}
		}
	}
	if len(subnets) > 0 {
		read(allZones, func() (err error) { s.zones, err = s.subnetZones(ctx, slices.Sorted(maps.Keys(subnets))); return err })
	}
	group.Wait()
}

// read puts one function together. It is empty for one that is gone.
func (s *survey) read(ctx context.Context, listed types.FunctionConfiguration) Surveyed {
	name := aws.ToString(listed.FunctionName)
	answer, err := s.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name})
	if api.Missing(err) {
		return Surveyed{}
	}
	unread := s.refused("lambda:GetFunction", name, err)
	if unread || answer.Configuration == nil {
		answer = &lambda.GetFunctionOutput{Configuration: &listed}
	}
	f := functions.Observe(s.Client, answer, nil)
	f.Tags = bp.Null[map[string]bp.String]()
	out := Surveyed{Name: name, Around: &bp.Around{Targets: map[string]bp.Writing{}}}
	out.Tags = api.ValueTags(answer.Tags)
	if e := answer.TagsError; e != nil {
		out.Tags = bp.Unknown[map[string]bp.String]()
		s.refused("lambda:ListTags", name, &smithy.GenericAPIError{Code: aws.ToString(e.ErrorCode), Message: aws.ToString(e.Message)})
	}
	if unread {
		out.Tags, f.ReservedConcurrency = bp.Unknown[map[string]bp.String](), bp.Unknown[int64]()
	}
	f.CodeSigningConfigARN = api.Optional(aws.String(s.signing[f.ARN.Or("")]))
	if s.missing[allSigning] {
		f.CodeSigningConfigARN = bp.Unknown[string]()
	}
	running := s.invokedBy(ctx, name, &out)
	if alias, known := out.Alias.Get(); known {
		out.Version = bp.Known(bp.Version{Number: alias.Version, Digest: bp.Null[string]()})
	}
	whole := out
	s.complete(ctx, name, f, &out, nil)
	for _, number := range api.SortedKeys(running) {
		whole.Perhaps = running[number]
		s.readVersion(ctx, name, number, whole, f, &out)
	}
	return out
}

// complete puts together what a configuration of a function uses: role, log group,
// queue, key, secret, alarms.
//
// Of a version, what is the function's and was read with it is not read again.
func (s *survey) complete(ctx context.Context, name string, f functions.Observed, out, of *Surveyed) {
	out.Environment = f.Variables
	if f.Unreadable != "" {
		code, message, _ := strings.Cut(f.Unreadable, ": ")
		s.refused("kms:Decrypt", name, &smithy.GenericAPIError{Code: code, Message: message})
		f.Environment = bp.Unknown[map[string]bp.Value[bp.Environment]]()
	}
	around := *out.Around
	out.Around = &around
	delivers := false
	out.Role, out.Policy, out.Around.Policies, out.MayRecur, delivers = s.role(ctx, name, f.RoleARN.Or(""))
	own := tagOf(out.Tags, bp.TagUnit) == name
	if own {
		out.Policy = bp.Map(out.Policy, func(p bp.Policy) bp.Policy { return s.ownPolicy(name, p, out.Role) })
	}
	switch known := of != nil && of.MayRecur; {
	case out.MayRecur && known:
		f.Recursion = bp.ValueOf(of.Function).Recursion
	case out.MayRecur:
		var err error
		f.Recursion, err = functions.FindRecursion(ctx, s.Client, name)
		if s.refused("lambda:GetFunctionRecursionConfig", name, err) {
			f.Recursion = bp.Unknown[string]()
		}
	}
	if of != nil && of.asked {
		out.Async = of.Async
	} else if delivers {
		s.asynchronous(ctx, name, out)
	}
	out.Function = bp.Known(f.Function)
	out.LogGroup = s.logGroup(f.Function)
	s.deadLetters(ctx, name, f.DeadLetterARN.Or(""), out)
	s.key(ctx, name, f.Function, out)
	s.destinations(ctx, name, out)
	out.Secret = s.secret(ctx, name, f.Variables[bp.SecretVariable])
	out.Alarms = s.alarmsOf(name, own, f.DeadLetterARN.Or(""))
	out.Zones = s.zonesOf(f.Function)
}

// readVersion judges a version as if it were the function: what it froze may differ
// from what is in the making.
func (s *survey) readVersion(ctx context.Context, name, number string, whole Surveyed, latest functions.Observed, out *Surveyed) {
	answer, err := s.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name, Qualifier: &number})
	if api.Missing(err) {
		return
	}
	v := whole
	if s.refused("lambda:GetFunction", name, err) || answer.Configuration == nil {
		v.Function = bp.Unknown[bp.Function]()
	} else {
		f := functions.Observe(s.Client, answer, nil)
		f.Tags = bp.Null[map[string]bp.String]()
		// These are the function's, whichever version runs.
		f.ReservedConcurrency, f.CodeSigningConfigARN, f.Recursion = latest.ReservedConcurrency, latest.CodeSigningConfigARN, latest.Recursion
		s.complete(ctx, name, f, &v, out)
	}
	if out.Versions == nil {
		out.Versions = map[string]Surveyed{}
	}
	out.Versions[number] = v
}

// invokedBy reads the alias that serves callers, and who may invoke the function,
// any of its aliases or a version. It returns the versions that something can run, by
// number, each with why that is not sure; empty where it is.
func (s *survey) invokedBy(ctx context.Context, name string, out *Surveyed) (running map[string]string) {
	out.Permissions = bp.Unknown[bp.Permissions]()
	ofFunction, err := functions.Policy(ctx, s.Client, name, "")
	unread := s.refused("lambda:GetPolicy", name, err)
	aliases, err := functions.ListAliases(ctx, s.Client, name)
	if s.refused("lambda:ListAliases", name, err) {
		out.Alias = bp.Unknown[bp.Alias]()
		return nil
	}
	running = map[string]string{}
	if _, err := s.Mapped(ctx); err != nil { // any of them may be called by one
		for _, version := range s.versions[name] {
			running[version] = api.UnreadBecause(err, inspect.ActionListMappings)
		}
	}
	serving := bp.Null[bp.Alias]()
	var ofServing, ofVersion []bp.Parsed
	out.Around.Invoked = map[string]bp.Writing{}
	for _, a := range inOrder(aliases) {
		qualifier := aws.ToString(a.Name)
		statements, err := functions.Policy(ctx, s.Client, name, qualifier)
		unread = s.refused("lambda:GetPolicy", name, err) || unread
		for _, version := range inspect.Routes(a) {
			running[version] = ""
		}
		if serving.IsNull() {
			serving, ofServing = bp.Known(functions.ObserveAlias(s.Client, name, a)), statements
		} else if len(statements) > 0 {
			out.Around.Invoked[qualifier] = bp.Writing{Statements: statements}
		}
	}
	for _, qualifier := range s.calls[name] {
		running[qualifier] = ""
	}
	for _, version := range s.versions[name] {
		statements, err := functions.Policy(ctx, s.Client, name, version)
		unread = s.refused("lambda:GetPolicy", name, err) || unread
		if len(statements) > 0 {
			running[version] = ""
		}
		if bp.Field(serving, func(a bp.Alias) bp.String { return a.Version }) == bp.Known(version) {
			ofVersion = statements
		} else if len(statements) > 0 {
			out.Around.Invoked[version] = bp.Writing{Statements: statements}
		}
	}
	out.Alias = serving
	if !unread {
		out.Permissions = functions.SortPermissions(bp.Field(serving, func(a bp.Alias) bp.String { return a.Name }).Or(""), ofFunction, ofServing, ofVersion)
	}
	maps.DeleteFunc(running, func(qualifier, _ string) bool { return !functions.IsVersion(qualifier) })
	return running
}

// inOrder puts the alias first that most likely serves callers: one of a
// published version, "live" before others.
func inOrder(aliases []types.AliasConfiguration) []types.AliasConfiguration {
	rank := func(a types.AliasConfiguration) int {
		switch {
		case aws.ToString(a.FunctionVersion) == "$LATEST":
			return 2
		case aws.ToString(a.Name) == "live":
			return 0
		}
		return 1
	}
	return slices.SortedFunc(slices.Values(aliases), func(a, b types.AliasConfiguration) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(aws.ToString(a.Name), aws.ToString(b.Name)))
	})
}
