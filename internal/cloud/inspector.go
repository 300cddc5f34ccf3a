package cloud

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// remembered is what was read about things that many units name.
type remembered struct {
	topics     memo[Topic]
	givenKeys  memo[GivenKey]
	subnets    memo[Subnets]
	groups     memo[SecurityGroups]
	boundaries memo[Boundary]
	processors memo[string] // of images, by digest
	layers     memo[Layer]

	writings    memo[bp.Writing] // of given policies, keys and topics
	keyPolicies memo[string]     // of given keys
	givenQueues memo[givenQueue]
	mappings    memo[mappings]  // of the region
	defaults    defaultVersions // of given policies
	regions     memo[[]string]
}
