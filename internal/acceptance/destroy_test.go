package acceptance

import "testing"

// TestAccDestroy_ARefusalNamesTheWayOut destroys a unit whose configuration a
// plan refuses: a destroy plans first.
func TestAccDestroy_ARefusalNamesTheWayOut(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-way-out")
	r.apply()
	r.declare(map[string]string{"handler": `"missing.handler"`})
	r.says(1, []string{"destroy", "-auto-approve"}, "missing", "terraform destroy -refresh=false")
	r.must("destroy", "-auto-approve", "-refresh=false")
	r.a.mustBeEmpty(t)
}
