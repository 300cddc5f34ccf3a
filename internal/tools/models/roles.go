package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/tools/packed"
)

// passing are the actions whose requests name a role for a service to run with:
// those with such a member, and those that IAM's reference says need
// iam:PassRole.
type passing struct {
	// AsOf is the day of the newest model.
	AsOf    string   `json:"as_of"`
	Source  string   `json:"source"`
	Actions []string `json:"actions"`
}

// identities are services whose requests name roles to change or assume them,
// not to run something with them.
var identities = []string{"iam", "organizations", "ram", "sso", "sso-admin", "sts"}

// writePassing lists the actions of all services of the wheel that take a role.
func writePassing(wheel *zip.Reader, version, day, to string) error {
	found := map[string]bool{}
	for _, service := range services(wheel) {
		read, err := serviceModel(wheel, service)
		if err != nil {
			return err
		}
		for operation, o := range read.Operations {
			if !read.takesRole(o.Input.Shape, map[string]bool{}) {
				continue
			}
			if action, known := actionOf(service, read, operation); known {
				found[action] = true
			}
		}
	}
	catalogue := access.Catalogue()
	for _, service := range catalogue.Services() {
		for _, action := range catalogue.Actions(service) {
			if slices.Contains(action.Dependents, "iam:PassRole") {
				found[action.Name] = true
			}
		}
	}
	out := passing{AsOf: day, Source: fmt.Sprintf("botocore %s, %s", version, catalogue.Source())}
	for action := range found {
		if prefix, _, _ := strings.Cut(action, ":"); !slices.Contains(identities, prefix) {
			out.Actions = append(out.Actions, action)
		}
	}
	slices.Sort(out.Actions)
	fmt.Printf("%d actions take a role\n", len(out.Actions))
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	return packed.Write(to, append(text, '\n'))
}

// services are the folders of botocore that hold a model.
func services(wheel *zip.Reader) []string {
	var out []string
	for _, file := range wheel.File {
		if ok, _ := path.Match("botocore/data/*/*/service-2.json.gz", file.Name); ok {
			out = append(out, strings.Split(file.Name, "/")[2])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// actionOf is what IAM calls an operation that changes something. Botocore's
// names of services are not all IAM's prefixes.
func actionOf(service string, read source, operation string) (string, bool) {
	for _, prefix := range []string{service, read.Metadata.SigningName, read.Metadata.EndpointPrefix} {
		if prefix == "" {
			continue
		}
		action, known := access.Catalogue().Action(prefix + ":" + operation)
		if known && action.Level != access.List && action.Level != access.Read {
			return action.Name, true
		}
	}
	return "", false
}

// takesRole reports whether a request names a role, however deep inside.
func (s source) takesRole(name string, seen map[string]bool) bool {
	if name == "" || seen[name] {
		return false
	}
	seen[name] = true
	shape := s.Shapes[name]
	for member, next := range shape.Members {
		if named(member) && s.isText(next.Shape) || s.takesRole(next.Shape, seen) {
			return true
		}
	}
	for _, next := range []*sourceMember{shape.Member, shape.Value} {
		if next != nil && s.takesRole(next.Shape, seen) {
			return true
		}
	}
	return false
}

// named reports whether a member of that name holds a role, or the profile in
// which a machine has one.
func named(member string) bool {
	lower := strings.ToLower(member)
	return strings.HasSuffix(lower, "role") || strings.HasSuffix(lower, "rolearn") || strings.HasSuffix(lower, "rolename") || strings.Contains(lower, "instanceprofile")
}

// isText leaves out roles that are numbers, lists or words of a fixed set.
func (s source) isText(name string) bool {
	shape := s.Shapes[name]
	return shape.Type == "string" && len(shape.Enum) == 0 || shape.Type == "structure"
}
