package posture_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestCheckWaivers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	spec, known := complete()
	spec.VPC = bp.Null[bp.VPCSpec]() // in-vpc is not met
	judgements := posture.Judge(draft.Draft(spec, known), facts())
	for name, c := range map[string]struct {
		id, expires string
		inForce     bool
		isError     bool
		says        string
	}{
		"in force":            {"in-vpc", "2027-05-31", true, false, ""},
		"last day":            {"in-vpc", "2026-11-24", true, false, ""},
		"just expired":        {"in-vpc", "2026-11-22", true, false, "expired on 2026-11-22"},
		"grace ends":          {"in-vpc", "2026-10-25", true, false, "It still counts until 2026-11-24"},
		"long expired":        {"in-vpc", "2026-10-22", false, false, "no longer counts"},
		"a year":              {"in-vpc", "2027-11-24", true, false, ""},
		"too far":             {"in-vpc", "2027-11-27", false, true, "more than 366 days away"},
		"no day":              {"in-vpc", "soon", false, true, "is not a day"},
		"no control":          {"vpc", "2027-05-31", false, true, `Write "in-vpc"`},
		"two letters swapped": {"in-vcp", "2027-05-31", false, true, `Write "in-vpc"`},
		"a letter missing":    {"no-plaintext-secret", "2027-05-31", false, true, `Write "no-plaintext-secrets"`},
		"in capitals":         {"IN-VPC", "2027-05-31", false, true, `Write "in-vpc"`},
		"words in common":     {"plaintext-secrets-in-env", "2027-05-31", false, true, `Write "no-plaintext-secrets"`},
		"nothing close":       {"xyzzy", "2027-05-31", false, true, "terraform-provider-secure controls"},
		"not needed":          {"tracing-active", "2027-05-31", true, false, "is not needed"},
		"does not apply":      {"vpc-multi-az", "2027-05-31", true, false, "is not needed"},
	} {
		waiver := bp.WaiverSpec{Reason: bp.Known("accepted by the platform team"), Expires: bp.Known(c.expires)}
		inForce, remarks := posture.CheckWaivers(map[string]bp.WaiverSpec{c.id: waiver}, judgements, now)
		if inForce[c.id] != c.inForce {
			t.Errorf("%s: in force %v", name, inForce[c.id])
		}
		if c.says == "" && len(remarks) > 0 {
			t.Errorf("%s: %+v", name, remarks)
		}
		if c.says != "" && (len(remarks) != 1 || remarks[0].Error != c.isError || !strings.Contains(remarks[0].What+remarks[0].Why+remarks[0].Write, c.says)) {
			t.Errorf("%s: %+v does not say %q", name, remarks, c.says)
		}
	}
}

// TestCheckHouse judges the provider block's waivers without a unit: what they
// name and when they end, never whether somebody needs them.
func TestCheckHouse(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	until := func(expires string) bp.Value[bp.WaiverSpec] {
		return bp.Known(bp.WaiverSpec{Reason: bp.Known("accepted by the platform team"), Expires: bp.Known(expires)})
	}
	for name, c := range map[string]struct {
		id      string
		waiver  bp.Value[bp.WaiverSpec]
		isError bool
		says    string
	}{
		"in force":        {"tracing-active", until("2027-05-31"), false, ""},
		"misspelt":        {"in-vcp", until("2027-05-31"), true, `Write "in-vpc"`},
		"misspelt, later": {"in-vcp", bp.Unknown[bp.WaiverSpec](), true, `Write "in-vpc"`},
		"known later":     {"in-vpc", bp.Unknown[bp.WaiverSpec](), false, ""},
		"not stated":      {"in-vcp", bp.Null[bp.WaiverSpec](), false, ""},
		"no day":          {"in-vpc", until("soon"), false, ""}, // the attribute's rule says so
		"too far":         {"in-vpc", until("2099-01-31"), true, "more than 366 days away"},
		"expired":         {"in-vpc", until("2026-11-01"), false, "expired on 2026-11-01"},
	} {
		remarks := posture.CheckHouse(map[string]bp.Value[bp.WaiverSpec]{c.id: c.waiver}, now)
		if (c.says == "") != (len(remarks) == 0) {
			t.Errorf("%s: %+v", name, remarks)
		}
		for _, r := range remarks {
			if r.ID != c.id || r.Error != c.isError || !strings.Contains(r.What+r.Why+r.Write, c.says) {
				t.Errorf("%s: %+v does not say %q", name, r, c.says)
			}
		}
	}
}

