package wire

import (
	"fmt"
	"net/url"
	"slices"
)

// Form is the request body as a form.
func (x *Exchange) Form() (url.Values, error) {
	body, err := x.Body()
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("not a form: %w", err)
	}
	return form, nil
}

// JSON is the request body as an object.
func (x *Exchange) JSON() (Object, error) {
	body, err := x.Body()
	if err != nil {
		return nil, err
	}
	return ParseObject(body)
}

// Member is a text member of a request in the JSON or the Query protocol.
func (x *Exchange) Member(key string) string {
	if x.Protocol == QueryProtocol {
		form, err := x.Form()
		if err != nil {
			return ""
		}
		return form.Get(key)
	}
	request, err := x.JSON()
	if err != nil {
		return ""
	}
	return request.Text(key)
}

// Texts are the values of a member that is a text or a list of texts, in
// whatever protocol.
func (x *Exchange) Texts(key string) []string {
	switch x.Protocol {
	case CBORProtocol, JSONProtocol:
		members, err := x.Tree()
		if err != nil {
			return nil
		}
		if one := members.Text(key); one != "" {
			return []string{one}
		}
		var values []string
		list, _ := members[key].([]any)
		for _, element := range list {
			if text, ok := element.(string); ok {
				values = append(values, text)
			}
		}
		return values
	case QueryProtocol:
		form, err := x.Form()
		if err != nil {
			return nil
		}
		values := slices.Clone(form[key])
		for i := 1; form.Has(fmt.Sprintf("%s.member.%d", key, i)); i++ {
			values = append(values, form.Get(fmt.Sprintf("%s.member.%d", key, i)))
		}
		return values
	case ProtocolUnknown, RESTJSON, RESTXML:
	}
	return nil
}

// TextsIn are the texts in a list.
func TextsIn(list any) []string {
	var texts []string
	elements, _ := list.([]any)
	for _, element := range elements {
		if text, ok := element.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}
