package services

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

const infrequentAccess = "INFREQUENT_ACCESS"

// logGroup is what DescribeLogGroups shows of one group; nil when there is
// none.
func logGroup(ctx context.Context, e *emulator.Client, x *wire.Exchange, name string) (wire.Object, error) {
	_, answer, err := e.AskJSON(ctx, x, "logs", "Logs_20140328.DescribeLogGroups", wire.Object{"logGroupNamePrefix": name})
	if err != nil {
		return nil, err
	}
	groups, _ := answer["logGroups"].([]any)
	for _, entry := range groups {
		group, _ := entry.(map[string]any)
		if wire.Object(group).Text("logGroupName") == name {
			return group, nil
		}
	}
	return nil, nil
}

// eachLogGroup changes the groups that DescribeLogGroups answers with.
func eachLogGroup(a *wire.Answer, change func(wire.Object)) error {
	members, err := wire.ParseObject(a.Body)
	if err != nil {
		return err
	}
	groups, _ := members["logGroups"].([]any)
	for _, entry := range groups {
		if group, ok := entry.(map[string]any); ok {
			change(group)
		}
	}
	return a.SetJSON(members)
}

// groupOf is the name of the log group a request is about.
func groupOf(x *wire.Exchange) (string, error) {
	request, err := x.JSON()
	if err != nil {
		return "", err
	}
	if name := request.Text("logGroupName"); name != "" {
		return name, nil
	}
	return logGroupName(request.Text("logGroupIdentifier")), nil
}

// logClassesDiffer: a group for infrequent access has no filters and shows its
// events to queries only. The emulator treats all groups alike.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
func logClassesDiffer(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{
			"logs.PutMetricFilter", "logs.PutSubscriptionFilter", "logs.DescribeSubscriptionFilters", "logs.PutDataProtectionPolicy",
			"logs.FilterLogEvents", "logs.GetLogEvents",
		},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			name, err := groupOf(x)
			if err != nil {
				return nil, err
			}
			group, err := logGroup(ctx, e, x, name)
			if err != nil || group.Text("logGroupClass") != infrequentAccess {
				return nil, err
			}
			if x.Call.Operation == "FilterLogEvents" || x.Call.Operation == "GetLogEvents" {
				return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidOperationException", Message: fmt.Sprintf(
					"The log group %s is of log-group-class %s. %s is not supported for this log class.", name, infrequentAccess, x.Call.Operation)}, nil
			}
			return &wire.Refusal{Status: http.StatusBadRequest, Code: "ValidationException", Message: "This operation is only supported on the Standard log class."}, nil
		}),
	}
}

// dataProtection are operations that the emulator lacks. Policies are kept and
// shown; nothing is masked here.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDataProtectionPolicy.html
func dataProtection(e *emulator.Client, policies *correct.Ledger[wire.Object]) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"logs.PutDataProtectionPolicy", "logs.GetDataProtectionPolicy", "logs.DeleteDataProtectionPolicy"}, Wrap: func(wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				answer, r, err := protect(x.Request.Context(), x, e, policies)
				switch {
				case err != nil:
					wire.Refuse(w, x, wire.Failure(err))
				case r != nil:
					wire.Refuse(w, x, *r)
				default:
					correct.RespondJSON(w, x, http.StatusOK, answer)
				}
			}
		}},
		{Operations: []string{"logs.CreateLogGroup", "logs.DeleteLogGroup"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			name, err := groupOf(x)
			if err == nil {
				policies.Drop(x.Scoped(name))
			}
			return err
		})},
		{Operations: []string{"logs.DescribeLogGroups"}, Wrap: correct.After(func(x *wire.Exchange, a *wire.Answer) error {
			if !policies.Any() {
				return nil
			}
			return eachLogGroup(a, func(group wire.Object) {
				if policy, known := policies.Get(x.Scoped(group.Text("logGroupName"))); known {
					group["dataProtectionStatus"] = "ACTIVATED"
					if policy["policyDocument"] == nil {
						group["dataProtectionStatus"] = "DELETED"
					}
				}
			})
		})},
	}
}

