// Command runtimes rebuilds the embedded table of Lambda runtimes from
// facts/runtimes.json, keeping only what the provider uses.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/secure-lambda/terraform-provider-secure/internal/tools/packed"
)

type source struct {
	Meta struct {
		AsOf   string `json:"as_of"`
		Source string `json:"source"`
	} `json:"meta"`
	Runtimes map[string]struct {
		Deprecated    string   `json:"deprecated"`
		Successor     string   `json:"successor"`
		Architectures []string `json:"architectures"`
		Preview       bool     `json:"preview"`
		ContainerOnly bool     `json:"container_only"`
		Handler       struct {
			Form  string `json:"form"`
			Regex string `json:"regex"`
		} `json:"handler"`
		SnapStart bool `json:"snapstart"`
	} `json:"runtimes"`
}

type runtime struct {
	Deprecated    string   `json:"deprecated,omitempty"`
	Successor     string   `json:"successor,omitempty"`
	Architectures []string `json:"architectures"`
	SnapStart     bool     `json:"snap_start,omitempty"`
	HandlerForm   string   `json:"handler_form"`
	HandlerRegex  string   `json:"handler_regex"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: runtimes FACTS.json OUT.json")
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
	var in source
	if err := json.Unmarshal(raw, &in); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	out := map[string]runtime{}
	for id, r := range in.Runtimes {
		if r.Preview || r.ContainerOnly {
			continue
		}
		out[id] = runtime{
			Deprecated: r.Deprecated, Successor: r.Successor, Architectures: r.Architectures, SnapStart: r.SnapStart,
			HandlerForm: r.Handler.Form, HandlerRegex: r.Handler.Regex,
		}
	}
	text, err := json.MarshalIndent(map[string]any{"as_of": in.Meta.AsOf, "source": in.Meta.Source, "runtimes": out}, "", "  ")
	if err != nil {
		return err
	}
	return packed.Write(to, append(text, '\n'))
}
