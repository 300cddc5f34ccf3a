package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"pgregory.net/rapid"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

// agreeVariable asks for so many configurations, of which 30 take a minute or two,
// and agreeFirst for others than the first ones.
const (
	agreeVariable = "SECURE_AGREE"
	agreeFirst    = "SECURE_AGREE_FIRST"
)

const (
	// agreeing is how many configurations make test tries.
	agreeing = 24
	// together is how many are applied at once.
	together = 30
)

// TestAccAudit_AgreesWithTheState applies random units and judges them twice: by
// the posture in the state, which a plan shows, and by an audit of the account. No
// control may differ. In between other hands change every second unit.
func TestAccAudit_AgreesWithTheState(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	asked := func(variable string, otherwise int) int {
		text := os.Getenv(variable)
		if text == "" {
			return otherwise
		}
		number, err := strconv.Atoi(text)
		must(t, err)
		return number
	}
	begin := asked(agreeFirst, 0)
	count := asked(agreeVariable, agreeing)
	end := begin + count
	compared, differing := 0, 0
	outcomes := map[string]int{}
	for first := begin; first < end; first += together {
		a := newTenant(t)
		m := mixOf(t, a)
		units := rapid.Custom(m.draw)
		var configuration strings.Builder
		configuration.WriteString(requireSecure + a.providerBlock("waivers = "+waivesAll()))
		for seed := first; seed < min(first+together, end); seed++ {
			name := fmt.Sprintf("agree-%03d", seed)
			attributes := units.Example(seed)
			configuration.WriteString(unit(t, name, name, attributes))
		}
		c := newCore(t, a, configuration.String())
		c.must("apply", "-auto-approve", "-parallelism=16")
		applied := c.postures()
		touched := map[string]string{}
		for seed := first; seed < min(first+together, end); seed += 2 {
			name := fmt.Sprintf("agree-%03d", seed)
			touched[name] = touch(t, a, name, units.Example(seed), seed/2)
		}
		c.must("apply", "-refresh-only", "-auto-approve", "-parallelism=16")
		report := a.audited(t, "--function", "agree-*")
		for name, shown := range c.postures() {
			compared++
			audited := report.verdicts(t, name)
			for _, control := range posture.Controls() {
				state := shown.outcome(control.ID)
				if before := applied[name]; touched[name] == "" && before.outcome(control.ID) != state {
					t.Errorf("%s of %s is %s after the apply and %s after a refresh: %v", control.ID, name, before.outcome(control.ID), state, units.Example(numberOf(t, name)))
				}
				audit := audited[control.ID]
				switch {
				case control.CodeOnly: // an audit sees no package
					continue
				case audit == "needs_input":
					audit = "fail"
				case audit == "pass" || audit == "not_applicable":
					audit = "met"
				}
				outcomes[control.ID+" "+audit]++
				if state != audit {
					differing++
					t.Errorf("%s of %s is %s in the state, %s in the audit: %s\n%s, %v", control.ID, name, state, audit, report.evidence(name, control.ID), touched[name], units.Example(numberOf(t, name)))
				}
			}
		}
	}
	t.Logf("%d configurations, %d differences", compared, differing)
	if compared != count {
		t.Errorf("%d of %d were compared", compared, count)
	}
	for _, control := range posture.Controls() {
		if !control.CodeOnly {
			t.Logf("%-26s met %3d, fail %3d, unknown %3d", control.ID, outcomes[control.ID+" met"], outcomes[control.ID+" fail"], outcomes[control.ID+" unknown"])
		}
	}
}

func numberOf(t *testing.T, name string) int {
	t.Helper()
	number, err := strconv.Atoi(strings.TrimPrefix(name, "agree-"))
	must(t, err)
	return number
}

// waivesAll waives whatever could stop an apply.
func waivesAll() string {
	var lines []string
	for _, control := range posture.Controls() {
		if control.Severity >= posture.High {
			lines = append(lines, fmt.Sprintf("%q = { reason = \"drawn at random\", expires = %q }", control.ID, time.Now().AddDate(0, 0, 100).Format(time.DateOnly)))
		}
	}
	return "{ " + strings.Join(lines, ", ") + " }"
}

