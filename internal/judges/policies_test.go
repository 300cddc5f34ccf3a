package judges

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const key = "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"

// policies are what is judged: every level of access on every kind of resource,
// and the policies of whole units.
func policies(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	levels, err := filepath.Glob("../access/testdata/levels/*.json")
	must(t, err)
	for _, path := range levels {
		text, err := os.ReadFile(path)
		must(t, err)
		out[filepath.Base(path)] = string(text)
	}
	plain := worse.Start()
	plain.VPC = bp.Null[bp.VPCSpec]()
	for name, spec := range map[string]bp.Spec{"unit": plain, "unit-in-vpc": worse.Start()} {
		b := draft.Draft(spec, draft.Facts{Place: worse.Place, CodeSHA256: bp.Known("q1w2e3"), KeyARN: bp.Known(key), SecretARN: bp.Known("arn:aws:secretsmanager:eu-central-1:111122223333:secret:secure/orders-AbCdEf"), Generation: bp.Known("g1")})
		policy, _ := b.Policy.Get()
		statements, _ := policy.Statements.Get()
		packed, err := bp.Pack(statements.Statements())
		must(t, err)
		if len(packed) != 1 {
			t.Errorf("the policy of %s fills %d managed policies", name, len(packed))
		}
		document, err := bp.Document(packed[0])
		must(t, err)
		t.Logf("the policy of %s has %d of %d characters", name, len(document), bp.MaxPolicySize)
		out[name+".json"] = document
	}
	return out
}

// forParliament leaves out what parliament cannot read: it takes a resource
// apart at every colon, and ids of models and streams contain some.
func forParliament(document string) string {
	return strings.NewReplacer("nova-micro-v1:0", "nova-micro-v1", "T00:00:00.000", "T00").Replace(document)
}

// accepted are findings of parliament that are as they should be: by issue, and
// a text in its detail.
var accepted = []struct{ issue, detail, why string }{
	{"UNKNOWN_CONDITION_FOR_ACTION", "lambda:SourceFunctionArn", "the key is there in every call that a function makes, and not in the table of services that parliament reads"},
	{"RESOURCE_STAR", "ec2:CreateNetworkInterface", "Lambda makes interfaces for the function; the calls take no resource but *"},
	{"RESOURCE_MISMATCH", "bedrock:InvokeModel", "wants a resource of every kind that the action takes; one is enough"},
}

func isAccepted(issue, detail string) bool {
	return slices.ContainsFunc(accepted, func(a struct{ issue, detail, why string }) bool {
		return a.issue == issue && strings.Contains(detail, a.detail)
	})
}

func TestParliament(t *testing.T) {
	t.Parallel()
	tool(t, "parliament")
	dir := t.TempDir()
	all := policies(t)
	for name, document := range all {
		write(t, filepath.Join(dir, name), forParliament(document))
	}
	out := scanQuietly(t, "parliament", "--directory", dir, "--include_policy_extension", ".json", "--json")
	found := 0
	decoder := json.NewDecoder(bytes.NewReader(out))
	for decoder.More() {
		var finding struct {
			Issue    string
			Detail   any
			Location struct{ Filepath string }
		}
		must(t, decoder.Decode(&finding))
		if !isAccepted(finding.Issue, fmt.Sprint(finding.Detail)) {
			found++
			t.Errorf("parliament: %s in %s: %v", finding.Issue, filepath.Base(finding.Location.Filepath), finding.Detail)
		}
	}
	t.Logf("parliament: %d policies, %d findings", len(all), found)
	// It does find something where there is something.
	write(t, filepath.Join(dir, "bad", "bad.json"), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObjekt","Resource":"*"}]}`)
	if out := scanQuietly(t, "parliament", "--directory", filepath.Join(dir, "bad"), "--include_policy_extension", ".json", "--json"); !bytes.Contains(out, []byte("UNKNOWN_ACTION")) {
		t.Errorf("parliament finds nothing in a policy with an action that does not exist: %s", out)
	}
}

// unconstrained are findings of cloudsplaining that are known: it does not look
// at conditions, nor at statements that deny.
var unconstrained = map[string][]string{
	// Lambda makes interfaces for the function; the calls take no resource but
	// *, and a statement beside them denies them to the function itself.
	"unit-in-vpc.json": {"write actions without constraints"},
}

func TestCloudsplaining(t *testing.T) {
	t.Parallel()
	python := filepath.Join(filepath.Dir(tool(t, "cloudsplaining")), "python")
	dir := t.TempDir()
	all := policies(t)
	var files []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		path := filepath.Join(dir, name)
		write(t, path, all[name])
		files = append(files, path)
	}
	bad := filepath.Join(dir, "bad.json")
	write(t, bad, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"}]}`)
	out := execute(t, python, append([]string{"testdata/cloudsplaining_scan.py"}, append(files, bad)...)...)
	var found map[string]map[string][]string
	must(t, json.Unmarshal(out, &found))
	if len(found[bad]) == 0 {
		t.Error("cloudsplaining finds nothing in a policy that lets its holder have everything")
	}
	findings := 0
	for _, path := range files {
		kinds := slices.Sorted(maps.Keys(found[path]))
		if !slices.Equal(kinds, unconstrained[filepath.Base(path)]) {
			findings++
			t.Errorf("cloudsplaining: %s: %v", filepath.Base(path), found[path])
		}
	}
	t.Logf("cloudsplaining: %d policies, %d findings beside those that are known", len(files), findings)
}
