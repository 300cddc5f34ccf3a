package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

func (d *drafter) alias() bp.Alias {
	name := bp.Field(d.spec.Release, func(r bp.ReleaseSpec) bp.String { return r.Alias }).
		Else(bp.Known(DefaultAlias))
	return bp.Alias{
		Name: name,
		ARN:  bp.Format("%s:%s", d.functionARN, name),
	}
}
