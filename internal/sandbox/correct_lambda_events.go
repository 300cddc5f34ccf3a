package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// Limits of asynchronous invocation.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
const (
	maxRetries      = 2
	minEventSeconds = 60
	maxEventSeconds = 21600
)

// eventConfigs: without a qualifier a configuration for asynchronous
// invocation is that of $LATEST, its numbers have limits, the role must be
// allowed to send to its destinations, and one operation changes some of its
// members. The emulator keeps two configurations for $LATEST, checks only the
// form of destinations and does not know UpdateFunctionEventInvokeConfig.
// https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html
func eventConfigs(e *emulator) []correction {
	return []correction{
		{operations: []string{
			"lambda.PutFunctionEventInvokeConfig", "lambda.UpdateFunctionEventInvokeConfig",
			"lambda.GetFunctionEventInvokeConfig", "lambda.DeleteFunctionEventInvokeConfig",
		}, wrap: before(func(_ context.Context, x *exchange) (*refusal, error) {
			if _, qualifier := functionRef(x); qualifier == "" {
				query := x.request.URL.Query()
				query.Set("Qualifier", latest)
				x.request.URL.RawQuery = query.Encode()
			}
			return nil, nil
		})},
		{operations: []string{"lambda.PutFunctionEventInvokeConfig", "lambda.UpdateFunctionEventInvokeConfig"}, wrap: before(limitEvents)},
		{operations: []string{"lambda.PutFunctionEventInvokeConfig", "lambda.UpdateFunctionEventInvokeConfig"}, wrap: before(
			func(ctx context.Context, x *exchange) (*refusal, error) { return e.allowDestinations(ctx, x) })},
		{operations: []string{"lambda.UpdateFunctionEventInvokeConfig"}, wrap: before(
			func(ctx context.Context, x *exchange) (*refusal, error) { return e.mergeEventConfig(ctx, x) })},
		{operations: []string{"lambda.ListFunctionEventInvokeConfigs"}, wrap: after(
			func(x *exchange, a *answer) error { return e.listEventConfigs(x, a) })},
	}
}

// listEventConfigs lists those of all qualifiers: the emulator lists the one without.
// https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html
func (e *emulator) listEventConfigs(x *exchange, a *answer) error {
	if a.status != http.StatusOK {
		return nil
	}
	ctx := x.request.Context()
	name, _ := functionRef(x)
	versions, err := e.versionsOf(ctx, x, name)
	if err != nil {
		return err
	}
	qualifiers := []string{}
	for _, v := range versions {
		qualifiers = append(qualifiers, v.text("Version"))
	}
	status, body, err := e.ask(ctx, x, "lambda", http.MethodGet, "/2015-03-31/functions/"+url.PathEscape(name)+"/aliases", nil, nil)
	if err != nil {
		return err
	}
	if status == http.StatusOK {
		members, err := parseObject(body)
		if err != nil {
			return err
		}
		for _, alias := range listed(members["Aliases"]) {
			qualifiers = append(qualifiers, alias.text("Name"))
		}
	}
	configs := []object{}
	for _, qualifier := range qualifiers {
		status, body, err := e.ask(ctx, x, "lambda", http.MethodGet, eventConfigPath(name, qualifier), nil, nil)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			continue // it has none
		}
		config, err := parseObject(body)
		if err != nil {
			return err
		}
		config["FunctionArn"] = x.functionARN(name) + ":" + qualifier
		configs = append(configs, config)
	}
	return a.setJSON(object{"FunctionEventInvokeConfigs": configs})
}

