package unit

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

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/secrets"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	ordersSecret = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:secure/orders-AbCdEf"
	ordersRole   = "arn:aws:iam::000000000000:role/orders"
)

func ownedBy(unit, generation string) map[string]string {
	return map[string]string{bp.TagUnit: unit, bp.TagGeneration: generation}
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
			client := &api.Client{}
			client.Secrets.DescribeSecret = func(context.Context, *secretsmanager.DescribeSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error) {
				out := &secretsmanager.DescribeSecretOutput{}
				for key, value := range c.secret {
					out.Tags = append(out.Tags, types.Tag{Key: &key, Value: &value})
				}
				return out, nil
			}
			client.IAM.GetRole = func(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error) {
				if c.role == nil {
					return nil, &smithy.GenericAPIError{Code: "NoSuchEntity"}
				}
				return &iam.GetRoleOutput{Role: &iamtypes.Role{Arn: aws.String(ordersRole), Tags: api.ToIAMTags(c.role)}}, nil
			}
			removed := false
			secret := secrets.Kind()
			secret.Remove = func(context.Context, *api.Client, string) error { removed = true; return nil }
			err := New(client, kinds.Table{secret}).end(t.Context(), &kinds.Ending{Removal: kinds.Removal{
				Owner:     kinds.Owner{Unit: "orders", Generation: "new"},
				Inventory: bp.Inventory{Role: bp.Known(bp.Identity{ARN: bp.Known(ordersRole)})},
			}}, secret, ordersSecret, "")
			_, foreign := errors.AsType[*kinds.Foreign](err)
			if removed != c.goes || foreign == c.goes || err != nil && !foreign {
				t.Errorf("removed: %t, %v", removed, err)
			}
		})
	}
}
