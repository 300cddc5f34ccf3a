package provider

import (
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// writeOnly is what no plan and no state holds.
type writeOnly struct {
	Values bp.Value[map[string]bp.String] `attr:"secret_values_wo"`
}

// secretValuesOf reads the values out of a configuration.
func secretValuesOf(config tftypes.Value) (map[string]string, error) {
	unit, err := wholeOf(config)
	if err != nil {
		return nil, err
	}
	var w writeOnly
	if err := unit.Read(&w); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for name, value := range w.Values.Or(nil) {
		out[name] = value.Or("")
	}
	return out, nil
}

// secretDocument is the secret as a JSON object, nothing without values. Its
// keys are in order, so the same values are the same text.
func (in intent) secretDocument() string {
	if len(in.secretValues) == 0 {
		return ""
	}
	document, err := json.Marshal(in.secretValues)
	if err != nil {
		return "" // texts always marshal
	}
	return string(document)
}
