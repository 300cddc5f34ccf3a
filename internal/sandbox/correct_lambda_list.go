package sandbox

import (
	"net/http"
	"net/url"
)

// listsVersions: with FunctionVersion=ALL the published versions of each
// function are listed beside it. The emulator lists $LATEST only.
// https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
func listsVersions(e *emulator) correction {
	return correction{
		operations: []string{"lambda.ListFunctions"},
		wrap: after(func(x *exchange, a *answer) error {
			if x.request.URL.Query().Get("FunctionVersion") != "ALL" {
				return nil
			}
			members, err := parseObject(a.body)
			if err != nil {
				return err
			}
			all := []any{}
			for _, function := range listed(members["Functions"]) {
				all = append(all, map[string]any(function))
				path := "/2015-03-31/functions/" + url.PathEscape(function.text("FunctionName")) + "/versions"
				status, body, err := e.ask(x.request.Context(), x, "lambda", http.MethodGet, path, nil, nil)
				if err != nil || status != http.StatusOK {
					return err
				}
				versions, err := parseObject(body)
				if err != nil {
					return err
				}
				for _, v := range listed(versions["Versions"]) {
					if v.text("Version") != latest {
						all = append(all, map[string]any(v))
					}
				}
			}
			members["Functions"] = all
			return a.setJSON(members)
		}),
	}
}