// outcome is what a state says of a control, waived or not.
func (p shownPosture) outcome(control string) string {
	_, failed := p.Failed[control]
	_, lacks := p.NeedsInput[control]
	_, waived := p.Waived[control]
	switch {
	case failed || lacks || waived:
		return "fail"
	case slices.Contains(p.Unknown, control):
		return "unknown"
	default:
		return "met"
	}
}

// postures are those of all units in the state, by name.
func (c *core) postures() map[string]shownPosture {
	c.t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Values struct {
						Name    string       `json:"name"`
						Posture shownPosture `json:"posture"`
					} `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	must(c.t, json.Unmarshal([]byte(c.must("show", "-json")), &state))
	out := map[string]shownPosture{}
	for _, r := range state.Values.RootModule.Resources {
		out[r.Values.Name] = r.Values.Posture
	}
	return out
}

// evidence of a judgement.
func (r auditReport) evidence(name, control string) string {
	for _, f := range r.Functions {
		for _, j := range f.Judgements {
			if f.Name == name && j.Control == control {
				return j.Evidence
			}
		}
	}
	return ""
}

// mix is what units are made of: others' keys, queues, topics and policies, good
// and bad.
type mix struct {
	keys, queues, topics, policies, layers, subnets []string
	group, signing                                  string
}

func mixOf(t *testing.T, a *tenant) *mix {
	t.Helper()
	ctx := t.Context()
	s := besiege(t, a)
	m := &mix{keys: []string{s.key, s.openKey}, queues: []string{s.dead}, signing: a.trust(t)}
	// The open key admits logs too, or no group could use it.
	m.keys[1] = s.newKey(t, s.ownKey(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}`))
	for i, statement := range []string{
		`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sqs:SendMessage","Resource":"*"}`,
		`{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}`,
		`{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}`,
	} {
		queue, err := s.queue(ctx, fmt.Sprintf("mix-%d", i), statement)
		must(t, err)
		m.queues = append(m.queues, queue)
	}
	_, err := a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: new("mix-plain"), Attributes: map[string]string{"SqsManagedSseEnabled": "false"}})
	must(t, err)
	m.queues = append(m.queues, "arn:aws:sqs:eu-central-1:"+a.id+":mix-plain")
	for i, condition := range []string{`,"Condition":{"StringEquals":{"aws:SourceOwner":"` + a.id + `"}}`, "", `,"Condition":{"StringLike":{"aws:PrincipalOrgID":"o-*"}}`} {
		topic, err := s.topic(ctx, fmt.Sprintf("mix-%d", i), `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sns:Publish","Resource":"*"`+condition+`}`)
		must(t, err)
		m.topics = append(m.topics, topic)
	}
	for i, statement := range []string{
		`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::orders/*"}`, admin,
		`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}`,
		`{"Effect":"Allow","Action":["iam:PassRole","codebuild:CreateProject"],"Resource":"*"}`, `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`,
		`{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::orders/*"}`,
	} {
		made, err := a.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: new(fmt.Sprintf("mix-%d", i)), PolicyDocument: new(statements(statement))})
		must(t, err)
		m.policies = append(m.policies, *made.Policy.Arn)
	}
	m.policies = append(m.policies, "arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess")
	layer, err := a.lambda.PublishLayerVersion(ctx, &lambda.PublishLayerVersionInput{LayerName: new("mix"), Content: &lambdatypes.LayerVersionContentInput{ZipFile: foreignZip}})
	must(t, err)
	m.layers = []string{*layer.LayerVersionArn}
	m.subnets, m.group = a.subnets(t)
	return m
}

