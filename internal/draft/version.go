package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// version keeps the served number as long as what it froze is what should run.
func (d *drafter) version(f bp.Function) bp.Version {
	digest := f.Digest()
	number := bp.Unknown[string]()
	if served, ok := d.facts.Served.Get(); ok && digest.IsKnown() && served.Digest == digest {
		number = served.Number
	}
	return bp.Version{Number: number, Digest: digest}
}
