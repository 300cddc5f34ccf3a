package inspect

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Subnets is what a plan needs to know about a unit's subnets.
type Subnets struct {
	Zones, VPCs []string
	// Missing are those that do not exist.
	Missing []string
}

// InspectSubnets reads which availability zones and VPCs subnets are in, once
// for all units that name the same subnets.
func (c *Inspector) InspectSubnets(ctx context.Context, subnets []string) (Subnets, error) {
	return c.subnets.Load(strings.Join(subnets, ","), func() (Subnets, bool, error) {
		// A filter, unlike a list of ids, passes over those that do not exist.
		out, err := c.EC2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{Filters: filter("subnet-id", subnets)})
		if err != nil {
			return Subnets{}, false, err
		}
		found := Subnets{Missing: slices.Clone(subnets)}
		for _, subnet := range out.Subnets {
			if !slices.Contains(subnets, aws.ToString(subnet.SubnetId)) {
				continue
			}
			found.Zones = append(found.Zones, aws.ToString(subnet.AvailabilityZone))
			found.VPCs = append(found.VPCs, aws.ToString(subnet.VpcId))
			found.Missing = without(found.Missing, aws.ToString(subnet.SubnetId))
		}
		for _, list := range []*[]string{&found.Zones, &found.VPCs} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
		return found, len(found.Missing) == 0, nil
	})
}

// SecurityGroups is what a plan needs to know about a unit's security groups.
type SecurityGroups struct {
	// Elsewhere are those of other VPCs, with the VPC.
	Elsewhere map[string]string
	// Missing are those that do not exist.
	Missing []string
	// Usable says whether those elsewhere are associated with the VPC, unknown
	// when that may not be read.
	Usable bp.Value[bool]
}

// InspectGroups holds security groups against the VPC that they are to be used
// in, once for all units that name the same.
func (c *Inspector) InspectGroups(ctx context.Context, vpc string, groups []string) (SecurityGroups, error) {
	return c.groups.Load(vpc+" "+strings.Join(groups, ","), func() (SecurityGroups, bool, error) {
		out, err := c.EC2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: filter("group-id", groups)})
		if err != nil {
			return SecurityGroups{}, false, err
		}
		found := SecurityGroups{Missing: slices.Clone(groups), Elsewhere: map[string]string{}, Usable: bp.Known(true)}
		for _, group := range out.SecurityGroups {
			id := aws.ToString(group.GroupId)
			if !slices.Contains(groups, id) {
				continue // the local AWS does not filter by id
			}
			found.Missing = without(found.Missing, id)
			if of := aws.ToString(group.VpcId); of != vpc {
				found.Elsewhere[id] = of
			}
		}
		if len(found.Elsewhere) > 0 {
			found.Usable = c.associated(ctx, vpc, api.SortedKeys(found.Elsewhere))
		}
		return found, len(found.Missing)+len(found.Elsewhere) == 0, nil
	})
}

// associated reports whether all of the groups, which are of other VPCs, may be
// used in this one.
// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html
func (c *Inspector) associated(ctx context.Context, vpc string, groups []string) bp.Value[bool] {
	out, err := c.EC2.DescribeSecurityGroupVpcAssociations(ctx, &ec2.DescribeSecurityGroupVpcAssociationsInput{Filters: filter("group-id", groups)})
	if err != nil {
		return bp.Unknown[bool]()
	}
	for _, a := range out.SecurityGroupVpcAssociations {
		if aws.ToString(a.VpcId) == vpc && a.State == types.SecurityGroupVpcAssociationStateAssociated {
			groups = without(groups, aws.ToString(a.GroupId))
		}
	}
	return bp.Known(len(groups) == 0)
}

func filter(name string, values []string) []types.Filter {
	return []types.Filter{{Name: &name, Values: values}}
}

func without(all []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == one })
}

// Regions lists the regions that the account has switched on.
func (c *Inspector) Regions(ctx context.Context) ([]string, error) {
	out, err := c.EC2.DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
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
