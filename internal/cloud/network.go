package cloud

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// Subnets is what a plan needs to know about a unit's subnets.
type Subnets struct{ Zones, VPCs []string }

// InspectSubnets reads which availability zones and VPCs subnets are in, once
// for all units that name the same subnets.
func (c *Client) InspectSubnets(ctx context.Context, subnets []string) (Subnets, error) {
	return c.subnets.load(strings.Join(subnets, ","), func() (Subnets, bool, error) {
		out, err := c.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: subnets})
		if err != nil {
			return Subnets{}, false, err
		}
		var found Subnets
		for _, subnet := range out.Subnets {
			found.Zones = append(found.Zones, aws.ToString(subnet.AvailabilityZone))
			found.VPCs = append(found.VPCs, aws.ToString(subnet.VpcId))
		}
		for _, list := range []*[]string{&found.Zones, &found.VPCs} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
		return found, true, nil
	})
}

// Regions lists the regions that the account has switched on.
func (c *Client) Regions(ctx context.Context) ([]string, error) {
	out, err := c.ec2.DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range out.Regions {
		names = append(names, aws.ToString(r.RegionName))
	}
	slices.Sort(names)
	return names, nil
}
