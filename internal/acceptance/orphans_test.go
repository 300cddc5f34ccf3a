package acceptance

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/orphans"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// TestAccOrphans kills a first create, which leaves no state, beside a unit that
// is complete: the command line finds what was left, and removes only that.
func TestAccOrphans(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-orphan")
	kept := newCore(t, r.a, `provider "secure" {}`+"\n"+unit(t, "kept", "kept", nil))
	kept.must("apply", "-auto-approve")
	run := func(arguments ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), binary, append([]string{"orphans", "--region", region}, arguments...)...)
		cmd.Env = r.env
		var problems bytes.Buffer
		cmd.Stderr = &problems
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s", arguments, err, problems.String())
		}
		return string(out)
	}
	if out := run(); out != "Nothing was left behind.\n" {
		t.Fatalf("before anything was left:\n%s", out)
	}
	r.fails([]sandbox.Fault{{Service: "lambda", Operation: "CreateAlias", Times: 1, Harm: sandbox.DropBefore, Then: r.kill}})
	var found []orphans.Orphan
	if err := json.Unmarshal([]byte(run("--format", "json")), &found); err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Unit != r.name || found[0].Kind != orphans.Unfinished || found[0].Since.IsZero() {
		t.Fatalf("found %+v", found)
	}
	for _, kind := range []string{":role/", ":policy/", ":key/", ":log-group:", ":sqs:", ":function:", ":alarm:"} {
		if !strings.Contains(strings.Join(found[0].Objects, " "), kind) {
			t.Errorf("no %s in %v", kind, found[0].Objects)
		}
	}
	held := filepath.Join(kept.dir, "terraform.tfstate")
	if out := run("--delete", "--state", held); strings.Contains(out, "removed") || !strings.Contains(out, "less than 1h0m0s ago") {
		t.Errorf("something that began a moment ago was removed:\n%s", out)
	}
	if out := run("--delete", "--older-than", "0s", "--yes-no-state"); !strings.Contains(out, "removed what was left of "+r.name) {
		t.Errorf("nothing was removed:\n%s", out)
	}
	if out := run("--state", filepath.Join(kept.dir, "terraform.tfstate")); out != "Nothing was left behind.\n" {
		t.Errorf("a unit that is in the state counts as left behind:\n%s", out)
	}
	empty := filepath.Join(r.dir, "empty.tfstate")
	writeFile(t, empty, "{}")
	if out := run("--state", empty); !strings.Contains(out, "in no state") || !strings.Contains(out, "kept") {
		t.Errorf("a unit that is in no state is not listed:\n%s", out)
	}
	kept.empty()
	kept.must("destroy", "-auto-approve")
	r.a.mustBeEmpty(t)
}