func protect(ctx context.Context, x *wire.Exchange, e *emulator.Client, policies *correct.Ledger[wire.Object]) (wire.Object, *wire.Refusal, error) {
	name, err := groupOf(x)
	if err != nil {
		return nil, nil, err
	}
	group, err := logGroup(ctx, e, x, name)
	if err != nil {
		return nil, nil, err
	}
	if group == nil {
		return nil, &wire.Refusal{Status: http.StatusBadRequest, Code: "ResourceNotFoundException", Message: "The specified log group does not exist."}, nil
	}
	request, err := x.JSON()
	if err != nil {
		return nil, nil, err
	}
	key, asked := x.Scoped(name), request["logGroupIdentifier"]
	switch x.Call.Operation {
	case "PutDataProtectionPolicy":
		if !isProtection(request.Text("policyDocument")) {
			return nil, invalidLogs("policyDocument"), nil
		}
		policies.Put(key, wire.Object{"policyDocument": request["policyDocument"], "lastUpdatedTime": time.Now().UnixMilli()})
	case "DeleteDataProtectionPolicy":
		if _, known := policies.Get(key); known {
			policies.Put(key, wire.Object{})
		}
		return wire.Object{}, nil, nil
	}
	answer := wire.Object{"logGroupIdentifier": asked}
	if policy, _ := policies.Get(key); policy["policyDocument"] != nil {
		answer["policyDocument"], answer["lastUpdatedTime"] = policy["policyDocument"], policy["lastUpdatedTime"]
	}
	return answer, nil, nil
}

// isProtection: one statement finds, another masks.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch-logs-data-protection-policies.html
func isProtection(text string) bool {
	document, err := wire.ParseObject([]byte(text))
	statements, _ := document["Statement"].([]any)
	return err == nil && len(statements) == 2 && document.Text("Name") != ""
}

func invalidLogs(member string) *wire.Refusal {
	return &wire.Refusal{Status: http.StatusBadRequest, Code: "InvalidParameterException", Message: "The parameter " + member + " is not valid."}
}

// deletionIsProtected: a log group can be protected against deletion, which the
// emulator does not know.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html
func deletionIsProtected(e *emulator.Client, groups *correct.Ledger[bool]) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{"logs.PutLogGroupDeletionProtection"}, Wrap: func(wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				r, err := setDeletionProtection(x.Request.Context(), x, e, groups)
				switch {
				case err != nil:
					wire.Refuse(w, x, wire.Failure(err))
				case r != nil:
					wire.Refuse(w, x, *r)
				default:
					correct.RespondJSON(w, x, http.StatusOK, wire.Object{})
				}
			}
		}},
		{Operations: []string{"logs.CreateLogGroup"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			request, err := x.JSON()
			if err == nil {
				on, _ := request["deletionProtectionEnabled"].(bool)
				groups.Put(x.Scoped(request.Text("logGroupName")), on)
			}
			return err
		})},
		{Operations: []string{"logs.DeleteLogGroup"}, Wrap: correct.Before(func(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			name, err := groupOf(x)
			if on, _ := groups.Get(x.Scoped(name)); !on {
				return nil, err
			}
			return &wire.Refusal{Status: http.StatusBadRequest, Code: "ValidationException", Message: "The log group is protected against deletion. Disable deletion protection first."}, nil
		})},
		{Operations: []string{"logs.DescribeLogGroups"}, Wrap: correct.After(func(x *wire.Exchange, a *wire.Answer) error {
			if !groups.Any() {
				return nil
			}
			return eachLogGroup(a, func(group wire.Object) {
				if on, _ := groups.Get(x.Scoped(group.Text("logGroupName"))); on {
					group["deletionProtectionEnabled"] = true
				}
			})
		})},
	}
}

func setDeletionProtection(ctx context.Context, x *wire.Exchange, e *emulator.Client, groups *correct.Ledger[bool]) (*wire.Refusal, error) {
	name, err := groupOf(x)
	if err != nil {
		return nil, err
	}
	group, err := logGroup(ctx, e, x, name)
	if err != nil {
		return nil, err
	}
	if group == nil {
		return &wire.Refusal{Status: http.StatusBadRequest, Code: "ResourceNotFoundException", Message: "The specified log group does not exist."}, nil
	}
	request, err := x.JSON()
	if err != nil {
		return nil, err
	}
	on, _ := request["deletionProtectionEnabled"].(bool)
	groups.Put(x.Scoped(name), on)
	return nil, nil
}
