package judges

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture/worse"
	"github.com/secure-lambda/terraform-provider-secure/internal/render"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// installed is where scripts/judges put the scanners.
func installed(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SECURE_JUDGES")
	if dir == "" {
		t.Skip("make judges installs the scanners and runs this")
	}
	return dir
}

// tool returns a scanner, or node.
func tool(t *testing.T, name string) string {
	t.Helper()
	return filepath.Join(installed(t), name, "bin", name)
}

// scan runs a scanner that prints a report in any case.
func scan(t *testing.T, name string, arguments ...string) []byte {
	t.Helper()
	out := scanQuietly(t, name, arguments...)
	if len(out) == 0 {
		t.Fatalf("%s said nothing", name)
	}
	return out
}

// scanQuietly runs a scanner. That it found something is no failure.
func scanQuietly(t *testing.T, name string, arguments ...string) []byte {
	t.Helper()
	return execute(t, tool(t, name), arguments...)
}

func execute(t *testing.T, program string, arguments ...string) []byte {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, arguments...)
	command.Env = append(os.Environ(), "PYTHONWARNINGS=ignore")
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		if _, found := errors.AsType[*exec.ExitError](err); !found || out.Len() == 0 {
			t.Fatalf("%s: %v\n%s", program, err, problems.Bytes())
		}
	}
	return out.Bytes()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

// best is the unit that meets every control.
func best() render.Unit { return unit(worse.Start()) }

// literal is a unit whose policies name nothing else of the unit, so that a
// scanner which resolves no references can read them. It is in no VPC: the
// calls that Lambda needs there take no resource but *.
func literal() render.Unit {
	spec := worse.Start()
	spec.VPC = bp.Null[bp.VPCSpec]()
	spec.SecretVersion, spec.SecretRotation = bp.Null[int64](), bp.Null[bp.RotationSpec]()
	spec.KMSKeyARN = bp.Known("arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555")
	spec.DeadLetter = bp.Known(bp.DeadLetterSpec{TargetARN: bp.Known("arn:aws:sqs:eu-central-1:111122223333:dead"), TargetKeyARN: spec.KMSKeyARN})
	return unit(spec)
}

// keyed is the best unit with a key that it does not refer to.
func keyed() render.Unit {
	spec := worse.Start()
	spec.KMSKeyARN = bp.Known("arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555")
	return unit(spec)
}

// node is the best unit in another language: of Python some scanners know a
// version that Lambda does not offer to all yet.
func node() render.Unit {
	spec := worse.Start()
	spec.Runtime, spec.Handler = bp.Known("nodejs24.x"), bp.Known("app.handler")
	return unit(spec)
}

func unit(spec bp.Spec) render.Unit {
	u := render.Unit{Environment: map[string]render.Variable{}, Blueprint: draft.Draft(spec, draft.Facts{
		Place: worse.Place, CodeSHA256: bp.Known("q1w2e3"), KeyARN: bp.Unknown[string](), SecretARN: bp.Unknown[string](), Generation: bp.Unknown[string](),
	})}
	for name, v := range draft.Environment(spec, bp.Unknown[string]()).Or(nil) {
		_, own := spec.Environment.Or(nil)[name]
		u.Environment[name] = render.Variable{Value: v, Plain: !own}
	}
	return u
}
