package awsmodel

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the models
	"encoding/json"
	"fmt"
	"sync"
)

// Model is the file that the generator writes.
type Model struct {
	Source
	// Services by signing name: lambda, iam, monitoring.
	Services map[string]Service `json:"services"`
}

// Source says where the models come from.
type Source struct {
	// Botocore is the version of the package.
	Botocore string `json:"botocore"`
	// Date is the day the package was made, as 2026-11-20.
	Date string `json:"date"`
	// Untested are the patterns that no request is held against: they use what
	// only Java's expressions have.
	Untested []string `json:"untested,omitempty"`
}

// Service is the part of one service.
type Service struct {
	// Protocol is the one that the model prefers. Services accept others too.
	Protocol   string               `json:"protocol"`
	Operations map[string]Operation `json:"operations"`
	Shapes     map[string]*Shape    `json:"shapes"`
}

// Operation is what a request for it looks like.
type Operation struct {
	// Method and URI are those of REST protocols.
	Method string `json:"method,omitempty"`
	URI    string `json:"uri,omitempty"`
	// Input names the shape of the request; empty without members.
	Input string `json:"input,omitempty"`
}

// Shape is a type with its bounds.
type Shape struct {
	Type string `json:"t"`
	// Min and Max bound numbers, the characters of strings, the bytes of blobs,
	// and the entries of lists and maps.
	Min     *float64 `json:"min,omitempty"`
	Max     *float64 `json:"max,omitempty"`
	Pattern string   `json:"p,omitempty"`
	Enum    []string `json:"e,omitempty"`

	Members  map[string]Member `json:"m,omitempty"`
	Required []string          `json:"r,omitempty"`
	// Payload is the member that is the whole body.
	Payload string `json:"body,omitempty"`
	Union   bool   `json:"union,omitempty"`

	// Element is what a list holds; Key and Value what a map does.
	Element   *Member `json:"l,omitempty"`
	Key       *Member `json:"k,omitempty"`
	Value     *Member `json:"v,omitempty"`
	Flattened bool    `json:"flat,omitempty"`

	compiled sync.Once
	matcher  matcher
}

// Member is a place for a shape.
type Member struct {
	Shape string `json:"s"`
	// Location is uri, querystring, header or headers; empty is the body.
	Location string `json:"at,omitempty"`
	// Name is used on the wire, where it differs.
	Name string `json:"n,omitempty"`
	// QueryName is used on the wire by the protocol of EC2.
	QueryName string `json:"q,omitempty"`
	Flattened bool   `json:"flat,omitempty"`
}

//go:embed models.json.gz
var packed []byte

var load = sync.OnceValues(func() (*Model, error) {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("AWS's models: %w", err)
	}
	m := &Model{}
	if err := json.NewDecoder(reader).Decode(m); err != nil {
		return nil, fmt.Errorf("AWS's models: %w", err)
	}
	return m, nil
})

// Load returns the embedded models.
func Load() (*Model, error) { return load() }

// Request is one operation, ready to hold requests against.
type Request struct {
	Operation
	// Input is nil for an operation without members.
	Input *Shape

	shapes map[string]*Shape
}

// Request finds an operation by the signing name of its service.
func (m *Model) Request(service, operation string) (Request, bool) {
	s := m.Services[service]
	o, known := s.Operations[operation]
	return Request{Operation: o, Input: s.Shapes[o.Input], shapes: s.Shapes}, known
}

// ShapeOf is the shape of a member, element, key or value.
func (r Request) ShapeOf(m Member) *Shape { return r.shapes[m.Shape] }

// At follows names from the request down to a shape: member names, "[]" for an
// element of a list, "{}" for the value of a map. Nil when there is none.
func (r Request) At(names ...string) *Shape {
	shape := r.Input
	for _, name := range names {
		if shape == nil {
			return nil
		}
		var next *Member
		switch name {
		case "[]":
			next = shape.Element
		case "{}":
			next = shape.Value
		default:
			if member, ok := shape.Members[name]; ok {
				next = &member
			}
		}
		if next == nil {
			return nil
		}
		shape = r.shapes[next.Shape]
	}
	return shape
}
