package judges

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/judges/corpus"
)

// other is somebody else's judge of policies: what it finds in each that it can
// read, by name. A policy that it read and that is fine has an empty list.
type other struct {
	name  string
	judge func(*testing.T, []corpus.Entry) map[string][]string
}

var others = []other{
	{"cloudsplaining", cloudsplainingOn},
	{"parliament", parliamentOn},
	{"checkov", checkovOn},
}

// TestCorpus_OtherJudges prints the verdict of every judge on every policy. Where
// another finds something and we do not, the corpus says why.
func TestCorpus_OtherJudges(t *testing.T) {
	t.Parallel()
	installed(t)
	var all []corpus.Entry
	for _, kind := range corpus.Kinds() {
		entries, err := corpus.Of(kind)
		must(t, err)
		all = append(all, entries...)
	}
	found := map[string]map[string][]string{}
	for _, o := range others {
		found[o.name] = o.judge(t, all)
	}
	reasons := 0
	for _, e := range all {
		columns := []string{}
		for _, o := range others {
			findings, read := found[o.name][e.Name]
			reason := e.Milder[o.name]
			switch {
			case !read:
				columns = append(columns, o.name+" -")
			case len(findings) == 0:
				columns = append(columns, o.name+" good")
			default:
				columns = append(columns, fmt.Sprintf("%s bad (%s)", o.name, strings.Join(findings, ", ")))
			}
			milder := len(findings) > 0 && e.Verdict == corpus.Good && e.AsEntry() == corpus.Good
			if milder != (reason != "") {
				t.Errorf("%s: %s finds %v, ours is %s, and the reason for it is %q", e.Name, o.name, findings, e.Verdict, reason)
			}
			if milder {
				reasons++
				columns = append(columns, "milder since: "+reason)
			}
		}
		t.Logf("%-60s ours %-7s entry %-7s %s", e.Name, e.Verdict, e.AsEntry(), strings.Join(columns, "; "))
	}
	for _, o := range others {
		bad, missed := 0, 0
		for _, e := range all {
			if findings, read := found[o.name][e.Name]; read && e.Verdict != corpus.Good {
				bad++
				if len(findings) == 0 {
					missed++
				}
			}
		}
		t.Logf("%s read %d of %d policies, and finds nothing in %d of the %d bad ones among them", o.name, len(found[o.name]), len(all), missed, bad)
	}
	t.Logf("%d policies; ours is milder %d times, each with a reason", len(all), reasons)
}

func cloudsplainingOn(t *testing.T, all []corpus.Entry) map[string][]string {
	t.Helper()
	python, dir := filepath.Join(filepath.Dir(tool(t, "cloudsplaining")), "python"), t.TempDir()
	names, arguments := map[string]string{}, []string{"testdata/cloudsplaining_scan.py"}
	for i, e := range all {
		if e.Kind.OfRole() {
			path := filepath.Join(dir, fmt.Sprint(i, ".json"))
			write(t, path, e.Document())
			names[path] = e.Name
			arguments = append(arguments, path)
		}
	}
	var found map[string]map[string][]string
	must(t, json.Unmarshal(execute(t, python, arguments...), &found))
	out := map[string][]string{}
	for path, findings := range found {
		if findings["unreadable"] != nil {
			continue
		}
		out[names[path]] = slices.Sorted(maps.Keys(findings))
	}
	return out
}

func parliamentOn(t *testing.T, all []corpus.Entry) map[string][]string {
	t.Helper()
	dir, names, out := t.TempDir(), map[string]string{}, map[string][]string{}
	for i, e := range all {
		if e.Kind.OfRole() {
			file := fmt.Sprint(i, ".json")
			write(t, filepath.Join(dir, file), forParliament(e.Document()))
			names[file], out[e.Name] = e.Name, nil
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(scan(t, "parliament", "--directory", dir, "--include_policy_extension", ".json", "--json")))
	for decoder.More() {
		var finding struct {
			Issue    string
			Detail   any
			Location struct{ Filepath string }
		}
		must(t, decoder.Decode(&finding))
		name := names[filepath.Base(finding.Location.Filepath)]
		if !isAccepted(finding.Issue, fmt.Sprint(finding.Detail)) && !slices.Contains(out[name], finding.Issue) {
			out[name] = append(out[name], finding.Issue)
		}
	}
	return out
}

// forCheckov is the policy in the language of Terraform; empty where it cannot be
// said there.
func forCheckov(e corpus.Entry) string {
	document := "jsonencode(" + strings.ReplaceAll(strings.ReplaceAll(e.Document(), "${", "$${"), "%{", "%%{") + ")"
	switch e.Kind {
	case corpus.Identity, corpus.Managed:
		return "resource \"aws_iam_policy\" \"p\" {\n  name   = \"p\"\n  policy = " + document + "\n}\n"
	case corpus.Queue:
		return "resource \"aws_sqs_queue_policy\" \"p\" {\n  queue_url = \"q\"\n  policy    = " + document + "\n}\n"
	case corpus.Topic:
		return "resource \"aws_sns_topic_policy\" \"p\" {\n  arn    = \"q\"\n  policy = " + document + "\n}\n"
	case corpus.Key:
		return "resource \"aws_kms_key\" \"p\" {\n  enable_key_rotation = true\n  policy = " + document + "\n}\n"
	case corpus.Function:
		return permissionForCheckov(e)
	}
	return ""
}

// permissionForCheckov says a statement as a permission, which holds one principal
// and few conditions.
func permissionForCheckov(e corpus.Entry) string {
	var s struct {
		Principal any
		Action    []string
		Condition map[string]map[string]string
	}
	if json.Unmarshal(e.Statements[0], &s) != nil || s.Principal == nil || len(s.Condition) > 2 {
		return ""
	}
	lines := []string{`resource "aws_lambda_permission" "p" {`, `  function_name = "orders"`, fmt.Sprintf("  action = %q", s.Action[0])}
	switch p := s.Principal.(type) {
	case string:
		lines = append(lines, fmt.Sprintf("  principal = %q", p))
	case map[string]any:
		for _, who := range p {
			text, one := who.(string)
			if !one {
				return ""
			}
			lines = append(lines, fmt.Sprintf("  principal = %q", text))
		}
	}
	for operator, keys := range s.Condition {
		for key, value := range keys {
			argument := map[string]string{
				"StringEquals aws:PrincipalOrgID": "principal_org_id", "StringEquals aws:SourceAccount": "source_account", "ArnLike aws:SourceArn": "source_arn",
				"StringEquals lambda:EventSourceToken": "event_source_token", "StringEquals lambda:FunctionUrlAuthType": "function_url_auth_type",
			}[strings.Replace(operator, "ArnEquals", "ArnLike", 1)+" "+key]
			if argument == "" {
				return ""
			}
			lines = append(lines, fmt.Sprintf("  %s = %q", argument, value))
		}
	}
	return strings.Join(lines, "\n") + "\n}\n"
}

func checkovOn(t *testing.T, all []corpus.Entry) map[string][]string {
	t.Helper()
	dir, names, out := t.TempDir(), map[string]string{}, map[string][]string{}
	for i, e := range all {
		if text := forCheckov(e); text != "" {
			file := fmt.Sprintf("%d/main.tf", i)
			write(t, filepath.Join(dir, file), text)
			names[file] = e.Name
		}
	}
	judged := checkov(t, dir)
	for file, name := range names {
		if _, read := judged[file]; read {
			out[name] = judged.failed(file)
		}
	}
	return out
}
