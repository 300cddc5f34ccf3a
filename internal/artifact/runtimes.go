package artifact

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:generate go run ../tools/runtimes ../../facts/runtimes.json runtimes.json.gz

//go:embed runtimes.json.gz
var runtimesGZ []byte

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

// runtimeTable is the embedded file.
type runtimeTable struct {
	// AsOf is the day the table was read.
	AsOf string `json:"as_of"`
	// Source is where it was read.
	Source   string             `json:"source"`
	Runtimes map[string]Runtime `json:"runtimes"`
}

var embeddedRuntimes = sync.OnceValue(func() runtimeTable {
	var table runtimeTable
	// The file is embedded and checked by a test, so it always parses.
	if reader, err := gzip.NewReader(bytes.NewReader(runtimesGZ)); err == nil {
		_ = json.NewDecoder(reader).Decode(&table)
	}
	return table
})

func runtimes() map[string]Runtime { return embeddedRuntimes().Runtimes }

// RuntimesRead is the day the table of runtimes was read.
func RuntimesRead() time.Time {
	day, _ := time.Parse(time.DateOnly, embeddedRuntimes().AsOf) // checked by a test
	return day
}

// RuntimesSource is where the table of runtimes was read.
func RuntimesSource() string { return embeddedRuntimes().Source }

var version = regexp.MustCompile(`^([a-z]+)([0-9][0-9.]*)(.*)$`)

// NewestRuntime returns the newest runtime of a runtime's family, python for
// python3.12; empty for one of no family, such as provided.al2023.
func NewestRuntime(id string) string {
	family := func(id string) (name string, number [2]int, ok bool) {
		parts := version.FindStringSubmatch(id)
		if parts == nil {
			return "", number, false
		}
		major, minor, _ := strings.Cut(parts[2], ".")
		number[0], _ = strconv.Atoi(major)
		number[1], _ = strconv.Atoi(strings.TrimSuffix(minor, "."))
		return parts[1], number, true
	}
	name, _, ok := family(id)
	if !ok || name == "provided" {
		return ""
	}
	newest, best := "", [2]int{}
	for candidate, runtime := range runtimes() {
		other, number, _ := family(candidate)
		if other != name || runtime.DeprecatedAt(RuntimesRead()) {
			continue
		}
		if order := slices.Compare(number[:], best[:]); order > 0 || order == 0 && candidate < newest {
			newest, best = candidate, number
		}
	}
	return newest
}

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
