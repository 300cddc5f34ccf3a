// Package draft turns what a user wrote into what should exist, and back.
//
// Both directions are pure: account, region, the deployment package's digest
// and the ids that AWS has given so far come in as [Facts]. Draft is monotone:
// when an unknown fact becomes known, only unknown leaves of the blueprint
// change. Planning and applying therefore call the same function.
package draft

//go:generate go run ../tools/cost ../../facts/pricing.json ../../templates/guides/cost.md
