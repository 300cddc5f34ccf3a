package shown

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/render"
	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Type is the resource type of a unit.
const Type = "secure_lambda"

// Unit is one unit of a plan or state, by its address.
type Unit struct {
	Address string
	render.Unit
}

// Name is the unit's name, for files about it.
func (u Unit) Name() string {
	return bp.Field(u.Blueprint.Function, func(f bp.Function) bp.String { return f.Name }).Or(u.Address)
}

// What terraform show -json prints, as far as it matters here.
// https://developer.hashicorp.com/terraform/internals/json-format
type (
	document struct {
		FormatVersion string           `json:"format_version"`
		Values        *values          `json:"values"`
		Planned       *json.RawMessage `json:"planned_values"`
		Changes       []change         `json:"resource_changes"`
	}
	values struct {
		Root module `json:"root_module"`
	}
	module struct {
		Resources []resource `json:"resources"`
		Children  []module   `json:"child_modules"`
	}
	resource struct {
		Address   string          `json:"address"`
		Mode      string          `json:"mode"`
		Type      string          `json:"type"`
		Values    any             `json:"values"`
		Sensitive json.RawMessage `json:"sensitive_values"`
	}
	change struct {
		Address string `json:"address"`
		Mode    string `json:"mode"`
		Type    string `json:"type"`
		Change  struct {
			After     any             `json:"after"`
			Unknown   any             `json:"after_unknown"`
			Sensitive json.RawMessage `json:"after_sensitive"`
		} `json:"change"`
	}
)

// ErrNotShown is returned for text that terraform show -json did not print.
var ErrNotShown = errors.New("this is not what terraform show -json prints of a plan or a state. " +
	"Write the plan with -out=FILE, then terraform show -json FILE; for the state terraform show -json")

// Read lists the units of a plan or a state.
func Read(text []byte) ([]Unit, error) {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	var d document
	if err := decoder.Decode(&d); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNotShown, err)
	}
	if d.FormatVersion == "" {
		return nil, ErrNotShown
	}
	var out []Unit
	add := func(address string, value, unknown any, marks json.RawMessage) error {
		unit, err := unitOf(address, value, unknown, marks)
		if err != nil {
			return fmt.Errorf("%s: %w", address, err)
		}
		out = append(out, unit)
		return nil
	}
	if d.Planned != nil {
		for _, c := range d.Changes {
			if c.Mode != "managed" || c.Type != Type || c.Change.After == nil {
				continue
			}
			if err := add(c.Address, c.Change.After, c.Change.Unknown, c.Change.Sensitive); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	if d.Values == nil {
		return nil, nil // an empty state
	}
	for _, r := range d.Values.Root.all() {
		if r.Mode != "managed" || r.Type != Type {
			continue
		}
		if err := add(r.Address, r.Values, nil, r.Sensitive); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m module) all() []resource {
	out := m.Resources
	for _, child := range m.Children {
		out = append(out, child.all()...)
	}
	return out
}

func unitOf(address string, value, unknown any, marks json.RawMessage) (Unit, error) {
	members, _ := value.(map[string]any)
	open, _ := unknown.(map[string]any)
	spec, err := tfvalue.FromJSON(tfvalue.TypeOf[bp.Spec](), members, open)
	if err != nil {
		return Unit{}, err
	}
	managed, err := tfvalue.FromJSON(tfvalue.TypeOf[bp.Blueprint](), members["managed"], open["managed"])
	if err != nil {
		return Unit{}, fmt.Errorf("managed: %w", err)
	}
	unit, err := Of(spec, managed)
	if err != nil {
		return Unit{}, err
	}
	unit.hide(members, marks)
	inventory, _ := members["inventory"].(map[string]any)
	retired, _ := inventory["retired_keys"].([]any)
	for _, key := range retired {
		if arn, is := key.(string); is {
			unit.RetiredKeys = append(unit.RetiredKeys, arn)
		}
	}
	return Unit{Address: address, Unit: unit.Unit}, nil
}

// Of reads a unit from its inputs and from the attribute managed.
func Of(inputs, managed tftypes.Value) (Unit, error) {
	var spec bp.Spec
	if err := tfvalue.DecodeInputs(inputs, &spec); err != nil {
		return Unit{}, err
	}
	var blueprint bp.Value[bp.Blueprint]
	if err := tfvalue.Decode(managed, &blueprint); err != nil {
		return Unit{}, fmt.Errorf("managed: %w", err)
	}
	b, known := blueprint.Get()
	if !known {
		return Unit{}, errors.New("what will be managed is not known yet: region, credentials or endpoint of the provider are not known in this plan. Apply first, then show the state")
	}
	unit := Unit{Unit: render.Unit{Blueprint: b, Environment: map[string]render.Variable{}}}
	own, _ := spec.Environment.Get()
	for name, v := range draft.Environment(spec, bp.Field(b.Secret, func(s bp.Secret) bp.String { return s.ARN })).Or(nil) {
		_, stated := own[name]
		unit.Environment[name] = render.Variable{Value: v, Plain: !stated}
	}
	return unit, nil
}

// hide notes what was marked sensitive.
func (u *Unit) hide(values map[string]any, marks json.RawMessage) {
	var marked map[string]any
	if json.Unmarshal(marks, &marked) != nil {
		return // true for all of it is never said of a resource
	}
	u.HiddenDescription, u.HiddenTags = marked["description"] == true, map[string]bool{}
	own, _ := values["tags"].(map[string]any)
	tagMarks, _ := marked["tags"].(map[string]any)
	for key := range own {
		u.HiddenTags[key] = marked["tags"] == true || tagMarks[key] == true
	}
	each, _ := marked["environment"].(map[string]any)
	for name, v := range u.Environment {
		v.Sensitive = !v.Plain && (marked["environment"] == true || each[name] == true)
		u.Environment[name] = v
	}
	u.Hidden = map[string]bool{}
	for name, mark := range marked {
		switch name {
		case "description", "tags", "environment": // hidden one by one
		case "managed", "tags_all": // computed from the others
		default:
			collect(values[name], mark, u.Hidden)
		}
	}
}

// collect gathers the texts that are marked.
func collect(value, mark any, into map[string]bool) {
	members, _ := value.(map[string]any)
	elements, _ := value.([]any)
	switch m := mark.(type) {
	case bool:
		if text, is := value.(string); m && is && text != "" {
			into[text] = true
		}
		for _, inner := range members {
			collect(inner, m, into)
		}
		for _, inner := range elements {
			collect(inner, m, into)
		}
	case map[string]any:
		for name, inner := range m {
			collect(members[name], inner, into)
		}
	case []any:
		for i, inner := range m {
			if i < len(elements) {
				collect(elements[i], inner, into)
			}
		}
	}
}
