package rules

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
)

//go:generate go run ../tools/limits ../../facts/limits.json limits.json

//go:embed limits.json
var limitsJSON []byte

// Known is what AWS said on a day about a number, a length or a list of values.
// AWS changes all of them, so what goes beyond is only doubted.
type Known struct {
	Min, Max *int64
	Values   []string
	// Page is AWS's page that says so; empty for AWS's API model.
	Page string
	// Date is the day it was so, as 2026-11-20.
	Date string
}

// on says who said it and when.
func (k Known) on() string {
	if k.Page != "" {
		return "AWS documented on " + k.Date
	}
	return "AWS's API knew on " + k.Date
}

// decide ends a doubt: what to do if AWS refuses.
func (k Known) decide(write string) string {
	text := "AWS decides at apply. If it refuses, " + write
	if k.Page != "" {
		text += "; see " + k.Page
	}
	return text
}

// most is the ceiling; a number without one has that of the integers that
// requests carry.
func (k Known) most() int64 {
	if k.Max == nil {
		return math.MaxInt32
	}
	return *k.Max
}

func (k Known) least(floor int64) int64 {
	if k.Min == nil {
		return floor
	}
	return max(floor, *k.Min)
}

// source finds what is known. It is called when a rule is used, so that a
// program without rules reads no model.
type source func() Known

// api takes it from a member of a request in AWS's API model.
func api(service, operation string, at ...string) source {
	return sync.OnceValue(func() Known {
		models, err := awsmodel.Load()
		if err != nil {
			return Known{} // embedded and checked by a test
		}
		request, _ := models.Request(service, operation)
		known := Known{Date: models.Date}
		if shape := request.At(at...); shape != nil {
			known.Min, known.Max, known.Values = integer(shape.Min), integer(shape.Max), shape.Enum
		}
		return known
	})
}

func integer(f *float64) *int64 {
	if f == nil {
		return nil
	}
	return new(int64(*f))
}

// limits is the embedded table.
type limits struct {
	Numbers map[string]limit `json:"numbers"`
	Lists   map[string]limit `json:"lists"`
}

type limit struct {
	Min    *int64   `json:"min"`
	Max    *int64   `json:"max"`
	Values []string `json:"values"`
	Page   string   `json:"page"`
	Read   string   `json:"read"`
}

var table = sync.OnceValue(func() limits {
	var t limits
	_ = json.Unmarshal(limitsJSON, &t) // embedded and checked by a test
	return t
})

func (l limit) known() Known {
	return Known{Min: l.Min, Max: l.Max, Values: l.Values, Page: l.Page, Date: l.Read}
}

// page takes a number from the table of what only pages say.
func page(name string) source { return func() Known { return table().Numbers[name].known() } }

// list takes values from it.
func list(name string) source { return func() Known { return table().Lists[name].known() } }

// within takes the ceiling of a page where the API's own is for something that
// a unit is not, and the rest from the API.
func within(page, api source) source {
	return func() Known {
		known, wide := page(), api()
		if known.Min == nil {
			known.Min = wide.Min
		}
		return known
	}
}

// LimitsRead returns the days between which AWS's pages were read.
func LimitsRead() (first, last string) {
	for _, part := range []map[string]limit{table().Numbers, table().Lists} {
		for _, l := range part {
			if first == "" || l.Read < first {
				first = l.Read
			}
			last = max(last, l.Read)
		}
	}
	return first, last
}

// tooMany doubts a size beyond what is known: characters, bytes, entries.
func tooMany(what string, n int64, unit string, known Known, why, write string) error {
	if n <= known.most() {
		return nil
	}
	return &Doubt{
		What:  fmt.Sprintf("%s %d %s, more than the %d that %s", what, n, unit, known.most(), known.on()),
		Why:   why,
		Write: known.decide(write),
	}
}

func joined(values []string) string { return strings.Join(values, ", ") }

// runes counts characters as AWS does.
func runes(text string) int64 { return int64(utf8.RuneCountInString(text)) }
