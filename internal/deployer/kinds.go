package deployer

import (
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// kind is what a statement is about. The order is that of the statements.
type kind int

const (
	account kind = iota
	functions
	codeSigningConfigs
	layers
	networks
	fileSystems
	roles
	policies
	attachedPolicies
	keyList
	keys
	ownKeys
	keyAliases
	logGroups
	queues
	targetQueues
	targetTopics
	ownSecrets
	rotationFunctions
	alarms
	topics
	packages
	packageBuckets
	stagedPackages
	stagingBuckets
	signingProfiles
	signingJobs
	repositories
	kinds // how many there are
)

// aboutKind says of a kind what its statements need to know.
type aboutKind struct {
	// noun names it in Sids.
	noun string
	// resources are its ARNs, with wildcards. None means that the units have
	// nothing of it.
	resources func(Options) []string
	// takesNone says that its actions take no resource, as its noun does.
	takesNone bool
	// adoptable says that an import takes over objects of it as they are. Keys,
	// queues and alarms it takes over only if they carry the unit's tag.
	adoptable bool
}

var about = [kinds]aboutKind{
	account:            {noun: "WhatTakesNoResource", resources: always(anything), takesNone: true},
	functions:          {noun: "Functions", resources: functionARNs, adoptable: true},
	codeSigningConfigs: {noun: "CodeSigningConfigs", resources: func(o Options) []string { return o.CodeSigningConfigs }},
	layers:             {noun: "Layers", resources: func(o Options) []string { return o.Layers }},
	networks: {
		noun: "NetworksWhichTakeNoResource", takesNone: true,
		resources: where(func(o Options) bool { return o.VPC }, always(anything)),
	},
	fileSystems: {noun: "FileSystems", resources: func(o Options) []string { return o.FileSystems }},
	roles:       {noun: "Roles", resources: roleARNs, adoptable: true},
	policies:    {noun: "Policies", resources: policyARNs, adoptable: true},

	attachedPolicies: {noun: "AttachedPolicies", resources: func(o Options) []string { return o.Policies }},

	keyList:      {noun: "KeysWhichTakeNoResource", resources: where(ownsKeys, always(anything)), takesNone: true},
	keys:         {noun: "Keys", resources: func(o Options) []string { return o.Keys }},
	ownKeys:      {noun: "OwnKeys", resources: where(ownsKeys, ownKeyARNs)},
	keyAliases:   {noun: "KeyAliases", resources: where(ownsKeys, keyAliasARNs)},
	logGroups:    {noun: "LogGroups", resources: logGroupARNs, adoptable: true},
	queues:       {noun: "Queues", resources: each(func(o Options, p string) string { return o.Place.QueueARN(p + bp.QueueName(anything)) })},
	targetQueues: {noun: "TargetQueues", resources: func(o Options) []string { return ofService(o.Targets, "sqs") }},
	targetTopics: {noun: "TargetTopics", resources: func(o Options) []string { return ofService(o.Targets, "sns") }},
	ownSecrets: {noun: "OwnSecrets", resources: where(keepsSecrets, each(func(o Options, p string) string {
		return arn(o.Place, "secretsmanager", "secret:"+bp.SecretName(p+anything))
	}))},
	rotationFunctions: {noun: "RotationFunctions", resources: where(keepsSecrets, func(o Options) []string { return o.RotationFunctions })},
	alarms:            {noun: "Alarms", resources: each(func(o Options, p string) string { return o.Place.AlarmARN(p + anything) })},
	topics:            {noun: "Topics", resources: func(o Options) []string { return o.Topics }},
	packages:          {noun: "Packages", resources: packageARNs},
	packageBuckets:    {noun: "PackageBuckets", resources: packageBucketARNs},
	stagedPackages:    {noun: "StagedPackages", resources: stagedPackageARNs},
	stagingBuckets:    {noun: "StagingBuckets", resources: stagingBucketARNs},
	signingProfiles:   {noun: "SigningProfiles", resources: signingProfileARNs},
	signingJobs: {
		noun:      "SigningJobs",
		resources: where(func(o Options) bool { return len(o.SigningProfiles) > 0 }, func(o Options) []string { return []string{arn(o.Place, "signer", "/signing-jobs/*")} }),
	},
	repositories: {noun: "Repositories", resources: func(o Options) []string { return o.Repositories }},
}

// ofService are the ARNs of one service.
func ofService(arns []string, service string) []string {
	return slices.DeleteFunc(slices.Clone(arns), func(arn string) bool {
		fields := strings.Split(arn, ":")
		return len(fields) < 3 || fields[2] != service
	})
}

func signs(o Options) bool     { return len(o.CodeSigningConfigs) > 0 }
func bounds(o Options) bool    { return len(o.Boundaries) > 0 }
func boundless(o Options) bool { return len(o.Boundaries) == 0 }
func ownsKeys(o Options) bool  { return o.OwnKeys }

func always(resources ...string) func(Options) []string {
	return func(Options) []string { return resources }
}

// where gives resources under a condition.
func where(holds func(Options) bool, resources func(Options) []string) func(Options) []string {
	return func(o Options) []string {
		if !holds(o) {
			return nil
		}
		return resources(o)
	}
}

// each gives one resource for each prefix of units' names.
func each(arn func(o Options, prefix string) string) func(Options) []string {
	return func(o Options) []string {
		out := make([]string, len(o.prefixes()))
		for i, prefix := range o.prefixes() {
			out[i] = arn(o, prefix)
		}
		return out
	}
}

var (
	functionARNs = each(func(o Options, p string) string { return o.Place.FunctionARN(p + anything) })
	policyARNs   = each(func(o Options, p string) string { return o.Place.PolicyARN(o.RolePath, p+anything) })
	keyAliasARNs = each(func(o Options, p string) string { return arn(o.Place, "kms", bp.KeyAlias(p+anything)) })
)

func roleARNs(o Options) []string {
	arns := each(func(o Options, p string) string { return o.Place.RoleARN(o.RolePath, p+anything) })(o)
	for _, name := range o.RoleNames {
		arns = append(arns, o.Place.RoleARN(o.RolePath, name))
	}
	return arns
}

func ownKeyARNs(o Options) []string { return []string{arn(o.Place, "kms", "key/*")} }

// logGroupARNs end in a wildcard: of some actions Logs checks the group's ARN
// with :* behind it.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
func logGroupARNs(o Options) []string {
	arns := each(func(o Options, p string) string { return o.Place.LogGroupARN(bp.LogGroupName(p + anything)) })(o)
	for _, name := range o.LogGroups {
		arns = append(arns, o.Place.LogGroupARN(name))
		if !strings.HasSuffix(name, anything) {
			arns = append(arns, o.Place.LogGroupARN(name+":*"))
		}
	}
	return arns
}

func packageARNs(o Options) []string {
	var out []string
	for _, b := range o.Buckets {
		bucket, prefix, _ := strings.Cut(b, "/")
		out = append(out, objectARN(o, bucket, prefix+anything))
	}
	return out
}

func packageBucketARNs(o Options) []string {
	var out []string
	for _, b := range o.Buckets {
		bucket, _, _ := strings.Cut(b, "/")
		out = append(out, bucketARN(o, bucket))
	}
	return out
}

// stagingFolder is where the provider puts packages on their way to Lambda, in
// a folder of the unit's name.
const stagingFolder = "secure-lambda/"

func stagedPackageARNs(o Options) []string {
	var out []string
	for _, bucket := range o.StagingBuckets {
		for _, prefix := range o.prefixes() {
			out = append(out, objectARN(o, bucket, stagingFolder+prefix+anything))
		}
	}
	return out
}

func stagingBucketARNs(o Options) []string {
	var out []string
	for _, bucket := range o.StagingBuckets {
		out = append(out, bucketARN(o, bucket))
	}
	return out
}

func signingProfileARNs(o Options) []string {
	var out []string
	for _, name := range o.SigningProfiles {
		out = append(out, arn(o.Place, "signer", "/signing-profiles/"+name))
	}
	return out
}

func bucketARN(o Options, bucket string) string {
	return "arn:" + o.Place.Partition + ":s3:::" + bucket
}

func objectARN(o Options, bucket, key string) string { return bucketARN(o, bucket) + "/" + key }

func arn(p bp.Place, service, resource string) string {
	return strings.Join([]string{"arn", p.Partition, service, p.Region, p.Account, resource}, ":")
}

// prefixes of units' names, the empty one for all names.
func (o Options) prefixes() []string {
	if len(o.NamePrefixes) == 0 {
		return []string{""}
	}
	return o.NamePrefixes
}
