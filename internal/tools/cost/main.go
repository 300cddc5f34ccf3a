// Command cost writes what a unit costs in a month before it is invoked into a
// guide, from facts/pricing.json and the alarms that are drafted.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
)

type prices struct {
	Region string `json:"region"`
	AsOf   string `json:"as_of"`
	KMS    struct {
		Key float64 `json:"key_month"`
	} `json:"kms"`
	CloudWatch struct {
		Alarm float64 `json:"alarm_standard_month"`
	} `json:"cloudwatch"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: cost PRICING.json GUIDE.md")
		os.Exit(2)
	}
	if err := rewrite(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const begin, end = "<!-- cost:begin -->\n", "<!-- cost:end -->\n"

var errMarkers = errors.New("the guide lacks the markers of the table")

func rewrite(facts, guide string) error {
	text, err := os.ReadFile(facts)
	if err != nil {
		return err
	}
	var p prices
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("%s: %w", facts, err)
	}
	page, err := os.ReadFile(guide)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(page), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return errMarkers
	}
	return os.WriteFile(guide, []byte(before+begin+table(p)+end+after), 0o644)
}

// table has a line for each profile, with a key of the unit's own and with one
// that is shared.
func table(p prices) string {
	var out strings.Builder
	fmt.Fprintf(&out, "| alarms | alarms in all | metrics they watch | USD a month, key of its own | USD a month, house key |\n|---|---|---|---|---|\n")
	for _, c := range []struct {
		name string
		spec bp.Spec
	}{
		{"none (`enabled = false`)", bp.Spec{Alarms: bp.Known(bp.AlarmsSpec{Enabled: bp.Known(false)})}},
		{"`essential` (default)", bp.Spec{}},
		{"`full`", bp.Spec{Alarms: bp.Known(bp.AlarmsSpec{Profile: bp.Known("full")})}},
		{"`full`, with reserved concurrency and a destination", bp.Spec{
			Alarms: bp.Known(bp.AlarmsSpec{Profile: bp.Known("full")}), Concurrency: bp.Known(bp.ConcurrencySpec{Reserved: bp.Known[int64](10)}),
			Async: bp.Known(bp.AsyncSpec{OnFailure: bp.Known("arn:aws:sqs:us-east-1:111122223333:failed")}),
		}},
	} {
		alarms, metrics := count(c.spec)
		cost := float64(metrics) * p.CloudWatch.Alarm
		fmt.Fprintf(&out, "| %s | %d | %d | %.2f | %.2f |\n", c.name, alarms, metrics, cost+p.KMS.Key, cost)
	}
	fmt.Fprintf(&out, "\nPrices of %s, %s: %.2f USD for each metric that a standard alarm watches, %.2f USD for a key.\n", p.Region, p.AsOf, p.CloudWatch.Alarm, p.KMS.Key)
	return out.String()
}

// count drafts a unit and counts its alarms, and the metrics they watch: an
// alarm is paid for by its metrics.
func count(spec bp.Spec) (alarms, metrics int) {
	spec.Name = bp.Known("orders")
	drafted, _ := draft.Draft(spec, draft.Facts{Place: bp.Place{Partition: "aws", Region: "us-east-1", Account: "111122223333"}}).Alarms.Get()
	for _, slot := range drafted.Slots() {
		if alarm, ok := slot.Alarm.Get(); ok {
			alarms++
			metrics += max(1, len(alarm.Inputs.Or(nil)))
		}
	}
	return alarms, metrics
}
