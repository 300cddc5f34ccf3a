// Command written takes what "terraform providers schema -json" prints and makes
// of it what the documentation lists: attributes that are declared to be refused
// are left out, and those that the provider itself asks for, with an error that
// says what to write, are required.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// How the descriptions of such attributes begin.
const (
	refused  = "Refused. "
	required = "Required. "
)

func main() {
	var schema any
	decoder := json.NewDecoder(os.Stdin)
	decoder.UseNumber()
	err := decoder.Decode(&schema)
	if err == nil {
		leaveOut(schema)
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(schema)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func leaveOut(node any) {
	members, ok := node.(map[string]any)
	if !ok {
		return
	}
	for name, member := range members {
		if attribute, ok := member.(map[string]any); ok {
			description, _ := attribute["description"].(string)
			if attribute["deprecated"] == true && strings.HasPrefix(description, refused) {
				delete(members, name)
				continue
			}
			if text, asked := strings.CutPrefix(description, required); asked && attribute["optional"] == true {
				delete(attribute, "optional")
				attribute["required"], attribute["description"] = true, text
			}
		}
		leaveOut(member)
	}
}
