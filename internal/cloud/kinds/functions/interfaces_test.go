package functions

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// patience ends after some sleeps.
type patience struct {
	now  time.Time
	left int
}

var errOver = errors.New("the time is over")

func (p *patience) Now() time.Time { return p.now }
func (p *patience) Sleep(_ context.Context, d time.Duration) error {
	p.now, p.left = p.now.Add(d), p.left-1
	if p.left < 0 {
		return errOver
	}
	return nil
}

// TestAwaitInterfaces_NamesThoseOfTheLastAnswer: the look that the time limit cuts off
// tells nothing.
func TestAwaitInterfaces_NamesThoseOfTheLastAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers int
		want    []string
	}{
		"one was answered": {1, []string{"eni-1"}},
		"none was":         {0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			quiet := func(context.Context, string, map[string]any) {}
			client := &api.Client{Clock: &patience{left: 2}, Log: quiet, Inform: quiet}
			looks := 0
			client.EC2.DescribeNetworkInterfaces = func(context.Context, *ec2.DescribeNetworkInterfacesInput, ...func(*ec2.Options)) (*ec2.DescribeNetworkInterfacesOutput, error) {
				if looks++; looks > c.answers {
					return nil, errOver
				}
				return &ec2.DescribeNetworkInterfacesOutput{NetworkInterfaces: []types.NetworkInterface{{
					NetworkInterfaceId: aws.String("eni-1"), Description: aws.String("AWS Lambda VPC ENI-orders-01234567-89ab-cdef-0123-456789abcdef"),
				}}}, nil
			}
			client.Lambda.ListFunctions = func(context.Context, *lambda.ListFunctionsInput, ...func(*lambda.Options)) (*lambda.ListFunctionsOutput, error) {
				return &lambda.ListFunctionsOutput{}, nil
			}
			err := awaitInterfaces(t.Context(), client, bp.Function{Name: bp.Known("orders"), Network: bp.Known(bp.Network{})}, "orders")
			remain, is := errors.AsType[*InterfacesRemain](err)
			if !is || !slices.Equal(remain.Interfaces, c.want) || !errors.Is(err, errOver) {
				t.Errorf("got %v", err)
			}
		})
	}
}
