package provider

import (
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"

	"github.com/secure-lambda/terraform-provider-secure/internal/source"
	"github.com/secure-lambda/terraform-provider-secure/internal/tfvalue"
)

// checkNames is the provider's attribute that switches the check off.
const checkNames = "check_names"

// nameCheck holds the names in the configuration files against the schema.
// Terraform starts providers in the folder that it runs in. It validates all
// blocks in processes that it does not configure, once each, before it plans;
// the check belongs there, so that every finding is reported once a run.
type nameCheck struct {
	configured atomic.Bool

	mu     sync.Mutex
	off    bool
	read   bool
	blocks []source.Block
	told   map[int]bool // by index in blocks
	// later are warnings about provider blocks, which are validated again before
	// they are configured: they are given with the first resource.
	later []*tfprotov6.Diagnostic
}

// provider checks the provider block that is being validated.
func (c *nameCheck) provider(v *visible, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
	attributes, err := attributesOf(v.block, config)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	wanted := true
	if stated := attributes[checkNames]; stated.IsKnown() && !stated.IsNull() {
		if err := stated.As(&wanted); err != nil {
			return nil, fmt.Errorf("read %s: %w", checkNames, err)
		}
	}
	if c.off = !wanted; c.off {
		return nil, nil
	}
	c.readOnce(v)
	var out []*tfprotov6.Diagnostic
	for _, d := range c.tell("", refusedByProvider, attributes) {
		if d.Severity == tfprotov6.DiagnosticSeverityWarning {
			c.later = append(c.later, d)
		} else {
			out = append(out, d)
		}
	}
	return out, nil
}

