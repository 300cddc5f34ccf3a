package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
)

// members reads a request as the model names its members.
func (x *exchange) members(request awsmodel.Request) (map[string]any, []awsmodel.Problem, error) {
	switch x.protocol {
	case queryProtocol:
		form, err := x.parameters()
		if err != nil {
			return nil, nil, err
		}
		return formMembers(request, form, x.call.Service == "ec2"), nil, nil
	case jsonProtocol, cborProtocol:
		members, err := x.tree()
		return members, nil, err
	case restJSON, restXML, protocolUnknown:
	}
	return x.restMembers(request)
}

// parameters are those of a form, or of the query of a GET.
func (x *exchange) parameters() (url.Values, error) {
	if x.request.Method == http.MethodPost {
		return x.form()
	}
	query := x.request.URL.Query()
	for name := range query {
		if strings.HasPrefix(name, "X-Amz-") {
			query.Del(name) // the signature
		}
	}
	return query, nil
}

// restMembers collects the members from path, query, headers and body.
func (x *exchange) restMembers(request awsmodel.Request) (map[string]any, []awsmodel.Problem, error) {
	members, problems := map[string]any{}, x.strays(request)
	if request.Input == nil {
		return members, problems, nil
	}
	variables := x.variables(request)
	query := x.request.URL.Query()
	byWire, located := map[string]string{}, false
	for name, member := range request.Input.Members {
		wire := name
		if member.Name != "" {
			wire = member.Name
		}
		switch member.Location {
		case "uri":
			if value := variables[wire]; value != "" {
				members[name] = awsmodel.Text(value)
			}
		case "querystring":
			if values, sent := query[wire]; sent {
				members[name] = queryValue(request.ShapeOf(member), values)
			}
		case "header":
			if values, sent := x.request.Header[http.CanonicalHeaderKey(wire)]; sent {
				members[name] = awsmodel.Text(strings.Join(values, ","))
			}
		case "headers":
			members[name] = prefixed(x.request.Header, wire)
		default:
			byWire[wire], located = name, true
		}
	}
	if payload := request.Input.Payload; payload != "" {
		if x.request.ContentLength != 0 {
			members[payload] = awsmodel.Opaque{}
		}
		return members, problems, nil
	}
	// A body is read where the model has one, and where it has none all the
	// more, but not as XML: no such request is made here.
	if x.protocol == restXML || !located && x.request.ContentLength == 0 {
		return members, problems, nil
	}
	body, err := x.json()
	if err != nil {
		return nil, nil, err
	}
	for wire, value := range body {
		if name, known := byWire[wire]; known {
			members[name] = value
		} else if value != nil {
			problems = append(problems, awsmodel.Problem{Member: wire, Rule: "unknown member"})
		}
	}
	return members, problems, nil
}

// variables are those of the path, by the model's own template.
func (x *exchange) variables(request awsmodel.Request) map[string]string {
	location, _, _ := strings.Cut(request.URI, "?")
	if found, ok := matchTemplate(location, x.request.URL.EscapedPath()); ok {
		return found
	}
	return x.path
}

func queryValue(shape *awsmodel.Shape, values []string) any {
	if shape == nil || shape.Type != "list" {
		return awsmodel.Text(values[0])
	}
	list := []any{}
	for _, value := range values {
		list = append(list, awsmodel.Text(value))
	}
	return list
}

func prefixed(header http.Header, prefix string) map[string]any {
	found := map[string]any{}
	for name, values := range header {
		if rest, ok := strings.CutPrefix(strings.ToLower(name), strings.ToLower(prefix)); ok {
			found[rest] = awsmodel.Text(strings.Join(values, ","))
		}
	}
	return found
}

// commonHeaders go with any request.
var commonHeaders = []string{
	"x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-user-agent", "x-amz-trailer",
	"x-amz-decoded-content-length", "x-amz-te", "x-amz-client-context", "x-amzn-trace-id", "x-amz-region-set",
}

// strays are query parameters and headers that no member of the operation has.
func (x *exchange) strays(request awsmodel.Request) []awsmodel.Problem {
	var problems []awsmodel.Problem
	query, header, prefixes := map[string]bool{"x-id": true}, map[string]bool{}, []string{"x-amz-checksum-", "x-amz-sdk-"}
	_, fixed, _ := strings.Cut(request.URI, "?")
	for term := range strings.SplitSeq(fixed, "&") {
		name, _, _ := strings.Cut(term, "=")
		query[name] = true
	}
	if request.Input != nil {
		for name, member := range request.Input.Members {
			wire := name
			if member.Name != "" {
				wire = member.Name
			}
			switch member.Location {
			case "querystring":
				query[wire] = true
			case "header":
				header[strings.ToLower(wire)] = true
			case "headers":
				prefixes = append(prefixes, strings.ToLower(wire))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(x.request.URL.Query())) {
		if !query[name] && !strings.HasPrefix(name, "X-Amz-") {
			problems = append(problems, awsmodel.Problem{Member: name, Rule: "unknown query parameter"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(x.request.Header)) {
		lower := strings.ToLower(name)
		known := header[lower] || slices.Contains(commonHeaders, lower) ||
			slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(lower, prefix) })
		if strings.HasPrefix(lower, "x-amz") && !known {
			problems = append(problems, awsmodel.Problem{Member: name, Rule: fmt.Sprintf("unknown header: %s", x.request.Header.Get(name))})
		}
	}
	return problems
}
