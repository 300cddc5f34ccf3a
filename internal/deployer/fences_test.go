package deployer

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
)

var update = flag.Bool("update", false, "write the golden files anew")

// second says of conditions what they are there for where nothing opens without
// them.
var second = map[string]string{
	requestTag:  "it makes units' objects carry their tag",
	resourceTag: "it keeps what is not a unit's from being changed by mistake",
	tagKeys:     "it makes units' objects keep their tag",
	region:      "there is no resource, and what is made is new",
	policyARN:   "whatever is attached stays within the boundary",
	boundary:    "units' roles have it; one that has not would be given a policy",
	viaService:  "the key is a unit's",
	forAWS:      "the key is a unit's",
}

// first are conditions without which something must open, on any statement that
// has them; kms:ViaService and the like do so on keys that are not the units'.
var first = []string{passedTo, alarmActions, aliases}

// fence is one thing that a statement is held by.
type fence struct {
	sid, what string
	without   func() Statement
}

// fencesOf are the resources of a statement and the keys of its conditions.
func fencesOf(s Statement) []fence {
	var out []fence
	if named := !slices.Equal(s.Resources, []string{anything}) && !strings.HasSuffix(s.Resources[0], ":key/*"); named {
		names := make([]string, len(s.Resources))
		for i, arn := range s.Resources {
			names[i] = "`" + strings.SplitN(arn, ":", 6)[5] + "`"
		}
		out = append(out, fence{s.Sid, strings.Join(names, " "), func() Statement {
			wide := s
			wide.Resources = []string{anything}
			return wide
		}})
	}
	for _, operator := range slices.Sorted(maps.Keys(s.Conditions)) {
		for _, key := range slices.Sorted(maps.Keys(s.Conditions[operator])) {
			out = append(out, fence{s.Sid, key, func() Statement {
				c := clauses{}
				for op, keys := range s.Conditions {
					for k, values := range keys {
						if k != key {
							c.add(op, k, values...)
						}
					}
				}
				loose := s
				loose.Conditions = c
				return loose
			}})
		}
	}
	return slices.CompactFunc(out, func(a, b fence) bool { return a.what == b.what })
}

// Every statement that allows a change is fenced by itself, whatever is denied:
// the table says by what, and what would open without it. Only what a wildcard
// takes in of a deeper path is left to the denial.
func TestFences_OfEveryChange(t *testing.T) {
	t.Parallel()
	o := variants()["everything"]
	o.DeployerRoles = nil // denied as well, not only left out
	things := situation{}.account(o, "secure")
	printed := slices.DeleteFunc(statementsIn(t, o, Apply, Destroy), func(s Statement) bool { return s.Deny && s.Sid != "DenyChangingDeployerAndDeeperPaths" })
	printed = slices.CompactFunc(printed, func(a, b Statement) bool { return a.Sid == b.Sid })
	reached := letLoose(printed, o, things)
	reported(t, "what is allowed alone", reached.paths())

	var table strings.Builder
	table.WriteString("| statement | changes | fence | without it |\n|---|---|---|---|\n")
	told := map[string]bool{}
	for _, s := range printed {
		changed := slices.DeleteFunc(slices.Clone(s.Actions), func(name string) bool {
			action, _ := access.Catalogue().Action(name)
			return action.Level == access.Read || action.Level == access.List
		})
		if s.Deny || len(changed) == 0 || told[s.Sid] {
			continue
		}
		told[s.Sid] = true
		if len(fencesOf(s)) == 0 {
			t.Errorf("%s is not fenced", s.Sid)
		}
		actions := strings.Join(changed, " ")
		for _, f := range fencesOf(s) {
			wider := f.without()
			mutated := slices.Clone(printed)
			for i, is := range mutated {
				if is.Sid == s.Sid {
					wider.Actions = sorted(append(wider.Actions, is.Actions...))
					mutated[i].Resources, mutated[i].Conditions = wider.Resources, wider.Conditions
				}
			}
			opens := slices.Sorted(maps.Keys(reached.widened(mutated, wider).paths()))
			fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", s.Sid, actions, f.what, f.opened(t, opens))
			actions = ""
		}
	}
	const golden = "testdata/fences.md"
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if table.String() != string(want) {
		t.Errorf("the table differs from %s; go test ./internal/deployer -run TestFences -update writes it anew:\n%s", golden, table.String())
	}
}

// opened says what opens without a fence, or why nothing does.
func (f fence) opened(t *testing.T, opens []string) string {
	t.Helper()
	switch {
	case len(opens) > 1:
		return fmt.Sprintf("%s, and %d more", opens[0], len(opens)-1)
	case len(opens) == 1:
		return opens[0]
	case slices.Contains(first, f.what) || second[f.what] == "":
		t.Errorf("%s: nothing opens without %s", f.sid, f.what)
	}
	return "nothing: " + second[f.what]
}
