package draft_test

import (
	"testing"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

// house is one that says what every unit is to be.
func house() bp.House {
	return bp.House{Architecture: bp.Known("x86_64"), VPC: bp.Known(houseVPC), Tracing: bp.Known("PassThrough"), LogFormat: bp.Known("Text")}
}

func TestDraft_TextDefaultsOfTheHouseStandBetweenUnitAndBuiltIn(t *testing.T) {
	t.Parallel()
	none, unknown := bp.Null[string](), bp.Unknown[string]()
	for attribute, c := range map[string]struct {
		unit         func(*bp.Spec, bp.String)
		house        func(*bp.House, bp.String)
		path         string
		one, builtIn string
	}{
		"architecture": {func(s *bp.Spec, v bp.String) { s.Architecture = v }, func(h *bp.House, v bp.String) { h.Architecture = v }, "function.architecture", "x86_64", "arm64"},
		"tracing":      {func(s *bp.Spec, v bp.String) { s.Tracing = v }, func(h *bp.House, v bp.String) { h.Tracing = v }, "function.tracing", "PassThrough", "Active"},
		"log_format":   {func(s *bp.Spec, v bp.String) { s.Logs = bp.Known(bp.LogsSpec{Format: v}) }, func(h *bp.House, v bp.String) { h.LogFormat = v }, "function.logging.format", "Text", "JSON"},
	} {
		other := bp.Known(c.builtIn)
		for label, row := range map[string]struct{ unit, house, want bp.String }{
			"nobody":                     {none, none, other},
			"the house":                  {none, bp.Known(c.one), bp.Known(c.one)},
			"the unit":                   {bp.Known(c.one), none, bp.Known(c.one)},
			"the unit against the house": {other, bp.Known(c.one), other},
			"unknown of the house":       {none, unknown, unknown},
			"unknown of the unit":        {unknown, bp.Known(c.one), unknown},
			"the unit, house not yet":    {other, unknown, other},
		} {
			spec, facts := fourLines(), knownFacts()
			c.unit(&spec, row.unit)
			c.house(&facts.House, row.house)
			leaf := leaves(draft.Draft(spec, facts))[c.path]
			text, _ := leaf.Value.(string)
			if row.want.IsUnknown() != (leaf.State == bp.StateUnknown) || text != row.want.Or("") {
				t.Errorf("%s: said by %s: %v, want %v", attribute, label, leaf, row.want)
			}
		}
	}
}

func TestDraft_UnitIsInTheVPCOfTheHouseUnlessItSaysOtherwise(t *testing.T) {
	t.Parallel()
	of := func(v bp.VPCSpec) bp.Value[bp.Network] {
		return bp.Known(bp.Network{SubnetIDs: v.SubnetIDs, SecurityGroupIDs: v.SecurityGroupIDs, IPv6: v.IPv6.Else(bp.Known(false))})
	}
	own := bp.VPCSpec{SubnetIDs: bp.Known(bp.SetOf("subnet-1")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-1")), IPv6: bp.Known(true)}
	off, nowhere, maybe := bp.VPCSpec{Enabled: bp.Known(false)}, bp.Null[bp.Network](), bp.Unknown[bp.Network]()
	none, unknown := bp.Null[bp.VPCSpec](), bp.Unknown[bp.VPCSpec]()
	for label, c := range map[string]struct {
		unit, house bp.Value[bp.VPCSpec]
		want        bp.Value[bp.Network]
	}{
		"nobody says":                {none, none, nowhere},
		"the house says":             {none, bp.Known(houseVPC), of(houseVPC)},
		"the unit says":              {bp.Known(own), bp.Known(houseVPC), of(own)},
		"the unit says no":           {bp.Known(off), bp.Known(houseVPC), nowhere},
		"the unit says no to nobody": {bp.Known(off), none, nowhere},
		"unknown of the house":       {none, unknown, maybe},
		"off, whatever the house is": {bp.Known(off), unknown, nowhere},
		"unknown of the unit":        {unknown, bp.Known(houseVPC), maybe},
		"unknown whether":            {bp.Known(bp.VPCSpec{Enabled: bp.Unknown[bool]()}), bp.Known(houseVPC), maybe},
	} {
		spec, facts := fourLines(), knownFacts()
		spec.VPC, facts.House.VPC = c.unit, c.house
		got := draft.Draft(spec, facts)
		function, _, _, _ := parts(got)
		if !bp.Equal(function.Network, c.want) {
			t.Errorf("%s: the network is %v, want %v", label, function.Network, c.want)
		}
		// The role may keep interfaces exactly where there are some.
		state, _ := function.Network.Inspect()
		for _, statement := range []bp.Value[bp.Statement]{statements(got).Network, statements(got).NetworkDeny} {
			may, _ := statement.Inspect()
			same(t, label+": interfaces", may, state)
		}
	}
}

func TestInfer_FunctionOutsideTheVPCOfTheHouseSaysSo(t *testing.T) {
	t.Parallel()
	facts := knownFacts()
	observed := draft.Draft(fourLines(), facts)
	same(t, "without a house", draft.Infer(observed, nil, facts).VPC, bp.Null[bp.VPCSpec]())
	facts.House = house()
	got := draft.Infer(observed, nil, facts)
	same(t, "vpc", got.VPC, bp.Known(bp.VPCSpec{Enabled: bp.Known(false)}))
	same(t, "others", []bp.String{got.Architecture, got.Tracing, got.Logs.Or(bp.LogsSpec{}).Format}, []bp.String{bp.Known("arm64"), bp.Known("Active"), bp.Known("JSON")})
	same(t, "level", got.Logs.Or(bp.LogsSpec{}).ApplicationLevel, bp.Null[string]())
	inside := draft.Infer(draft.Draft(fourLines(), facts), nil, facts)
	same(t, "inside", []bool{inside.VPC.IsNull(), inside.Architecture.IsNull(), inside.Tracing.IsNull(), inside.Logs.IsNull()}, []bool{true, true, true, true})
}
