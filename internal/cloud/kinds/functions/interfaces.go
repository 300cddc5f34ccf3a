package functions

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Pauses between two looks at network interfaces that Lambda is to remove.
const (
	firstLook = 2 * time.Second
	lastLook  = 30 * time.Second
	// longestUnsure bounds the wait where other functions may keep the
	// interfaces for good.
	longestUnsure = 5 * time.Minute
)

// InterfacesRemain says that Lambda has not removed a function's network
// interfaces in time.
type InterfacesRemain struct {
	Interfaces []string
	Role       string
	Waited     time.Duration
	Err        error
}

func (e *InterfacesRemain) Error() string {
	state := fmt.Sprintf("for %s Lambda has not removed its network interfaces %s", e.Waited.Round(time.Second), strings.Join(e.Interfaces, ", "))
	if len(e.Interfaces) == 0 {
		state = fmt.Sprintf("in %s AWS did not list its network interfaces, so Lambda may still have to remove them", e.Waited.Round(time.Second))
	}
	return fmt.Sprintf("the function is gone, and %s. It removes them with role %s, "+
		"so the role stays until they are gone, which can take up to 40 minutes. Destroy again then: %v", state, e.Role, e.Err)
}

func (e *InterfacesRemain) Unwrap() error { return e.Err }

// awaitInterfaces waits until Lambda has removed the network interfaces of a
// function that is gone. Lambda removes them with the function's role.
// Interfaces that other functions use as well stay, and are not waited for.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
func awaitInterfaces(ctx context.Context, c *api.Client, function bp.Function, role string) error {
	network, inside := function.Network.Get()
	if !inside {
		return nil
	}
	began, unsure := c.Clock.Now(), false
	var left []string // at the last look that was answered
	for pause := firstLook; ; pause = min(2*pause, lastLook) {
		found, err := interfaces(ctx, c, function.Name.Or(""), network)
		if api.Denied(err) || api.NotOffered(err) {
			// Who may not look cannot wait.
			c.Log(ctx, "the function's network interfaces cannot be listed, so their removal is not waited for", map[string]any{"error": api.ErrorCode(err)})
			return nil
		}
		if err == nil && len(found) == 0 {
			return nil
		}
		if err == nil {
			left = found
		}
		if pause == firstLook && err == nil {
			shared, err := sharesNetwork(ctx, c, function.Name.Or(""), network)
			if err == nil && shared {
				return nil
			}
			unsure = err != nil
		}
		if waited := c.Clock.Now().Sub(began); unsure && waited > longestUnsure {
			c.Log(ctx, "whether other functions use the network interfaces could not be read, so they are not waited for any longer", map[string]any{"waited": waited.String()})
			return nil
		}
		c.Log(ctx, "waiting for Lambda to remove network interfaces", map[string]any{"interfaces": left, "role": role, "waited": c.Clock.Now().Sub(began).Round(time.Second).String()})
		if err := c.Clock.Sleep(ctx, pause); err != nil {
			return &InterfacesRemain{Interfaces: left, Role: role, Waited: c.Clock.Now().Sub(began), Err: err}
		}
	}
}

// interfaces lists those that Lambda made for a function in its groups.
func interfaces(ctx context.Context, c *api.Client, function string, network bp.Network) ([]string, error) {
	filter := func(name string, values ...string) ec2types.Filter {
		return ec2types.Filter{Name: &name, Values: values}
	}
	var out []string
	found, err := api.All(func(next *string) ([]ec2types.NetworkInterface, *string, error) {
		out, err := c.EC2.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{
			Filters: []ec2types.Filter{
				filter("description", "AWS Lambda VPC ENI-"+function+"-*"),
				filter("group-id", api.Members(network.SecurityGroupIDs)...),
			},
			NextToken: next,
		})
		if err != nil {
			return nil, nil, err
		}
		return out.NetworkInterfaces, out.NextToken, nil
	})
	for _, one := range found {
		// What follows the name is an id: another function's name may begin
		// with this one's.
		rest := strings.TrimPrefix(aws.ToString(one.Description), "AWS Lambda VPC ENI-"+function+"-")
		if len(rest) == len("01234567-89ab-cdef-0123-456789abcdef") {
			out = append(out, aws.ToString(one.NetworkInterfaceId))
		}
	}
	slices.Sort(out)
	return out, err
}

// sharesNetwork reports whether another function is in the same groups and one
// of the same subnets: Lambda then shares interfaces between the two.
func sharesNetwork(ctx context.Context, c *api.Client, function string, network bp.Network) (bool, error) {
	groups, subnets := api.Members(network.SecurityGroupIDs), api.Members(network.SubnetIDs)
	others, err := api.All(func(next *string) ([]lambdatypes.FunctionConfiguration, *string, error) {
		out, err := c.Lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{Marker: next, FunctionVersion: lambdatypes.FunctionVersionAll})
		if err != nil {
			return nil, nil, err
		}
		return out.Functions, out.NextMarker, nil
	})
	return slices.ContainsFunc(others, func(f lambdatypes.FunctionConfiguration) bool {
		if f.VpcConfig == nil || aws.ToString(f.FunctionName) == function {
			return false
		}
		theirs := slices.Sorted(slices.Values(f.VpcConfig.SecurityGroupIds))
		return slices.Equal(theirs, slices.Sorted(slices.Values(groups))) &&
			slices.ContainsFunc(f.VpcConfig.SubnetIds, func(id string) bool { return slices.Contains(subnets, id) })
	}), err
}

func endInterfaces(ctx context.Context, c *api.Client, e *kinds.Ending) error {
	if !e.Inventory.Function.IsKnown() {
		return nil
	}
	_, role := bp.SplitRoleARN(bp.ValueOf(e.Inventory.Role).ARN.Or(""))
	return awaitInterfaces(ctx, c, e.Function, role)
}
