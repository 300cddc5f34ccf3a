package kinds

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Phases of a unit that is not complete, as its anchor says them. The anchor of
// a complete unit says nothing.
const (
	PhaseCreating   = "creating"   // a run is making it
	PhaseUnfinished = "unfinished" // the run that made it gave up
)

const markerTime = "20060102T150405Z"

// Marker is the value of the tag secure:state.
type Marker struct {
	Phase, Run string
	Since      time.Time
	Beat       int
}

func (m Marker) String() string {
	return fmt.Sprintf("%s:%s:%s:%d", m.Phase, m.Run, m.Since.UTC().Format(markerTime), m.Beat)
}

// ParseMarker reads the tag secure:state. A unit that is complete has none.
func ParseMarker(text string) (Marker, bool) {
	fields := strings.Split(text, ":")
	if len(fields) != 4 || fields[0] != PhaseCreating && fields[0] != PhaseUnfinished {
		return Marker{}, false
	}
	since, err := time.Parse(markerTime, fields[2])
	beat, number := strconv.Atoi(fields[3])
	return Marker{fields[0], fields[1], since, beat}, err == nil && number == nil
}

// Claim is the right to make a unit, which only one run at a time has: whoever
// made its role, or took over the role of a run that is not alive any more.
type Claim struct {
	RoleID string
	// Adopted says that an earlier run left the unit unfinished; Found is what
	// exists of it.
	Adopted bool
	Found   Observation
	// Generation is that of the run before.
	Generation string

	Role   string
	Marker Marker
}

// Handed is a unit that this process was told to replace and left in place: what
// its state lists is the unit's, whatever the tags say. The zero value is none.
type Handed struct {
	Generation string
	Inventory  bp.Inventory
}

// lists reports whether the state lists an object.
func (h Handed) lists(arn string) bool {
	if h.Generation == "" {
		return false
	}
	return slices.Contains(h.Inventory.ARNs(), arn) || slices.Contains(h.Inventory.Superseded.Or(nil), bp.Known(arn))
}
