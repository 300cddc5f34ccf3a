package main

import (
	"archive/zip"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
)

// folders of botocore that are not named as the service signs.
var folders = map[string]string{"monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi"}

func byService(names []string) (map[string][]string, error) {
	all := map[string][]string{}
	for _, name := range names {
		service, operation, ok := strings.Cut(name, ".")
		if !ok {
			return nil, fmt.Errorf("%q is not service.Operation", name)
		}
		if !slices.Contains(all[service], operation) {
			all[service] = append(all[service], operation)
		}
	}
	return all, nil
}

// The parts of botocore's models that are kept.
type source struct {
	Metadata struct {
		Protocol       string `json:"protocol"`
		SigningName    string `json:"signingName"`
		EndpointPrefix string `json:"endpointPrefix"`
	} `json:"metadata"`
	Operations map[string]struct {
		HTTP struct {
			Method string `json:"method"`
			URI    string `json:"requestUri"`
		} `json:"http"`
		Input struct {
			Shape string `json:"shape"`
		} `json:"input"`
	} `json:"operations"`
	Shapes map[string]sourceShape `json:"shapes"`
}

type sourceShape struct {
	Type      string                  `json:"type"`
	Min       *float64                `json:"min"`
	Max       *float64                `json:"max"`
	Pattern   string                  `json:"pattern"`
	Enum      []string                `json:"enum"`
	Members   map[string]sourceMember `json:"members"`
	Required  []string                `json:"required"`
	Payload   string                  `json:"payload"`
	Union     bool                    `json:"union"`
	Member    *sourceMember           `json:"member"`
	Key       *sourceMember           `json:"key"`
	Value     *sourceMember           `json:"value"`
	Flattened bool                    `json:"flattened"`
}

type sourceMember struct {
	Shape        string `json:"shape"`
	Location     string `json:"location"`
	LocationName string `json:"locationName"`
	QueryName    string `json:"queryName"`
	Flattened    bool   `json:"flattened"`
}

func (m *sourceMember) reduced() *awsmodel.Member {
	if m == nil {
		return nil
	}
	return &awsmodel.Member{Shape: m.Shape, Location: m.Location, Name: m.LocationName, QueryName: m.QueryName, Flattened: m.Flattened}
}

// reduce keeps the operations that are wanted and what their requests reach.
func reduce(wheel *zip.Reader, wanted map[string][]string) (*awsmodel.Model, error) {
	model := &awsmodel.Model{Services: map[string]awsmodel.Service{}}
	var newest time.Time
	for _, file := range wheel.File {
		if file.Modified.After(newest) {
			newest = file.Modified
		}
		if version, ok := strings.CutPrefix(path.Dir(file.Name), "botocore-"); ok {
			model.Botocore = strings.TrimSuffix(version, ".dist-info")
		}
	}
	model.Date = newest.Format(time.DateOnly)
	for service, operations := range wanted {
		read, err := serviceModel(wheel, service)
		if err != nil {
			return nil, err
		}
		kept := awsmodel.Service{Protocol: read.Metadata.Protocol, Operations: map[string]awsmodel.Operation{}, Shapes: map[string]*awsmodel.Shape{}}
		for _, name := range operations {
			o, known := read.Operations[name]
			if !known {
				return nil, fmt.Errorf("botocore knows no %s.%s", service, name)
			}
			kept.Operations[name] = awsmodel.Operation{Method: o.HTTP.Method, URI: o.HTTP.URI, Input: o.Input.Shape}
			if err := keep(model, kept, read, service, o.Input.Shape); err != nil {
				return nil, err
			}
		}
		model.Services[service] = kept
	}
	slices.Sort(model.Untested)
	return model, nil
}

// keep copies a shape and all that it reaches.
func keep(model *awsmodel.Model, kept awsmodel.Service, read source, service, name string) error {
	if name == "" || kept.Shapes[name] != nil {
		return nil
	}
	s, known := read.Shapes[name]
	if !known {
		return fmt.Errorf("%s has no shape %s", service, name)
	}
	shape := &awsmodel.Shape{
		Type: s.Type, Min: s.Min, Max: s.Max, Pattern: s.Pattern, Enum: s.Enum, Required: s.Required, Payload: s.Payload, Union: s.Union,
		Element: s.Member.reduced(), Key: s.Key.reduced(), Value: s.Value.reduced(), Flattened: s.Flattened,
	}
	if s.Pattern != "" {
		if _, err := awsmodel.Compile(s.Pattern); err != nil {
			shape.Pattern = ""
			model.Untested = append(model.Untested, service+"."+name+": "+s.Pattern)
		}
	}
	kept.Shapes[name] = shape
	for _, next := range []*sourceMember{s.Member, s.Key, s.Value} {
		if next != nil {
			if err := keep(model, kept, read, service, next.Shape); err != nil {
				return err
			}
		}
	}
	for member, next := range s.Members {
		if shape.Members == nil {
			shape.Members = map[string]awsmodel.Member{}
		}
		shape.Members[member] = *next.reduced()
		if err := keep(model, kept, read, service, next.Shape); err != nil {
			return err
		}
	}
	return nil
}

// serviceModel reads the newest model of a service.
func serviceModel(wheel *zip.Reader, service string) (source, error) {
	folder := service
	if other, ok := folders[service]; ok {
		folder = other
	}
	var newest *zip.File
	for _, file := range wheel.File {
		if ok, _ := path.Match("botocore/data/"+folder+"/*/service-2.json.gz", file.Name); ok && (newest == nil || file.Name > newest.Name) {
			newest = file
		}
	}
	var read source
	if newest == nil {
		return read, fmt.Errorf("the wheel has no model of %s", service)
	}
	packed, err := newest.Open()
	if err != nil {
		return read, fmt.Errorf("%s: %w", newest.Name, err)
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		return read, fmt.Errorf("%s: %w", newest.Name, err)
	}
	if err := json.NewDecoder(plain).Decode(&read); err != nil {
		return read, fmt.Errorf("%s: %w", newest.Name, err)
	}
	return read, nil
}
