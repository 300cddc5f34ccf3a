// Package judges asks other people's scanners what they think of the units that
// this provider makes: checkov, cfn-lint, cdk-nag, cfn-guard and Trivy of what
// render writes, parliament and cloudsplaining of the policies. It has tests
// only; make judges installs the scanners and runs them.
package judges
