package inspect

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestInspectGroups_OfAnotherVPC(t *testing.T) {
	t.Parallel()
	associated := func(vpc string, state types.SecurityGroupVpcAssociationState) func() ([]types.SecurityGroupVpcAssociation, error) {
		return func() ([]types.SecurityGroupVpcAssociation, error) {
			return []types.SecurityGroupVpcAssociation{{GroupId: new("sg-theirs"), VpcId: &vpc, State: state}}, nil
		}
	}
	for name, c := range map[string]struct {
		answer func() ([]types.SecurityGroupVpcAssociation, error)
		usable bp.Value[bool]
	}{
		"associated with the VPC":         {associated("vpc-1", types.SecurityGroupVpcAssociationStateAssociated), bp.Known(true)},
		"about to be":                     {associated("vpc-1", types.SecurityGroupVpcAssociationStateAssociating), bp.Known(false)},
		"associated with yet another VPC": {associated("vpc-3", types.SecurityGroupVpcAssociationStateAssociated), bp.Known(false)},
		"not associated":                  {func() ([]types.SecurityGroupVpcAssociation, error) { return nil, nil }, bp.Known(false)},
		"may not be read":                 {func() ([]types.SecurityGroupVpcAssociation, error) { return nil, errors.ErrUnsupported }, bp.Unknown[bool]()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := New(api.New(aws.Config{}, bp.Place{}, api.Options{}))
			client.EC2.DescribeSecurityGroups = func(context.Context, *ec2.DescribeSecurityGroupsInput, ...func(*ec2.Options)) (*ec2.DescribeSecurityGroupsOutput, error) {
				return &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{
					{GroupId: new("sg-ours"), VpcId: new("vpc-1")}, {GroupId: new("sg-theirs"), VpcId: new("vpc-2")}, {GroupId: new("sg-unasked"), VpcId: new("vpc-9")},
				}}, nil
			}
			client.EC2.DescribeSecurityGroupVpcAssociations = func(context.Context, *ec2.DescribeSecurityGroupVpcAssociationsInput, ...func(*ec2.Options)) (*ec2.DescribeSecurityGroupVpcAssociationsOutput, error) {
				found, err := c.answer()
				return &ec2.DescribeSecurityGroupVpcAssociationsOutput{SecurityGroupVpcAssociations: found}, err
			}
			got, err := client.InspectGroups(context.Background(), "vpc-1", []string{"sg-ours", "sg-theirs", "sg-nobodys"})
			if err != nil || got.Usable != c.usable || got.Elsewhere["sg-theirs"] != "vpc-2" || len(got.Elsewhere) != 1 || !slices.Equal(got.Missing, []string{"sg-nobodys"}) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
