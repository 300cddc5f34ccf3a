// Command actions rebuilds the embedded catalogue of IAM actions from
// facts/iam-actions.json.gz: one line a service, so that a lookup decodes only
// the services it is asked about.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/tools/packed"
)

type source struct {
	Services  map[string]map[string]json.RawMessage `json:"services"`
	UpdatedAt string                                `json:"updatedAt"`
	Source    string                                `json:"source"`
}

// kept are the fields of a service that a lookup needs: actions, resource types
// and condition keys.
var kept = []string{"a", "r", "c"}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: actions FACTS.json.gz OUT.gz")
		os.Exit(2)
	}
	if err := rebuild(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func rebuild(from, to string) error {
	raw, err := packed.Read(from)
	if err != nil {
		return err
	}
	var in source
	if err := json.Unmarshal(raw, &in); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	catalogue, err := render(in)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return packed.Write(to, catalogue)
}

// render writes the day and the source of the facts, then the services by prefix.
func render(in source) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintln(&out, in.UpdatedAt, in.Source)
	for _, prefix := range slices.Sorted(maps.Keys(in.Services)) {
		service := map[string]json.RawMessage{}
		for _, field := range kept {
			if service[field] = in.Services[prefix][field]; service[field] == nil {
				return nil, fmt.Errorf("service %s has no %q", prefix, field)
			}
		}
		line, err := json.Marshal(service)
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", prefix, err)
		}
		fmt.Fprintf(&out, "%s %s\n", prefix, line)
	}
	return out.Bytes(), nil
}
