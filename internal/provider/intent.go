package provider

import (
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// intent is everything that decides what a unit should be. Plan and apply build
// it from the same inputs, so both draft the same blueprint.
type intent struct {
	// replaces says that this is the second half of a replacement.
	replaces bool
	spec     bp.Spec
	place    bp.Place
	house    bp.House
	held     held
	// creates says that Terraform has no state of the unit, whether or not
	// something of it exists.
	creates bool
	prior   unitState // zero for a unit that does not exist yet
	// written are the notes of the applies before.
	written writtens

	// secretValues are the values of secret_values_wo: in the configuration of
	// an apply, and nowhere else.
	secretValues map[string]string
	codeSHA256   bp.String
	imageURI     bp.String // by digest
	generation   bp.String
}

// observed is what the last refresh found.
func (in intent) observed() bp.Blueprint { return in.prior.Managed.Or(bp.Blueprint{}) }

// known is what AWS has told about the unit before this apply.
func (in intent) known() cloud.Learned {
	observed := in.observed()
	inventory := in.prior.Inventory.Or(bp.Inventory{})
	l := cloud.Learned{CodeSHA256: in.codeSHA256, Several: map[string][]string{}}
	for _, c := range bp.Components() {
		if c.Allotted && c.Exists(observed) {
			l.Note(c.Name, bp.Identity{ARN: c.ARN(observed), ID: bp.Null[string]()})
		}
		if c.Listed != nil {
			l.Several[c.Name], _ = c.Listed(&inventory).Or(nil).Strings()
		}
	}
	wanted := draft.Draft(in.spec, in.facts(l))
	for _, c := range bp.Components() {
		// A role that was made again is bound to the function first.
		if !c.Identified || c.Name == bp.ComponentRole && functionOf(observed).RoleBound == bp.Known(false) {
			continue
		}
		if id := c.Owned(&inventory).Or(bp.Identity{}).ID; id.IsKnown() && c.Exists(observed) && c.ARN(observed) == c.ARN(wanted) {
			l.Note(c.Name, bp.Identity{ARN: c.ARN(observed), ID: id})
		}
	}
	if observed.Alias.IsKnown() && observed.Version.IsKnown() && observed.Function.IsKnown() && !cloud.Replaces(observed, wanted) {
		l.Served = observed.Version
	}
	l.Superseded, _ = inventory.Superseded.Or(nil).Strings()
	return l
}

func (in intent) facts(l cloud.Learned) draft.Facts {
	return draft.Facts{
		Place: in.place, House: in.house, CodeSHA256: l.CodeSHA256, ImageURI: in.imageURI, KeyARN: l.At(bp.ComponentKey).ARN, SecretARN: l.At(bp.ComponentSecret).ARN,
		Generation: in.generation, Served: l.Served,
		RetiredKeys: in.retiredKeys(l.At(bp.ComponentKey).ARN), Observed: in.observed(), Held: in.held.facts(in.observed()),
	}
}

// blueprint drafts what should exist, given what has been learned so far.
func (in intent) blueprint(l cloud.Learned) bp.Blueprint { return draft.Draft(in.spec, in.facts(l)) }

// retiredKeys are the keys that earlier versions and log events of the unit
// are still encrypted with: those of before, and the one this plan leaves.
func (in intent) retiredKeys(own bp.String) bp.Set {
	inventory := in.prior.Inventory.Or(bp.Inventory{})
	inUse := in.givenKey().Else(own)
	retired := inventory.RetiredKeys.Or(nil).Union(bp.Set{in.prior.KMSKeyARN})
	var out bp.Set
	for _, key := range retired {
		if key.IsKnown() && key != inUse {
			out = append(out, key)
		}
	}
	return out.Canonical()
}

// givenKey is the key of the unit or of the house, null for one of its own.
func (in intent) givenKey() bp.String { return in.spec.KMSKeyARN.Else(in.house.KMSKeyARN) }

// vpc is that of the unit or of the house, null outside of any.
func (in intent) vpc() bp.Value[bp.VPCSpec] { return draft.VPC(in.spec, in.house) }

// force reports whether a queue may be deleted with messages in it.
func (in intent) force() bool {
	dead, _ := in.spec.DeadLetter.Get()
	return dead.OnDestroy == bp.Known("force")
}

// ignoresEnvironment reports whether others set the variables of a function
// that exists.
func (in intent) ignoresEnvironment() bool {
	ignored, _ := in.spec.IgnoreDrift.Or(nil).Strings()
	return in.observed().Function.IsKnown() && slices.Contains(ignored, "function.environment")
}

// keepsLogs reports whether the log group outlives the unit.
func (in intent) keepsLogs() bool {
	logs, _ := in.spec.Logs.Get()
	return logs.OnDestroy == bp.Known("retain")
}

// outputs are the computed attributes of a finished unit.
func (in intent) outputs(l cloud.Learned) outputs {
	b := in.blueprint(l)
	out := outputs{
		Status:     bp.Known(statusReady),
		Generation: in.generation,
		TagsAll:    draft.TagsAll(in.spec, in.house),
		Inventory:  bp.Known(in.inventory(b, l)),
	}
	out.derive(b, in.place)
	out.Posture = in.plannedReport(b)
	return out
}

func (in intent) inventory(b bp.Blueprint, l cloud.Learned) bp.Inventory {
	var inventory bp.Inventory
	for _, c := range bp.Components() {
		if c.Owned != nil {
			id := bp.Null[string]()
			if c.Identified {
				id = l.At(c.Name).ID
			}
			*c.Owned(&inventory) = c.Identity(b, id)
		}
		if c.Listed != nil {
			*c.Listed(&inventory) = c.Several(b, in.place)
		}
	}
	switch retired := in.retiredKeys(l.At(bp.ComponentKey).ARN); {
	case in.givenKey().IsUnknown():
		inventory.RetiredKeys = bp.Unknown[bp.Set]()
	case len(retired) > 0:
		inventory.RetiredKeys = bp.Known(retired)
	}
	return inventory
}
