package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// functionObserved is a function with what a blueprint leaves out.
type functionObserved struct {
	bp.Function

	environment map[string]string
	tags        map[string]string
	description string // with its mark
	revision    string
	version     string
	// unreadable says why the environment cannot be read, which is so while
	// its key is disabled.
	unreadable string
}

// findFunction reads $LATEST, or the version named by qualifier. An absent
// function or version is null.
func (c *Client) findFunction(ctx context.Context, name, qualifier string, reference map[string]string) (bp.Value[functionObserved], error) {
	none := bp.Null[functionObserved]()
	out, err := c.getFunction(ctx, name, qualifier)
	if err != nil {
		return none, ignoreMissing(err)
	}
	return bp.Known(c.observeFunction(out, reference)), nil
}

func (c *Client) getFunction(ctx context.Context, name, qualifier string) (*lambda.GetFunctionOutput, error) {
	in := &lambda.GetFunctionInput{FunctionName: &name}
	if qualifier != "" {
		in.Qualifier = &qualifier
	}
	out, err := c.lambda.GetFunction(ctx, in)
	if err != nil {
		return nil, err
	}
	if out.Configuration == nil {
		return nil, fmt.Errorf("function %s: AWS answered without a configuration", name)
	}
	// Without its tags nobody can tell whose the function is. (They are never
	// given for a version.)
	if e := out.TagsError; e != nil && qualifier == "" {
		return nil, fmt.Errorf("read the tags of function %s: %s: %s. Whoever runs Terraform needs lambda:ListTags on it",
			name, aws.ToString(e.ErrorCode), aws.ToString(e.Message))
	}
	return out, nil
}

func (c *Client) observeFunction(out *lambda.GetFunctionOutput, reference map[string]string) functionObserved {
	cfg := out.Configuration
	name := aws.ToString(cfg.FunctionName)
	f := bp.Function{
		Name:             bp.Known(name),
		ARN:              bp.Known(c.Place.FunctionARN(name)),
		Description:      unmarked(cfg.Description),
		Source:           optional(aws.String(out.Tags[bp.TagSource])),
		CodeSHA256:       optional(cfg.CodeSha256),
		Runtime:          optional(aws.String(string(cfg.Runtime))),
		Handler:          optional(cfg.Handler),
		Architecture:     bp.Known("x86_64"),
		MemorySize:       bp.Known(int64(aws.ToInt32(cfg.MemorySize))),
		Timeout:          bp.Known(int64(aws.ToInt32(cfg.Timeout))),
		EphemeralStorage: bp.Known[int64](512),
		KMSKeyARN:        optional(cfg.KMSKeyArn),
		RoleARN:          optional(cfg.Role),
		RoleBound:        bp.Known(true),
		Tracing:          bp.Known(string(types.TracingModePassThrough)),
		Logging:          bp.Known(observeLogging(name, cfg.LoggingConfig)),
		Unmanaged:        setOf(unmanaged(out)),
		Tags:             c.deviation(out.Tags, reference),
	}
	// What an answer leaves out is as Lambda has it.
	f.Architecture, f.EphemeralStorage, f.Tracing = bp.Known(string(lambdaMachine)), bp.Known[int64](lambdaEphemeral), bp.Known(string(lambdaTracing))
	if len(cfg.Architectures) > 0 {
		f.Architecture = bp.Known(string(cfg.Architectures[0]))
	}
	if cfg.EphemeralStorage != nil {
		f.EphemeralStorage = bp.Known(int64(aws.ToInt32(cfg.EphemeralStorage.Size)))
	}
	if cfg.TracingConfig != nil {
		f.Tracing = bp.Known(string(cfg.TracingConfig.Mode))
	}
	observeParts(&f, cfg)
	observeImage(&f, cfg, out.Code)
	if out.Concurrency != nil {
		f.ReservedConcurrency = whole(out.Concurrency.ReservedConcurrentExecutions)
	}
	observed := functionObserved{
		environment: map[string]string{}, tags: out.Tags,
		description: aws.ToString(cfg.Description),
		revision:    aws.ToString(cfg.RevisionId), version: aws.ToString(cfg.Version),
	}
	if cfg.Environment != nil && cfg.Environment.Error != nil {
		observed.unreadable = fmt.Sprintf("%s: %s", aws.ToString(cfg.Environment.Error.ErrorCode), aws.ToString(cfg.Environment.Error.Message))
	}
	if cfg.Environment != nil && len(cfg.Environment.Variables) > 0 {
		observed.environment = cfg.Environment.Variables
		digests := map[string]bp.Value[bp.Environment]{}
		for key, value := range cfg.Environment.Variables {
			digests[key] = bp.Known(bp.Environment{SHA256: bp.Known(bp.HashText(value))})
		}
		f.Environment = bp.Known(digests)
	}
	observed.Function = f
	return observed
}

