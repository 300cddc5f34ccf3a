package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
)

// Tree is the request as values that both protocols of CloudWatch can carry.
// It is empty for other protocols.
func (x *Exchange) Tree() (Object, error) {
	body, err := x.Body()
	if err != nil {
		return nil, err
	}
	return ParseTree(x.Protocol, body)
}

// ParseTree reads what Tree and EncodeTree are about, in one of the two protocols.
func ParseTree(protocol Protocol, body []byte) (Object, error) {
	if len(body) == 0 {
		return Object{}, nil
	}
	switch protocol {
	case CBORProtocol:
		value, err := decodeCBOR(body)
		if err != nil {
			return nil, err
		}
		members, ok := value.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%w: not a map", errCBOR)
		}
		return members, nil
	case JSONProtocol:
		members, err := ParseObject(body)
		if err != nil {
			return nil, err
		}
		tree, _ := plainNumbers(map[string]any(members)).(map[string]any)
		return tree, nil
	case ProtocolUnknown, QueryProtocol, RESTJSON, RESTXML:
	}
	return Object{}, nil
}

// EncodeTree is a tree in the protocol of the call.
func (x *Exchange) EncodeTree(tree Object) ([]byte, error) {
	if x.Protocol == CBORProtocol {
		return AppendCBOR(nil, map[string]any(tree)), nil
	}
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(tree); err != nil {
		return nil, fmt.Errorf("encoding an answer: %w", err)
	}
	return out.Bytes(), nil
}

// plainNumbers makes whole numbers int64 and others float64, as CBOR has them.
func plainNumbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		fraction, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return fraction
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
		return v
	case map[string]any:
		for key := range maps.Keys(v) {
			v[key] = plainNumbers(v[key])
		}
		return v
	default:
		return value
	}
}
