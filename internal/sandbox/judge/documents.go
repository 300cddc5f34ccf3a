package judge

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// keyStaysManageable: the caller must be able to change the key's policy
// again, unless it waives the check. Here callers are accounts, so the account
// has to keep kms:PutKeyPolicy.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
func keyStaysManageable(j *judged) {
	text := j.text("Policy")
	if text == "" || j.input["BypassPolicyLockoutSafetyCheck"] == true {
		return
	}
	var document policy.Document
	if json.Unmarshal([]byte(text), &document) != nil {
		return // the grammar's business
	}
	account := j.x.Call.Account
	mine := []string{"*", account, fmt.Sprintf("arn:%s:iam::%s:root", wire.Partition(j.x.Call.Region), account)}
	change, kept := policy.Permission{Action: "kms:PutKeyPolicy", Resource: "*"}, false
	for _, s := range document.Statement {
		named := slices.ContainsFunc(s.Principal["AWS"], func(p string) bool { return slices.Contains(mine, p) })
		if !named || !s.Covers(change) || len(s.Condition) > 0 {
			continue
		}
		if s.Effect == "Deny" {
			j.broken("Policy", "denies the account kms:PutKeyPolicy: nobody could change the policy any more")
			return
		}
		kept = true
	}
	if !kept {
		j.broken("Policy", "does not let the account call kms:PutKeyPolicy: nobody could change the policy any more")
	}
}

const dataProtectionLimit = 30720

// dataProtectionForm: a policy has a name and two blocks for the same data, one
// that audits and one that masks.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDataProtectionPolicy.html
func dataProtectionForm(j *judged) {
	const member = "policyDocument"
	text := j.text(member)
	if len([]rune(text)) > dataProtectionLimit {
		j.broken(member, "policy of %d characters, at most %d", len([]rune(text)), dataProtectionLimit)
	}
	var document struct {
		Name, Description, Version string
		Configuration              any
		Statement                  []struct {
			Sid            string
			DataIdentifier []string
			Operation      map[string]map[string]any
		}
	}
	if err := decodeStrictly(text, &document); err != nil {
		j.broken(member, "not a data protection policy: %v", err)
		return
	}
	if document.Name == "" {
		j.broken(member+".Name", "required")
	}
	if document.Version != "2021-06-01" {
		j.broken(member+".Version", "%q is not 2021-06-01", document.Version)
	}
	if len(document.Statement) != 2 {
		j.broken(member+".Statement", "%d statements, not an audit and a masking one", len(document.Statement))
		return
	}
	audit, mask := document.Statement[0], document.Statement[1]
	if _, ok := audit.Operation["Audit"]["FindingsDestination"].(map[string]any); !ok || len(audit.Operation) != 1 {
		j.broken(member+".Statement[0].Operation", "not Audit with a FindingsDestination")
	}
	if config, ok := mask.Operation["Deidentify"]["MaskConfig"].(map[string]any); !ok || len(config) > 0 || len(mask.Operation) != 1 {
		j.broken(member+".Statement[1].Operation", "not Deidentify with an empty MaskConfig")
	}
	if len(audit.DataIdentifier) == 0 || !reflect.DeepEqual(audit.DataIdentifier, mask.DataIdentifier) {
		j.broken(member+".Statement[1].DataIdentifier", "not the same list as in the first statement")
	}
}