// observeLogging fills in what AWS leaves out for a function that was never
// given a logging configuration.
func observeLogging(name string, cfg *types.LoggingConfig) bp.Logging {
	out := bp.Logging{Group: bp.Known(bp.LogGroupName(name)), Format: bp.Known(string(types.LogFormatText))}
	if cfg == nil {
		return out
	}
	if group, ok := optional(cfg.LogGroup).Get(); ok {
		out.Group = bp.Known(group)
	}
	if cfg.LogFormat != "" {
		out.Format = bp.Known(string(cfg.LogFormat))
	}
	if cfg.LogFormat == types.LogFormatJson {
		out.ApplicationLevel = bp.Known(cmp.Or(string(cfg.ApplicationLogLevel), lambdaLevel))
		out.SystemLevel = bp.Known(cmp.Or(string(cfg.SystemLogLevel), lambdaLevel))
	}
	return out
}

// unmanaged names the features a function has that this release would neither
// show nor keep.
func unmanaged(out *lambda.GetFunctionOutput) []string {
	cfg := out.Configuration
	var names []string
	note := func(present bool, name string) {
		if present {
			names = append(names, name)
		}
	}
	note(len(cfg.FileSystemConfigs) > 1, "several file systems")
	note(out.Code != nil && aws.ToString(out.Code.SourceKMSKeyArn) != "", "key for the package")
	note(cfg.CapacityProviderConfig != nil, "capacity provider")
	note(cfg.DurableConfig != nil, "durable execution")
	note(cfg.TenancyConfig != nil, "tenant isolation")
	return names
}

// Failure is a function, version or update that AWS gave up on.
type Failure struct {
	What   string
	Code   string
	Reason string
}

func (e *Failure) Error() string {
	return fmt.Sprintf("%s failed: %s: %s", e.What, e.Code, e.Reason)
}

// errNoFunction ends a wait for a function that is not there.
var errNoFunction = errors.New("the function does not exist")

// appearing is how long a function or version that was just made may not be
// found yet, or its environment not be readable under a key just enabled.
const appearing = 30 * time.Second

// settle waits until a function or version is active and no update is under
// way, and returns it. GetFunction has a quota of its own, far above that of
// the other calls, so it is the one to poll with.
func (c *Client) settle(ctx context.Context, name, qualifier string) (functionObserved, error) {
	started := c.clock.Now()
	for pause := c.poll / 8; ; pause = min(2*pause, c.poll) {
		out, err := c.getFunction(ctx, name, qualifier)
		waited := c.clock.Now().Sub(started)
		if missing(err) && waited < appearing {
			if err := c.clock.Sleep(ctx, pause); err != nil {
				return functionObserved{}, err
			}
			continue
		}
		if missing(err) {
			return functionObserved{}, fmt.Errorf("%s: %w", name, errNoFunction)
		}
		if err != nil {
			return functionObserved{}, err
		}
		ready, err := state(out.Configuration)
		if ready || err != nil {
			return c.observeFunction(out, nil), err
		}
		if err := c.clock.Sleep(ctx, pause); err != nil {
			return functionObserved{}, fmt.Errorf("waited %s for function %s to become active: %w",
				c.clock.Now().Sub(started).Round(time.Second), name, err)
		}
	}
}

// settleReadable is settle for what is to be compared setting by setting.
func (c *Client) settleReadable(ctx context.Context, name, qualifier string) (functionObserved, error) {
	started := c.clock.Now()
	for pause := c.poll; ; {
		found, err := c.settle(ctx, name, qualifier)
		if err != nil || found.unreadable == "" {
			return found, err
		}
		if c.clock.Now().Sub(started) >= appearing {
			return found, fmt.Errorf("read the environment of function %s: %s. Whoever runs Terraform needs kms:Decrypt on the function's key", name, found.unreadable)
		}
		if err := c.clock.Sleep(ctx, pause); err != nil {
			return found, err
		}
	}
}

func state(cfg *types.FunctionConfiguration) (ready bool, err error) {
	name := aws.ToString(cfg.FunctionName)
	if v := aws.ToString(cfg.Version); v != "" && v != "$LATEST" {
		name += " version " + v
	}
	switch {
	case cfg.State == types.StateFailed:
		return false, &Failure{What: "function " + name, Code: string(cfg.StateReasonCode), Reason: aws.ToString(cfg.StateReason)}
	case cfg.LastUpdateStatus == types.LastUpdateStatusFailed:
		return false, &Failure{What: "the last update of function " + name, Code: string(cfg.LastUpdateStatusReasonCode), Reason: aws.ToString(cfg.LastUpdateStatusReason)}
	}
	return cfg.State != types.StatePending && cfg.LastUpdateStatus != types.LastUpdateStatusInProgress, nil
}