func limitEvents(_ context.Context, x *exchange) (*refusal, error) {
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	for _, limit := range []struct {
		member, name string
		low, high    int64
	}{
		{"MaximumRetryAttempts", "maximumRetryAttempts", 0, maxRetries},
		{"MaximumEventAgeInSeconds", "maximumEventAgeInSeconds", minEventSeconds, maxEventSeconds},
	} {
		number, given := request[limit.member].(json.Number)
		value, err := number.Int64()
		if !given || err == nil && value >= limit.low && value <= limit.high {
			continue
		}
		bound := fmt.Sprintf("less than or equal to %d", limit.high)
		if value < limit.low {
			bound = fmt.Sprintf("greater than or equal to %d", limit.low)
		}
		return invalidMember(number.String(), limit.name, "have value "+bound), nil
	}
	return nil, nil
}

// invalidMember is what Lambda says of a value outside its API model.
func invalidMember(value, member, must string) *refusal {
	return &refusal{
		http.StatusBadRequest, "ValidationException",
		fmt.Sprintf("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s", value, member, must),
	}
}

// allowDestinations speaks up like Lambda; the exact words are recalled.
func (e *emulator) allowDestinations(ctx context.Context, x *exchange) (*refusal, error) {
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	destinations := request.object("DestinationConfig")
	for _, outcome := range []string{"OnSuccess", "OnFailure"} {
		target := destinations.object(outcome).text("Destination")
		call, known := sendCallTo(target)
		if !known {
			continue
		}
		name, _ := functionRef(x)
		config, err := e.functionConfig(ctx, x, name, "")
		if err != nil || config == nil {
			return nil, err
		}
		allowed, err := e.roleMay(ctx, x, config.text("Role"), x.sendingTo(config.text("Role"), target, "")...)
		if err != nil {
			return nil, err
		}
		if !allowed {
			return &refusal{
				http.StatusBadRequest, "InvalidParameterValueException",
				fmt.Sprintf("The function's execution role does not have permissions to call %s on %s", call.call, target),
			}, nil
		}
	}
	return nil, nil
}

// mergeEventConfig makes an update a replacement by the old members with the
// new ones over them.
func (e *emulator) mergeEventConfig(ctx context.Context, x *exchange) (*refusal, error) {
	request, err := x.json()
	if err != nil {
		return nil, err
	}
	name, qualifier := functionRef(x)
	status, body, err := e.ask(ctx, x, "lambda", http.MethodGet, eventConfigPath(name, qualifier), nil, nil)
	if err != nil {
		return nil, err
	}
	existing, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return &refusal{status, "ResourceNotFoundException", existing.text("message")}, nil
	}
	for _, key := range []string{"FunctionArn", "LastModified"} {
		delete(existing, key)
	}
	maps.Copy(existing, request)
	merged, err := json.Marshal(existing)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	x.setBody(merged)
	x.request.Method = http.MethodPut
	return nil, nil
}

func eventConfigPath(name, qualifier string) string {
	return "/2019-09-25/functions/" + url.PathEscape(name) + "/event-invoke-config?Qualifier=" + url.QueryEscape(qualifier)
}

// eventConfig is the part of a configuration that a delivery needs.
type eventConfig struct {
	retries              int64
	age                  int64 // seconds
	onSuccess, onFailure string
}

// eventConfigOf is the default for a qualifier without a configuration.
func (e *emulator) eventConfigOf(ctx context.Context, x *exchange, name, qualifier string) (eventConfig, error) {
	config := eventConfig{retries: maxRetries, age: maxEventSeconds}
	status, body, err := e.ask(ctx, x, "lambda", http.MethodGet, eventConfigPath(name, qualifier), nil, nil)
	if err != nil || status != http.StatusOK {
		return config, err
	}
	members, err := parseObject(body)
	if err != nil {
		return config, err
	}
	for key, value := range map[string]*int64{"MaximumRetryAttempts": &config.retries, "MaximumEventAgeInSeconds": &config.age} {
		if number, ok := members[key].(json.Number); ok {
			if *value, err = strconv.ParseInt(number.String(), 10, 64); err != nil {
				return config, fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	destinations := members.object("DestinationConfig")
	config.onSuccess = destinations.object("OnSuccess").text("Destination")
	config.onFailure = destinations.object("OnFailure").text("Destination")
	return config, nil
}
