package posture

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// What a waiver has to say.
const (
	shortestReason = 10                   // characters
	longestWaiver  = 366 * 24 * time.Hour // from the day it is read
	// grace is how long a waiver counts after it has expired, with a warning.
	grace = 30 * 24 * time.Hour
)

// Waivers are the controls that need not be met, by id: the unit's stand above
// the house's. They are unknown while one of the two is.
func Waivers(house, unit bp.Value[map[string]bp.Value[bp.WaiverSpec]]) bp.Value[map[string]bp.WaiverSpec] {
	if house.IsUnknown() || unit.IsUnknown() {
		return bp.Unknown[map[string]bp.WaiverSpec]()
	}
	all := map[string]bp.WaiverSpec{}
	for _, from := range []map[string]bp.Value[bp.WaiverSpec]{house.Or(nil), unit.Or(nil)} {
		for id, waiver := range from {
			if waiver.IsUnknown() {
				return bp.Unknown[map[string]bp.WaiverSpec]()
			}
			if w, stated := waiver.Get(); stated {
				all[id] = w
			}
		}
	}
	return bp.Known(all)
}

// Remark is what is wrong with a waiver.
type Remark struct {
	ID    string
	Error bool
	What  string
	Why   string
	Write string
}

// CheckWaivers judges waivers by a clock. Those in force are returned by id.
func CheckWaivers(waivers map[string]bp.WaiverSpec, judgements []Judgement, now time.Time) (inForce map[string]bool, remarks []Remark) {
	inForce = map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(waivers)) {
		remark, counts := checkWaiver(id, waivers[id], judgements, now)
		if counts {
			inForce[id] = true
		}
		if remark.What != "" {
			remark.ID = id
			remarks = append(remarks, remark)
		}
	}
	return inForce, remarks
}

func checkWaiver(id string, w bp.WaiverSpec, judgements []Judgement, now time.Time) (remark Remark, counts bool) {
	at := slices.IndexFunc(judgements, func(j Judgement) bool { return j.ID == id })
	if at < 0 {
		return Remark{Error: true, What: fmt.Sprintf("%q is not a control", id), Why: "A waiver of nothing would look like one", Write: nearest(id)}, false
	}
	expires, known := w.Expires.Get()
	end, err := time.Parse(time.DateOnly, expires)
	switch {
	case !known:
		return Remark{}, true // known after apply
	case err != nil:
		return Remark{Error: true, What: fmt.Sprintf("%q is not a day", expires), Why: "A waiver without an end is forgotten", Write: "Write a day such as \"" + now.AddDate(0, 6, 0).Format(time.DateOnly) + "\""}, false
	case end.Sub(now) > longestWaiver:
		return Remark{Error: true, What: fmt.Sprintf("The waiver of %s ends on %s, more than 366 days away", id, expires), Why: "A waiver that nobody looks at for years is none",
			Write: "Write " + now.AddDate(1, 0, 0).Format(time.DateOnly) + " or an earlier day, and renew it then"}, false
	case now.After(end.Add(24*time.Hour + grace)):
		return Remark{What: fmt.Sprintf("The waiver of %s expired on %s and counts no longer", id, expires), Why: "An exception is granted for a time", Write: "Meet the control, or renew the waiver with a new day and a reason that still holds"}, false
	case now.After(end.Add(24 * time.Hour)):
		return Remark{What: fmt.Sprintf("The waiver of %s expired on %s", id, expires), Why: fmt.Sprintf("It counts until %s, then the control binds again", end.Add(grace).Format(time.DateOnly)), Write: "Meet the control, or renew the waiver"}, true
	}
	if o := judgements[at].Outcome; o == Pass || o == NotApplicable {
		return Remark{What: fmt.Sprintf("The waiver of %s is not needed", id), Why: fmt.Sprintf("The control is met: %s", judgements[at].Evidence), Write: "Take it out, so that the control binds when it fails"}, true
	}
	return Remark{}, true
}

// ReasonTooShort reports whether a waiver's reason says too little.
func ReasonTooShort(reason string) bool {
	return len([]rune(strings.TrimSpace(reason))) < shortestReason
}

// nearest names the control that may have been meant.
func nearest(id string) string {
	best, most := "", 0
	for _, c := range catalogue {
		common := 0
		for word := range strings.SplitSeq(id, "-") {
			if word != "" && slices.Contains(strings.Split(c.ID, "-"), word) {
				common += len(word)
			}
		}
		if common > most {
			best, most = c.ID, common
		}
	}
	if best == "" {
		return "`terraform-provider-secure controls` lists the controls"
	}
	return fmt.Sprintf("Write %q, or another of those that `terraform-provider-secure controls` lists", best)
}
