package keys

import (
	"context"
	"fmt"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// foreignToKey are clauses about what a unit never has on its key.
func foreignToKey(ctx context.Context, c *api.Client, key bp.Key) ([]string, error) {
	but := kinds.ForeignStatements(bp.ValueOf(key.Policy).Unexpected)
	arn := key.ARN.Or("")
	names, err := aliases(ctx, c, arn)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(names, func(name string) bool { return bp.Known(name) == key.Alias })
	if len(others) > 0 {
		but = append(but, fmt.Sprintf("it has the aliases %v", others))
	}
	return but, nil
}

// disputedKey holds a key that carries a unit's tags against what a unit makes: a
// policy of its own, no other alias, and no other function that uses it.
func disputedKey(ctx context.Context, c *api.Client, arn, unit string) error {
	found, err := Find(ctx, c.Untagged(), arn, bp.KeyAlias(unit), nil)
	key, exists := found.Get()
	if err != nil || !exists {
		return err
	}
	key.Alias = bp.Known(bp.KeyAlias(unit))
	but, err := foreignToKey(ctx, c, key)
	if err != nil {
		return err
	}
	users, err := kinds.Users(ctx, c, unit, kinds.WithKey(arn))
	if err != nil {
		return err
	}
	return kinds.IfDisputed(arn, unit, append(but, kinds.UsedBy(users)...))
}
