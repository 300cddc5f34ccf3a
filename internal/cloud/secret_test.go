package cloud

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"

	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	ordersSecret = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:secure/orders-AbCdEf"
	ordersRole   = "arn:aws:iam::000000000000:role/orders"
)

// secretsOf is a client of one secret and one role, without what changes them.
func secretsOf(secret *secretsmanager.DescribeSecretOutput, roleTags map[string]string) *Client {
	c := &Client{
		clock: engine.Real{}, ignore: func(string) bool { return false },
		log: func(context.Context, string, map[string]any) {},
	}
	c.secrets.DescribeSecret = func(context.Context, *secretsmanager.DescribeSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error) {
		return secret, nil
	}
	c.iam.GetRole = func(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error) {
		if roleTags == nil {
			return nil, &smithy.GenericAPIError{Code: "NoSuchEntity"}
		}
		return &iam.GetRoleOutput{Role: &iamtypes.Role{Arn: aws.String(ordersRole), Tags: toIAMTags(roleTags)}}, nil
	}
	return c
}

func ownedBy(unit, generation string) map[string]string {
	return map[string]string{bp.TagUnit: unit, bp.TagGeneration: generation}
}

func tagsOfSecret(tags map[string]string) []types.Tag {
	var out []types.Tag
	for key, value := range tags {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return out
}

func TestRemove_SecretThatWasTakenFromAnEarlierUnitGoes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		secret, role map[string]string
		goes         bool
	}{
		"its own":                       {ownedBy("orders", "new"), ownedBy("orders", "new"), true},
		"of an earlier unit":            {ownedBy("orders", "old"), ownedBy("orders", "new"), true},
		"of an earlier unit, role gone": {ownedBy("orders", "old"), nil, true},
		"of a later unit of the name":   {ownedBy("orders", "later"), ownedBy("orders", "later"), false},
		"on its way to a later unit":    {ownedBy("orders", "old"), ownedBy("orders", "later"), false},
		"of another unit":               {ownedBy("invoices", "old"), ownedBy("orders", "new"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := secretsOf(&secretsmanager.DescribeSecretOutput{Tags: tagsOfSecret(c.secret)}, c.role)
			removed := false
			err := client.removeOwned(t.Context(), Removal{
				Owner:     Owner{Unit: "orders", Generation: "new"},
				Inventory: bp.Inventory{Role: bp.Known(bp.Identity{ARN: bp.Known(ordersRole)})},
			}, ordersSecret, "", func(context.Context, string) error { removed = true; return nil })
			_, foreign := errors.AsType[*Foreign](err)
			if removed != c.goes || foreign == c.goes || err != nil && !foreign {
				t.Errorf("removed: %t, %v", removed, err)
			}
		})
	}
}
