package posture

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/agext/levenshtein"

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
	remark, counts = checkTerm(id, w, now)
	at := slices.IndexFunc(judgements, func(j Judgement) bool { return j.ID == id })
	if at < 0 || remark.What != "" || w.Expires.IsUnknown() {
		return remark, counts
	}
	if o := judgements[at].Outcome; o == Pass || o == NotApplicable {
		return Remark{What: fmt.Sprintf("The waiver of %s is not needed", id), Why: fmt.Sprintf("The control is met: %s", judgements[at].Evidence), Write: "Remove the waiver, so that the control counts again if it is not met one day"}, true
	}
	return Remark{}, true
}

// CheckHouse judges the waivers of the provider block by themselves, before any
// unit: whether they are needed depends on the unit.
func CheckHouse(waivers map[string]bp.Value[bp.WaiverSpec], now time.Time) []Remark {
	var remarks []Remark
	for _, id := range slices.Sorted(maps.Keys(waivers)) {
		if waivers[id].IsNull() {
			continue // not stated
		}
		w := waivers[id].Or(bp.WaiverSpec{Expires: bp.Unknown[string]()})
		if _, err := time.Parse(time.DateOnly, w.Expires.Or("")); err != nil {
			w.Expires = bp.Unknown[string]() // its attribute has a rule of its own
		}
		if remark, _ := checkTerm(id, w, now); remark.What != "" {
			remark.ID = id
			remarks = append(remarks, remark)
		}
	}
	return remarks
}

// checkTerm judges what a waiver names and when it ends.
func checkTerm(id string, w bp.WaiverSpec, now time.Time) (remark Remark, counts bool) {
	if _, exists := Lookup(id); !exists {
		return Remark{Error: true, What: fmt.Sprintf("%q is not a control", id), Why: "A waiver that names no control excuses nothing", Write: meant(id)}, false
	}
	expires, known := w.Expires.Get()
	end, err := time.Parse(time.DateOnly, expires)
	switch {
	case !known:
		return Remark{}, true // known after apply
	case err != nil:
		return Remark{Error: true, What: fmt.Sprintf("%q is not a day", expires), Why: "A waiver without an end is forgotten", Write: "Write a day such as \"" + now.AddDate(0, 6, 0).Format(time.DateOnly) + "\""}, false
	case end.Sub(now) > longestWaiver:
		return Remark{Error: true, What: fmt.Sprintf("The waiver of %s ends on %s, more than 366 days away", id, expires), Why: "Nobody looks again at an exception that lasts for years",
			Write: "Write " + now.AddDate(1, 0, 0).Format(time.DateOnly) + " or an earlier day, and renew it then"}, false
	case now.After(end.Add(24*time.Hour + grace)):
		return Remark{What: fmt.Sprintf("The waiver of %s expired on %s and no longer counts", id, expires), Why: "An exception is granted for a time", Write: "Meet the control, or renew the waiver with a new day and a reason that still holds"}, false
	case now.After(end.Add(24 * time.Hour)):
		return Remark{What: fmt.Sprintf("The waiver of %s expired on %s", id, expires), Why: fmt.Sprintf("It still counts until %s; from then on the control counts again", end.Add(grace).Format(time.DateOnly)), Write: "Meet the control, or renew the waiver"}, true
	}
	return Remark{}, true
}

// ReasonTooShort reports whether a waiver's reason says too little.
func ReasonTooShort(reason string) bool {
	return len([]rune(strings.TrimSpace(reason))) < shortestReason
}

// meant names the control that may have been meant: one that differs in a few
// letters, else one that has most of its words.
func meant(id string) string {
	best, least := "", 0
	for _, c := range catalogue {
		if off := levenshtein.Distance(strings.ToLower(id), c.ID, nil); off <= max(2, len(id)/4) && (best == "" || off < least) {
			best, least = c.ID, off
		}
	}
	if most := 0; best == "" {
		for _, c := range catalogue {
			if common := commonWords(id, c.ID); common > most {
				best, most = c.ID, common
			}
		}
	}
	if best == "" {
		return "Write one of those that the command `terraform-provider-secure controls` lists"
	}
	return fmt.Sprintf("Write %q, or another of those that the command `terraform-provider-secure controls` lists", best)
}

// commonWords counts the letters of the words that two ids share.
func commonWords(a, b string) int {
	common, words := 0, strings.Split(b, "-")
	for word := range strings.SplitSeq(strings.ToLower(a), "-") {
		if slices.Contains(words, word) {
			common += len(word)
		}
	}
	return common
}
