package record

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// CallsPath serves the recorder to other processes:
//
//	GET    ?account= &service= &operation= &kind= &since=   {"mark": n, "calls": [...]}
//	DELETE the same selection is forgotten
const CallsPath = "/_sandbox/calls"

type callList struct {
	// Mark is the value for since in the next request.
	Mark  Mark        `json:"mark"`
	Calls []wire.Call `json:"calls"`
}

// ServeHTTP lists or forgets calls.
func (r *Recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	query := req.URL.Query()
	selected := func(c wire.Call) bool {
		return equalOrEmpty(query.Get("account"), c.Account) &&
			equalOrEmpty(query.Get("service"), c.Service) &&
			equalOrEmpty(query.Get("operation"), c.Operation) &&
			equalOrEmpty(query.Get("kind"), string(c.Kind))
	}
	switch req.Method {
	case http.MethodGet:
		var since int64
		if text := query.Get("since"); text != "" {
			var err error
			if since, err = strconv.ParseInt(text, 10, 64); err != nil {
				http.Error(w, "since: not a number", http.StatusBadRequest)
				return
			}
		}
		list := callList{Mark: r.Mark(), Calls: r.Since(Mark(since), selected)}
		if list.Calls == nil {
			list.Calls = []wire.Call{}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(list) // fails only when the reader is gone
	case http.MethodDelete:
		r.Reset(selected)
		w.WriteHeader(http.StatusNoContent)
	default:
		http.Error(w, "GET lists calls, DELETE forgets them", http.StatusMethodNotAllowed)
	}
}

func equalOrEmpty(want, got string) bool { return want == "" || want == got }
