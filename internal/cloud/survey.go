package cloud

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
	// MayRecur says that its role lets it send where it could set itself off.
	// Only then is the setting against that read: it takes a call a function.
	MayRecur bool
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
	*Client

	mu       sync.Mutex
	refusals []Refusal

	roles     map[string]roleDetail      // by ARN
	groups    map[string]bp.LogGroup     // by name
	alarms    map[string][]surveyedAlarm // by function, or by queue
	signing   map[string]string          // configuration by the function's ARN
	zones     map[string]string          // by subnet
	documents memo[[]bp.Parsed]          // of AWS's policies
	keys      memo[bp.Value[bp.Key]]     // by ARN
	queues    memo[bp.Value[bp.Queue]]   // by ARN
	missing   map[string]bool            // what could not be read for all
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
func (c *Client) Survey(ctx context.Context, match func(name string) bool) ([]Surveyed, []Refusal, error) {
	functions, err := c.listFunctions(ctx, match)
	if err != nil {
		return nil, nil, err
	}
	if len(functions) == 0 {
		return nil, nil, nil // as in most regions: nothing is around it
	}
	s := &survey{Client: c, missing: map[string]bool{}}
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

// listFunctions returns the functions that match, by name.
func (c *Client) listFunctions(ctx context.Context, match func(string) bool) ([]types.FunctionConfiguration, error) {
	found, err := all(func(next *string) ([]types.FunctionConfiguration, *string, error) {
		out, err := c.lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{Marker: next})
		if err != nil {
			return nil, nil, err
		}
		return out.Functions, out.NextMarker, nil
	})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(f types.FunctionConfiguration) bool { return !match(aws.ToString(f.FunctionName)) })
	slices.SortFunc(found, func(a, b types.FunctionConfiguration) int {
		return strings.Compare(aws.ToString(a.FunctionName), aws.ToString(b.FunctionName))
	})
	return found, nil
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
	answer, err := s.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name})
	if missing(err) {
		return Surveyed{}
	}
	unread := s.refused("lambda:GetFunction", name, err)
	if unread || answer.Configuration == nil {
		answer = &lambda.GetFunctionOutput{Configuration: &listed}
	}
	out := Surveyed{Name: name}
	f := s.observeFunction(answer, nil)
	f.Tags = bp.Null[map[string]bp.String]()
	out.Environment, out.Tags = f.environment, valueTags(answer.Tags)
	if e := answer.TagsError; e != nil {
		out.Tags = bp.Unknown[map[string]bp.String]()
		s.refused("lambda:ListTags", name, &smithy.GenericAPIError{Code: aws.ToString(e.ErrorCode), Message: aws.ToString(e.Message)})
	}
	if unread {
		out.Tags, f.ReservedConcurrency = bp.Unknown[map[string]bp.String](), bp.Unknown[int64]()
	}
	if f.unreadable != "" {
		code, message, _ := strings.Cut(f.unreadable, ": ")
		s.refused("kms:Decrypt", name, &smithy.GenericAPIError{Code: code, Message: message})
		f.Environment = bp.Unknown[map[string]bp.Value[bp.Environment]]()
	}
	f.CodeSigningConfigARN = optional(aws.String(s.signing[f.ARN.Or("")]))
	if s.missing[allSigning] {
		f.CodeSigningConfigARN = bp.Unknown[string]()
	}
	out.Alias, out.Permissions = s.invokedBy(ctx, name)
	if alias, known := out.Alias.Get(); known {
		out.Version = bp.Known(bp.Version{Number: alias.Version, Digest: bp.Null[string]()})
	}
	if out.Role, out.Policy, out.MayRecur = s.role(ctx, name, f.RoleARN.Or("")); out.MayRecur {
		f.Recursion, err = s.findRecursion(ctx, name)
		if s.refused("lambda:GetFunctionRecursionConfig", name, err) {
			f.Recursion = bp.Unknown[string]()
		}
	}
	out.Function = bp.Known(f.Function)
	out.LogGroup = s.logGroup(f.Function)
	out.Queue = s.queue(ctx, name, f.DeadLetterARN.Or(""))
	out.Key = s.key(ctx, name, f.KMSKeyARN.Or(""))
	out.Secret = s.secret(ctx, name, f.environment[bp.SecretVariable])
	out.Alarms = s.alarmsOf(name, out.Queue)
	out.Zones = s.zonesOf(f.Function)
	return out
}

// invokedBy reads the alias that serves callers, and who may invoke the function
// or any of its aliases.
func (s *survey) invokedBy(ctx context.Context, name string) (bp.Value[bp.Alias], bp.Value[bp.Permissions]) {
	ofFunction, err := s.functionPolicy(ctx, name, "")
	unread := s.refused("lambda:GetPolicy", name, err)
	aliases, err := s.listAliases(ctx, name)
	if s.refused("lambda:ListAliases", name, err) {
		return bp.Unknown[bp.Alias](), bp.Unknown[bp.Permissions]()
	}
	serving := bp.Null[bp.Alias]()
	var ofServing []bp.Parsed
	others := map[string]bp.String{}
	for _, a := range inOrder(aliases) {
		statements, err := s.functionPolicy(ctx, name, aws.ToString(a.Name))
		unread = s.refused("lambda:GetPolicy", name, err) || unread
		if serving.IsNull() {
			serving, ofServing = bp.Known(s.observeAlias(name, a)), statements
			continue
		}
		for _, statement := range statements {
			others[bp.UnexpectedKey(aws.ToString(a.Name), statement.Sid)] = bp.Known(statement.JSON)
		}
	}
	if unread {
		return serving, bp.Unknown[bp.Permissions]()
	}
	permissions := sortPermissions(bp.Field(serving, func(a bp.Alias) bp.String { return a.Name }).Or(""), ofFunction, ofServing, nil)
	if len(others) > 0 {
		p, _ := permissions.Get()
		maps.Copy(others, p.Unexpected.Or(nil))
		p.Unexpected = bp.Known(others)
		permissions = bp.Known(p)
	}
	return serving, permissions
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
