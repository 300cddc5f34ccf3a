package artifact

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"sync"
	"time"
)

//go:generate go run ../tools/runtimes ../../facts/runtimes.json runtimes.json

//go:embed runtimes.json
var runtimesJSON []byte

// Runtime is one entry of Lambda's table of runtimes.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
type Runtime struct {
	// Deprecated is the day AWS stops patching the runtime, empty when no day
	// is set.
	Deprecated    string   `json:"deprecated"`
	Successor     string   `json:"successor"`
	Architectures []string `json:"architectures"`
	// SnapStart says whether versions can start from snapshots.
	SnapStart    bool   `json:"snap_start"`
	HandlerForm  string `json:"handler_form"`
	HandlerRegex string `json:"handler_regex"`
}

var runtimes = sync.OnceValue(func() map[string]Runtime {
	table := map[string]Runtime{}
	// The file is embedded and checked by a test, so it always parses.
	_ = json.Unmarshal(runtimesJSON, &table)
	return table
})

// LookupRuntime returns a runtime by its identifier. AWS adds runtimes between
// releases of this provider, so an unknown one is not an error.
func LookupRuntime(id string) (Runtime, bool) {
	r, ok := runtimes()[id]
	return r, ok
}

// RuntimeIDs lists every known identifier.
func RuntimeIDs() []string {
	var ids []string
	for id := range runtimes() {
		ids = append(ids, id)
	}
	return ids
}

// DeprecatedAt reports whether the runtime is deprecated on a day.
func (r Runtime) DeprecatedAt(now time.Time) bool {
	day, err := time.Parse(time.DateOnly, r.Deprecated)
	return err == nil && !now.Before(day)
}

// TakesHandler reports whether a handler has the form the runtime expects.
func (r Runtime) TakesHandler(handler string) bool {
	pattern, err := regexp.Compile(r.HandlerRegex)
	return err != nil || pattern.MatchString(handler)
}
