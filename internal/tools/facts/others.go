package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

const runtimesFile = "facts/runtimes.json"

// refreshRuntimes marks which runtimes the API models know and names those that
// the table lacks. Days and forms of handlers are in no package: they are read
// from AWS's page by hand.
func refreshRuntimes() ([]string, error) {
	model, err := readModels()
	if err != nil {
		return nil, err
	}
	request, _ := model.Request("lambda", "CreateFunction")
	shape := request.At("Runtime")
	if shape == nil || len(shape.Enum) == 0 {
		return nil, fmt.Errorf("the models list no runtimes")
	}
	raw, err := os.ReadFile(runtimesFile)
	if err != nil {
		return nil, err
	}
	var table struct {
		Meta struct {
			AsOf string `json:"as_of"`
		} `json:"meta"`
		Runtimes map[string]struct {
			Listed bool `json:"in_api_enum"`
		} `json:"runtimes"`
	}
	if err := json.Unmarshal(raw, &table); err != nil {
		return nil, fmt.Errorf("%s: %w", runtimesFile, err)
	}
	fmt.Printf("runtimes: days and handlers of %s; no package of a registry holds them\n", table.Meta.AsOf)
	var changed, lacking []string
	for _, id := range shape.Enum {
		if _, known := table.Runtimes[id]; !known {
			lacking = append(lacking, id)
		}
	}
	if len(lacking) > 0 {
		fmt.Printf("runtimes: the API knows %s, which the table lacks: read them from AWS's page\n", strings.Join(lacking, ", "))
	}
	for _, id := range sortedKeys(table.Runtimes) {
		listed := slices.Contains(shape.Enum, id)
		if listed == table.Runtimes[id].Listed {
			continue
		}
		raw, err = marked(raw, id, listed)
		if err != nil {
			return nil, err
		}
		changed = append(changed, fmt.Sprintf("%s: known to the API: %v -> %v", id, !listed, listed))
	}
	if len(changed) == 0 {
		return nil, nil
	}
	if err := os.WriteFile(runtimesFile, raw, 0o644); err != nil {
		return nil, err
	}
	return changed, generate("artifact")
}

// marked rewrites the mark of one runtime and leaves the file as it is laid out.
func marked(raw []byte, id string, listed bool) ([]byte, error) {
	start := bytes.Index(raw, fmt.Appendf(nil, "  %q: {\n", id))
	was := fmt.Appendf(nil, "\"in_api_enum\": %v", !listed)
	at := -1
	if start >= 0 {
		at = bytes.Index(raw[start:], was)
	}
	if at < 0 {
		return nil, fmt.Errorf("%s: no mark of %s", runtimesFile, id)
	}
	return slices.Concat(raw[:start+at], fmt.Appendf(nil, "\"in_api_enum\": %v", listed), raw[start+at+len(was):]), nil
}

// refreshLimits rebuilds the embedded table and says how old its entries are.
func refreshLimits() ([]string, error) {
	var table map[string]map[string]struct {
		Read string `json:"read"`
	}
	if err := decode("facts/limits.json", &table); err != nil {
		return nil, err
	}
	oldest := ""
	for _, part := range table {
		for _, entry := range part {
			if oldest == "" || entry.Read < oldest {
				oldest = entry.Read
			}
		}
	}
	fmt.Printf("limits: of %s at the earliest; they are read from AWS's pages by hand\n", oldest)
	before, err := limitLines()
	if err != nil {
		return nil, err
	}
	if err := generate("rules"); err != nil {
		return nil, err
	}
	after, err := limitLines()
	return differences(before, after), err
}

// limitLines are the entries of the embedded table.
func limitLines() (map[string]string, error) {
	var table map[string]map[string]json.RawMessage
	if err := decode("internal/rules/limits.json", &table); err != nil {
		return nil, err
	}
	lines := map[string]string{}
	for _, part := range table {
		for name, entry := range part {
			lines[name] = strings.Join(strings.Fields(string(entry)), " ")
		}
	}
	return lines, nil
}

// dated says how old a table is that no package holds.
func dated(file, why string) func() ([]string, error) {
	return func() ([]string, error) {
		var table struct {
			AsOf string `json:"as_of"`
		}
		if err := decode(file, &table); err != nil {
			return nil, err
		}
		if table.AsOf == "" {
			return nil, fmt.Errorf("%s has no day", file)
		}
		fmt.Printf("%s: of %s; %s\n", file, table.AsOf, why)
		return nil, nil
	}
}
