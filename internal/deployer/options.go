package deployer

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

// anything stands for what is left open.
const anything = "*"

// Options say where the units live and what of the account they use. What is
// not named is not allowed, but for place and names, which are left open.
type Options struct {
	// Place has "*" for what is left open.
	Place blueprint.Place
	// NamePrefixes are what units' names begin with. None is all names, which
	// AnyName has to state where something is changed.
	NamePrefixes []string
	AnyName      bool
	// RolePath is the units' role_path, "/" by default.
	RolePath string
	// RoleNames and LogGroups are those of units that set role_name or
	// logs.group_name, with wildcards.
	RoleNames, LogGroups []string
	// Boundaries are the permissions boundaries of which a role must have one.
	// NoBoundary states that there is none.
	Boundaries []string
	NoBoundary bool
	// DeployerRoles are the roles that the policies are for.
	DeployerRoles []string
	// Policies are the units' additional_policy_arns.
	Policies []string
	// Keys are those that units are given. OwnKeys lets units have their own.
	Keys    []string
	OwnKeys bool
	// Secrets lets units keep values in secrets of their own, RotationFunctions
	// are those that rotate them.
	Secrets           bool
	RotationFunctions []string
	// Topics are told of alarms, and looked at during a plan. None is any topic.
	// AlarmActions are what else alarms do.
	Topics, AlarmActions []string
	// Targets are the queues and topics that units are given for dead letters and
	// reports of invocations. A plan looks at their policies.
	Targets []string
	// Buckets hold packages (BUCKET or BUCKET/PREFIX), StagingBuckets take them
	// up on their way to Lambda or to be signed.
	Buckets, StagingBuckets []string
	// Repositories hold images.
	Repositories []string
	// SigningProfiles are names, CodeSigningConfigs ARNs.
	SigningProfiles, CodeSigningConfigs []string
	// Layers are versions of layers, with wildcards.
	Layers []string
	// VPC lets units be put into a network, FileSystems are those they mount,
	// file systems and access points.
	VPC         bool
	FileSystems []string
	// Import lets functions, roles, policies and log groups be changed that
	// carry no tag of a unit yet.
	Import bool
}

// maxPrefix is how much of a unit's name is surely left of it in the name of
// its role.
const maxPrefix = 55

var (
	namePrefix  = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	rolePattern = regexp.MustCompile(`^[\w+=,.@*?-]+$`)
	logPattern  = regexp.MustCompile(`^[\w./#*?-]+$`)
	keyPrefix   = regexp.MustCompile(`^[^\s"$\\*?]*$`)
	// actionPattern leaves open whatever does not decide what an alarm can do.
	actionPattern = regexp.MustCompile(`^arn:[a-z-]+:[a-z0-9-]+:[^\s"'$\\]+$`)
	arnPattern    = regexp.MustCompile(`^arn:[^\s"'$\\]+$`)
)

// Validate returns everything that is wrong with the options.
func (o Options) Validate() error {
	var problems []error
	check := func(what string, values []string, rule func(string) error) {
		for _, v := range values {
			err := rule(v)
			if _, ok := errors.AsType[*rules.Doubt](err); ok {
				continue // AWS decides
			}
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", what, err))
			}
		}
	}
	check("partition", known(o.Place.Partition), func(p string) error {
		if !blueprint.KnownPartition(p) {
			return fmt.Errorf("%q is none of AWS's (aws, aws-cn, aws-us-gov, aws-eusc)", p)
		}
		return nil
	})
	check("account", known(o.Place.Account), func(id string) error {
		if rules.AccountID(id) != nil {
			return fmt.Errorf("%q is not an account id. An account id has 12 digits, with leading zeros, such as 111122223333", id)
		}
		return nil
	})
	check("region", known(o.Place.Region), rules.Region)
	check("name prefix", o.NamePrefixes, func(p string) error {
		if len(p) > maxPrefix {
			return fmt.Errorf("%q has %d characters, and the names of roles keep no more than %d of a unit's", p, len(p), maxPrefix)
		}
		return matching(namePrefix, "letters, digits, - and _, without a wildcard")(p)
	})
	check("role path", []string{o.RolePath}, rules.RolePath)
	check("role name", o.RoleNames, validRoleName)
	check("log group", o.LogGroups, validLogGroup)
	check("signing profile", o.SigningProfiles, rules.SigningProfile)
	check("bucket", o.Buckets, func(b string) error {
		bucket, prefix, _ := strings.Cut(b, "/")
		return errors.Join(rules.Bucket(bucket), matching(keyPrefix, "a prefix without blanks, quotes, $ and wildcards")(prefix))
	})
	check("alarm action", o.AlarmActions, matching(actionPattern, "an ARN that names its service"))
	check("staging bucket", o.StagingBuckets, rules.Bucket)
	for _, arns := range []struct {
		what   string
		values []string
		action string // that can be allowed on it
	}{
		{"boundary", o.Boundaries, "iam:GetPolicy"},
		{"deployer role", o.DeployerRoles, "iam:GetRole"},
		{"policy", o.Policies, "iam:GetPolicy"},
		{"key", o.Keys, "kms:DescribeKey"},
		{"rotation function", o.RotationFunctions, "lambda:InvokeFunction"},
		{"topic", o.Topics, "sns:GetTopicAttributes"},
		{"repository", o.Repositories, "ecr:BatchGetImage"},
		{"code signing config", o.CodeSigningConfigs, "lambda:GetCodeSigningConfig"},
		{"layer", o.Layers, "lambda:GetLayerVersion"},
		{"file system", o.FileSystems, "elasticfilesystem:DescribeMountTargets"},
	} {
		check(arns.what, arns.values, fitting(arns.action))
	}
	check("target", o.Targets, func(arn string) error {
		if fitting("sqs:GetQueueAttributes")(arn) == nil || fitting("sns:GetTopicAttributes")(arn) == nil {
			return nil
		}
		return fmt.Errorf("%q must be the ARN of a queue or topic, such as arn:aws:sqs:eu-west-1:111122223333:failed. "+
			"A plan reads their policies; other targets, such as functions, event buses and buckets, need no permission of the deployer, so leave them out", arn)
	})
	return errors.Join(slices.Concat(problems, o.contradictions(), o.foreign())...)
}

var (
	validRoleName = matching(rolePattern, "what a role name holds, * and ?")
	validLogGroup = matching(logPattern, "what a log group's name holds, * and ?")
)

// known is empty for what is left open.
func known(field string) []string {
	if field == anything {
		return nil
	}
	return []string{field}
}

func matching(pattern *regexp.Regexp, what string) func(string) error {
	return func(text string) error {
		if !pattern.MatchString(text) {
			return fmt.Errorf("%q must be %s", text, what)
		}
		return nil
	}
}

// fitting asks for an ARN of what an action can be allowed on.
func fitting(name string) func(string) error {
	return func(arn string) error {
		action, _ := access.Catalogue().Action(name)
		var formats []string
		for _, r := range action.Resources {
			if arnPattern.MatchString(arn) && r.Fits(arn) {
				return nil
			}
			formats = append(formats, r.Format)
		}
		return fmt.Errorf("%q must be an ARN of the form %s", arn, strings.Join(formats, " or "))
	}
}
