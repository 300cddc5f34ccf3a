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
	l := cloud.Learned{
		KeyARN: bp.Unknown[string](), RoleID: bp.Unknown[string](), PolicyID: bp.Unknown[string](),
		CodeSHA256: in.codeSHA256, SecretARN: bp.Unknown[string](),
	}
	if secret, ok := observed.Secret.Get(); ok {
		l.SecretARN = secret.ARN
	}
	if key, ok := observed.Key.Get(); ok {
		l.KeyARN = key.ARN
	}
	wanted := draft.Draft(in.spec, in.facts(l))
	wantedRole, _ := wanted.Role.Get()
	wantedPolicy, _ := wanted.Policy.Get()
	function, _ := observed.Function.Get()
	if role, ok := observed.Role.Get(); ok && role.ARN == wantedRole.ARN && function.RoleBound != bp.Known(false) {
		l.RoleID = idOf(inventory.Role)
	}
	if policy, ok := observed.Policy.Get(); ok && policy.ARN == wantedPolicy.ARN {
		l.PolicyID = idOf(inventory.Policy)
	}
	if observed.Alias.IsKnown() && observed.Version.IsKnown() && observed.Function.IsKnown() && !cloud.Replaces(observed, wanted) {
		l.Served = observed.Version
	}
	l.Overflow, _ = inventory.Overflow.Or(nil).Strings()
	l.Alarms, _ = inventory.Alarms.Or(nil).Strings()
	l.Superseded, _ = inventory.Superseded.Or(nil).Strings()
	return l
}

func idOf(object bp.Value[bp.Identity]) bp.String {
	identity, _ := object.Get()
	if identity.ID.IsKnown() {
		return identity.ID
	}
	return bp.Unknown[string]()
}

func (in intent) facts(l cloud.Learned) draft.Facts {
	return draft.Facts{
		Place: in.place, House: in.house, CodeSHA256: l.CodeSHA256, ImageURI: in.imageURI, KeyARN: l.KeyARN, SecretARN: l.SecretARN,
		Generation: in.generation, Served: l.Served,
		RetiredKeys: in.retiredKeys(l.KeyARN), Observed: in.observed(), Held: in.held.facts(in.observed()),
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
	noID := bp.Null[string]()
	inventory := bp.Inventory{
		Key:      bp.Map(b.Key, func(k bp.Key) bp.Identity { return bp.Identity{ARN: k.ARN, ID: noID} }),
		Role:     bp.Map(b.Role, func(r bp.Role) bp.Identity { return bp.Identity{ARN: r.ARN, ID: l.RoleID} }),
		Policy:   bp.Map(b.Policy, func(p bp.Policy) bp.Identity { return bp.Identity{ARN: p.ARN, ID: l.PolicyID} }),
		LogGroup: bp.Map(b.LogGroup, func(g bp.LogGroup) bp.Identity { return bp.Identity{ARN: g.ARN, ID: noID} }),
		Queue:    bp.Map(b.Queue, func(q bp.Queue) bp.Identity { return bp.Identity{ARN: q.ARN, ID: noID} }),
		Secret:   bp.Map(b.Secret, func(s bp.Secret) bp.Identity { return bp.Identity{ARN: s.ARN, ID: noID} }),
		Function: bp.Map(b.Function, func(f bp.Function) bp.Identity { return bp.Identity{ARN: f.ARN, ID: noID} }),
	}
	inventory.Alarms = alarmARNs(b, in.place)
	inventory.Overflow = bp.Field(b.Policy, func(p bp.Policy) bp.Value[bp.Set] { return p.Overflow })
	switch retired := in.retiredKeys(l.KeyARN); {
	case in.givenKey().IsUnknown():
		inventory.RetiredKeys = bp.Unknown[bp.Set]()
	case len(retired) > 0:
		inventory.RetiredKeys = bp.Known(retired)
	}
	return inventory
}

// alarmARNs lists the alarms of a blueprint.
func alarmARNs(b bp.Blueprint, place bp.Place) bp.Value[bp.Set] {
	return bp.Then(b.Alarms, func(alarms bp.Alarms) bp.Value[bp.Set] {
		var arns bp.Set
		for _, slot := range alarms.Slots() {
			switch alarm, ok := slot.Alarm.Get(); {
			case slot.Alarm.IsUnknown(), ok && alarm.Name.IsUnknown():
				return bp.Unknown[bp.Set]()
			case ok:
				arns = append(arns, bp.Map(alarm.Name, place.AlarmARN))
			}
		}
		return bp.Known(arns.Canonical())
	})
}
