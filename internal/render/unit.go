package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Unit is what is rendered.
type Unit struct {
	Blueprint bp.Blueprint
	// Environment are the variables with their values; a variable of the
	// blueprint that is not among them is rendered without a default.
	Environment map[string]Variable
	// HiddenDescription says that the description was marked sensitive, HiddenTags
	// which tags were.
	HiddenDescription bool
	HiddenTags        map[string]bool
	// RetiredKeys are ARNs of keys that earlier versions and log events are still
	// encrypted with.
	RetiredKeys []string
	// Hidden are other texts that were marked sensitive, wherever they are.
	Hidden map[string]bool
}

// Variable is the value of an environment variable.
type Variable struct {
	Value bp.String
	// Sensitive values are never written into a text.
	Sensitive bool
	// Plain values are written as they are; others become parameters.
	Plain bool
}

// Format is a language that a unit can be rendered in.
type Format string

// The formats.
const (
	CloudFormation Format = "cloudformation"
	SAM            Format = "sam"
	Terraform      Format = "terraform"
)

// Formats lists all of them.
func Formats() []Format { return []Format{CloudFormation, SAM, Terraform} }

// Extension ends the name of a file in that format.
func (f Format) Extension() string {
	if f == Terraform {
		return ".tf"
	}
	return ".yaml"
}

// Render writes the unit down in a format.
func Render(format Format, u Unit) (string, error) {
	d, err := settle(u)
	if err != nil {
		return "", err
	}
	switch format {
	case CloudFormation:
		return d.cloudformation()
	case SAM:
		return d.sam()
	case Terraform:
		return d.terraform()
	}
	return "", fmt.Errorf("%q is no format; there are %s", format, formatNames())
}

func formatNames() string {
	var names []string
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// UnknownError lists what cannot be rendered because it is not known yet.
type UnknownError struct{ Paths []string }

func (e *UnknownError) Error() string {
	return "not known yet, and nothing that a parameter could stand for: " + strings.Join(e.Paths, ", ") + ". Render the state after the apply"
}

// parameter is a value that whoever uses the text provides.
type parameter struct {
	name        string // in words, as in TABLE_NAME or access.orders
	kind        kind
	description string
	value       bp.String // its default
	secret      bool
}

type kind int

const (
	textKind kind = iota
	numberKind
	switchKind
	listKind
)

// written are the components in the order in which they are written. What a template has
// with the function is a block of its own in a module.
var written = []struct {
	template func(*template) error
	module   func(*module) error
}{
	{(*template).key, (*module).key},
	{(*template).policies, (*module).policies},
	{(*template).role, (*module).role},
	{(*template).logGroup, (*module).logGroup},
	{(*template).queue, (*module).queue},
	{(*template).secret, (*module).secret},
	{(*template).function, (*module).function},
	{nil, (*module).settings},
	{nil, (*module).served},
	{(*template).permissions, (*module).permissions},
	{(*template).alarms, (*module).alarms},
}

// draft is a unit in which every text is known: what stands for another object
// or for a parameter is a mark in the text.
type draft struct {
	bp.Blueprint

	environment map[string]string
	parameters  map[string]parameter
	// notes are what the formats have no words for.
	notes []string
}

// parameterNamed adds a parameter, once for each name.
func (d *draft) parameterNamed(p parameter) string {
	if _, there := d.parameters[p.name]; !there {
		d.parameters[p.name] = p
	}
	return p.name
}

func (d *draft) sortedParameters() []parameter {
	out := make([]parameter, 0, len(d.parameters))
	for _, p := range d.parameters {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b parameter) int { return cmp.Compare(a.name, b.name) })
	return out
}

func (d *draft) note(format string, arguments ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, arguments...))
}
