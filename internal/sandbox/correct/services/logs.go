package services

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// logsKeyMustAdmit: a log group's key must be enabled and its policy must let
// the Logs service of the region use it for this group. The emulator stores
// any ARN.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func logsKeyMustAdmit(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"logs.CreateLogGroup", "logs.AssociateKmsKey"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			id := request.Text("kmsKeyId")
			if id == "" {
				return nil, nil
			}
			group := x.LogGroupARN(request.Text("logGroupName"))
			admitted, err := admitsLogs(ctx, e, x, id, group)
			if err != nil || admitted {
				return nil, err
			}
			return &wire.Refusal{
				Status: http.StatusBadRequest, Code: "InvalidParameterException",
				Message: fmt.Sprintf("The specified KMS key does not exist or is not allowed to be used with Arn '%s'", group),
			}, nil
		}),
	}
}

func admitsLogs(ctx context.Context, e *emulator.Client, x *wire.Exchange, keyID, group string) (bool, error) {
	key, err := DescribeKey(ctx, e, x, keyID)
	if err != nil || key.State != "Enabled" {
		return false, err
	}
	_, answer, err := e.AskJSON(ctx, x, "kms", "TrentService.GetKeyPolicy", wire.Object{"KeyId": key.ARN, "PolicyName": "default"})
	if err != nil {
		return false, err
	}
	var document policy.Document
	if err := json.Unmarshal([]byte(answer.Text("Policy")), &document); err != nil {
		return false, fmt.Errorf("policy of %s: %w", keyID, err)
	}
	service := "logs." + x.Call.Region + ".amazonaws.com"
	return slices.ContainsFunc(document.Statement, func(s policy.Statement) bool {
		return s.AllowsService(service, "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext") && admitsContext(s, group)
	}), nil
}

// admitsContext checks the condition that AWS's own example has; others pass.
func admitsContext(s policy.Statement, group string) bool {
	for _, keys := range s.Condition {
		for key, patterns := range keys {
			if strings.EqualFold(key, "kms:EncryptionContext:aws:logs:arn") &&
				!slices.ContainsFunc(patterns, func(p string) bool { return policy.Match(p, group) }) {
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
func logGroupKeys(e *emulator.Client, keys *correct.Ledger[string]) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"logs.AssociateKmsKey", "logs.DisassociateKmsKey"}, Wrap: func(wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) { changeGroupKey(w, x, e, keys) }
		}},
		{Operations: []string{"logs.CreateLogGroup", "logs.DeleteLogGroup"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			request, err := x.JSON()
			if err == nil {
				keys.Drop(x.Scoped(request.Text("logGroupName")))
			}
			return err
		})},
		{Operations: []string{"logs.DescribeLogGroups"}, Wrap: correct.After(func(x *wire.Exchange, a *wire.Answer) error {
			if !keys.Any() {
				return nil
			}
			members, err := wire.ParseObject(a.Body)
			if err != nil {
				return err
			}
			groups, _ := members["logGroups"].([]any)
			for _, entry := range groups {
				group, _ := entry.(map[string]any)
				if key, changed := keys.Get(x.Scoped(wire.Object(group).Text("logGroupName"))); changed {
					delete(group, "kmsKeyId")
					if key != "" {
						group["kmsKeyId"] = key
					}
				}
			}
			return a.SetJSON(members)
		})},
	}
}

// changeGroupKey stores the key, empty for none, of a group that exists.
func changeGroupKey(w http.ResponseWriter, x *wire.Exchange, e *emulator.Client, keys *correct.Ledger[string]) {
	request, err := x.JSON()
	if err != nil {
		wire.Refuse(w, x, wire.Failure(err))
		return
	}
	name := request.Text("logGroupName")
	if id := request.Text("resourceIdentifier"); name == "" && id != "" {
		name = logGroupName(id)
	}
	status, _, err := e.AskJSON(x.Request.Context(), x, "logs", "Logs_20140328.ListTagsForResource", wire.Object{"resourceArn": x.LogGroupARN(name)})
	if err != nil {
		wire.Refuse(w, x, wire.Failure(err))
		return
	}
	if status != http.StatusOK {
		wire.Refuse(w, x, wire.Refusal{Status: http.StatusBadRequest, Code: "ResourceNotFoundException", Message: "The specified log group does not exist."})
		return
	}
	keys.Put(x.Scoped(name), request.Text("kmsKeyId"))
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
