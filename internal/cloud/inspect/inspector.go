// Package inspect looks at what a plan depends on and units do not own: keys, topics,
// queues, layers, images, networks, boundaries, and what others made of a function.
package inspect

import (
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Inspector looks at what a plan depends on and units do not own, and remembers what
// was read about things that many units name.
type Inspector struct {
	*api.Client

	topics     api.Memo[Topic]
	givenKeys  api.Memo[GivenKey]
	subnets    api.Memo[Subnets]
	groups     api.Memo[SecurityGroups]
	boundaries api.Memo[Boundary]
	processors api.Memo[string] // of images, by digest
	layers     api.Memo[Layer]

	writings    api.Memo[bp.Writing] // of given policies, keys and topics
	keyPolicies api.Memo[string]     // of given keys
	givenQueues api.Memo[givenQueue]
	mappings    api.Memo[mappings] // of the region
	defaults    defaultVersions    // of given policies
	regions     api.Memo[[]string]
}

// New returns an inspector that remembers nothing yet.
func New(c *api.Client) *Inspector { return &Inspector{Client: c} }
