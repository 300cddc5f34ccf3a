package sandbox

import (
	"context"
	"net/http"
)

// deletionIsProtected: a log group can be protected against deletion, which the
// emulator does not know.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html
func deletionIsProtected(e *emulator, groups *ledger[bool]) []correction {
	return []correction{
		{operations: []string{"logs.PutLogGroupDeletionProtection"}, wrap: func(handler) handler {
			return func(w http.ResponseWriter, x *exchange) {
				r, err := setDeletionProtection(x.request.Context(), x, e, groups)
				switch {
				case err != nil:
					refuse(w, x, failure(err))
				case r != nil:
					refuse(w, x, *r)
				default:
					respondJSON(w, x, http.StatusOK, object{})
				}
			}
		}},
		{operations: []string{"logs.CreateLogGroup"}, wrap: after(func(x *exchange, _ *answer) error {
			request, err := x.json()
			if err == nil {
				on, _ := request["deletionProtectionEnabled"].(bool)
				groups.put(x.scoped(request.text("logGroupName")), on)
			}
			return err
		})},
		{operations: []string{"logs.DeleteLogGroup"}, wrap: before(func(_ context.Context, x *exchange) (*refusal, error) {
			name, err := x.groupOf()
			if on, _ := groups.get(x.scoped(name)); !on {
				return nil, err
			}
			return &refusal{http.StatusBadRequest, "ValidationException", "The log group is protected against deletion. Disable deletion protection first."}, nil
		})},
		{operations: []string{"logs.DescribeLogGroups"}, wrap: after(func(x *exchange, a *answer) error {
			if !groups.any() {
				return nil
			}
			return a.eachLogGroup(func(group object) {
				if on, _ := groups.get(x.scoped(group.text("logGroupName"))); on {
					group["deletionProtectionEnabled"] = true
				}
			})
		})},
	}
}

func setDeletionProtection(ctx context.Context, x *exchange, e *emulator, groups *ledger[bool]) (*refusal, error) {
	name, err := x.groupOf()
	if err != nil {
		return nil, err
	}
	group, err := e.logGroup(ctx, x, name)
	if err != nil {
		return nil, err
	}
	if group == nil {
		return &refusal{http.StatusBadRequest, "ResourceNotFoundException", "The specified log group does not exist."}, nil
	}
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	on, _ := request["deletionProtectionEnabled"].(bool)
	groups.put(x.scoped(name), on)
	return nil, nil
}
