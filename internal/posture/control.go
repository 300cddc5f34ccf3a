package posture

import (
	"slices"
	"strings"
)

// Severity is how much a control that is not met matters.
type Severity int

// The severities. Those from High on stop a plan.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

// String returns the name that a plan shows.
func (s Severity) String() string {
	return map[Severity]string{Low: "low", Medium: "medium", High: "high", Critical: "critical"}[s]
}

// weight is the severity's share of the score.
func (s Severity) weight() int { return map[Severity]int{Low: 1, Medium: 3, High: 6, Critical: 10}[s] }

// Standard is a set of controls that minimum_posture can ask for.
type Standard string

// The standards. What they contain follows AWS's Security Hub guide and the
// cdk-nag packs of those names, as far as they speak of a unit's objects.
const (
	// Baseline is everything that needs nothing from the user.
	Baseline Standard = "baseline"
	// FSBP is AWS Foundational Security Best Practices.
	FSBP Standard = "fsbp"
	// NIST is NIST 800-53 revision 5.
	NIST Standard = "nist"
	// PCI is PCI DSS 3.2.1.
	PCI Standard = "pci"
	// HIPAA is the HIPAA Security Rule.
	HIPAA Standard = "hipaa"
)

// Standards lists all of them.
func Standards() []Standard { return []Standard{Baseline, FSBP, NIST, PCI, HIPAA} }

// External is the same control in somebody else's catalogue.
type External struct {
	// Catalogue is securityhub, config, checkov, prowler, cdk-nag, cfn-guard or
	// trivy.
	Catalogue string
	ID        string
}

// Control is one property that a unit has or lacks.
type Control struct {
	// ID is what waivers name.
	ID string
	// Title says that it is met, and Fault that it is not.
	Title, Fault string
	Severity     Severity
	// Input says that only the user can provide what it takes.
	Input bool
	// Standards ask for it, beside Baseline, which asks for all without Input.
	Standards []Standard
	External  []External
	// Since is the release that brought the control, "1.0".
	Since string
	// OfFunction says that it is about the function's own configuration.
	OfFunction bool
	// CodeOnly says that it is judged only where the code package is at hand: in
	// what a state shows it would be unknown for ever.
	CodeOnly bool
	// At is the path of the attribute whose change meets it, "logs.format".
	At string
	// Remedy is what to write.
	Remedy string
	// Page is where AWS says so.
	Page string

	judge func(*subject) answer
	// remedy narrows Remedy to what evidence is about. Empty is Remedy.
	remedy func(evidence string) string
}

// AskedBy reports whether a standard contains the control.
func (c Control) AskedBy(s Standard) bool {
	if s == Baseline {
		return !c.Input
	}
	return slices.Contains(c.Standards, s)
}

// Binding reports whether the control can stop a plan in a release: one that
// came with a minor release only warns until the next major one.
func (c Control) Binding(release string) bool {
	since, minor, _ := strings.Cut(c.Since, ".")
	major, _, _ := strings.Cut(strings.TrimPrefix(release, "v"), ".")
	return minor == "0" || since != major
}

// Controls lists the catalogue, in the order of the objects they are about.
func Controls() []Control { return slices.Clone(catalogue) }

// Lookup returns a control by its id.
func Lookup(id string) (Control, bool) {
	at := slices.IndexFunc(catalogue, func(c Control) bool { return c.ID == id })
	if at < 0 {
		return Control{}, false
	}
	return catalogue[at], true
}

var catalogue = slices.Concat(ofFunction(functionControls), invocationControls, storageControls, alarmControls, roleControls, policyControls)

func ofFunction(controls []Control) []Control {
	for i := range controls {
		controls[i].OfFunction = true
	}
	return controls
}

// ids reads "checkov CKV_AWS_50 CKV_AWS_51, securityhub Lambda.7".
func ids(text string) []External {
	var out []External
	for group := range strings.SplitSeq(text, ",") {
		fields := strings.Fields(group)
		for _, id := range fields[1:] {
			out = append(out, External{fields[0], id})
		}
	}
	return out
}

// SupportedRuntime is the id of the control about runtimes that AWS patches.
const SupportedRuntime = "supported-runtime"

// NoPlaintextSecrets is the control about secrets in plain text. What is written is
// in the state even where what others set counts.
const NoPlaintextSecrets = "no-plaintext-secrets"
