package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Object is a JSON object whose numbers keep their digits.
type Object map[string]any

// ParseObject reads a JSON object. Nothing at all is an empty one.
func ParseObject(body []byte) (Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	members := Object{}
	if err := decoder.Decode(&members); err != nil && len(bytes.TrimSpace(body)) > 0 {
		return nil, fmt.Errorf("not a JSON object: %w", err)
	}
	return members, nil
}

// Text is the member if it is a string.
func (o Object) Text(key string) string {
	value, _ := o[key].(string)
	return value
}

// Object is the member if it is one, else nil, which reads as empty.
func (o Object) Object(key string) Object {
	value, _ := o[key].(map[string]any)
	return value
}
