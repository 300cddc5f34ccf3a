package audit

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/secrets"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Share is how much of an account's quotas an audit uses: with the calls spread
// evenly it stays below 15 a second of those that Lambda's API has together.
const Share = 13.0 / 15

// Survey reads and judges the functions of one region whose name matches, and
// adds them to the report.
func (r *Report) Survey(ctx context.Context, client *cloud.Client, match func(name string) bool) error {
	functions, refusals, err := client.Survey(ctx, match)
	if err != nil {
		return fmt.Errorf("list the functions in %s: %w", client.Place.Region, err)
	}
	for _, f := range functions {
		r.Functions = append(r.Functions, r.judge(f, client.Place, refusals))
	}
	r.Problems = append(r.Problems, problems(client.Place.Region, refusals, len(functions))...)
	return nil
}

func (r *Report) judge(f cloud.Surveyed, place bp.Place, refusals []cloud.Refusal) Function {
	function, _ := f.Function.Get()
	said := r.Said[function.ARN.Or("")]
	judgements := judgeOne(f, said, place, refusals)
	versions := map[string][]posture.Judgement{}
	for number, version := range f.Versions {
		versions[number] = posture.Perhaps(judgeOne(version, said, place, refusals), version.Perhaps)
	}
	judgements = posture.WithVersions(judgements, versions)
	waived := said.waived(judgements, r.At)
	for i, j := range judgements {
		if w, is := waived[j.ID]; is {
			judgements[i].Evidence += fmt.Sprintf(" (waived until %s: %s)", w.Expires, w.Reason)
		}
	}
	return Function{
		Waived: waived,
		Name:   f.Name, ARN: function.ARN.Or(""), Region: place.Region, Runtime: function.Runtime.Or(""),
		Managed: f.Tags.Or(nil)[bp.TagUnit] == bp.Known(f.Name), Judgements: judgements,
		Score: posture.Score(judgements, func(id string) bool { _, is := waived[id]; return is }),
	}
}

// judgeOne judges the function as one of its configurations has it.
func judgeOne(f cloud.Surveyed, said Said, place bp.Place, refusals []cloud.Refusal) []posture.Judgement {
	function, _ := f.Function.Get()
	tags := map[string]string{}
	for key, value := range f.Tags.Or(nil) {
		tags[key] = value.Or("")
	}
	facts := posture.Facts{
		Secrets:     secrets.Among(f.Environment, tags, function.Description.Or("")),
		SecretsOpen: function.Environment.IsUnknown() || f.Tags.IsUnknown(),
		Zones:       f.Zones, Account: place.Account, Around: f.Around, Reasons: said.Reasons,
	}
	judgements := slices.DeleteFunc(posture.Judge(f.Blueprint, facts), func(j posture.Judgement) bool {
		return j.CodeOnly // packages are looked at before they ship
	})
	for i, j := range judgements {
		if j.Outcome == posture.Unknown && j.Later {
			judgements[i].Evidence, judgements[i].Later = unread(f.Name, refusals), false
		}
	}
	return judgements
}

// unread says what an audit could not see of a function.
func unread(name string, refusals []cloud.Refusal) string {
	calls := map[string]bool{}
	for _, r := range refusals {
		if r.Function == name || r.Function == "" {
			calls[fmt.Sprintf("%s (%s)", r.Action, code(r.Err))] = true
		}
	}
	if len(calls) == 0 {
		return "the role, or another object that it depends on, is not in this account or could not be understood"
	}
	return "could not be read: " + strings.Join(slices.Sorted(maps.Keys(calls)), ", ")
}

// code is AWS's word for a problem, or the problem.
func code(err error) string { return cmp.Or(cloud.ErrorCode(err), "no answer") }

// problems sums refusals up, by call and code.
func problems(region string, refusals []cloud.Refusal, functions int) []Problem {
	sums := map[string]*Problem{}
	for _, r := range refusals {
		key := r.Action + " " + code(r.Err)
		sum := sums[key]
		if sum == nil {
			sum = &Problem{Region: region, Call: r.Action, Code: code(r.Err), Message: r.Err.Error()}
			sums[key] = sum
		}
		if r.Function == "" {
			sum.Functions = functions
		} else {
			sum.Functions++
		}
	}
	var out []Problem
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		out = append(out, *sums[key])
	}
	return out
}

// Refused is the problem of a call without which nothing of a region is known.
func Refused(region, call string, err error) Problem {
	return Problem{Region: region, Call: call, Code: code(err), Message: err.Error()}
}
