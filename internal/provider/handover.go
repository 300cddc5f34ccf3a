package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Terraform replaces what a create left incomplete: it deletes the object and
// creates it again. Nothing that a provider says changes that. So the planned
// create leaves a note in the private data, which Terraform passes to the delete
// of the same replacement, and to no other delete. A delete that finds the note
// removes nothing, and the create takes up what is there.

// privateHandover is the private-state key of that note.
const privateHandover = "handover"

// handover names what a planned create will make. What was begun under other
// names is not taken up: it is removed.
type handover struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Name    string `json:"name"`
	// ARNs are those of the planned objects.
	Role     string `json:"role"`
	Policy   string `json:"policy"`
	LogGroup string `json:"log_group"`
}

func (in intent) handover(planned bp.Blueprint) handover {
	role, _ := planned.Role.Get()
	policy, _ := planned.Policy.Get()
	group, _ := planned.LogGroup.Get()
	return handover{
		Account: in.place.Account, Region: in.place.Region, Name: in.spec.Name.Or(""),
		Role: role.ARN.Or(""), Policy: policy.ARN.Or(""), LogGroup: group.ARN.Or(""),
	}
}

func (h handover) encode() []byte {
	text, err := json.Marshal(h)
	if err != nil {
		return nil // texts always marshal
	}
	return text
}

// takesUp reports whether the create that the note is of takes up this unit.
func takesUp(note []byte, state unitState, place bp.Place) bool {
	var h handover
	if len(note) == 0 || json.Unmarshal(note, &h) != nil || state.Status != bp.Known(statusPartial) {
		return false
	}
	inventory := state.Inventory.Or(bp.Inventory{})
	same := func(object bp.Value[bp.Identity], planned string) bool {
		identity, _ := object.Get()
		return !identity.ARN.IsKnown() || identity.ARN == bp.Known(planned)
	}
	return h.Account == place.Account && h.Region == place.Region && bp.Known(h.Name) == state.spec.Name &&
		inventory.Role.IsKnown() && same(inventory.Role, h.Role) && same(inventory.Policy, h.Policy) && same(inventory.LogGroup, h.LogGroup) &&
		len(inventory.Superseded.Or(nil)) == 0 && len(inventory.RetiredKeys.Or(nil)) == 0
}

// takeovers are the units that this process left for a create to take up, and
// those that a create took up, by generation.
type takeovers struct {
	mu     sync.Mutex
	handed map[string]unitState // by name
	taken  map[string]bool
}

func (t *takeovers) hand(name string, state unitState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.handed == nil {
		t.handed = map[string]unitState{}
	}
	t.handed[name] = state
}

func (t *takeovers) of(name string) (state unitState, handed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	state, handed = t.handed[name]
	return state, handed
}

func (t *takeovers) take(generation string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken == nil {
		t.taken = map[string]bool{}
	}
	t.taken[generation] = true
}

func (t *takeovers) took(generation string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.taken[generation]
}

// leave reports whether a delete has to remove nothing: the create of the same
// replacement takes the unit up, or has done so already. One of an earlier run is
// worth a word.
func (r *lambdaResource) leave(ctx context.Context, state unitState, note []byte) (left bool, word string, err error) {
	if state.Status != bp.Known(statusPartial) {
		return false, "", nil
	}
	name, generation := state.spec.Name.Or(""), state.Generation.Or("")
	if r.session.takeovers.took(generation) {
		return true, "", nil
	}
	role, _ := state.Inventory.Or(bp.Inventory{}).Role.Get()
	arn, made := role.ARN.Get()
	if !made {
		return false, "", nil
	}
	if takesUp(note, state, r.session.client.Place) {
		r.session.takeovers.hand(name, state)
		return true, "", r.session.client.Abandon(ctx, arn)
	}
	// A create of before may have taken it up and ended before this was deleted.
	now, err := r.session.client.Anchored(ctx, arn, name)
	if err != nil || now == "" || generation == "" || now == generation {
		return false, "", err
	}
	return true, fmt.Sprintf("%s belongs to generation %s of unit %s by now, which took up what generation %s left incomplete. Nothing was deleted.", arn, now, name, generation), nil
}
