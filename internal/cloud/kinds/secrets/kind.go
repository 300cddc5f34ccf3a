// Package secrets is the secret of a unit.
package secrets

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Kind says what a unit's secret is.
func Kind() kinds.Kind {
	return kinds.Kind{
		Component: bp.SecretComponent(),
		Looks:     secretLooks,
		Locate:    locateSecret,
		Adopt:     adoptSecret,
		Tagged:    func(b bp.Blueprint) api.TagMap { return bp.ValueOf(b.Secret).Tags },
		Dispute:   disputeSecret,
		Is:        bp.IsSecretARN,
		Identify:  kinds.WithoutID(secretTagsOf),
		Leaving:   secretLeaving,
		Made:      secretMade,
		Contest:   contestSecret,
		Inherited: inheritedSecret,
		Outlives:  []string{kinds.TaskFunction},
		Remove:    removeSecret,
		Steps: func() []kinds.Step {
			var now secretNow
			return []kinds.Step{
				{ID: kinds.TaskSecret, After: []string{kinds.TaskKey}, Run: now.ensure},
				{ID: kinds.TaskValues, After: []string{kinds.TaskSecret, kinds.TaskAttachments}, Run: now.ensureValues},
			}
		},
		Settled: []string{kinds.TaskSecret, kinds.TaskValues, kinds.TaskSuperseded},
	}
}

func secretTagsOf(ctx context.Context, c *api.Client, arn string) (map[string]string, error) {
	out, err := Describe(ctx, c, arn)
	if err != nil {
		return nil, err
	}
	return secretTags(out.Tags), nil
}

func secretLeaving(ctx context.Context, c *api.Client, arn string) (bool, error) {
	out, err := Describe(ctx, c, arn)
	if err != nil {
		return false, err
	}
	return out.DeletedDate != nil, nil
}

func secretMade(ctx context.Context, c *api.Client, arn string) (time.Time, error) {
	out, err := Describe(ctx, c, arn)
	if err != nil {
		return time.Time{}, err
	}
	return api.Dated(out.CreatedDate)
}

func contestSecret(ctx context.Context, c *api.Client, of kinds.Claims, arn string) ([]string, error) {
	secret, err := Find(ctx, c, arn, nil)
	if err != nil {
		return nil, err
	}
	but := append(kinds.Named(bp.SecretNameOf(arn), bp.SecretName(of.Unit)), kinds.ForeignStatements(bp.ValueOf(secret).Unexpected)...)
	values, err := foreignValues(ctx, c, of.Unit, arn)
	return append(but, values...), err
}

// inheritedSecret reports whether a secret of an earlier generation is one that the
// unit took over: until the values are put it carries the other's. A later unit of
// the name, which may have taken it in turn, shows by its role.
func inheritedSecret(ctx context.Context, c *api.Client, r kinds.Removal) (bool, error) {
	role, known := bp.ValueOf(r.Inventory.Role).ARN.Get()
	if !known {
		return false, nil
	}
	generation, err := kinds.Anchored(ctx, c, role, r.Owner.Unit)
	return err == nil && (generation == "" || generation == r.Owner.Generation), err
}

func secretLooks(c *api.Client, t kinds.Target, o *kinds.Observation) ([]kinds.Look, func(context.Context) error) {
	id := t.Refs[bp.ComponentSecret].ARN
	return []kinds.Look{{What: "secret", Name: id, Find: func(ctx context.Context) (err error) {
		o.Secret, err = Find(ctx, c, id, t.Tags)
		return err
	}}}, nil
}

// locateSecret returns the ARN of the secret that carries the unit's tag. Who may
// not look, as deployers of units without one may not, hears of it only where the
// function is told of a secret or may be.
func locateSecret(ctx context.Context, c *api.Client, s kinds.Seed) (kinds.Ref, []error, error) {
	unit := s.Unit
	out, err := Describe(ctx, c, bp.SecretName(unit))
	_, told := s.Environment[bp.SecretVariable]
	if api.Missing(err) || api.ErrorCode(err) == "AccessDeniedException" && !told && s.Unreadable == "" {
		return kinds.Ref{}, nil, nil
	}
	if err != nil {
		return kinds.Ref{}, nil, fmt.Errorf("secret %s: %w", bp.SecretName(unit), err)
	}
	if out.DeletedDate != nil || secretTags(out.Tags)[bp.TagUnit] != unit {
		return kinds.Ref{}, nil, nil
	}
	return kinds.Ref{ARN: aws.ToString(out.ARN)}, nil, nil
}

func adoptSecret(ctx context.Context, c *api.Client, want bp.Blueprint, owner kinds.Owner) (kinds.Ref, error) {
	name := bp.SecretName(owner.Unit)
	out, err := Describe(ctx, c, name)
	switch wanted := want.Secret.IsKnown(); {
	case err == nil && (wanted || out.DeletedDate == nil && owner.Unfinished(secretTags(out.Tags))):
		return kinds.Ref{ARN: name}, nil
	case api.IgnoreMissing(err) != nil && (wanted || !api.Denied(err)):
		return kinds.Ref{}, err
	}
	return kinds.Ref{}, nil
}

func disputeSecret(ctx context.Context, d *kinds.Disputes) {
	secret := bp.ValueOf(d.Is.Secret)
	// One that an earlier unit of the name has deleted is older, and nobody uses it.
	ask := d.Dated
	if secret.Available == bp.Known(false) {
		ask = d.Judge
	}
	ask(ctx, secret.ARN.Or(""), d.Is.Secret.IsKnown(), func() ([]string, error) {
		values, err := foreignValues(ctx, d.Client, d.Unit, secret.ARN.Or(""))
		return append(kinds.ForeignStatements(secret.Unexpected), values...), err
	})
}

// foreignValues are clauses about what a unit never writes on its secret: another
// description, or values that it has not put. Of a deleted secret, whose unit was
// complete, a rotation may have put the last ones.
func foreignValues(ctx context.Context, c *api.Client, unit, arn string) ([]string, error) {
	out, err := Describe(ctx, c, arn)
	if err != nil {
		return nil, api.IgnoreMissing(err)
	}
	but := kinds.Described(out.Description, bp.SecretDescription(unit))
	var others []string
	for _, version := range api.SortedKeys(out.VersionIdsToStages) {
		if !bp.ValuesNumber(version).IsKnown() {
			others = append(others, version)
		}
	}
	if len(others) == len(out.VersionIdsToStages) && len(others) > 0 || len(others) > 0 && out.DeletedDate == nil {
		but = append(but, "it holds values that the unit has not put (version "+strings.Join(others, ", ")+")")
	}
	return but, nil
}
