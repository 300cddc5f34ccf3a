package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const infrequentAccess = "INFREQUENT_ACCESS"

// logGroup is what DescribeLogGroups shows of one group; nil when there is
// none.
func (e *emulator) logGroup(ctx context.Context, x *exchange, name string) (object, error) {
	_, answer, err := e.askJSON(ctx, x, "logs", "Logs_20140328.DescribeLogGroups", object{"logGroupNamePrefix": name})
	if err != nil {
		return nil, err
	}
	groups, _ := answer["logGroups"].([]any)
	for _, entry := range groups {
		group, _ := entry.(map[string]any)
		if object(group).text("logGroupName") == name {
			return group, nil
		}
	}
	return nil, nil
}

// eachLogGroup changes the groups that DescribeLogGroups answers with.
func (a *answer) eachLogGroup(change func(object)) error {
	members, err := parseObject(a.body)
	if err != nil {
		return err
	}
	groups, _ := members["logGroups"].([]any)
	for _, entry := range groups {
		if group, ok := entry.(map[string]any); ok {
			change(group)
		}
	}
	return a.setJSON(members)
}

// groupOf is the name of the log group a request is about.
func (x *exchange) groupOf() (string, error) {
	request, err := x.json()
	if err != nil {
		return "", err
	}
	if name := request.text("logGroupName"); name != "" {
		return name, nil
	}
	return logGroupName(request.text("logGroupIdentifier")), nil
}

// logClassesDiffer: a group for infrequent access has no filters and shows its
// events to queries only. The emulator treats all groups alike.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
func logClassesDiffer(e *emulator) correction {
	return correction{
		operations: []string{
			"logs.PutMetricFilter", "logs.PutSubscriptionFilter", "logs.DescribeSubscriptionFilters", "logs.PutDataProtectionPolicy",
			"logs.FilterLogEvents", "logs.GetLogEvents",
		},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			name, err := x.groupOf()
			if err != nil {
				return nil, err
			}
			group, err := e.logGroup(ctx, x, name)
			if err != nil || group.text("logGroupClass") != infrequentAccess {
				return nil, err
			}
			if x.call.Operation == "FilterLogEvents" || x.call.Operation == "GetLogEvents" {
				return &refusal{http.StatusBadRequest, "InvalidOperationException", fmt.Sprintf(
					"The log group %s is of log-group-class %s. %s is not supported for this log class.", name, infrequentAccess, x.call.Operation)}, nil
			}
			return &refusal{http.StatusBadRequest, "ValidationException", "This operation is only supported on the Standard log class."}, nil
		}),
	}
}

// dataProtection are operations that the emulator lacks. Policies are kept and
// shown; nothing is masked here.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDataProtectionPolicy.html
func dataProtection(e *emulator, policies *ledger[object]) []correction {
	return []correction{
		{operations: []string{"logs.PutDataProtectionPolicy", "logs.GetDataProtectionPolicy", "logs.DeleteDataProtectionPolicy"}, wrap: func(handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				answer, r, err := protect(x.request.Context(), x, e, policies)
				switch {
				case err != nil:
					refuse(w, x, failure(err))
				case r != nil:
					refuse(w, x, *r)
				default:
					respondJSON(w, x, http.StatusOK, answer)
				}
			}
		}},
		{operations: []string{"logs.CreateLogGroup", "logs.DeleteLogGroup"}, wrap: after(func(x *exchange, _ *answer) error {
			name, err := x.groupOf()
			if err == nil {
				policies.drop(x.scoped(name))
			}
			return err
		})},
		{operations: []string{"logs.DescribeLogGroups"}, wrap: after(func(x *exchange, a *answer) error {
			if !policies.any() {
				return nil
			}
			return a.eachLogGroup(func(group object) {
				if policy, known := policies.get(x.scoped(group.text("logGroupName"))); known {
					group["dataProtectionStatus"] = "ACTIVATED"
					if policy["policyDocument"] == nil {
						group["dataProtectionStatus"] = "DELETED"
					}
				}
			})
		})},
	}
}

func protect(ctx context.Context, x *exchange, e *emulator, policies *ledger[object]) (object, *refusal, error) {
	name, err := x.groupOf()
	if err != nil {
		return nil, nil, err
	}
	group, err := e.logGroup(ctx, x, name)
	if err != nil {
		return nil, nil, err
	}
	if group == nil {
		return nil, &refusal{http.StatusBadRequest, "ResourceNotFoundException", "The specified log group does not exist."}, nil
	}
	request, err := x.json()
	if err != nil {
		return nil, nil, err
	}
	key, asked := x.scoped(name), request["logGroupIdentifier"]
	switch x.call.Operation {
	case "PutDataProtectionPolicy":
		if !isProtection(request.text("policyDocument")) {
			return nil, invalidLogs("policyDocument"), nil
		}
		policies.put(key, object{"policyDocument": request["policyDocument"], "lastUpdatedTime": time.Now().UnixMilli()})
	case "DeleteDataProtectionPolicy":
		if _, known := policies.get(key); known {
			policies.put(key, object{})
		}
		return object{}, nil, nil
	}
	answer := object{"logGroupIdentifier": asked}
	if policy, _ := policies.get(key); policy["policyDocument"] != nil {
		answer["policyDocument"], answer["lastUpdatedTime"] = policy["policyDocument"], policy["lastUpdatedTime"]
	}
	return answer, nil, nil
}

// isProtection: one statement finds, another masks.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch-logs-data-protection-policies.html
func isProtection(text string) bool {
	document, err := parseObject([]byte(text))
	statements, _ := document["Statement"].([]any)
	return err == nil && len(statements) == 2 && document.text("Name") != ""
}

func invalidLogs(member string) *refusal {
	return &refusal{http.StatusBadRequest, "InvalidParameterException", "The parameter " + member + " is not valid."}
}
