package cloud

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Names of the kinds of objects whose names a new unit may find taken.
const (
	KindFunction = "Lambda function"
	KindRole     = "IAM role"
	KindPolicy   = "IAM policy"
	KindQueue    = "SQS queue"
	KindAlarm    = "CloudWatch alarm"
	KindKeyAlias = "KMS alias"
)

// TakenNames lists the objects that stand in the way of a new unit. What a create
// of before left unfinished, and what a destroyed unit left for this one, does
// not. An object that may not be looked at is taken to be absent: the apply then
// finds it.
func (c *Client) TakenNames(ctx context.Context, want bp.Blueprint) []*Taken {
	role := valueOf(want.Role)
	unit := plainTags(want.Tags)[bp.TagUnit]
	if !role.Name.IsKnown() {
		return nil // nobody can tell whose the others are
	}
	anchor, err := c.anchor(ctx, role.Name.Or(""))
	_, unfinished := parseMarker(anchor.tags[bp.TagState])
	if err == nil && unfinished && anchor.tags[bp.TagUnit] == unit {
		return nil // the apply takes it up, or says that another one is at it
	}
	var looks sync.WaitGroup
	var found []*[]*Taken // in the order of the looks, whichever ends first
	side := func(look func() []*Taken) {
		result := new([]*Taken)
		found = append(found, result)
		looks.Go(func() { *result = look() })
	}
	look := func(kind string, name bp.String, exists func(name string) bool) {
		side(func() []*Taken {
			if text, known := name.Get(); known && text != "" && exists(text) {
				return []*Taken{{Kind: kind, Name: text}}
			}
			return nil
		})
	}
	look(KindFunction, valueOf(want.Function).Name, func(name string) bool {
		_, err := c.getFunction(ctx, name, "")
		return err == nil
	})
	look(KindRole, role.Name, func(string) bool { return err == nil })
	look(KindPolicy, valueOf(want.Policy).ARN, func(arn string) bool {
		_, _, err := c.identify(ctx, arn)
		return err == nil
	})
	look(KindQueue, valueOf(want.Queue).ARN, func(arn string) bool {
		_, err := c.queueTags(ctx, arn)
		return err == nil
	})
	look(KindKeyAlias, valueOf(want.Key).Alias, func(alias string) bool {
		out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
		if err != nil {
			return false
		}
		tags, err := c.keyTags(ctx, aws.ToString(out.KeyMetadata.Arn))
		return err == nil && !(Owner{Unit: unit}).retained(tags)
	})
	side(func() []*Taken {
		var names []string
		var taken []*Taken
		alarms := valueOf(want.Alarms)
		for _, slot := range alarms.Slots() {
			if name, known := valueOf(*slot.Alarm).Name.Get(); known {
				names = append(names, name)
			}
		}
		alarmsFound, _ := c.findAlarms(ctx, names) // none without an answer
		for _, name := range sortedKeys(alarmsFound) {
			taken = append(taken, &Taken{Kind: KindAlarm, Name: name})
		}
		return taken
	})
	looks.Wait()
	var all []*Taken
	for _, result := range found {
		all = append(all, *result...)
	}
	return all
}
