package provider

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestCheckHouse_StatedSettingsAreHeldAgainstDefaultsOfTheHouse(t *testing.T) {
	t.Parallel()
	var (
		mount  = bp.Known(bp.FileSystemSpec{ARN: bp.Known("arn")})
		inside = bp.Known(bp.VPCSpec{SubnetIDs: bp.Known(bp.SetOf("subnet-1"))})
		debug  = bp.Known(bp.LogsSpec{ApplicationLevel: bp.Known("DEBUG")})
		old    = bp.Known("java8")
	)
	for label, c := range map[string]struct {
		spec  bp.Spec
		house bp.House
		want  []string
	}{
		"file system alone":              {bp.Spec{FileSystem: mount}, bp.House{}, []string{"file_system: A file system needs a VPC"}},
		"file system in the house's VPC": {bp.Spec{FileSystem: mount}, bp.House{VPC: inside}, nil},
		"file system, VPC not yet known": {bp.Spec{FileSystem: mount}, bp.House{VPC: bp.Unknown[bp.VPCSpec]()}, nil},
		"VPC that turned out to be on":   {bp.Spec{VPC: bp.Known(bp.VPCSpec{Enabled: bp.Known(true), SubnetIDs: bp.Known(bp.SetOf("subnet-1"))})}, bp.House{}, []string{"vpc.security_group_ids: vpc.security_group_ids is missing"}},
		"VPC that may turn out so":       {bp.Spec{VPC: bp.Known(bp.VPCSpec{Enabled: bp.Unknown[bool]()})}, bp.House{}, nil},
		"level in the house's text":      {bp.Spec{Logs: debug}, bp.House{LogFormat: bp.Known("Text")}, []string{"logs.application_level: Levels need the JSON format"}},
		"level with a format of its own": {bp.Spec{Logs: bp.Known(bp.LogsSpec{Format: bp.Known("JSON"), SystemLevel: bp.Known("WARN")})}, bp.House{LogFormat: bp.Known("Text")}, nil},
		"level in the house's JSON":      {bp.Spec{Logs: debug}, bp.House{LogFormat: bp.Known("JSON")}, nil},
		"no level in the house's text":   {bp.Spec{}, bp.House{LogFormat: bp.Known("Text")}, nil},
		"runtime under the built-in":     {bp.Spec{Runtime: old}, bp.House{}, []string{"architecture: Runtime java8 may not run on arm64"}},
		"runtime under the house's":      {bp.Spec{Runtime: old}, bp.House{Architecture: bp.Known("x86_64")}, nil},
		"runtime under an unknown":       {bp.Spec{Runtime: old}, bp.House{Architecture: bp.Unknown[string]()}, nil},
	} {
		var got []string
		for _, d := range checkHouse(intent{spec: c.spec, house: c.house}) {
			at, _ := d.(diag.DiagnosticWithPath)
			got = append(got, at.Path().String()+": "+d.Summary())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", label, got, c.want)
		}
	}
}

func TestHeld_ImportKeepsAFunctionOutOfTheVPCOfTheHouse(t *testing.T) {
	t.Parallel()
	for label, c := range map[string]struct {
		network bp.Value[bp.Network]
		house   bp.Value[bp.VPCSpec]
		want    []string
	}{
		"outside, house inside":  {bp.Null[bp.Network](), bp.Known(bp.VPCSpec{SubnetIDs: bp.Known(bp.SetOf("subnet-1")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-1"))}), []string{"  vpc = { enabled = false }"}},
		"outside, house outside": {bp.Null[bp.Network](), bp.Null[bp.VPCSpec](), nil},
		"inside, house outside": {
			bp.Known(bp.Network{SubnetIDs: bp.Known(bp.SetOf("subnet-1", "subnet-2")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-1")), IPv6: bp.Known(true)}), bp.Null[bp.VPCSpec](),
			[]string{`  vpc = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"], ipv6 = true }`},
		},
	} {
		observed := bp.Blueprint{Function: bp.Known(bp.Function{Name: bp.Known("orders"), Network: c.network})}
		facts := draft.Facts{House: bp.House{VPC: c.house}}
		kept := slices.DeleteFunc(hold(draft.Infer(observed, nil, facts), observed), func(name string) bool { return name != "vpc" })
		spec := bp.Spec{}
		if got := kept.apply(&spec, observed).lines(observed); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", label, got, c.want)
		}
		if got := draft.Draft(spec, facts).Function.Or(bp.Function{}).Network; !bp.Equal(got, c.network) {
			t.Errorf("%s: the function moves to %v", label, got)
		}
	}
}
