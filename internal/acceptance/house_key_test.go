package acceptance

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestAccHouseKey_AsksOnceForOneStatement plans ten units under a key that is
// closed to CloudWatch Logs, writes the statement of the one error into the
// key's policy, and plans them again.
func TestAccHouseKey_AsksOnceForOneStatement(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	created, err := a.kms.CreateKey(t.Context(), &kms.CreateKeyInput{})
	must(t, err)
	key := *created.KeyMetadata.Arn
	found := planTen(t, a, key)
	if len(found) != 1 {
		t.Fatalf("%d diagnostics, want one:\n%s", len(found), describe(found))
	}
	said, statement, _ := strings.Cut(found[0].Detail, "\n\n")
	if found[0].Severity != tfprotov6.DiagnosticSeverityError || !strings.Contains(said, "one statement does for all units") {
		t.Errorf("not what to do for all units:\n%s", describe(found))
	}
	a.addToKey(t, key, statement)
	if found := planTen(t, a, key); len(found) > 0 {
		t.Errorf("the statement that was asked for does not do:\n%s", describe(found))
	}
}

// TestAccKey_OpenToAnotherGroupOnly is what a copy of a statement for one unit
// leaves the next with.
func TestAccKey_OpenToAnotherGroupOnly(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	created, err := a.kms.CreateKey(t.Context(), &kms.CreateKeyInput{})
	must(t, err)
	key := *created.KeyMetadata.Arn
	a.addToKey(t, key, fmt.Sprintf(`{"Effect":"Allow","Principal":{"Service":"logs.%s.amazonaws.com"},"Action":"kms:*","Resource":"*",
		"Condition":{"ArnEquals":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:%s:%s:log-group:/aws/lambda/another"}}}`, region, region, a.id))
	w := newWire(t)
	w.connect(t, a.block())
	badInput{"", nil, "kms_key_arn", "admits CloudWatch Logs for other log groups only", "log-group:/aws/lambda/orders-api"}.check(
		t, tfprotov6.DiagnosticSeverityError, w.planned(t, settings{"kms_key_arn": key}))
}

// planTen plans ten units at once with one provider, and returns what is said
// about the key.
func planTen(t *testing.T, a *tenant, key string) []*tfprotov6.Diagnostic {
	t.Helper()
	block := a.block()
	block["kms_key_arn"] = key
	w := newWire(t)
	if found := w.connect(t, block); len(found) > 0 {
		t.Fatal(describe(found))
	}
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		found []*tfprotov6.Diagnostic
	)
	for i := range 10 {
		wanted := good(t, settings{"name": fmt.Sprintf("unit-%d", i)})
		all.Go(func() {
			diagnostics := w.plan(t, wanted)
			mu.Lock()
			defer mu.Unlock()
			for _, d := range diagnostics {
				if pathText(d.Attribute) == "kms_key_arn" {
					found = append(found, d)
				}
			}
		})
	}
	all.Wait()
	return found
}

// addToKey puts a statement beside the one for the account.
func (a *tenant) addToKey(t *testing.T, key, statement string) {
	t.Helper()
	_, err := a.kms.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: new(fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"kms:*","Resource":"*"},%s]}`, a.id, statement))})
	must(t, err)
}
