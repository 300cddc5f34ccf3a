// Command limits rebuilds the embedded table of the limits that only a page of
// AWS says, from facts/limits.json. It refuses an entry without a page or a day.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

type entry struct {
	Min    *int64   `json:"min,omitempty"`
	Max    *int64   `json:"max,omitempty"`
	Values []string `json:"values,omitempty"`
	Page   string   `json:"page"`
	Read   string   `json:"read"`
	// Note is for the people who keep the file.
	Note string `json:"note,omitempty"`
}

type table struct {
	Numbers map[string]entry `json:"numbers"`
	Lists   map[string]entry `json:"lists"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: limits FACTS.json OUT.json")
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
	var in table
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	for name, e := range in.Numbers {
		if e.Min == nil && e.Max == nil || e.Values != nil {
			return fmt.Errorf("%s: %s is not a number with min or max", from, name)
		}
	}
	for name, e := range in.Lists {
		if len(e.Values) < 2 || e.Min != nil || e.Max != nil {
			return fmt.Errorf("%s: %s is not a list of values", from, name)
		}
	}
	for _, part := range []map[string]entry{in.Numbers, in.Lists} {
		for name, e := range part {
			if err := e.dated(); err != nil {
				return fmt.Errorf("%s: %s: %w", from, name, err)
			}
			e.Note = ""
			part[name] = e
		}
	}
	text, err := json.MarshalIndent(in, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(to, append(text, '\n'), 0o644)
}

func (e entry) dated() error {
	if !strings.HasPrefix(e.Page, "https://docs.aws.amazon.com/") {
		return fmt.Errorf("%q is not a page of AWS", e.Page)
	}
	_, err := time.Parse(time.DateOnly, e.Read)
	return err
}
