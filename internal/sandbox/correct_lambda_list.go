package sandbox

import (
	"context"
	"net/http"
	"net/url"
)

// listsEveryVersion: a list of functions that asks for all versions has them. The
// emulator lists what is in the making alone.
// https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
func listsEveryVersion(e *emulator) correction {
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
			all := []object{}
			for _, f := range listed(members["Functions"]) {
				versions, err := e.versionsOf(x.request.Context(), x, f.text("FunctionName"))
				if err != nil {
					return err
				}
				if len(versions) == 0 { // deleted in the meantime, or of an emulator that lists none
					versions = []object{f}
				}
				all = append(all, versions...)
			}
			members["Functions"] = all
			return a.setJSON(members)
		}),
	}
}

// versionsOf lists the versions of a function, $LATEST among them.
func (e *emulator) versionsOf(ctx context.Context, x *exchange, name string) ([]object, error) {
	status, body, err := e.ask(ctx, x, "lambda", http.MethodGet, "/2015-03-31/functions/"+url.PathEscape(name)+"/versions", nil, nil)
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	members, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	return listed(members["Versions"]), nil
}
