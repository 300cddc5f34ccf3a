package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	homePage    = "https://github.com/secure-lambda/terraform-provider-secure"
)

// The types are the part of SARIF 2.1.0 that an audit needs:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		Properties  map[string]string `json:"properties"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string              `json:"id"`
		ShortDescription sarifText           `json:"shortDescription"`
		FullDescription  sarifText           `json:"fullDescription"`
		HelpURI          string              `json:"helpUri"`
		Help             sarifText           `json:"help"`
		Default          sarifConfiguration  `json:"defaultConfiguration"`
		Properties       sarifRuleProperties `json:"properties"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifConfiguration struct {
		Level string `json:"level"`
	}
	sarifRuleProperties struct {
		// SecuritySeverity is a number as text: GitHub reads it so.
		SecuritySeverity string              `json:"security-severity"`
		Precision        string              `json:"precision"`
		Tags             []string            `json:"tags"`
		External         map[string][]string `json:"external"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Suppressions []sarifSuppressed `json:"suppressions,omitempty"`
		Properties   map[string]string `json:"properties"`
	}
	sarifSuppressed struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name               string `json:"name"`
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		EndTime       string              `json:"endTimeUtc"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level      string            `json:"level"`
		Message    sarifText         `json:"message"`
		Descriptor sarifDescriptor   `json:"descriptor"`
		Properties map[string]string `json:"properties"`
	}
	sarifDescriptor struct {
		ID string `json:"id"`
	}
)

func writeSARIF(out io.Writer, r Report) error {
	controls := controlsOf(r)
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "terraform-provider-secure", Version: r.Version, InformationURI: homePage}},
		Invocations: []sarifInvocation{{Successful: true, EndTime: r.At.UTC().Format(time.RFC3339), Notifications: notifications(r)}},
		Results:     []sarifResult{},
		Properties:  map[string]string{"account": r.Account, "minimum": string(r.Minimum)},
	}
	index := map[string]int{}
	for i, c := range controls {
		index[c.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule(c))
	}
	for _, f := range r.Functions {
		for _, j := range f.Judgements {
			if j.Outcome == posture.Fail || j.Outcome == posture.NeedsInput {
				run.Results = append(run.Results, result(r, f, j, index[j.ID]))
			}
		}
	}
	return indented(out, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

// controlsOf lists the catalogue and what judgements know beside it.
func controlsOf(r Report) []posture.Control {
	out := posture.Controls()
	seen := map[string]bool{}
	for _, c := range out {
		seen[c.ID] = true
	}
	for _, f := range r.Functions {
		for _, j := range f.Judgements {
			if !seen[j.ID] {
				seen[j.ID] = true
				out = append(out, j.Control)
			}
		}
	}
	return out
}

func rule(c posture.Control) sarifRule {
	tags := []string{"security", "aws-lambda"}
	for _, s := range posture.Standards() {
		if c.AskedBy(s) {
			tags = append(tags, string(s))
		}
	}
	standing := level(c.Severity)
	if c.Input {
		tags, standing = append(tags, "needs-input"), "note"
	}
	return sarifRule{
		ID: c.ID, ShortDescription: sarifText{Text: c.Fault}, FullDescription: sarifText{Text: c.Fault + ". " + c.Remedy},
		HelpURI: c.Page, Help: help(c), Default: sarifConfiguration{standing},
		Properties: sarifRuleProperties{securitySeverity(c.Severity), "high", tags, external(c)},
	}
}

// help is shown beside a result: what to write, where AWS says so, and what
// the control is called elsewhere.
func help(c posture.Control) sarifText {
	plain := []string{c.Remedy, "", "AWS: " + c.Page}
	marked := []string{c.Remedy, "", "[AWS documentation](" + c.Page + ")"}
	for _, group := range elsewhere(c) {
		line := group.Catalogue + ": " + strings.Join(group.IDs, ", ")
		plain, marked = append(plain, line), append(marked, "", line)
	}
	return sarifText{strings.Join(plain, "\n"), strings.Join(marked, "\n")}
}

func level(s posture.Severity) string {
	switch {
	case s >= posture.High:
		return "error"
	case s == posture.Medium:
		return "warning"
	default:
		return "note"
	}
}

// securitySeverity is in the middle of the range that GitHub gives each name:
// above 9.0 critical, from 7.0 high, from 4.0 medium.
func securitySeverity(s posture.Severity) string {
	switch s {
	case posture.Critical:
		return "9.5"
	case posture.High:
		return "8.0"
	case posture.Medium:
		return "5.5"
	default:
		return "2.0"
	}
}

func result(r Report, f Function, j posture.Judgement, index int) sarifResult {
	out := sarifResult{
		RuleID: j.ID, RuleIndex: index, Level: level(j.Severity),
		Message: sarifText{Text: plain(f.Name + " in " + f.Region + ": " + j.Fault + ": " + j.Evidence)},
		Locations: []sarifLocation{{
			Physical: sarifPhysical{sarifArtifact{artifactURI(r.Account, f)}, sarifRegion{1}},
			Logical:  []sarifLogical{{printable(f.Name), f.ARN, "resource"}},
		}},
		Fingerprints: fingerprints(f, j),
		Properties:   map[string]string{"outcome": string(j.Outcome), "severity": j.Severity.String(), "region": f.Region},
	}
	if j.Outcome == posture.NeedsInput {
		out.Level = "note"
	}
	if w, waived := f.Waived[j.ID]; waived {
		out.Suppressions = []sarifSuppressed{{"external", plain("until " + w.Expires + ": " + w.Reason)}}
	}
	return out
}

// plain keeps a text that others wrote from becoming a link, which brackets make in
// a message of SARIF, and from moving a cursor.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
func plain(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(unmoving(text))
}

// artifactURI is where a file of the function would be in the repository.
// GitHub refuses results without a relative one, and does not ask whether the
// file exists.
func artifactURI(account string, f Function) string {
	parts := []string{"aws", account, f.Region, "lambda", f.Name}
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" || p == "." || p == ".." }), "/")
}

// fingerprints stay the same while the same control fails on the same function.
// GitHub reads the first, which it would else take from a line of the file.
func fingerprints(f Function, j posture.Judgement) map[string]string {
	sum := sha256.Sum256([]byte(j.ID + "\x00" + f.ARN))
	id := hex.EncodeToString(sum[:])
	return map[string]string{"primaryLocationLineHash": id[:16] + ":1", "controlOfFunction/v1": id}
}

func notifications(r Report) []sarifNotification {
	out := []sarifNotification{}
	for _, p := range r.Problems {
		out = append(out, sarifNotification{
			Level:      "warning",
			Message:    sarifText{Text: plain(p.Call + " in " + p.Region + " was refused with " + p.Code + " and left " + count(p.Functions, "function") + " unknown: " + p.Message)},
			Descriptor: sarifDescriptor{p.Call},
			Properties: map[string]string{"region": p.Region, "code": p.Code},
		})
	}
	return out
}
