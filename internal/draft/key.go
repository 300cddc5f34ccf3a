package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// environmentKey is set only where Lambda has something to encrypt with it: an
// environment, snapshots, or the copy that it makes of an image. AWS keeps no
// key on any other function, and checkov CKV_AWS_173 fails such a function.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func (d *drafter) environmentKey() bp.String {
	image := d.spec.IsImage().Else(bp.Known(false))
	encrypts := either(either(present(d.environment), d.spec.SnapStart.Else(bp.Known(false))), image)
	return bp.Then(encrypts, func(yes bool) bp.String {
		if !yes {
			return bp.Null[string]()
		}
		return d.keyInUse
	})
}

// inferKey states a key that is neither the unit's own nor the house's.
func inferKey(spec *bp.Spec, observed bp.Blueprint, f bp.Function, facts Facts) {
	if observed.Key.IsKnown() {
		return
	}
	group, _ := observed.LogGroup.Get()
	spec.KMSKeyARN = unlessDefault(f.KMSKeyARN.Else(group.KMSKeyARN), facts.House.KMSKeyARN)
}

// key drafts the unit's own key. It does not exist when a key was given, and
// whether it does is unknown while that is.
func (d *drafter) key() bp.Value[bp.Key] {
	if d.givenKey.IsKnown() {
		return bp.Null[bp.Key]()
	}
	if d.givenKey.IsUnknown() {
		return bp.Unknown[bp.Key]()
	}
	return bp.Known(bp.Key{
		ARN:         d.facts.KeyARN,
		Alias:       bp.Map(d.spec.Name, bp.KeyAlias),
		Description: bp.Format("Environment and logs of the Lambda function %s", d.spec.Name),
		Enabled:     bp.Known(true),
		Rotation:    bp.Known(true),
		Policy:      bp.Known(d.keyPolicy()),
	})
}

// keyPolicy names the account and service principals only. A role in a key
// policy must exist beforehand and turns into a dead id when it is deleted.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func (d *drafter) keyPolicy() bp.KeyPolicy {
	return bp.KeyPolicy{
		Account: bp.Known(bp.Statement{
			Effect:     bp.Known(allow),
			Principals: principal("AWS", d.facts.Place.AccountRoot()),
			Actions:    bp.Known(bp.SetOf("kms:*")),
			Resources:  bp.Known(bp.SetOf("*")),
		}),
		Logs: bp.Known(LogsKeyStatement(d.facts.Place, d.groupARN)),
	}
}

// LogsContext is what CloudWatch Logs says it encrypts: the ARN of a log group.
const LogsContext = "kms:EncryptionContext:aws:logs:arn"

// LogsKeyStatement is what a key's policy must hold so that CloudWatch Logs can
// encrypt one log group with it.
func LogsKeyStatement(place bp.Place, groupARN bp.String) bp.Statement {
	return logsKeyStatement(place, arnEquals, groupARN)
}

// HouseKeyStatement is the same for a key that all units share: one statement
// for every log group of the account in the region.
func HouseKeyStatement(place bp.Place) bp.Statement {
	return logsKeyStatement(place, arnLike, bp.Known(place.LogGroupARN("*")))
}

func logsKeyStatement(place bp.Place, operator string, groups bp.String) bp.Statement {
	return bp.Statement{
		Effect:     bp.Known(allow),
		Principals: principal("Service", place.LogsPrincipal()),
		Actions:    bp.Known(bp.SetOf("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")),
		Resources:  bp.Known(bp.SetOf("*")),
		Conditions: bp.Known(bp.Conditions{operator: condition(LogsContext, groups)}),
	}
}
