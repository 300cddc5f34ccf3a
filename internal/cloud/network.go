package cloud

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// Zones counts the availability zones that subnets are in, once for all units
// that name the same subnets.
func (c *Client) Zones(ctx context.Context, subnets []string) (int64, error) {
	return c.zones.load(strings.Join(subnets, ","), func() (int64, bool, error) {
		out, err := c.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: subnets})
		if err != nil {
			return 0, false, err
		}
		var zones []string
		for _, subnet := range out.Subnets {
			zones = append(zones, aws.ToString(subnet.AvailabilityZone))
		}
		slices.Sort(zones)
		return int64(len(slices.Compact(zones))), true, nil
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
