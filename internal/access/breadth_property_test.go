package access

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestBreadth_AgreesWithWhatItMatches draws patterns and resources that exist. A
// pattern which matches resources of two accounts or regions, or of names that
// begin differently, is wide.
func TestBreadth_AgreesWithWhatItMatches(t *testing.T) {
	t.Parallel()
	forms := map[string]struct{ service, kind, end string }{
		"iam:GetRole": {"iam", "role/", ""}, "kms:Decrypt": {"kms", "key/", ""}, "secretsmanager:GetSecretValue": {"secretsmanager", "secret:", ""},
		"ssm:GetParameter": {"ssm", "parameter/", ""}, "sqs:SendMessage": {"sqs", "", ""}, "lambda:InvokeFunction": {"lambda", "function:", ""},
		"dynamodb:GetItem": {"dynamodb", "table/", ""}, "s3:GetObject": {"s3", "", "/key"}, "logs:DeleteLogGroup": {"logs", "log-group:", ""},
	}
	names := []string{"orders", "prices", "abacus", "o", "zzz-zzz"}
	regions, accounts := []string{"eu-west-1", "us-east-1"}, []string{"111122223333", "444455556666"}
	wild := func(t *rapid.T, label, text string) string {
		at := rapid.IntRange(0, len(text)).Draw(t, label+" at")
		return rapid.SampledFrom([]string{text, text, text, "*", "?*", "**", text[:at] + "*", "*" + text[at:], text[:at] + "?" + text[min(at+1, len(text)):], text[:at] + "*" + text[at:], strings.Repeat("?", len(text))}).Draw(t, label)
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(forms))).Draw(t, "action")
		form := forms[name]
		global, owned := form.service == "iam" || form.service == "s3", form.service != "s3"
		region, account := "", ""
		if !global {
			region = wild(t, "region", regions[0])
		}
		if owned {
			account = wild(t, "account", accounts[0])
		}
		pattern := strings.Join([]string{"arn:aws", form.service, region, account, wild(t, "resource", form.kind+names[0]+form.end)}, ":")
		action, known := Catalogue().Action(name)
		if !known {
			t.Fatalf("%s is not known", name)
		}
		where, begin := map[string]bool{}, map[string]bool{}
		for _, region := range regions {
			for _, account := range accounts {
				for _, n := range names {
					place := region + account
					arn := strings.Join([]string{"arn:aws", form.service, region, account, form.kind + n + form.end}, ":")
					if global {
						arn, place = strings.Replace(arn, region, "", 1), account
					}
					if !owned {
						arn, place = strings.Replace(arn, account, "", 1), ""
					}
					if fieldwise(pattern, arn) {
						where[place], begin[n[:min(shortestPrefix, len(n))]] = true, true
					}
				}
			}
		}
		if wide := action.Breadth([]string{pattern}).Wide(); (len(where) > 1 || len(begin) > 1) && !wide {
			t.Fatalf("%s on %s matches %v in %v, and is not wide", name, pattern, begin, where)
		}
	})
}

// fieldwise compares a pattern with an ARN as IAM does: field by field.
func fieldwise(pattern, arn string) bool {
	p, a := strings.SplitN(pattern, ":", arnFields), strings.SplitN(arn, ":", arnFields)
	for i := range p {
		if !Matches(p[i], a[i]) {
			return false
		}
	}
	return len(p) == len(a)
}
