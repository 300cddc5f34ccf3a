// Command escalations rebuilds the embedded sets of actions by which a role can
// give itself more, from facts/privilege-escalation.json.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/tools/packed"
)

type method struct {
	ID      string   `json:"id"`
	Actions []string `json:"actions"`
	Page    string   `json:"pathfinding,omitempty"`
}

// same reports whether two methods take the same actions.
func (m method) same(other method) bool {
	return slices.Equal(slices.Sorted(slices.Values(m.Actions)), slices.Sorted(slices.Values(other.Actions)))
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: escalations FACTS.json OUT.json")
		os.Exit(2)
	}
	if err := rebuild(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func rebuild(from, to string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var in struct {
		AsOf    string `json:"as_of"`
		Sources []struct {
			Name string `json:"name"`
		} `json:"sources"`
		Methods []method `json:"methods"`
		Paths   []method `json:"pathfinding_paths"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	var names []string
	for _, source := range in.Sources {
		names = append(names, source.Name)
	}
	var more []method
	for _, path := range in.Paths {
		if !slices.ContainsFunc(in.Methods, func(m method) bool { return m.same(path) }) {
			path.Page = "https://pathfinding.cloud/paths/" + path.ID
			more = append(more, path)
		}
	}
	out, err := json.MarshalIndent(map[string]any{"as_of": in.AsOf, "source": strings.Join(names, ", "), "methods": in.Methods, "paths": more}, "", "  ")
	if err != nil {
		return err
	}
	return packed.Write(to, append(out, '\n'))
}
