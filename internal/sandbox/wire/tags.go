package wire

import (
	"slices"
	"strings"
)

// ListingRequest is what the tagging API is asked for.
type ListingRequest struct {
	ResourceTypeFilters []string
	ResourceARNList     []string
	TagFilters          []struct {
		Key    string
		Values []string
	}
}

// Selects holds a resource against the filters of a request.
func (r ListingRequest) Selects(arn string, tags map[string]string) bool {
	if len(r.ResourceTypeFilters) > 0 && !slices.ContainsFunc(r.ResourceTypeFilters, func(filter string) bool { return isOfType(arn, filter) }) {
		return false
	}
	if len(r.ResourceARNList) > 0 && !slices.Contains(r.ResourceARNList, arn) {
		return false
	}
	for _, filter := range r.TagFilters {
		value, found := tags[filter.Key]
		if !found || len(filter.Values) > 0 && !slices.Contains(filter.Values, value) {
			return false
		}
	}
	return true
}

// isOfType compares an ARN with a type filter, "service" or "service:type".
func isOfType(arn, filter string) bool {
	service, kind, typed := strings.Cut(filter, ":")
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[2] != service {
		return false
	}
	return !typed || strings.HasPrefix(parts[5], kind+":") || strings.HasPrefix(parts[5], kind+"/")
}

// TagsIn reads both forms of tags: a map, and a list of pairs.
func TagsIn(answer Object) map[string]string {
	tags := map[string]string{}
	flat := answer.Object("tags")
	for key := range flat {
		tags[key] = flat.Text(key)
	}
	pairs, _ := answer["Tags"].([]any)
	for _, entry := range pairs {
		pair, _ := entry.(map[string]any)
		tags[Object(pair).Text("Key")] = Object(pair).Text("Value")
	}
	return tags
}
