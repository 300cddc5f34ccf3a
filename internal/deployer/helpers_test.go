package deployer

import (
	"maps"
	"slices"
	"strings"
	"testing"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const boundaryARN = "arn:aws:iam::111122223333:policy/boundary"

var place = bp.Place{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

// variants are options that turn everything on and off.
func variants() map[string]Options {
	everything := Options{
		Place: place, NamePrefixes: []string{"orders-", "billing-"}, RolePath: "/secure/",
		RoleNames: []string{"legacy-*"}, LogGroups: []string{"/legacy/*", "/one"},
		Boundaries: []string{boundaryARN}, Policies: []string{"arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"},
		Keys: []string{"arn:aws:kms:eu-west-1:111122223333:key/1", "arn:aws:kms:eu-west-1:444455556666:key/2"}, OwnKeys: true,
		Topics:  []string{"arn:aws:sns:eu-west-1:111122223333:alarms"},
		Buckets: []string{"artifacts", "builds/lambda/"}, StagingBuckets: []string{"staging"},
		Repositories:    []string{"arn:aws:ecr:eu-west-1:111122223333:repository/orders"},
		SigningProfiles: []string{"profile"}, CodeSigningConfigs: []string{"arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-1"},
		Layers:  []string{"arn:aws:lambda:eu-west-1:017000801446:layer:Powertools:*"},
		Secrets: true, RotationFunctions: []string{"arn:aws:lambda:eu-west-1:111122223333:function:rotate"},
		DeployerRoles: []string{"arn:aws:iam::111122223333:role/deployer"},
		VPC:           true, FileSystems: []string{"arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1"},
	}
	boundless, imported, china := everything, everything, everything
	boundless.Boundaries, boundless.NoBoundary = nil, true
	imported.Import = true
	china.Place = bp.Place{Partition: "aws-cn", Account: "111122223333", Region: "cn-north-1"}
	china.Boundaries, china.DeployerRoles, china.Policies = inChina(china.Boundaries), inChina(china.DeployerRoles), inChina(china.Policies)
	return map[string]Options{
		"everything": everything, "no boundary": boundless, "import": imported, "china": china,
		"reference":   {Place: place, NamePrefixes: []string{"orders-"}, RolePath: "/", OwnKeys: true, NoBoundary: true},
		"house key":   {Place: place, NamePrefixes: []string{"orders-"}, RolePath: "/orders/", Boundaries: []string{boundaryARN}, Keys: []string{"arn:aws:kms:eu-west-1:111122223333:key/1"}},
		"left open":   {Place: bp.Place{Partition: "aws", Account: "*", Region: "*"}, RolePath: "/", OwnKeys: true, AnyName: true, NoBoundary: true},
		"prefix":      {Place: place, NamePrefixes: []string{"orders-"}, RolePath: "/", Boundaries: []string{boundaryARN}, OwnKeys: true},
		"any account": {Place: bp.Place{Partition: "aws", Account: "*", Region: "*"}, NamePrefixes: []string{"orders-"}, RolePath: "/orders/", Boundaries: []string{boundaryARN}, OwnKeys: true},
	}
}

func inChina(arns []string) []string {
	var out []string
	for _, arn := range arns {
		out = append(out, strings.Replace(arn, "arn:aws:", "arn:aws-cn:", 1))
	}
	return out
}

func policiesOf(t *testing.T, phase Phase, o Options) []Policy {
	t.Helper()
	policies, err := Policies(phase, o, "secure")
	if err != nil {
		t.Fatal(err)
	}
	return policies
}

// printed are the statements of a phase by their Sid.
func printed(t *testing.T, phase Phase, o Options) map[string]Statement {
	t.Helper()
	out := map[string]Statement{}
	for _, p := range policiesOf(t, phase, o) {
		for _, s := range p.Statements {
			out[s.Sid] = s
		}
	}
	return out
}

// allowed are those that allow.
func allowed(t *testing.T, phase Phase, o Options) map[string]Statement {
	t.Helper()
	out := printed(t, phase, o)
	maps.DeleteFunc(out, func(_ string, s Statement) bool { return s.Deny })
	return out
}

// each runs a test on the policies of every variant in every phase.
func eachPhase(t *testing.T, test func(t *testing.T, phase Phase, o Options)) {
	t.Helper()
	for name, o := range variants() {
		for _, phase := range Phases() {
			t.Run(name+"/"+string(phase), func(t *testing.T) {
				t.Parallel()
				test(t, phase, o)
			})
		}
	}
}

// actionsOf lists all actions of a phase.
func actionsOf(t *testing.T, phase Phase, o Options) []string {
	t.Helper()
	var out []string
	for s := range maps.Values(allowed(t, phase, o)) {
		out = append(out, s.Actions...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
