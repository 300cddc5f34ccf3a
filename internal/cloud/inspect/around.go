package inspect

import (
	"context"
	"errors"
	"net/url"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/functions"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/keys"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/policies"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/queues"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Refers are the ARNs of what a unit uses and others own. Empty fields are not
// looked at.
type Refers struct {
	// Policies are attached to the role.
	Policies []string
	// Role is the name of the role, and Inline are the names of its inline policies.
	Role   string
	Inline []string
	// Key encrypts what the unit has.
	Key string
	// DeadLetters is a queue or topic, Targets are destinations.
	DeadLetters string
	Targets     []string
	// Function is the name of one that exists, and Alias that of the unit's.
	Function, Alias string
}

// InlinePolicy begins what a policy within a role is called among a role's policies.
const InlinePolicy = "inline policy "

// Around reads what a unit uses and others own, each once for all units of a run.
// What cannot be read says why; nothing here fails.
func (c *Inspector) Around(ctx context.Context, r Refers) *bp.Around {
	out := &bp.Around{Policies: map[string]bp.Writing{}, Targets: map[string]bp.Writing{}}
	var mu sync.Mutex
	var group sync.WaitGroup
	note := func(into map[string]bp.Writing, arn string, w bp.Writing) {
		mu.Lock()
		defer mu.Unlock()
		into[arn] = w
	}
	for _, arn := range r.Policies {
		group.Go(func() { note(out.Policies, arn, c.PolicyWriting(ctx, arn)) })
	}
	for _, name := range r.Inline {
		group.Go(func() { note(out.Policies, InlinePolicy+name, c.inlineWriting(ctx, r.Role, name)) })
	}
	if r.Key != "" {
		group.Go(func() { out.Key = c.KeyWriting(ctx, r.Key) })
	}
	if bp.IsQueueARN(r.DeadLetters) {
		group.Go(func() {
			given := c.GivenQueue(ctx, r.DeadLetters)
			out.Queue, out.EncryptedBySQS = given.Queue, given.BySQS
			note(out.Targets, r.DeadLetters, given.policy)
		})
	} else if bp.IsTopicARN(r.DeadLetters) {
		r.Targets = append(r.Targets, r.DeadLetters)
	}
	for _, arn := range r.Targets {
		if arn == r.DeadLetters && bp.IsQueueARN(arn) {
			continue
		}
		group.Go(func() {
			if w, read := c.TargetWriting(ctx, arn); read {
				note(out.Targets, arn, w)
			}
		})
	}
	if r.Function != "" {
		group.Go(func() { out.Invoked = c.Invoked(ctx, r.Function, r.Alias) })
	}
	group.Wait()
	return out
}

// written is what a document says, or why it is not known.
func written(document string, err error, action string) bp.Writing {
	if err != nil {
		return api.Unreadable(err, action)
	}
	if document == "" {
		return bp.Writing{}
	}
	statements, err := bp.ParseDocument(document)
	if err != nil {
		return bp.Writing{Unread: "could not be understood"}
	}
	return bp.Writing{Statements: statements}
}

// remember keeps what was read, and that it may not be: only a call that was cut
// off is made again.
func remember(m *api.Memo[bp.Writing], arn string, read func() (bp.Writing, error)) bp.Writing {
	w, _ := m.Load(arn, func() (bp.Writing, bool, error) {
		w, err := read()
		return w, !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded), nil
	})
	return w
}

// PolicyWriting is what a managed policy says, one of AWS's or of the account.
func (c *Inspector) PolicyWriting(ctx context.Context, arn string) bp.Writing {
	return remember(&c.writings, arn, func() (bp.Writing, error) {
		if statements, still := c.defaults.still(ctx, c, arn); still {
			return bp.Writing{Statements: statements, Of: arn}, nil
		}
		policy, statements, err := policies.Read(ctx, c.Client, arn)
		if err != nil {
			w := api.Unreadable(err, "iam:GetPolicyVersion")
			w.Of = arn
			return w, err
		}
		c.defaults.note(arn, aws.ToString(policy.DefaultVersionId))
		return bp.Writing{Statements: statements, Of: arn}, nil
	})
}

// inlineWriting is what a policy within a role says. It is the role's alone, and read
// anew each time.
func (c *Inspector) inlineWriting(ctx context.Context, role, name string) bp.Writing {
	out, err := c.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &role, PolicyName: &name})
	if err != nil {
		return api.Unreadable(err, "iam:GetRolePolicy")
	}
	document, err := url.QueryUnescape(aws.ToString(out.PolicyDocument))
	return written(document, err, "iam:GetRolePolicy")
}

// defaultVersions remember which version of a policy was its default when it was last
// read. IAM says with a version whether it still is: then one call does for two.
type defaultVersions struct {
	mu    sync.Mutex
	known map[string]string
}

func (d *defaultVersions) note(arn, version string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil {
		d.known = map[string]string{}
	}
	d.known[arn] = version
}

func (d *defaultVersions) of(arn string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known[arn]
}