func functionKind() kind {
	return kind{
		Component: bp.FunctionComponent(),
		looks:     (*Client).functionLooks,
		seed:      (*Client).seedFunction,
		locate: func(c *Client, _ context.Context, s seed) (Ref, []error, error) {
			return Ref{ARN: c.Place.FunctionARN(s.unit)}, nil, nil
		},
		adopt: func(c *Client, _ context.Context, _ bp.Blueprint, owner Owner) (Ref, error) {
			return Ref{ARN: c.Place.FunctionARN(owner.Unit)}, nil
		},
		tagged:   func(b bp.Blueprint) tagMap { return bp.ValueOf(b.Function).Tags },
		dispute:  (*disputes).function,
		taken:    (*Client).takenFunction,
		is:       bp.IsFunctionARN,
		identify: withoutID((*Client).functionTagsOf),
		made:     (*Client).functionChanged,
		contest:  (*Client).contestFunction,
		outlives: []string{taskMessages},
		ends:     []end{{taskInterfaces, []string{taskFunction}, (*Client).endInterfaces}},
		remove: func(c *Client, ctx context.Context, arn string) error {
			return c.removeFunction(ctx, bp.FunctionNameOf(arn))
		},
		// It goes with its unit only.
		mine: func(*Client, Owner, string) bool { return false },
		steps: steps(
			step{taskFunction, []string{taskAttachments, taskLogGroup, taskQueue, taskKey, taskValues}, (*unit).ensureFunction},
			step{taskSettings, []string{taskFunction}, (*unit).ensureSettings},
		),
	}
}

func versionKind() kind {
	return kind{
		Component: bp.VersionComponent(),
		steps:     steps(step{taskVersion, []string{taskSettings}, (*unit).ensureVersion}),
	}
}

