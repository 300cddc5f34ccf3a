package loggroups

import (
	"context"
	"errors"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func ensureLogGroup(ctx context.Context, u *kinds.Unit) error {
	want, _ := u.Want().LogGroup.Get()
	have, exists := u.Job.Observed.LogGroup.Get()
	if !exists || have.ARN != want.ARN {
		return u.Replace(ctx, have.ARN, want.ARN, func(back bool) error {
			if back {
				u.Known(bp.ComponentLogGroup, want.ARN.Or(""), bp.Null[string]())
				return updateLogGroup(ctx, u.Client, bp.LogGroup{}, want)
			}
			_, tags, _ := u.Tags(bp.Null[map[string]bp.String]())
			err := createLogGroup(ctx, u.Client, want, tags)
			if err != nil {
				if _, other := u.MadeBefore(ctx, want.ARN.Or(""), err); other == nil {
					u.Known(bp.ComponentLogGroup, want.ARN.Or(""), bp.Null[string]())
					return updateLogGroup(ctx, u.Client, bp.LogGroup{}, want)
				}
			}
			if _, taken := errors.AsType[*kinds.Taken](err); taken {
				err = takeBackLogGroup(ctx, u, want, err)
				if err == nil {
					u.Known(bp.ComponentLogGroup, want.ARN.Or(""), bp.Null[string]())
				}
				return err
			}
			if err != nil {
				return err
			}
			u.Known(bp.ComponentLogGroup, want.ARN.Or(""), bp.Null[string]())
			if err := u.Call(ctx, func() error { return putRetention(ctx, u.Client, want) }); err != nil || want.DataProtection.IsNull() {
				return err
			}
			return putDataProtection(ctx, u.Client, want)
		})
	}
	if err := updateLogGroup(ctx, u.Client, have, want); err != nil {
		return err
	}
	if current, tags, differ := u.Tags(have.Tags); differ {
		return tagLogGroup(ctx, u.Client, want.ARN.Or(""), current, tags)
	}
	return nil
}

// takeBackLogGroup puts a retained log group into use again.
func takeBackLogGroup(ctx context.Context, u *kinds.Unit, want bp.LogGroup, taken error) error {
	arn := want.ARN.Or("")
	tags, err := logGroupTags(ctx, u.Client, arn)
	if err != nil || !u.Owner().Retained(tags) {
		return taken
	}
	found, err := Find(ctx, u.Client, want.Name.Or(""), nil, true)
	have, exists := found.Get()
	if err != nil || !exists {
		return taken
	}
	but, err := Foreign(ctx, u.Client, u.Owner().Unit, arn)
	if err != nil {
		return err
	}
	if err := kinds.IfDisputed(arn, u.Owner().Unit, but); err != nil {
		return err
	}
	if have.Class != want.Class {
		return &kinds.Taken{Kind: "CloudWatch log group", Name: want.Name.Or("") + " of class " + strings.ToLower(have.Class.Or(""))}
	}
	if err := updateLogGroup(ctx, u.Client, have, want); err != nil {
		return err
	}
	_, wanted, _ := u.Tags(bp.Null[map[string]bp.String]())
	return tagLogGroup(ctx, u.Client, arn, tags, wanted)
}