// still reads the version that was the default, and reports whether it is.
func (d *defaultVersions) still(ctx context.Context, c *Inspector, arn string) ([]bp.Parsed, bool) {
	version := d.of(arn)
	if version == "" {
		return nil, false
	}
	out, err := c.IAM.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: &version})
	if err != nil || !out.PolicyVersion.IsDefaultVersion {
		return nil, false // the policy itself says more
	}
	document, err := url.QueryUnescape(aws.ToString(out.PolicyVersion.Document))
	if err != nil {
		return nil, false
	}
	parsed, err := bp.ParseDocument(document)
	return parsed, err == nil
}

// RememberDefaults tells the client which versions of policies were their defaults at
// an earlier run, and Defaults returns those of some policies now.
func (c *Inspector) RememberDefaults(versions map[string]string) {
	for arn, version := range versions {
		if c.defaults.of(arn) == "" {
			c.defaults.note(arn, version)
		}
	}
}

// Defaults are the default versions of policies that were read, by ARN.
func (c *Inspector) Defaults(arns []string) map[string]string {
	out := map[string]string{}
	for _, arn := range arns {
		if version := c.defaults.of(arn); version != "" {
			out[arn] = version
		}
	}
	return out
}

// KeyWriting is what a key's policy says.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
func (c *Inspector) KeyWriting(ctx context.Context, arn string) bp.Writing {
	if place, ok := bp.PlaceOf(arn); ok && place.Account != c.Place.Account {
		return bp.Writing{Of: arn, Unread: "is in account " + place.Account + ", and KMS shows a key's policy to its own account only"}
	}
	return remember(&c.writings, arn, func() (bp.Writing, error) {
		document, err := c.GivenKeyPolicy(ctx, arn)
		w := written(document, err, "kms:GetKeyPolicy")
		w.Of = arn
		return w, err
	})
}

// GivenKeyPolicy reads a key's policy once for all that ask.
func (c *Inspector) GivenKeyPolicy(ctx context.Context, arn string) (string, error) {
	return c.keyPolicies.Load(arn, func() (string, bool, error) {
		document, err := keys.Policy(ctx, c.Client, arn)
		return document, true, err
	})
}

// givenQueue is a queue that the unit does not own, as far as it can be read.
type givenQueue struct {
	Queue  bp.Value[bp.Queue]
	policy bp.Writing
	BySQS  bool // encrypted with a key of SQS's own
}

// GivenQueue reads a queue once for all that ask.
func (c *Inspector) GivenQueue(ctx context.Context, arn string) givenQueue {
	found, _ := c.givenQueues.Load(arn, func() (givenQueue, bool, error) {
		attributes, err := queues.Attributes(ctx, c.Client, arn, sqstypes.QueueAttributeNameAll)
		w := written(attributes[string(sqstypes.QueueAttributeNamePolicy)], err, "sqs:GetQueueAttributes")
		w.Of = arn
		if w.Unread != "" {
			return givenQueue{Queue: bp.Unknown[bp.Queue](), policy: w}, !errors.Is(err, context.Canceled), nil
		}
		ours, rest := bp.Sort(w.Statements, func(sid string) bool { return sid == bp.SidTLS })
		return givenQueue{Queue: bp.Known(bp.Queue{
			ARN: bp.Known(arn), KMSKeyARN: api.Optional(aws.String(attributes[string(sqstypes.QueueAttributeNameKmsMasterKeyId)])),
			Policy: bp.Known(bp.QueuePolicy{TLS: bp.StatementOf(ours, bp.SidTLS), Unexpected: rest}),
		}), policy: w, BySQS: attributes[string(sqstypes.QueueAttributeNameSqsManagedSseEnabled)] == "true"}, true, nil
	})
	return found
}

// TargetWritings are the policies of queues and topics that Lambda delivers to, by ARN.
func (c *Inspector) TargetWritings(ctx context.Context, arns []string) map[string]bp.Writing {
	return c.Around(ctx, Refers{Targets: arns}).Targets
}

// TargetWriting is what the policy of a queue or topic says. Of anything else none is
// read.
func (c *Inspector) TargetWriting(ctx context.Context, arn string) (w bp.Writing, read bool) {
	switch {
	case bp.IsQueueARN(arn):
		return c.GivenQueue(ctx, arn).policy, true
	case bp.IsTopicARN(arn):
		return c.topicWriting(ctx, arn), true
	}
	return w, false
}

// topicWriting is what a topic's policy says.
func (c *Inspector) topicWriting(ctx context.Context, arn string) bp.Writing {
	return remember(&c.writings, arn, func() (bp.Writing, error) {
		out, err := c.SNS.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &arn})
		document := ""
		if err == nil {
			document = out.Attributes["Policy"]
		}
		w := written(document, err, "sns:GetTopicAttributes")
		w.Of = arn
		return w, err
	})
}

// Invoked are the policies of a function's aliases but one, and of the versions
// that these route to, by qualifier.
func (c *Inspector) Invoked(ctx context.Context, function, alias string) map[string]bp.Writing {
	aliases, err := functions.ListAliases(ctx, c.Client, function)
	if err != nil {
		if api.Missing(err) {
			return nil
		}
		return map[string]bp.Writing{"the other aliases": api.Unreadable(err, "lambda:ListAliases")}
	}
	return functions.Policies(ctx, c.Client, function, functions.Others(aliases, alias))
}
