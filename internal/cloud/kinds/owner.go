package kinds

import (
	"fmt"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Unfinished reports whether tags are those of a create that was cut short. What a
// unit need not have, and does not want any more, the run before may have made; then
// it has to carry that run's generation, for an object of an earlier unit of the name
// may have been left on purpose. Who may not look for what the unit does not want is
// taken not to have made it.
func (o Owner) Unfinished(tags map[string]string) bool {
	return tags[bp.TagUnit] == o.Unit && tags[bp.TagGeneration] == o.Generation && tags[bp.TagRetained] == ""
}

// Owner is what the ownership tags of a unit's objects must not contradict.
type Owner struct {
	Unit       string
	Generation string // not compared when empty
}

// Foreign says that an object under a unit's name carries another's tags, or
// was deleted and made again by somebody else.
type Foreign struct {
	ARN  string
	Unit string // that wanted to remove it
	Tags map[string]string
	// ID and Ours are the object's id and that of the one the unit had, when
	// they differ.
	ID, Ours string
}

func (e *Foreign) Error() string {
	if e.ID != e.Ours {
		return fmt.Sprintf("%s was deleted and made again outside of this unit: its id is %s, the unit's was %s. It was left alone. "+
			"Delete it by hand if it should go", e.ARN, e.ID, e.Ours)
	}
	if e.Unit != "" && e.Tags[bp.TagUnit] == e.Unit {
		return fmt.Sprintf("%s was made again since this state was written, by another address of the name or after the state was saved: it carries generation %s. It was left alone. "+
			"\"terraform state rm ADDRESS\" forgets the unit here and deletes nothing", e.ARN, e.Tags[bp.TagGeneration])
	}
	return fmt.Sprintf("%s is tagged as belonging to unit %q, generation %q: it is not this unit's, so it was left alone. "+
		"Delete it by hand if it should go, or correct its tags %s and %s", e.ARN, e.Tags[bp.TagUnit], e.Tags[bp.TagGeneration], bp.TagUnit, bp.TagGeneration)
}

// Veto stops the removal of an object whose tags name another unit or another
// generation of this one.
func (o Owner) Veto(arn string, tags map[string]string) error {
	unit, generation := tags[bp.TagUnit], tags[bp.TagGeneration]
	if unit != "" && unit != o.Unit || generation != "" && o.Generation != "" && generation != o.Generation {
		return &Foreign{ARN: arn, Unit: o.Unit, Tags: tags}
	}
	return nil
}

// Owns reports whether an object's tags name this unit and generation.
func (o Owner) Owns(tags map[string]string) bool {
	return tags[bp.TagUnit] == o.Unit && (o.Generation == "" || tags[bp.TagGeneration] == o.Generation)
}

// Retained reports whether an object was left by a unit of this name.
func (o Owner) Retained(tags map[string]string) bool {
	return tags[bp.TagUnit] == o.Unit && tags[bp.TagRetained] != ""
}

// RetainedTag marks what a unit leaves on purpose.
var RetainedTag = map[string]string{bp.TagRetained: "true"}