func (c *Client) functionTagsOf(ctx context.Context, arn string) (map[string]string, error) {
	out, err := c.getFunction(ctx, arn, "")
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

func (c *Client) functionChanged(ctx context.Context, arn string) (time.Time, error) {
	out, err := c.getFunction(ctx, arn, "")
	if err != nil {
		return time.Time{}, err
	}
	// "2026-11-29T17:05:00.000+0000"
	return time.Parse("2006-01-02T15:04:05.000-0700", aws.ToString(out.Configuration.LastModified))
}

func (c *Client) contestFunction(ctx context.Context, of claims, arn string) ([]string, error) {
	found, err := c.findFunction(ctx, arn, "", nil)
	function, exists := found.Get()
	if err != nil || !exists {
		return nil, err
	}
	roles := of.of(bp.IsRoleARN)
	var but []string
	if role := function.RoleARN.Or(""); !slices.Contains(roles, role) {
		but = append(but, "its role is "+role)
	}
	if function.Name != bp.Known(of.unit) {
		but = append(but, "a unit's function has the unit's name")
	}
	beside, err := c.Beside(ctx, function.Name.Or(""), "")
	for _, what := range beside {
		but = append(but, "it has the "+what)
	}
	statements, policyErr := c.functionPolicy(ctx, function.Name.Or(""), "")
	if len(statements) > 0 {
		but = append(but, "it has permissions that let others invoke it")
	}
	versions, versionErr := c.foreignVersions(ctx, function.Name.Or(""), function.CodeSHA256.Or(""), roles...)
	return append(but, versions...), errors.Join(err, policyErr, versionErr)
}

// found is what the reads of a function found, until all have ended.
type found struct {
	function           bp.Value[functionObserved]
	served             servedObserved
	recursion, signing bp.String
	runtimeManagement  bp.Value[bp.RuntimeManagement]
}

// functionLooks read the function, and its alias with what this one serves: what they
// are depends on each other.
func (c *Client) functionLooks(t Target, o *Observation) ([]look, func(context.Context) error) {
	name, f := t.Function(), &found{}
	looks := []look{
		{"function", name, func(ctx context.Context) (err error) {
			f.function, err = c.findFunction(ctx, name, "", t.Tags)
			return err
		}},
		{"recursion of function", name, func(ctx context.Context) (err error) {
			f.recursion, err = c.findRecursion(ctx, name)
			return err
		}},
		{"alias", t.Alias(), func(ctx context.Context) (err error) {
			f.served, err = c.findServed(ctx, t)
			return err
		}},
	}
	if t.Reads.CodeSigning {
		looks = append(looks, look{"code signing of function", name, func(ctx context.Context) (err error) {
			f.signing, err = c.findSigning(ctx, name)
			return err
		}})
	}
	if t.Reads.RuntimeManagement {
		looks = append(looks, look{"runtime management of function", name, func(ctx context.Context) (err error) {
			f.runtimeManagement, err = c.findRuntimeManagement(ctx, name, "")
			return err
		}})
	}
	return looks, func(ctx context.Context) error {
		if err := c.settleAlias(ctx, t, f, o); err != nil {
			return err
		}
		f.settle(t, o)
		return nil
	}
}

// settle puts the function together.
func (found *found) settle(t Target, o *Observation) {
	f, exists := found.function.Get()
	if !exists {
		// A version without its function cannot exist.
		o.Version, o.Alias, o.Async = bp.Null[bp.Version](), bp.Null[bp.Alias](), bp.Null[bp.Async]()
		return
	}
	f.Recursion, f.CodeSigningConfigARN, f.RuntimeManagement = found.recursion, found.signing, found.runtimeManagement
	id, bound := o.IDs[bp.ComponentRole], t.Refs[bp.ComponentRole].ID
	f.RoleBound = bp.Known(id.IsKnown() && (bound == "" || bound == id.Or("")))
	o.Function, o.Environment, o.Unreadable = bp.Known(f.Function), f.environment, f.unreadable
	// What a version froze of its role is not in its configuration: it is
	// bound to the same role as $LATEST.
	if v, served := o.Version.Get(); served && f.RoleBound == bp.Known(false) {
		v.Digest = bp.Known("bound to a role that was re-created")
		o.Version = bp.Known(v)
	}
}

// function asks about the function: it has to have the unit's role, and the
// package, and nothing that a create makes last or never. One whose alias serves
// callers is not half made, whatever its role's tags say.
func (d *disputes) function(ctx context.Context) {
	want, o := d.want, d.o
	function := bp.ValueOf(o.Function)
	d.judge(ctx, function.ARN.Or(""), o.Function.IsKnown(), func() ([]string, error) {
		var but []string
		if function.RoleARN != bp.Known(d.at.arn) {
			but = append(but, "its role is "+function.RoleARN.Or("none"))
		}
		wanted := bp.ValueOf(want.Function)
		if wanted.CodeSHA256.IsKnown() && function.CodeSHA256 != wanted.CodeSHA256 {
			but = append(but, fmt.Sprintf("its code has the digest %s and the package %s", function.CodeSHA256, wanted.CodeSHA256))
		}
		if alias, serves := o.Alias.Get(); serves {
			lacks, differs := halfMade(o.Blueprint, want)
			served := fmt.Sprintf("its alias %s serves version %s to callers, and ", alias.Name.Or(""), alias.Version.Or(""))
			switch {
			case len(differs) > 0:
				but = append(but, served+"it differs from what this create makes in "+strings.Join(differs[:min(len(differs), mostNamed)], ", "))
			case !lacks:
				but = append(but, served+"nothing is missing that a create makes after that: if it is yours, import it")
			}
		}
		for _, key := range sortedKeys(bp.ValueOf(o.Permissions).Unexpected.Or(nil)) {
			but = append(but, "it has the permission "+key+", which the unit does not give")
		}
		beside, err := d.Beside(ctx, d.unit, bp.ValueOf(want.Alias).Name.Or(""))
		for _, what := range beside {
			but = append(but, "it has the "+what)
		}
		versions, versionErr := d.foreignVersions(ctx, d.unit, function.CodeSHA256.Or(""), d.at.arn)
		return append(but, versions...), errors.Join(err, versionErr)
	})
}

func (c *Client) takenFunction(ctx context.Context, want bp.Blueprint) []*Taken {
	return taken(KindFunction, bp.ValueOf(want.Function).Name, func(name string) bool {
		_, err := c.getFunction(ctx, name, "")
		return err == nil
	})
}

func (c *Client) seedFunction(ctx context.Context, name string) (s seed, exists bool, err error) {
	found, err := c.findFunction(ctx, name, "", nil)
	f, exists := found.Get()
	return seed{unit: name, function: f.Function, tags: f.tags, environment: f.environment, unreadable: f.unreadable}, exists, err
}

// mostNamed is how many differences an error names.
const mostNamed = 5

// foreignVersions are clauses about published versions that a create does not leave:
// with other code, another role, or a policy that lets others call them.
func (c *Client) foreignVersions(ctx context.Context, function, code string, roles ...string) ([]string, error) {
	listed, err := c.functionsIn(ctx, c.Place.Region)
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
