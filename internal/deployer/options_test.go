package deployer

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// matches is how IAM matches a resource that holds no ? and no brackets: its *
// takes slashes too.
func matches(patterns []string, arn string) bool {
	flat := strings.NewReplacer("/", ";")
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(flat.Replace(p), flat.Replace(arn))
		return ok && err == nil
	})
}

func TestResources_TakeEveryNameOfAUnit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.StringMatching(`[A-Za-z0-9_-]{1,55}`).Draw(t, "prefix")
		unit := prefix + rapid.StringMatching(`[A-Za-z0-9_-]{0,64}`).Draw(t, "rest")
		unit = unit[:min(64, len(unit))]
		o := Options{Place: place, NamePrefixes: []string{"another", prefix}, OwnKeys: true, StagingBuckets: []string{"staging"}}
		o.RolePath = rapid.SampledFrom([]string{"/", "/service/orders/"}).Draw(t, "path")
		policy := place.PolicyARN(o.RolePath, bp.PolicyName(unit, place.Region, o.RolePath))
		arns := map[kind][]string{
			functions:      {place.FunctionARN(unit), place.FunctionARN(unit) + ":live", place.FunctionARN(unit) + ":12"},
			roles:          {place.RoleARN(o.RolePath, bp.RoleName(unit, place.Region, o.RolePath))},
			policies:       {policy, bp.PolicyPart(policy, 1), bp.PolicyPart(policy, 9)},
			keyAliases:     {arn(place, "kms", bp.KeyAlias(unit))},
			queues:         {place.QueueARN(bp.QueueName(unit))},
			stagedPackages: {"arn:aws:s3:::staging/secure-lambda/" + unit + "/0a1b.zip", "arn:aws:s3:::staging/secure-lambda/" + unit + "/signed-1"},
		}
		for _, group := range []string{bp.LogGroupName(unit), bp.ClassLogGroupName(unit, "INFREQUENT_ACCESS")} {
			arns[logGroups] = append(arns[logGroups], place.LogGroupARN(group), place.LogGroupARN(group)+":*")
		}
		for _, slot := range new(bp.Alarms).Slots() {
			arns[alarms] = append(arns[alarms], place.AlarmARN(bp.AlarmName(unit, slot.Name)))
		}
		for k, names := range arns {
			for _, name := range names {
				if !matches(about[k].resources(o), name) {
					t.Errorf("%s is not among %v", name, about[k].resources(o))
				}
			}
		}
		other := "x" + strings.TrimLeft(unit, "x")
		if !strings.HasPrefix(other, prefix) && !strings.HasPrefix(other, "another") && matches(functionARNs(o), place.FunctionARN(other)) {
			t.Errorf("function %s of another team is among %v", other, functionARNs(o))
		}
	})
}

// The provider, which this package does not import, puts packages there.
func TestStagingFolder_IsTheProviders(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../provider/package.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := ""
	ast.Inspect(file, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok && spec.Names[0].Name == "stagingFolder" {
			found = spec.Values[0].(*ast.BasicLit).Value
		}
		return true
	})
	if found != `"`+stagingFolder+`"` {
		t.Errorf("the provider stages packages in %s, the policies allow %q", found, stagingFolder)
	}
}

func TestOptions_WhatIsNotNamedIsNotAllowed(t *testing.T) {
	t.Parallel()
	plain := variants()["reference"]
	for _, c := range []struct {
		with   func(*Options)
		action string
	}{
		{func(o *Options) { o.VPC = true }, "ec2:DescribeSubnets"},
		{func(o *Options) { o.Layers = variants()["everything"].Layers }, "lambda:GetLayerVersion"},
		{func(o *Options) { o.FileSystems = variants()["everything"].FileSystems }, "elasticfilesystem:DescribeMountTargets"},
		{func(o *Options) { o.Buckets = []string{"artifacts"} }, "s3:GetObject"},
		{func(o *Options) { o.StagingBuckets = []string{"staging"} }, "s3:PutObject"},
		{func(o *Options) { o.Repositories = variants()["everything"].Repositories }, "ecr:BatchGetImage"},
		{func(o *Options) { o.SigningProfiles = []string{"profile"} }, "signer:StartSigningJob"},
		{func(o *Options) { o.CodeSigningConfigs = variants()["everything"].CodeSigningConfigs }, "lambda:PutFunctionCodeSigningConfig"},
		{func(o *Options) { o.Topics = variants()["everything"].Topics }, "sns:GetTopicAttributes"},
		{func(o *Options) { o.Boundaries = []string{boundaryARN} }, "iam:PutRolePermissionsBoundary"},
	} {
		o := plain
		c.with(&o)
		if before, after := actionsOf(t, Apply, plain), actionsOf(t, Apply, o); slices.Contains(before, c.action) || !slices.Contains(after, c.action) {
			t.Errorf("%s: allowed before %v, and after %v", c.action, slices.Contains(before, c.action), slices.Contains(after, c.action))
		}
	}
}

func TestOptions_GivenKeysInsteadOfOwn(t *testing.T) {
	t.Parallel()
	o := variants()["house key"]
	for _, phase := range Phases() {
		for sid, s := range allowed(t, phase, o) {
			for _, action := range s.Actions {
				if strings.HasPrefix(action, "kms:") && !slices.Equal(s.Resources, o.Keys) {
					t.Errorf("%s: %s on %v", sid, action, s.Resources)
				}
			}
		}
		if actions := actionsOf(t, phase, o); slices.Contains(actions, "kms:CreateKey") || slices.Contains(actions, "kms:ScheduleKeyDeletion") || slices.Contains(actions, "kms:PutKeyPolicy") {
			t.Errorf("%s makes or changes keys: %v", phase, actions)
		}
	}
}

