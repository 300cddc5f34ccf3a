// Package worse takes one property at a time away from a unit that meets every
// control: what the catalogue's own tests and the comparison with other
// people's scanners both start from.
package worse

import (
	"maps"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Case is one unit that is worse in one field.
type Case struct {
	// Control is the one that fails then.
	Control string
	// Also fail: controls that look at the same field.
	Also   []string
	Worsen func(b *bp.Blueprint, f *posture.Facts)
}

// edit changes what is inside a value.
func edit[T any](v *bp.Value[T], change func(*T)) {
	inner, _ := v.Get()
	change(&inner)
	*v = bp.Known(inner)
}

func function(change func(*bp.Function)) func(*bp.Blueprint, *posture.Facts) {
	return func(b *bp.Blueprint, _ *posture.Facts) { edit(&b.Function, change) }
}

// foreign is a statement by other hands, as JSON.
func foreign(text string) bp.Value[map[string]bp.String] {
	return bp.Known(map[string]bp.String{"Foreign": bp.Known(text)})
}

// Policy adds a statement by other hands to what the role may do.
func Policy(text string) func(*bp.Blueprint, *posture.Facts) {
	return func(b *bp.Blueprint, _ *posture.Facts) {
		edit(&b.Policy, func(p *bp.Policy) {
			edit(&p.Statements, func(s *bp.PolicyStatements) { s.Unexpected = foreign(text) })
		})
	}
}

// KeyPolicy adds a statement by other hands to the key's policy.
func KeyPolicy(text string) func(*bp.Blueprint, *posture.Facts) {
	return func(b *bp.Blueprint, _ *posture.Facts) {
		edit(&b.Key, func(k *bp.Key) {
			edit(&k.Policy, func(p *bp.KeyPolicy) { p.Unexpected = foreign(text) })
		})
	}
}

// QueuePolicy adds a statement by other hands to the queue's policy, or puts it
// in the place of all.
func QueuePolicy(text string, alone bool) func(*bp.Blueprint, *posture.Facts) {
	return func(b *bp.Blueprint, _ *posture.Facts) {
		edit(&b.Queue, func(q *bp.Queue) {
			edit(&q.Policy, func(p *bp.QueuePolicy) {
				if alone {
					p.TLS = bp.Null[bp.Statement]()
				}
				p.Unexpected = foreign(text)
			})
		})
	}
}

// Trust adds a statement by other hands to who may assume the role.
func Trust(text string) func(*bp.Blueprint, *posture.Facts) {
	return func(b *bp.Blueprint, _ *posture.Facts) {
		edit(&b.Role, func(r *bp.Role) {
			edit(&r.Trust, func(t *bp.TrustPolicy) { t.Unexpected = foreign(text) })
		})
	}
}

func permission(statement bp.Statement) func(*bp.Blueprint, *posture.Facts) {
	return func(b *bp.Blueprint, _ *posture.Facts) {
		edit(&b.Permissions, func(p *bp.Permissions) {
			granted := maps.Clone(p.Granted.Or(map[string]bp.Value[bp.Statement]{}))
			granted["foreign"] = bp.Known(statement)
			p.Granted = bp.Known(granted)
		})
	}
}

func principal(kind, who string) bp.Value[map[string]bp.Value[bp.Set]] {
	return bp.Known(map[string]bp.Value[bp.Set]{kind: bp.Known(bp.SetOf(who))})
}

// Attach attaches another policy, with what it says, to the role.
func Attach(arn, document string) func(*bp.Blueprint, *posture.Facts) {
	return func(b *bp.Blueprint, f *posture.Facts) {
		f.Around = &bp.Around{Policies: map[string]bp.Writing{arn: Writing(document)}}
		edit(&b.Role, func(r *bp.Role) {
			r.AttachedPolicies = bp.Known(append(slices.Clone(r.AttachedPolicies.Or(nil)), bp.Known(arn)).Canonical())
		})
	}
}

// Writing is a document with one statement, as others wrote it.
func Writing(statement string) bp.Writing {
	parsed, err := bp.ParseDocument(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)
	if err != nil {
		return bp.Writing{Unread: err.Error()}
	}
	return bp.Writing{Statements: parsed}
}

func alarms(change func(*bp.Alarms)) func(*bp.Blueprint, *posture.Facts) {
	return func(b *bp.Blueprint, _ *posture.Facts) { edit(&b.Alarms, change) }
}

func secret(change func(*bp.Secret)) func(*bp.Blueprint, *posture.Facts) {
	return func(b *bp.Blueprint, _ *posture.Facts) { edit(&b.Secret, change) }
}

// Cases lists at least one case for every control.
func Cases() []Case {
	invoke := func() bp.Statement {
		return bp.Statement{Effect: bp.Known("Allow"), Actions: bp.Known(bp.SetOf(bp.ActionInvoke))}
	}
	public, unbound := invoke(), invoke()
	public.Principals, unbound.Principals = principal("*", "*"), principal("Service", "events.amazonaws.com")
	return []Case{
		{Control: "no-secrets-in-code", Worsen: func(_ *bp.Blueprint, f *posture.Facts) { f.CodeSecrets = []string{"app.py:3 (github-pat)"} }},
		{Control: "no-plaintext-secrets", Worsen: func(_ *bp.Blueprint, f *posture.Facts) { f.Secrets = []string{"DB_PASSWORD"} }},
		{Control: "environment-encrypted", Worsen: function(func(f *bp.Function) { f.KMSKeyARN = bp.Null[string]() })},
		{Control: "supported-runtime", Also: []string{"latest-runtime"}, Worsen: function(func(f *bp.Function) { f.Runtime = bp.Known("python3.9") })},
		{Control: "latest-runtime", Worsen: function(func(f *bp.Function) { f.Runtime = bp.Known("python3.12") })},
		{Control: "tracing-active", Worsen: function(func(f *bp.Function) { f.Tracing = bp.Known("PassThrough") })},
		{Control: "reserved-concurrency", Worsen: function(func(f *bp.Function) { f.ReservedConcurrency = bp.Null[int64]() })},
		{Control: "in-vpc", Worsen: function(func(f *bp.Function) { f.Network = bp.Null[bp.Network]() })},
		{Control: "vpc-multi-az", Worsen: func(b *bp.Blueprint, f *posture.Facts) {
			f.Zones = bp.Known[int64](1)
			edit(&b.Function, func(fn *bp.Function) {
				edit(&fn.Network, func(n *bp.Network) { n.SubnetIDs = bp.Known(n.SubnetIDs.Or(nil)[:1]) })
			})
		}},
		{Control: "code-signing", Worsen: function(func(f *bp.Function) { f.CodeSigningConfigARN = bp.Null[string]() })},
		{Control: "own-layers", Worsen: function(func(f *bp.Function) {
			f.Layers = bp.Known(bp.ListOf("arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtension:53"))
		})},
		{Control: "sized-on-purpose", Worsen: function(func(f *bp.Function) { f.MemorySize, f.Timeout = bp.Known[int64](128), bp.Known[int64](3) })},
		{Control: "structured-logs", Worsen: function(func(f *bp.Function) {
			edit(&f.Logging, func(l *bp.Logging) {
				l.Format, l.ApplicationLevel, l.SystemLevel = bp.Known("Text"), bp.Null[string](), bp.Null[string]()
			})
		})},
		{Control: "recursion-stopped", Worsen: func(b *bp.Blueprint, f *posture.Facts) {
			function(func(f *bp.Function) { f.Recursion = bp.Known("Allow") })(b, f)
			Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-central-1:111122223333:orders"}`)(b, f)
		}},
		{Control: "tagged", Worsen: func(b *bp.Blueprint, _ *posture.Facts) { b.Tags = bp.Null[map[string]bp.String]() }},
		{Control: "no-public-invoke", Worsen: permission(public)},
		{Control: "invoke-by-source", Worsen: permission(unbound)},
		{Control: "dead-letter-target", Worsen: function(func(f *bp.Function) { f.DeadLetterARN = bp.Null[string]() })},
		{Control: "alias-in-service", Worsen: func(b *bp.Blueprint, _ *posture.Facts) { b.Alias = bp.Null[bp.Alias]() }},
		{Control: "log-group-encrypted", Worsen: func(b *bp.Blueprint, _ *posture.Facts) {
			edit(&b.LogGroup, func(g *bp.LogGroup) { g.KMSKeyARN = bp.Null[string]() })
		}},
		{Control: "log-retention", Worsen: func(b *bp.Blueprint, _ *posture.Facts) {
			edit(&b.LogGroup, func(g *bp.LogGroup) { g.RetentionDays = bp.Known[int64](30) })
		}},
		{Control: "secret-encrypted", Worsen: secret(func(s *bp.Secret) { s.KMSKeyARN = bp.Null[string]() })},
		{Control: "secret-encrypted", Worsen: secret(func(s *bp.Secret) { s.KMSKeyARN = bp.Known("alias/aws/secretsmanager") })},
		{Control: "secret-rotated", Worsen: secret(func(s *bp.Secret) { s.Rotation = bp.Null[bp.Rotation]() })},
		{Control: "secret-rotated", Worsen: secret(func(s *bp.Secret) { edit(&s.Rotation, func(r *bp.Rotation) { r.Days = bp.Known[int64](91) }) })},
		{Control: "secret-not-public", Worsen: secret(func(s *bp.Secret) {
			s.Unexpected = foreign(`{"Sid":"Foreign","Effect":"Allow","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}`)
		})},
		{Control: "queue-encrypted", Worsen: func(b *bp.Blueprint, _ *posture.Facts) {
			edit(&b.Queue, func(q *bp.Queue) { q.KMSKeyARN = bp.Null[string]() })
		}},
		{Control: "queue-encrypted", Worsen: func(b *bp.Blueprint, _ *posture.Facts) {
			edit(&b.Queue, func(q *bp.Queue) { q.KMSKeyARN = bp.Known("alias/aws/sqs") })
		}},
		{Control: "queue-tls-only", Worsen: func(b *bp.Blueprint, _ *posture.Facts) {
			edit(&b.Queue, func(q *bp.Queue) { q.Policy = bp.Null[bp.QueuePolicy]() })
		}},
		{Control: "queue-not-public", Worsen: QueuePolicy(`{"Sid":"Foreign","Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}`, false)},
		{Control: "key-rotation", Worsen: func(b *bp.Blueprint, _ *posture.Facts) {
			edit(&b.Key, func(k *bp.Key) { k.Rotation = bp.Known(false) })
		}},
		{Control: "key-enabled", Worsen: func(b *bp.Blueprint, _ *posture.Facts) {
			edit(&b.Key, func(k *bp.Key) { k.Enabled = bp.Known(false) })
		}},
		{Control: "key-policy-closed", Worsen: KeyPolicy(`{"Sid":"Foreign","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`)},
		{Control: "alarms-present", Worsen: func(b *bp.Blueprint, _ *posture.Facts) { b.Alarms = bp.Null[bp.Alarms]() }},
		{Control: "alarm-actions", Worsen: alarms(func(a *bp.Alarms) {
			edit(&a.Errors, func(alarm *bp.Alarm) { alarm.Actions = bp.Null[bp.Set]() })
		})},
		{Control: "alarm-actions-enabled", Worsen: alarms(func(a *bp.Alarms) {
			edit(&a.Errors, func(alarm *bp.Alarm) { alarm.ActionsEnabled = bp.Known(false) })
		})},
		{Control: "trust-lambda-only", Also: []string{"trust-confused-deputy"}, Worsen: Trust(`{"Sid":"Foreign","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`)},
		{Control: "trust-confused-deputy", Worsen: func(b *bp.Blueprint, _ *posture.Facts) {
			edit(&b.Role, func(r *bp.Role) {
				edit(&r.Trust, func(t *bp.TrustPolicy) {
					edit(&t.Lambda, func(s *bp.Statement) { s.Conditions = bp.Null[bp.Conditions]() })
				})
			})
		}},
		{
			Control: "no-administrator-policy", Also: []string{"no-aws-managed-policies", "no-wildcard-admin", "no-wildcard-actions", "no-wildcard-resources", "no-privilege-escalation", "no-passrole-wildcard", "no-decrypt-all-keys"},
			Worsen: Attach("arn:aws:iam::aws:policy/AdministratorAccess", `{"Effect":"Allow","Action":"*","Resource":"*"}`),
		},
		{
			Control: "no-aws-managed-policies", Also: []string{"no-wildcard-resources"},
			Worsen: Attach("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", `{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}`),
		},
		{Control: "no-inline-policies", Worsen: func(b *bp.Blueprint, _ *posture.Facts) {
			edit(&b.Role, func(r *bp.Role) { r.InlinePolicies = bp.Known(bp.SetOf("theirs")) })
		}},
		{
			Control: "no-wildcard-admin", Also: []string{"no-wildcard-actions", "no-wildcard-resources", "no-privilege-escalation", "no-passrole-wildcard", "no-decrypt-all-keys"},
			Worsen: Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"*","Resource":"*"}`),
		},
		{Control: "no-wildcard-actions", Worsen: Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:eu-central-1:111122223333:table/orders"}`)},
		{Control: "no-wildcard-resources", Worsen: Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`)},
		{Control: "no-wildcard-resources", Worsen: Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`)},
		{
			Control: "no-inverse-statements", Also: []string{"no-wildcard-actions", "no-privilege-escalation"},
			Worsen: Policy(`{"Sid":"Foreign","Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:s3:::orders/*"}`),
		},
		{Control: "no-privilege-escalation", Worsen: Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::111122223333:user/orders"}`)},
		{Control: "no-passrole-wildcard", Also: []string{"no-wildcard-resources"}, Worsen: Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/*"}`)},
		{Control: "no-decrypt-all-keys", Also: []string{"no-wildcard-resources"}, Worsen: Policy(`{"Sid":"Foreign","Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:eu-central-1:111122223333:key/*"}`)},
	}
}
