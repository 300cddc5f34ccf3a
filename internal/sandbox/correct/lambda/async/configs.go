package async

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// Limits of asynchronous invocation.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
const (
	maxRetries      = 2
	minEventSeconds = 60
	maxEventSeconds = 21600
)

// Configs are the corrections of configurations for asynchronous invocation:
// without a qualifier one is that of $LATEST, its numbers have limits, the role
// must be allowed to send to its destinations, and one operation changes some of
// its members. The emulator keeps two configurations for $LATEST, checks only the
// form of destinations and does not know UpdateFunctionEventInvokeConfig.
// https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html
func Configs(e *emulator.Client) []correct.Correction {
	return []correct.Correction{
		{Operations: []string{
			"lambda.PutFunctionEventInvokeConfig", "lambda.UpdateFunctionEventInvokeConfig",
			"lambda.GetFunctionEventInvokeConfig", "lambda.DeleteFunctionEventInvokeConfig",
		}, Wrap: correct.Before(func(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			if _, qualifier := function.Ref(x); qualifier == "" {
				query := x.Request.URL.Query()
				query.Set("Qualifier", function.Latest)
				x.Request.URL.RawQuery = query.Encode()
			}
			return nil, nil
		})},
		{Operations: []string{"lambda.PutFunctionEventInvokeConfig", "lambda.UpdateFunctionEventInvokeConfig"}, Wrap: correct.Before(limitEvents)},
		{Operations: []string{"lambda.PutFunctionEventInvokeConfig", "lambda.UpdateFunctionEventInvokeConfig"}, Wrap: correct.Before(
			func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
				return allowDestinations(ctx, e, x)
			})},
		{Operations: []string{"lambda.UpdateFunctionEventInvokeConfig"}, Wrap: correct.Before(
			func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) { return mergeEventConfig(ctx, e, x) })},
		{Operations: []string{"lambda.ListFunctionEventInvokeConfigs"}, Wrap: correct.After(
			func(x *wire.Exchange, a *wire.Answer) error { return listEventConfigs(e, x, a) })},
	}
}

// listEventConfigs lists those of all qualifiers: the emulator lists the one without.
// https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html
func listEventConfigs(e *emulator.Client, x *wire.Exchange, a *wire.Answer) error {
	if a.Status != http.StatusOK {
		return nil
	}
	ctx := x.Request.Context()
	name, _ := function.Ref(x)
	versions, err := function.Versions(ctx, e, x, name)
	if err != nil {
		return err
	}
	qualifiers := []string{}
	for _, v := range versions {
		qualifiers = append(qualifiers, v.Text("Version"))
	}
	status, body, err := e.Ask(ctx, x, "lambda", http.MethodGet, "/2015-03-31/functions/"+url.PathEscape(name)+"/aliases", nil, nil)
	if err != nil {
		return err
	}
	if status == http.StatusOK {
		members, err := wire.ParseObject(body)
		if err != nil {
			return err
		}
		for _, alias := range function.Listed(members["Aliases"]) {
			qualifiers = append(qualifiers, alias.Text("Name"))
		}
	}
	configs := []wire.Object{}
	for _, qualifier := range qualifiers {
		status, body, err := e.Ask(ctx, x, "lambda", http.MethodGet, ConfigPath(name, qualifier), nil, nil)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			continue // it has none
		}
		config, err := wire.ParseObject(body)
		if err != nil {
			return err
		}
		config["FunctionArn"] = x.FunctionARN(name) + ":" + qualifier
		configs = append(configs, config)
	}
	return a.SetJSON(wire.Object{"FunctionEventInvokeConfigs": configs})
}

func limitEvents(_ context.Context, x *wire.Exchange) (*wire.Refusal, error) {
	request, err := x.JSON()
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
		return function.InvalidMember(number.String(), limit.name, "have value "+bound), nil
	}
	return nil, nil
}

// allowDestinations speaks up like Lambda; the exact words are recalled.
func allowDestinations(ctx context.Context, e *emulator.Client, x *wire.Exchange) (*wire.Refusal, error) {
	request, err := x.JSON()
	if err != nil {
		return nil, err
	}
	destinations := request.Object("DestinationConfig")
	for _, outcome := range []string{"OnSuccess", "OnFailure"} {
		target := destinations.Object(outcome).Text("Destination")
		call, known := roles.SendCallTo(target)
		if !known {
			continue
		}
		name, _ := function.Ref(x)
		config, err := function.Config(ctx, e, x, name, "")
		if err != nil || config == nil {
			return nil, err
		}
		allowed, err := roles.May(ctx, e, x, config.Text("Role"), roles.SendingTo(x, config.Text("Role"), target, "")...)
		if err != nil {
			return nil, err
		}
		if !allowed {
			return &wire.Refusal{
				Status: http.StatusBadRequest, Code: "InvalidParameterValueException",
				Message: fmt.Sprintf("The function's execution role does not have permissions to call %s on %s", call.Call, target),
			}, nil
		}
	}
	return nil, nil
}

// mergeEventConfig makes an update a replacement by the old members with the
// new ones over them.
func mergeEventConfig(ctx context.Context, e *emulator.Client, x *wire.Exchange) (*wire.Refusal, error) {
	request, err := x.JSON()
	if err != nil {
		return nil, err
	}
	name, qualifier := function.Ref(x)
	status, body, err := e.Ask(ctx, x, "lambda", http.MethodGet, ConfigPath(name, qualifier), nil, nil)
	if err != nil {
		return nil, err
	}
	existing, err := wire.ParseObject(body)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return &wire.Refusal{Status: status, Code: "ResourceNotFoundException", Message: existing.Text("message")}, nil
	}
	for _, key := range []string{"FunctionArn", "LastModified"} {
		delete(existing, key)
	}
	maps.Copy(existing, request)
	merged, err := json.Marshal(existing)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	x.SetBody(merged)
	x.Request.Method = http.MethodPut
	return nil, nil
}

// ConfigPath is where the configuration of a qualifier is.
func ConfigPath(name, qualifier string) string {
	return "/2019-09-25/functions/" + url.PathEscape(name) + "/event-invoke-config?Qualifier=" + url.QueryEscape(qualifier)
}

// eventConfig is the part of a configuration that a delivery needs.
type eventConfig struct {
	retries              int64
	age                  int64 // seconds
	onSuccess, onFailure string
}

// eventConfigOf is the default for a qualifier without a configuration.
func eventConfigOf(ctx context.Context, e *emulator.Client, x *wire.Exchange, name, qualifier string) (eventConfig, error) {
	config := eventConfig{retries: maxRetries, age: maxEventSeconds}
	status, body, err := e.Ask(ctx, x, "lambda", http.MethodGet, ConfigPath(name, qualifier), nil, nil)
	if err != nil || status != http.StatusOK {
		return config, err
	}
	members, err := wire.ParseObject(body)
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
	destinations := members.Object("DestinationConfig")
	config.onSuccess = destinations.Object("OnSuccess").Text("Destination")
	config.onFailure = destinations.Object("OnFailure").Text("Destination")
	return config, nil
}