func TestWaivers_UnitOverHouse(t *testing.T) {
	t.Parallel()
	of := func(reason string) bp.Value[map[string]bp.Value[bp.WaiverSpec]] {
		return bp.Known(map[string]bp.Value[bp.WaiverSpec]{"in-vpc": bp.Known(bp.WaiverSpec{Reason: bp.Known(reason)})})
	}
	all := posture.Waivers(of("the house's"), of("the unit's")).Or(nil)
	if all["in-vpc"].Reason != bp.Known("the unit's") {
		t.Errorf("%v", all)
	}
	if !posture.Waivers(bp.Unknown[map[string]bp.Value[bp.WaiverSpec]](), of("x")).IsUnknown() {
		t.Error("waivers of an unknown house are known")
	}
}

// TestObjections says which controls stop a change.
func TestObjections(t *testing.T) {
	t.Parallel()
	spec, known := complete()
	spec.VPC, spec.Tracing = bp.Null[bp.VPCSpec](), bp.Known("PassThrough")
	spec.PolicyARNs = bp.Known(bp.SetOf("arn:aws:iam::aws:policy/AdministratorAccess"))
	f := facts()
	f.Around.Policies = map[string]bp.Writing{"arn:aws:iam::aws:policy/AdministratorAccess": worse.Writing(`{"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::111122223333:user/orders"}`)}
	judgements := posture.Judge(draft.Draft(spec, known), f)
	escalates := map[string]bool{"no-administrator-policy": true, "no-privilege-escalation": true}
	for _, c := range []struct {
		standard posture.Standard
		waived   map[string]bool
		stop     string
	}{
		{"", nil, "no-administrator-policy no-privilege-escalation"},
		{"", map[string]bool{"no-administrator-policy": true}, "no-privilege-escalation"},
		{"", escalates, ""},
		{posture.Baseline, nil, "no-administrator-policy no-aws-managed-policies no-privilege-escalation tracing-active"},
		{posture.PCI, escalates, "in-vpc"},
	} {
		stop := []string{}
		var minimums posture.Minimums
		if c.standard != "" {
			minimums = posture.Minimums{{Standard: c.standard}}
		}
		for _, o := range posture.Objections(judgements, c.waived, minimums, "1.0.0") {
			if o.Stops {
				stop = append(stop, o.ID)
			}
		}
		want := strings.Fields(c.stop)
		slices.Sort(stop)
		if strings.Join(stop, " ") != strings.Join(want, " ") {
			t.Errorf("%q without %v: %v stop, want %v", c.standard, c.waived, stop, want)
		}
	}
}

// TestMinimumsOf keeps the house's minimum as a floor.
func TestMinimumsOf(t *testing.T) {
	t.Parallel()
	null := bp.Null[string]()
	for name, c := range map[string]struct {
		house, unit bp.String
		allow       bp.Value[bool]
		want        string
	}{
		"none":                {null, null, bp.Null[bool](), ""},
		"the unit's":          {null, bp.Known("pci"), bp.Null[bool](), "minimum_posture pci"},
		"the house's":         {bp.Known("pci"), null, bp.Null[bool](), "the provider's minimum_posture pci"},
		"both":                {bp.Known("pci"), bp.Known("baseline"), bp.Null[bool](), "minimum_posture baseline, the provider's minimum_posture pci"},
		"the same":            {bp.Known("pci"), bp.Known("pci"), bp.Null[bool](), "minimum_posture pci"},
		"lower, allowed":      {bp.Known("pci"), bp.Known("baseline"), bp.Known(true), "minimum_posture baseline"},
		"lower, refused":      {bp.Known("pci"), bp.Known("baseline"), bp.Known(false), "minimum_posture baseline, the provider's minimum_posture pci"},
		"lower, not known":    {bp.Known("pci"), bp.Known("baseline"), bp.Unknown[bool](), "minimum_posture baseline, the provider's minimum_posture pci"},
		"allowed, not stated": {bp.Known("pci"), null, bp.Known(true), "the provider's minimum_posture pci"},
	} {
		var got []string
		for _, m := range posture.MinimumsOf(c.house, c.unit, c.allow) {
			got = append(got, m.String())
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}
