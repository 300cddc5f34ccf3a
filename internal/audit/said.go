package audit

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Said is what the configuration of a unit says of itself and AWS does not hold: why
// its grants are wide, and what it need not meet.
type Said struct {
	// Reasons are by the Sids of statements.
	Reasons map[string]string
	// Waivers are by control.
	Waivers map[string]bp.WaiverSpec
}

// ReadSaid reads what the units of a state say, by the ARNs of their functions: the
// text is what terraform show -json or terraform state pull prints.
func ReadSaid(text []byte) (map[string]Said, error) {
	var root any
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("not a state as JSON: %w", err)
	}
	out := map[string]Said{}
	collect(root, out)
	return out, nil
}

// collect walks a state in either form: a resource has values, or instances with
// attributes.
func collect(node any, out map[string]Said) {
	switch n := node.(type) {
	case []any:
		for _, member := range n {
			collect(member, out)
		}
	case map[string]any:
		if n["type"] == "secure_lambda" {
			add(n["values"], out)
			instances, _ := n["instances"].([]any)
			for _, instance := range instances {
				if i, ok := instance.(map[string]any); ok {
					add(i["attributes"], out)
				}
			}
			return
		}
		for _, member := range n {
			collect(member, out)
		}
	}
}

func add(attributes any, out map[string]Said) {
	values, ok := attributes.(map[string]any)
	arn, known := values["arn"].(string)
	if !ok || !known {
		return
	}
	said := Said{Reasons: map[string]string{}, Waivers: map[string]bp.WaiverSpec{}}
	entries, _ := values["access"].(map[string]any)
	for label, entry := range entries {
		if reason := textOf(entry, "reason"); reason != "" {
			said.Reasons[bp.Sid(label)] = reason
		}
	}
	waivers, _ := values["waivers"].(map[string]any)
	for id, waiver := range waivers {
		said.Waivers[id] = bp.WaiverSpec{Reason: bp.Known(textOf(waiver, "reason")), Expires: bp.Known(textOf(waiver, "expires"))}
	}
	out[arn] = said
}

func textOf(object any, name string) string {
	fields, _ := object.(map[string]any)
	text, _ := fields[name].(string)
	return text
}

// Waiver is a waiver in force.
type Waiver struct {
	Reason  string `json:"reason"`
	Expires string `json:"expires"`
}

// waived are the waivers of a unit that count today, by control.
func (s Said) waived(judgements []posture.Judgement, now time.Time) map[string]Waiver {
	inForce, _ := posture.CheckWaivers(s.Waivers, judgements, now)
	out := map[string]Waiver{}
	for _, j := range judgements {
		if w, stated := s.Waivers[j.ID]; stated && inForce[j.ID] && (j.Outcome == posture.Fail || j.Outcome == posture.NeedsInput) {
			out[j.ID] = Waiver{w.Reason.Or(""), w.Expires.Or("")}
		}
	}
	return out
}
