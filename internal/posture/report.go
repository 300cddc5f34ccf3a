package posture

import (
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Report is what a unit shows of its posture.
type Report struct {
	Score      bp.Value[int64]                        `attr:"score" doc:"Points of a hundred: every control that applies and is not waived weighs 1, 3, 6 or 10 by its severity."`
	Failed     bp.Value[map[string]bp.Value[Finding]] `attr:"failed" doc:"Controls that are not met, by id."`
	NeedsInput bp.Value[map[string]bp.Value[Finding]] `attr:"needs_input" doc:"Controls that are not met because they take something that only the user can give, by id."`
	Waived     bp.Value[map[string]bp.Value[Finding]] `attr:"waived" doc:"Controls that are not met and that a waiver excuses, by id. Whether a waiver has expired is checked by every plan and not shown here."`
	Unknown    bp.Value[bp.Set]                       `attr:"unknown" doc:"Ids of controls that could not be judged, because something that others wrote could not be understood."`
}

// Finding is one control that is not met.
type Finding struct {
	Severity bp.String `attr:"severity" doc:"low, medium, high or critical."`
	Evidence bp.String `attr:"evidence" doc:"Why the control is not met."`
	Remedy   bp.String `attr:"remedy" doc:"What to write."`
}

// NewReport sums up judgements. It is unknown while a value that one of them
// depends on is, or a waiver. What only the code package tells is left out.
func NewReport(judgements []Judgement, waivers bp.Value[map[string]bp.WaiverSpec]) bp.Value[Report] {
	if Open(judgements) || waivers.IsUnknown() {
		return bp.Unknown[Report]()
	}
	excused := func(id string) bool { _, ok := waivers.Or(nil)[id]; return ok }
	failed, needs, waived := map[string]bp.Value[Finding]{}, map[string]bp.Value[Finding]{}, map[string]bp.Value[Finding]{}
	unknown := bp.Set{}
	for _, j := range judgements {
		finding := bp.Known(Finding{bp.Known(j.Severity.String()), bp.Known(j.Evidence), bp.Known(j.Remedy)})
		switch {
		case j.CodeOnly:
		case j.Outcome == Unknown:
			unknown = append(unknown, bp.Known(j.ID))
		case j.Outcome != Fail && j.Outcome != NeedsInput:
		case excused(j.ID):
			waived[j.ID] = finding
		case j.Outcome == NeedsInput:
			needs[j.ID] = finding
		default:
			failed[j.ID] = finding
		}
	}
	return bp.Known(Report{
		Score: bp.Known(Score(judgements, excused)), Failed: bp.Known(failed), NeedsInput: bp.Known(needs), Waived: bp.Known(waived),
		Unknown: bp.Known(unknown.Canonical()),
	})
}

// Objection is a control that is not met, and whether it stops a change.
type Objection struct {
	Judgement

	Stops bool
	// By is what asks for the control: its severity, or a standard.
	By string
}

// Minimum is a standard that a unit has to meet.
type Minimum struct {
	Standard Standard
	// House says that the provider block asks for it, for all units.
	House bool
}

// String names it as somebody would who has to find it.
func (m Minimum) String() string {
	if m.House {
		return "the provider's minimum_posture " + string(m.Standard)
	}
	return "minimum_posture " + string(m.Standard)
}

// Minimums are the standards that a unit has to meet, all of them.
type Minimums []Minimum

// MinimumsOf puts the minimum of the house and that of the unit together. The
// house's is a floor: a unit can ask for more and not for less, unless the house
// allows it.
func MinimumsOf(house, unit bp.String, allowLower bp.Value[bool]) Minimums {
	var out Minimums
	own, stated := unit.Get()
	if stated {
		out = append(out, Minimum{Standard: Standard(own)})
	}
	if floor, is := house.Get(); is && floor != own && (!stated || !allowLower.Or(false)) {
		out = append(out, Minimum{Standard(floor), true})
	}
	return out
}

func (m Minimums) asking(c Control) (Minimum, bool) {
	for _, minimum := range m {
		if c.AskedBy(minimum.Standard) {
			return minimum, true
		}
	}
	return Minimum{}, false
}

// Cover reports whether one of them asks for a control, or there are none.
func (m Minimums) Cover(c Control) bool {
	_, asked := m.asking(c)
	return asked || len(m) == 0
}

// Objections lists what speaks against a unit, waivers in force apart: what is
// critical or high stops a change, and so does what a minimum asks for.
func Objections(judgements []Judgement, inForce map[string]bool, minimums Minimums, release string) []Objection {
	var out []Objection
	for _, j := range judgements {
		if j.Outcome != Fail && j.Outcome != NeedsInput || inForce[j.ID] {
			continue
		}
		o := Objection{Judgement: j}
		asks, asked := minimums.asking(j.Control)
		switch {
		case asked:
			o.By, o.Stops = asks.String()+" asks for it", true
		case j.Outcome == Fail && j.Severity >= High:
			o.By, o.Stops = "its severity is "+j.Severity.String(), true
		}
		o.Stops = o.Stops && j.Binding(release)
		out = append(out, o)
	}
	return out
}

// IsStandard checks a value of minimum_posture.
func IsStandard(text string) bool {
	for _, s := range Standards() {
		if string(s) == text {
			return true
		}
	}
	return false
}

// StandardNames lists the values of minimum_posture.
func StandardNames() string {
	var names []string
	for _, s := range Standards() {
		names = append(names, `"`+string(s)+`"`)
	}
	return strings.Join(names, ", ")
}
