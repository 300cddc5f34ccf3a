package draft

import (
	"maps"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// TagsAll returns the user's tags over the provider's default tags.
func TagsAll(spec bp.Spec, house bp.House) bp.Value[map[string]bp.String] {
	if spec.Tags.IsUnknown() || house.DefaultTags.IsUnknown() {
		return bp.Unknown[map[string]bp.String]()
	}
	all := map[string]bp.String{}
	maps.Copy(all, house.DefaultTags.Or(nil))
	maps.Copy(all, spec.Tags.Or(nil))
	return bp.Known(all)
}

func (d *drafter) tags() bp.Value[map[string]bp.String] {
	return bp.Map(TagsAll(d.spec, d.facts.House), func(tags map[string]bp.String) map[string]bp.String {
		all := maps.Clone(tags)
		all[bp.TagUnit] = d.spec.Name
		all[bp.TagGeneration] = d.facts.Generation
		return all
	})
}

func inferTags(all, byDefault bp.Value[map[string]bp.String]) bp.Value[map[string]bp.String] {
	own := map[string]bp.String{}
	for key, value := range all.Or(nil) {
		if !strings.HasPrefix(key, bp.TagPrefix) && byDefault.Or(nil)[key] != value {
			own[key] = value
		}
	}
	if len(own) == 0 {
		return bp.Null[map[string]bp.String]()
	}
	return bp.Known(own)
}
