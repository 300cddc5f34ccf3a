package deployer

// needsOfKMS are the needs of calls about the unit's own key and about given
// ones. An alias has no tags, and its calls are checked on alias and key.
// https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
var needsOfKMS = map[string][]need{
	"kms.DescribeKey":          onKeys(free, "kms:DescribeKey"),
	"kms.GetKeyPolicy":         onKeys(free, "kms:GetKeyPolicy"),
	"kms.GetKeyRotationStatus": {read(ownKeys, "kms:GetKeyRotationStatus")},
	"kms.ListResourceTags":     {read(ownKeys, "kms:ListResourceTags")},
	"kms.ListKeys":             {read(keyList, "kms:ListKeys")},
	"kms.ListAliases":          {read(keyList, "kms:ListAliases")},

	// CreateKey with tags takes kms:TagResource on keys of any ARN, and nothing
	// in the request tells it from the tagging of a key that is there.
	// https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
	"kms.CreateKey": {create(keyList, "kms:CreateKey"), tagNew(ownKeys, "kms:TagResource")},
	// KMS may take five minutes until it goes by a tag, and these two follow at
	// once.
	// https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
	"kms.EnableKeyRotation": {under(fresh, ownKeys, "kms:EnableKeyRotation")},
	"kms.CreateAlias":       {under(fresh, keyAliases, "kms:CreateAlias"), under(fresh, ownKeys, "kms:CreateAlias")},

	"kms.UpdateAlias":          {under(fresh, keyAliases, "kms:UpdateAlias"), change(ownKeys, "kms:UpdateAlias")},
	"kms.DeleteAlias":          {under(fresh, keyAliases, "kms:DeleteAlias"), change(ownKeys, "kms:DeleteAlias")},
	"kms.EnableKey":            {change(ownKeys, "kms:EnableKey")},
	"kms.PutKeyPolicy":         {change(ownKeys, "kms:PutKeyPolicy")},
	"kms.UpdateKeyDescription": {change(ownKeys, "kms:UpdateKeyDescription")},
	"kms.ScheduleKeyDeletion":  {change(ownKeys, "kms:ScheduleKeyDeletion")},
	"kms.CancelKeyDeletion":    {change(ownKeys, "kms:CancelKeyDeletion")},

	// Whoever may tag any key may make any key their own, so one that is there
	// already must be the unit's.
	"kms.TagResource":   {retag(ownKeys, "kms:TagResource")},
	"kms.UntagResource": {untag(ownKeys, "kms:UntagResource")},
}

// onKeys is a need on the keys that units are given, and on their own.
func onKeys(g guard, actions ...string) []need {
	return []need{under(g, keys, actions...), under(g, ownKeys, actions...)}
}
