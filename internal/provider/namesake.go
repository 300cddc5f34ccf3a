package provider

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// namesakes are the units of one run by their names, which is what their objects
// are found by: two of one name would take each other's.
type namesakes struct {
	mu      sync.Mutex
	planned map[string]map[string]bool // by name: what tells units apart, "" for a new one
	made    map[string]bool            // names of creates that began
}

// plan notes a unit and reports whether there is another of its name. A unit that
// exists may be planned more than once.
func (n *namesakes) plan(name, unit string) (another bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.planned == nil {
		n.planned = map[string]map[string]bool{}
	}
	if n.planned[name] == nil {
		n.planned[name] = map[string]bool{}
	}
	again := n.planned[name][unit]
	n.planned[name][unit] = true
	return len(n.planned[name]) > 1 || again && unit == ""
}

// create reports whether this run makes a unit of the name already.
func (n *namesakes) create(name string) (another bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.made == nil {
		n.made = map[string]bool{}
	}
	another = n.made[name]
	n.made[name] = true
	return another
}

// stated are the names of the units in the states that a process has read. Core
// hands over the state of a tainted unit no other time before it plans another in
// its place.
type stated struct {
	mu    sync.Mutex
	names map[string]bool
}

func (s *stated) note(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[name] = true
}

func (s *stated) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names[name]
}

// checkNamesakes refuses a second unit of one name in one run. The second half of
// a replacement is no second unit: it comes with the private data of the first.
func (r *lambdaResource) checkNamesakes(in intent) diag.Diagnostics {
	name, known := in.spec.Name.Get()
	if !known || in.replaces {
		return nil
	}
	if r.session.namesakes.plan(name, cmp.Or(in.prior.Generation.Or(""), in.prior.ARN.Or(""))) {
		return namesake(name)
	}
	return nil
}

// replaces reports whether a plan is the second half of a replacement: it has no
// prior state, and the private data of the first half.
func replaces(ctx context.Context, req resource.ModifyPlanRequest) bool {
	text, diags := req.Private.GetKey(ctx, privateLayout)
	return req.State.Raw.IsNull() && !diags.HasError() && len(text) > 0
}

func namesake(name string) diag.Diagnostics {
	var diags diag.Diagnostics
	diags.AddAttributeError(path.Root("name"), fmt.Sprintf("Two units are called %s", name),
		fmt.Sprintf("Another secure_lambda of this run has the name %q in the same account and region. A unit's function, role, queue and alarms are found by its name, so each would take the other's. "+
			"Write another name for one of them; with for_each, build it from each.key. "+
			"If both are in the state already, they share what exists: \"terraform state rm ADDRESS\" for one of them forgets it and deletes nothing.", name))
	return diags
}

// checkGeneration refuses to change a unit that was made again since its state
// was written: by another address of the name, or after a backup of the state.
func checkGeneration(in intent) diag.Diagnostics {
	var diags diag.Diagnostics
	now, differs := roleOf(in.observed()).Tags.Or(nil)[bp.TagGeneration]
	ours, known := in.prior.Generation.Get()
	if generation, ok := now.Get(); differs && known && ok && generation != "" && generation != ours {
		name := in.spec.Name.Or("")
		diags.AddAttributeError(path.Root("name"), fmt.Sprintf("Unit %s was made again by others", name),
			fmt.Sprintf("Its role carries generation %s, and this state is of generation %s: the unit was made again since, under another address or after this state was saved. "+
				"An update would fight the other over the same objects. Run \"terraform state rm ADDRESS\", which forgets the unit here and deletes nothing. "+
				"If no other state has it, import it then: terraform import ADDRESS %s.", generation, ours, name))
	}
	return diags
}
