package wire

import (
	"html"
	"regexp"
)

// XMLValues are the texts of all elements of a name.
func XMLValues(body []byte, element string) []string {
	var values []string
	for _, m := range regexp.MustCompile(`(?s)<`+element+`>([^<]*)</`+element+`>`).FindAllSubmatch(body, -1) {
		values = append(values, html.UnescapeString(string(m[1])))
	}
	return values
}
