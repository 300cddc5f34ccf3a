// Command written takes what "terraform providers schema -json" prints and
// leaves out the attributes that are declared to be refused, so that the
// documentation lists only what can be written.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// refused is how the description of such an attribute begins.
const refused = "Refused. "

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
			if description, ok := attribute["description"].(string); ok && attribute["deprecated"] == true && strings.HasPrefix(description, refused) {
				delete(members, name)
				continue
			}
		}
		leaveOut(member)
	}
}