func TestOptions_GivenKeysStandBesideOwnOnes(t *testing.T) {
	t.Parallel()
	o := variants()["everything"]
	statements := allowed(t, Apply, o)
	if given := statements["GrantLambdaUseOfKeys"]; !slices.Equal(given.Resources, o.Keys) || given.Conditions[allLike] != nil {
		t.Errorf("given keys, which have aliases of their own: %v under %v", given.Resources, given.Conditions)
	}
	own := statements["GrantLambdaUseOfOwnKeys"]
	if want := []string{"alias/secure/billing-*", "alias/secure/orders-*"}; !slices.Equal(own.Conditions[allLike][aliases], want) {
		t.Errorf("own keys: aliases %v, want %v", own.Conditions[allLike][aliases], want)
	}
}

func TestOptions_BoundaryCannotBeAvoided(t *testing.T) {
	t.Parallel()
	with, without := variants()["everything"], variants()["no boundary"]
	if slices.Contains(actionsOf(t, Apply, with), "iam:DeleteRolePermissionsBoundary") {
		t.Error("a boundary may be taken away")
	}
	if !slices.Contains(actionsOf(t, Apply, without), "iam:DeleteRolePermissionsBoundary") {
		t.Error("a boundary that nobody asked for may not be taken away")
	}
	for sid, s := range allowed(t, Apply, with) {
		for _, action := range []string{"iam:CreateRole", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:PutRolePermissionsBoundary"} {
			if slices.Contains(s.Actions, action) && !slices.Equal(s.Conditions[arnLike][boundary], with.Boundaries) {
				t.Errorf("%s: %s without the boundary", sid, action)
			}
		}
	}
}

func TestOptions_AttachesUnitsPoliciesAndThoseNamed(t *testing.T) {
	t.Parallel()
	o := variants()["everything"]
	got := allowed(t, Apply, o)["AttachToRoles"].Conditions[arnLike][policyARN]
	want := sorted(append(policyARNs(o), o.Policies...))
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOptions_ImportChangesWhatIsNotTagged(t *testing.T) {
	t.Parallel()
	statements := allowed(t, Apply, variants()["import"])
	for sid, tied := range map[string]bool{
		"ChangeFunctions": false, "ChangeRoles": false, "ChangePolicies": false, "ChangeLogGroups": false, "UntagRoles": false,
		// An import takes these over only with the unit's tag.
		"ChangeOwnKeys": true, "ChangeQueues": true, "ChangeAlarms": true, "RetagOwnKeys": true,
	} {
		s, ok := statements[sid]
		if _, has := s.Conditions[stringLike][resourceTag]; !ok || has != tied {
			t.Errorf("%s: there %v, tied to the unit's tag %v", sid, ok, has)
		}
	}
	if boundary := statements["AttachToRoles"].Conditions[arnLike][boundary]; len(boundary) == 0 {
		t.Error("an import lifts the boundary")
	}
}

func TestOptions_DestroyMakesNothing(t *testing.T) {
	t.Parallel()
	for name, o := range variants() {
		for _, action := range actionsOf(t, Destroy, o) {
			if strings.Contains(action, ":Create") || strings.Contains(action, ":Put") || strings.Contains(action, ":Update") || strings.Contains(action, "PassRole") {
				t.Errorf("%s: a destroy may %s", name, action)
			}
		}
	}
}

func TestPolicies_OfAnUnknownPhase(t *testing.T) {
	t.Parallel()
	if _, err := Policies("refresh", variants()["reference"], "secure"); err == nil {
		t.Error("there are policies for a phase that does not exist")
	}
}

func TestOptions_Validate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		with func(*Options)
		says string
	}{
		{func(o *Options) { o.Place.Account = "12" }, "account"},
		{func(o *Options) { o.Place.Region = "europe" }, "region"},
		{func(o *Options) { o.Place.Partition = "aws-xy" }, "partition"},
		{func(o *Options) { o.NamePrefixes = []string{"orders*"} }, "without a wildcard"},
		{func(o *Options) { o.NamePrefixes = []string{strings.Repeat("a", 56)} }, "56 characters"},
		{func(o *Options) { o.RolePath = "orders" }, "role path"},
		{func(o *Options) { o.RoleNames = []string{"a/b"} }, "role name"},
		{func(o *Options) { o.LogGroups = []string{"a b"} }, "log group"},
		{func(o *Options) { o.Boundaries = []string{"boundary"} }, "policy/${PolicyNameWithPath}"},
		{func(o *Options) { o.Keys = []string{"arn:aws:kms:eu-west-1:111122223333:alias/house"} }, "key/${KeyId}"},
		{func(o *Options) { o.Topics = []string{"arn:aws:sqs:eu-west-1:111122223333:queue"} }, "sns"},
		{func(o *Options) { o.Topics = []string{"*"} }, "sns"},
		{func(o *Options) { o.AlarmActions = []string{"arn:aws:*:eu-west-1:x"} }, "names its service"},
		{func(o *Options) { o.DeployerRoles = []string{"arn:aws:iam::111122223333:user/deployer"} }, "deployer role"},
		{func(o *Options) { o.Layers = []string{"arn:aws:lambda:eu-west-1:1:layer:x:${aws:username}"} }, "layer"},
		{func(o *Options) { o.Buckets = []string{"artifacts/*"} }, "wildcards"},
		{func(o *Options) { o.StagingBuckets = []string{"staging/folder"} }, "staging bucket"},
		{func(o *Options) { o.SigningProfiles = []string{"a-b"} }, "signing profile"},
	} {
		o := variants()["reference"]
		c.with(&o)
		if err := o.Validate(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("want %q, got %v", c.says, err)
		}
	}
}
