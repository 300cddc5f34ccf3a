package sandbox

import (
	"context"
	"net/http"
	"strings"
)

const awsAlias = "alias/aws/"

// keysOfAWS: the alias of a service's own key exists as soon as somebody asks
// for it, its key is managed by AWS, and nobody else makes such an alias. The
// emulator knows no such keys. Their policy is not that of AWS.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
func keysOfAWS(e *emulator, managed *ledger[bool]) []correction {
	return []correction{
		{operations: []string{"kms.CreateAlias", "kms.UpdateAlias", "kms.DeleteAlias"}, wrap: before(func(_ context.Context, x *exchange) (*refusal, error) {
			if !strings.HasPrefix(x.member("AliasName"), awsAlias) {
				return nil, nil
			}
			return &refusal{http.StatusBadRequest, "NotAuthorizedException", ""}, nil
		})},
		{operations: []string{"kms.DescribeKey"}, wrap: func(next handler) handler {
			return before(func(ctx context.Context, x *exchange) (*refusal, error) {
				return nil, e.ownKey(ctx, x, managed)
			})(after(func(x *exchange, a *answer) error {
				members, err := parseObject(a.body)
				if err != nil {
					return err
				}
				metadata := members.object("KeyMetadata")
				if _, found := managed.get(x.scoped(metadata.text("KeyId"))); found {
					metadata["KeyManager"] = "AWS"
				}
				return a.setJSON(members)
			})(next))
		}},
	}
}

// ownKey makes the key of a service when it is asked for the first time.
func (e *emulator) ownKey(ctx context.Context, x *exchange, managed *ledger[bool]) error {
	_, service, found := strings.Cut(x.member("KeyId"), awsAlias)
	if !found {
		return nil
	}
	alias := awsAlias + service
	key, err := e.describeKey(ctx, x, alias)
	if err != nil || key.arn != "" {
		return err
	}
	_, created, err := e.askJSON(ctx, x, "kms", "TrentService.CreateKey", object{
		"Description": "Default key that protects my " + service + " resources when no other key is defined",
	})
	if err != nil {
		return err
	}
	id := created.object("KeyMetadata").text("KeyId")
	managed.put(x.scoped(id), true)
	_, _, err = e.askJSON(ctx, x, "kms", "TrentService.CreateAlias", object{"AliasName": alias, "TargetKeyId": id})
	return err
}
