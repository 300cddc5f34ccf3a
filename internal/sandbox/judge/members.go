package judge

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// members reads a request as the model names its members.
func members(x *wire.Exchange, request awsmodel.Request) (map[string]any, []awsmodel.Problem, error) {
	switch x.Protocol {
	case wire.QueryProtocol:
		form, err := parameters(x)
		if err != nil {
			return nil, nil, err
		}
		return formMembers(request, form, x.Call.Service == "ec2"), nil, nil
	case wire.JSONProtocol, wire.CBORProtocol:
		members, err := x.Tree()
		return members, nil, err
	case wire.RESTJSON, wire.RESTXML, wire.ProtocolUnknown:
	}
	return restMembers(x, request)
}

// parameters are those of a form, or of the query of a GET.
func parameters(x *wire.Exchange) (url.Values, error) {
	if x.Request.Method == http.MethodPost {
		return x.Form()
	}
	query := x.Request.URL.Query()
	for name := range query {
		if strings.HasPrefix(name, "X-Amz-") {
			query.Del(name) // the signature
		}
	}
	return query, nil
}

// restMembers collects the members from path, query, headers and body.
func restMembers(x *wire.Exchange, request awsmodel.Request) (map[string]any, []awsmodel.Problem, error) {
	members, problems := map[string]any{}, strays(x, request)
	if request.Input == nil {
		return members, problems, nil
	}
	variables := variables(x, request)
	query := x.Request.URL.Query()
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
			if values, sent := x.Request.Header[http.CanonicalHeaderKey(wire)]; sent {
				members[name] = awsmodel.Text(strings.Join(values, ","))
			}
		case "headers":
			members[name] = prefixed(x.Request.Header, wire)
		default:
			byWire[wire], located = name, true
		}
	}
	if payload := request.Input.Payload; payload != "" {
		if x.Request.ContentLength != 0 {
			members[payload] = awsmodel.Opaque{}
		}
		return members, problems, nil
	}
	// A body is read where the model has one, and where it has none all the
	// more, but not as XML: no such request is made here.
	if x.Protocol == wire.RESTXML || !located && x.Request.ContentLength == 0 {
		return members, problems, nil
	}
	body, err := x.JSON()
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
func variables(x *wire.Exchange, request awsmodel.Request) map[string]string {
	location, _, _ := strings.Cut(request.URI, "?")
	if found, ok := wire.MatchTemplate(location, x.Request.URL.EscapedPath()); ok {
		return found
	}
	return x.Path
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
func strays(x *wire.Exchange, request awsmodel.Request) []awsmodel.Problem {
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
	for _, name := range slices.Sorted(maps.Keys(x.Request.URL.Query())) {
		if !query[name] && !strings.HasPrefix(name, "X-Amz-") {
			problems = append(problems, awsmodel.Problem{Member: name, Rule: "unknown query parameter"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(x.Request.Header)) {
		lower := strings.ToLower(name)
		known := header[lower] || slices.Contains(commonHeaders, lower) ||
			slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(lower, prefix) })
		if strings.HasPrefix(lower, "x-amz") && !known {
			problems = append(problems, awsmodel.Problem{Member: name, Rule: fmt.Sprintf("unknown header: %s", x.Request.Header.Get(name))})
		}
	}
	return problems
}