// draw draws the attributes of a unit.
func (m *mix) draw(t *rapid.T) map[string]string {
	out := map[string]string{}
	one := func(attribute string, values ...string) {
		if rapid.IntRange(0, 2).Draw(t, attribute+" is set") > 0 {
			out[attribute] = rapid.SampledFrom(values).Draw(t, attribute)
		}
	}
	quoted := func(texts []string) []string {
		var all []string
		for _, text := range texts {
			all = append(all, strconv.Quote(text))
		}
		return all
	}
	from := func(lists ...[]string) string { return rapid.SampledFrom(slices.Concat(lists...)).Draw(t, "target") }
	one("runtime", `"python3.11"`, `"python3.12"`, `"python3.13"`, `"python3.14"`)
	one("description", `"Takes orders"`, strconv.Quote("for "+leaked))
	one("memory_size", "128", "512")
	one("timeout", "3", "10")
	one("environment", `{ TABLE = "orders" }`, `{}`, `{ DB_PASSWORD = "horse-battery-staple-77" }`, fmt.Sprintf(`{ URL = "postgres://app:%s@db/orders" }`, "horse-battery-staple-77"))
	one("powertools", "true", "false")
	one("kms_key_arn", quoted(m.keys)...)
	one("tracing", `"Active"`, `"PassThrough"`)
	one("recursion", `"Allow"`, `"Terminate"`)
	one("layers", "["+strings.Join(quoted(m.layers), ",")+"]")
	one("code_signing_config_arn", strconv.Quote(m.signing))
	one("concurrency", "{ reserved = 1 }", "{ reserved = 0 }")
	one("tags", `{ team = "orders" }`, fmt.Sprintf("{ deployed-with = %q }", leaked))
	one("trust", "{ source_account = false }", "{ source_arn = true }", "{ source_account = false, source_arn = true }")
	one("role_path", `"/service/"`)
	one("release", `{ alias = "stable" }`)
	one("vpc", fmt.Sprintf("{ subnet_ids = [%q], security_group_ids = [%q] }", m.subnets[0], m.group), fmt.Sprintf("{ subnet_ids = [%q, %q], security_group_ids = [%q] }", m.subnets[0], m.subnets[1], m.group))
	one("logs", "{ retention_days = 30 }", "{ retention_days = 0 }", `{ format = "Text" }`, "{ retention_days = 3653 }", `{ class = "INFREQUENT_ACCESS" }`)
	one("alarms", "{ enabled = false }", fmt.Sprintf(`{ profile = "full", actions = [%q] }`, m.topics[0]), fmt.Sprintf("{ actions = [%q] }", m.topics[0]),
		fmt.Sprintf("{ errors = { actions = [%q] } }", m.topics[0]), "{ throttles = { enabled = false } }", fmt.Sprintf("{ ok_actions = [%q] }", m.topics[0]))
	one("access", `{ table = { actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"] } }`,
		`{ bucket = { to = "arn:aws:s3:::orders", level = "read_write" } }`,
		`{ all = { actions = ["s3:GetObject"], resources = ["*"], reason = "drawn at random" } }`,
		`{ table = { actions = ["dynamodb:*"], resources = ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"], reason = "drawn at random" } }`,
		`{ keys = { actions = ["kms:Decrypt"], resources = ["arn:aws:kms:eu-central-1:111122223333:key/*"], reason = "drawn at random" } }`,
		`{ queue = { to = "arn:aws:sqs:eu-central-1:111122223333:orders", level = "send" } }`)
	one("additional_policy_arns", func() []string {
		var sets []string
		for _, arn := range m.policies {
			sets = append(sets, fmt.Sprintf("[%q]", arn))
		}
		return append(sets, fmt.Sprintf("[%q, %q]", m.policies[0], m.policies[2]))
	}()...)
	one("permissions", `{ rule = { principal = "events.amazonaws.com", source_arn = "arn:aws:events:eu-central-1:111122223333:rule/orders" } }`,
		`{ bucket = { principal = "s3.amazonaws.com", source_arn = "arn:aws:s3:::orders", source_account = "111122223333" } }`,
		`{ partner = { principal = "444455556666" } }`, `{ partner = { principal = "444455556666", organization_id = "o-a1b2c3d4e5" } }`)
	dead := from(m.queues, m.topics)
	one("dead_letter", "{ enabled = false }", "{ retention_days = 3 }", fmt.Sprintf("{ target_arn = %q }", dead))
	success, failure := from(m.queues, m.topics), from(m.queues, m.topics)
	if failure == dead {
		failure = ""
	}
	async := []string{"{ max_retries = 1 }", fmt.Sprintf("{ on_success = %q }", success)}
	if failure != "" {
		async = append(async, fmt.Sprintf("{ on_failure = %q }", failure))
	}
	one("async", async...)
	if rapid.IntRange(0, 3).Draw(t, "own secret") == 0 {
		out["secret_values_wo"], out["secret_values_wo_version"] = `{ PASSWORD = "not-a-real-one" }`, "1"
	}
	return out
}