// resource checks the block whose configuration is being validated.
func (c *nameCheck) resource(v *visible, kind string, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
	if c.configured.Load() {
		return nil, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.later
	c.later = nil
	if c.off {
		return out, nil
	}
	if c.readOnce(v); len(c.blocks) == 0 {
		return out, nil
	}
	attributes, err := attributesOf(v.kinds[kind], config)
	if err != nil {
		return nil, err
	}
	return append(out, c.tell(kind, refusedByUnit, attributes)...), nil
}

// postpone keeps warnings about a provider block for the first resource.
func (c *nameCheck) postpone(warnings []*tfprotov6.Diagnostic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.later = append(c.later, warnings...)
}

// namedIn tells of an object whether the check has found a name that it does not
// have, and whether that is an error. A block that is validated several times is
// told of once, and found each time.
func (c *nameCheck) namedIn(kind string, config map[string]tftypes.Value) func(steps []string) (is, stops bool) {
	return func(steps []string) (is, stops bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.off || c.configured.Load() {
			return false, false
		}
		for _, block := range c.blocks {
			if block.Resource != kind || !comesFrom(config, block) {
				continue
			}
			for _, f := range block.Findings {
				if slices.Equal(f.At, steps) {
					is, stops = true, stops || !block.Elsewhere
				}
			}
		}
		return is, stops
	}
}

// readOnce keeps the blocks in which something is wrong.
func (c *nameCheck) readOnce(v *visible) {
	if c.read {
		return
	}
	c.read, c.told = true, map[int]bool{}
	subject := source.Subject{
		Address: "secure-lambda/secure", Name: "secure",
		Provider: shapeOf(v.block, v.provider), Resources: map[string]*source.Shape{},
	}
	for name, kind := range v.kinds {
		subject.Resources[name] = shapeOf(kind, v.resources[name])
	}
	dataDir := os.Getenv("TF_DATA_DIR")
	if dataDir == "" {
		dataDir = ".terraform"
	}
	for _, block := range source.Read(".", dataDir, subject) {
		if len(block.Findings) > 0 {
			c.blocks = append(c.blocks, block)
		}
	}
}

// tell reports what is wrong in the blocks that a configuration can come from,
// each block once. A request does not say which block it is about.
func (c *nameCheck) tell(kind string, refused []refusal, config map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	var out []*tfprotov6.Diagnostic
	for i, block := range c.blocks {
		if c.told[i] || block.Resource != kind || !comesFrom(config, block) {
			continue
		}
		c.told[i] = true
		for _, f := range block.Findings {
			out = append(out, misnamed(block, f, refused))
		}
	}
	return out
}

func misnamed(block source.Block, f source.Finding, refused []refusal) *tfprotov6.Diagnostic {
	severity := tfprotov6.DiagnosticSeverityError
	if block.Elsewhere {
		severity = tfprotov6.DiagnosticSeverityWarning
	}
	remedy := ""
	if known, ok := refusalOf(refused, f.At, f.Name); ok {
		remedy = known.write
	} else if known, ok := refusalOf(refused, f.At, f.Plain); ok {
		remedy = known.write
	} else if f.Nearest != "" {
		remedy = fmt.Sprintf("Write `%s`.", f.Nearest)
	} else {
		remedy = fmt.Sprintf("Leave it out, or write one of %s.", strings.Join(f.Names, ", "))
	}
	return &tfprotov6.Diagnostic{
		Severity: severity, Attribute: tftypes.NewAttributePath().WithAttributeName(f.At[0]),
		Summary: notAnAttribute(f.Name, f.At),
		Detail:  fmt.Sprintf("%s:%d: what is set there would be lost: Terraform drops a name that an object does not have. %s", f.File, f.Line, remedy),
	}
}

// comesFrom reports whether a configuration can be what became of a block: it
// has no attribute that the block does not state, all that it composes, and the
// same literal values.
func comesFrom(config map[string]tftypes.Value, block source.Block) bool {
	for name, value := range config {
		stated, ok := block.Stated[name]
		switch {
		case !ok:
			if !value.IsNull() {
				return false
			}
		case stated.Composed && value.IsNull(), stated.Known && !sameLiteral(value, stated.Value):
			return false
		}
	}
	return true
}

// sameLiteral compares values of the same kind; Terraform converts others.
func sameLiteral(value tftypes.Value, written cty.Value) bool {
	if written.IsNull() || value.IsNull() {
		return written.IsNull() == value.IsNull()
	}
	var text string
	var truth bool
	var number big.Float
	switch {
	case !value.IsKnown():
		return false
	case written.Type() == cty.String && value.As(&text) == nil:
		return written.AsString() == text
	case written.Type() == cty.Bool && value.As(&truth) == nil:
		return written.True() == truth
	case written.Type() == cty.Number && value.As(&number) == nil:
		return written.AsBigFloat().Cmp(&number) == 0
	}
	return true
}

func attributesOf(kind tftypes.Type, config *tfprotov6.DynamicValue) (map[string]tftypes.Value, error) {
	if config == nil || kind == nil {
		return nil, nil
	}
	value, err := config.Unmarshal(kind)
	if err != nil || value.IsNull() || !value.IsKnown() {
		return nil, err
	}
	return members(value)
}

// shapeOf describes a type of the schema by the names that it has. Hidden ones
// Terraform does not drop, and they are refused elsewhere.
func shapeOf(of tftypes.Type, hidden *tfvalue.Hidden) *source.Shape {
	if hidden == nil {
		hidden = &tfvalue.Hidden{}
	}
	switch t := of.(type) {
	case tftypes.Object:
		shape := &source.Shape{Names: map[string]*source.Shape{}, Passed: hidden.Names}
		for name, inner := range t.AttributeTypes {
			if !hidden.Names[name] {
				shape.Names[name] = shapeOf(inner, hidden.Within[name])
			}
		}
		return shape
	case tftypes.Map:
		return collectionOf(t.ElementType, hidden.Elements)
	case tftypes.List:
		return collectionOf(t.ElementType, hidden.Elements)
	case tftypes.Set:
		return collectionOf(t.ElementType, hidden.Elements)
	}
	return nil
}

// collectionOf is nil where nothing in the elements has names.
func collectionOf(element tftypes.Type, hidden *tfvalue.Hidden) *source.Shape {
	if inner := shapeOf(element, hidden); inner != nil {
		return &source.Shape{Elements: inner}
	}
	return nil
}
