package acceptance

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/secure-lambda/terraform-provider-secure/internal/judges/corpus"
)

// policyChecks are those of Prowler that judge what a policy says.
var policyChecks = []string{
	"iam_customer_attached_policy_no_administrative_privileges", "iam_policy_allows_privilege_escalation", "iam_policy_no_full_access_to_kms",
	"iam_no_custom_policy_permissive_role_assumption", "kms_key_not_publicly_accessible", "sns_topics_not_publicly_accessible", "sqs_queues_not_publicly_accessible",
}

// TestJudge_ProwlerOnTheCorpus puts the policies of the corpus into an account and
// lets Prowler look at them. Not all of them can be: IAM refuses some, and policies
// of functions are made of permissions. Where Prowler finds something and we do
// not, the corpus says why.
func TestJudge_ProwlerOnTheCorpus(t *testing.T) {
	t.Parallel()
	prowlerPath(t)
	a := newTenant(t)
	ctx := t.Context()
	entries := map[string]corpus.Entry{} // by the name of what has the policy, or a key's ARN
	refused := 0
	for _, kind := range corpus.Kinds() {
		all, err := corpus.Of(kind)
		must(t, err)
		for i, e := range all {
			name, document := fmt.Sprintf("corpus-%s-%03d", kind, i), new(strings.ReplaceAll(e.Document(), "111122223333", a.id))
			put := func() error {
				switch kind {
				case corpus.Queue:
					_, err := a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: map[string]string{"Policy": *document}})
					return err
				case corpus.Topic:
					_, err := a.sns.CreateTopic(ctx, &sns.CreateTopicInput{Name: &name, Attributes: map[string]string{"Policy": *document}})
					return err
				case corpus.Key:
					made, err := a.kms.CreateKey(ctx, &kms.CreateKeyInput{Policy: document, BypassPolicyLockoutSafetyCheck: true})
					if err == nil {
						name = *made.KeyMetadata.KeyId
					}
					return err
				case corpus.Identity, corpus.Managed:
					made, err := a.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: document})
					if err == nil {
						_, err = a.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: new(foreignTrust)})
						must(t, err)
						_, err = a.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: made.Policy.Arn})
					}
					return err
				case corpus.Function:
				}
				return errors.New("no policy of its own")
			}
			if err := put(); err != nil {
				refused++
				continue
			}
			entries[name] = e
		}
	}
	found := map[string][]string{}
	judged := map[string]bool{}
	for _, f := range prowlerRuns(t, a, policyChecks) {
		for _, r := range f.Resources {
			name := r.UID[strings.LastIndexAny(r.UID, ":/")+1:]
			judged[name] = true
			if f.Status == "FAIL" {
				found[name] = append(found[name], f.Metadata.EventCode)
			}
		}
	}
	bad, missed := 0, 0
	for _, name := range sortedKeys(entries) {
		e, findings := entries[name], found[name]
		milder := len(findings) > 0 && e.Verdict == corpus.Good && e.AsEntry() == corpus.Good
		if milder != (e.Milder["prowler"] != "") {
			t.Errorf("%s: Prowler finds %v, ours is %s, and the reason for it is %q", e.Name, findings, e.Verdict, e.Milder["prowler"])
		}
		verdict := "good"
		switch {
		case !judged[name]:
			verdict = "-"
		case len(findings) > 0:
			verdict = "bad (" + strings.Join(findings, ", ") + ")"
		}
		if e.Verdict != corpus.Good {
			bad++
			if len(findings) == 0 {
				missed++
			}
		}
		t.Logf("%-60s ours %-7s entry %-7s prowler %s", e.Name, e.Verdict, e.AsEntry(), verdict)
	}
	t.Logf("Prowler read %d policies of %d, %d could not be put there, and finds nothing in %d of %d bad ones", len(judged), len(entries), refused, missed, bad)
}
