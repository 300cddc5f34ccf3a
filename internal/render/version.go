package render

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// served is the alias with what hangs on it.
func (m *module) served() error {
	alias, exists := m.Alias.Get()
	if !exists {
		return nil
	}
	if alias.Weights.IsKnown() {
		m.note("the alias sends all traffic to one version here")
	}
	m.add("aws_lambda_alias", this,
		"name", text(alias.Name), "description", text(alias.Description),
		"function_name", reference(objectFunction, attributeName), "function_version", expression("aws_lambda_function.this.version"))
	async, configured := m.Async.Get()
	if !configured {
		return nil
	}
	var destinations fields
	for _, d := range []struct {
		name string
		arn  bp.String
	}{{"on_success", async.OnSuccess}, {"on_failure", async.OnFailure}} {
		if arn := text(d.arn); arn != nil {
			destinations.set(d.name, nested{object("destination", arn)})
		}
	}
	m.add("aws_lambda_function_event_invoke_config", this,
		"function_name", reference(objectFunction, attributeName), "qualifier", reference(objectAlias, attributeName),
		"maximum_retry_attempts", number("async.max_retries", async.MaxRetries),
		"maximum_event_age_in_seconds", number("async.max_event_age", async.MaxEventAge),
		"destination_config", blocks(destinations))
	return nil
}
