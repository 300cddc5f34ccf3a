package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// logsKeyMustAdmit: a log group's key must be enabled and its policy must let
// the Logs service of the region use it for this group. The emulator stores
// any ARN.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func logsKeyMustAdmit(e *emulator) correction {
	return correction{
		operations: []string{"logs.CreateLogGroup", "logs.AssociateKmsKey"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			id := request.text("kmsKeyId")
			if id == "" {
				return nil, nil
			}
			group := x.logGroupARN(request.text("logGroupName"))
			admitted, err := e.admitsLogs(ctx, x, id, group)
			if err != nil || admitted {
				return nil, err
			}
			return &refusal{
				http.StatusBadRequest, "InvalidParameterException",
				fmt.Sprintf("The specified KMS key does not exist or is not allowed to be used with Arn '%s'", group),
			}, nil
		}),
	}
}

func (x *exchange) logGroupARN(name string) string {
	return fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s", partition(x.call.Region), x.call.Region, x.call.Account, name)
}

func (e *emulator) admitsLogs(ctx context.Context, x *exchange, keyID, group string) (bool, error) {
	key, err := e.describeKey(ctx, x, keyID)
	if err != nil || key.state != "Enabled" {
		return false, err
	}
	_, answer, err := e.askJSON(ctx, x, "kms", "TrentService.GetKeyPolicy", object{"KeyId": key.arn, "PolicyName": "default"})
	if err != nil {
		return false, err
	}
	var document policyDocument
	if err := json.Unmarshal([]byte(answer.text("Policy")), &document); err != nil {
		return false, fmt.Errorf("policy of %s: %w", keyID, err)
	}
	service := "logs." + x.call.Region + ".amazonaws.com"
	return slices.ContainsFunc(document.Statement, func(s policyStatement) bool {
		return s.allowsService(service, "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext") && s.admitsContext(group)
	}), nil
}

// admitsContext checks the condition that AWS's own example has; others pass.
func (s policyStatement) admitsContext(group string) bool {
	for _, keys := range s.Condition {
		for key, patterns := range keys {
			if strings.EqualFold(key, "kms:EncryptionContext:aws:logs:arn") &&
				!slices.ContainsFunc(patterns, func(p string) bool { return globMatch(p, group) }) {
				return false
			}
		}
	}
	return true
}

// logGroupKeys gives log groups the two operations that change their key, and
// shows the result in descriptions. The emulator knows a key only from
// CreateLogGroup.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
func logGroupKeys(e *emulator, keys *ledger[string]) []correction {
	return []correction{
		{operations: []string{"logs.AssociateKmsKey", "logs.DisassociateKmsKey"}, wrap: func(handler) handler {
			return func(w http.ResponseWriter, x *exchange) { changeGroupKey(w, x, e, keys) }
		}},
		{operations: []string{"logs.CreateLogGroup", "logs.DeleteLogGroup"}, wrap: after(func(x *exchange, _ *answer) error {
			request, err := x.json()
			if err == nil {
				keys.drop(x.scoped(request.text("logGroupName")))
			}
			return err
		})},
		{operations: []string{"logs.DescribeLogGroups"}, wrap: after(func(x *exchange, a *answer) error {
			if !keys.any() {
				return nil
			}
			members, err := parseObject(a.body)
			if err != nil {
				return err
			}
			groups, _ := members["logGroups"].([]any)
			for _, entry := range groups {
				group, _ := entry.(map[string]any)
				if key, changed := keys.get(x.scoped(object(group).text("logGroupName"))); changed {
					delete(group, "kmsKeyId")
					if key != "" {
						group["kmsKeyId"] = key
					}
				}
			}
			return a.setJSON(members)
		})},
	}
}

// changeGroupKey stores the key, empty for none, of a group that exists.
func changeGroupKey(w http.ResponseWriter, x *exchange, e *emulator, keys *ledger[string]) {
	request, err := x.json()
	if err != nil {
		refuse(w, x, failure(err))
		return
	}
	name := request.text("logGroupName")
	if id := request.text("resourceIdentifier"); name == "" && id != "" {
		name = logGroupName(id)
	}
	status, _, err := e.askJSON(x.request.Context(), x, "logs", "Logs_20140328.ListTagsForResource", object{"resourceArn": x.logGroupARN(name)})
	if err != nil {
		refuse(w, x, failure(err))
		return
	}
	if status != http.StatusOK {
		refuse(w, x, refusal{http.StatusBadRequest, "ResourceNotFoundException", "The specified log group does not exist."})
		return
	}
	keys.put(x.scoped(name), request.text("kmsKeyId"))
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(http.StatusOK)
}

// logGroupName is the name in an ARN or a name.
func logGroupName(id string) string {
	if _, name, isARN := strings.Cut(id, ":log-group:"); isARN {
		return strings.TrimSuffix(name, ":*")
	}
	return id
}

func (l *ledger[V]) any() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.values) > 0
}
