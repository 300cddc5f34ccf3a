package replay

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// joinJSON makes an answer of lists of encoded objects.
func joinJSON(lists map[string][][]byte, token, service string) []byte {
	var out bytes.Buffer
	out.WriteByte('{')
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		out.WriteString(`"` + key + `":[`)
		out.Write(bytes.Join(lists[key], []byte(",")))
		out.WriteString("],")
	}
	name := "NextToken"
	if service == "tagging" {
		name = "PaginationToken"
	}
	text, err := json.Marshal(token)
	if err != nil || token == "" && service != "tagging" {
		text = []byte("null") // strings always marshal
	}
	out.WriteString(`"` + name + `":` + string(text) + "}")
	return out.Bytes()
}

// joinCBOR does the same for CloudWatch's Go client.
func joinCBOR(lists map[string][][]byte, token string) []byte {
	members := len(lists)
	if token != "" {
		members++
	}
	out := wire.AppendCBORMap(nil, members)
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		out = wire.AppendCBOR(out, key)
		out = wire.AppendCBORList(out, len(lists[key]))
		for _, element := range lists[key] {
			out = append(out, element...)
		}
	}
	if token != "" {
		out = wire.AppendCBOR(wire.AppendCBOR(out, "NextToken"), token)
	}
	return out
}
