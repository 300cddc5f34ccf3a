package acceptance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/secure-lambda/terraform-provider-secure/internal/artifact"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// Design 5, "A failed create resumes, it does not start over": what is cut
// short is taken up by the next apply, through the real binary.

// hasteOfTests is how much faster the provider's waits run there.
const hasteOfTests = 10

// resumed is one unit on its way through failures.
type resumed struct {
	*core

	a    *tenant
	name string
}

func newResumed(t *testing.T, name string) *resumed {
	t.Helper()
	a := newTenant(t)
	r := &resumed{core: newCore(t, a, "").use(built(t, "secure", "./unpaced")), a: a, name: name}
	r.env = append(r.env, fmt.Sprintf("SECURE_TEST_HASTE=%d", hasteOfTests))
	r.declare(nil)
	return r
}

// declare writes the unit, with more attributes.
func (r *resumed) declare(attributes map[string]string, more ...string) {
	r.t.Helper()
	r.write("provider \"secure\" {\n  max_retries = 2\n}\n" + unit(r.t, "x", r.name, attributes) + strings.Join(more, "\n"))
}

// fails applies under faults and wants an error with every one of the texts.
func (r *resumed) fails(faults []sandbox.Fault, texts ...string) {
	r.t.Helper()
	plan := r.a.faults(faults...)
	stdout, stderr, code := r.run("apply", "-auto-approve")
	r.a.mended(r.t, plan)
	if code == 0 {
		r.t.Fatalf("the apply went through:\n%s", stdout)
	}
	flat := unwrapped(stderr)
	for _, text := range texts {
		if !strings.Contains(flat, text) {
			r.t.Fatalf("the error does not say %q:\n%s", text, stderr)
		}
	}
}

// during lists the successful changes of what runs.
func (r *resumed) during(run func()) []string {
	r.t.Helper()
	mark := box.Recorder().Mark()
	run()
	var names []string
	for _, c := range r.a.writes(mark) {
		if c.Status < 300 && c.ErrorCode == "" {
			names = append(names, c.Operation)
		}
	}
	return names
}

func (r *resumed) apply() { r.t.Helper(); r.must("apply", "-auto-approve") }

// whole checks that the unit is complete and says so, and that a destroy ends
// with an empty account.
func (r *resumed) whole() {
	r.t.Helper()
	r.empty()
	role, err := r.a.iam.GetRole(r.t.Context(), &iam.GetRoleInput{RoleName: new(r.name + "-" + region)})
	must(r.t, err)
	for _, tag := range role.Role.Tags {
		if *tag.Key == "secure:state" {
			r.t.Errorf("the anchor still says %s", *tag.Value)
		}
	}
	versions, err := r.a.lambda.ListVersionsByFunction(r.t.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: &r.name})
	must(r.t, err)
	if n := len(versions.Versions); n != 2 { // with $LATEST
		r.t.Errorf("the function has %d versions with $LATEST, want 2", n)
	}
	r.must("destroy", "-auto-approve")
	r.a.mustBeEmpty(r.t)
}

func (a *tenant) faults(faults ...sandbox.Fault) *sandbox.FaultPlan {
	return box.SetFaults(a.id, faults...)
}

// mended ends a fault plan, all of whose faults have to have happened.
func (a *tenant) mended(t *testing.T, plan *sandbox.FaultPlan) {
	t.Helper()
	for _, f := range plan.Unused() {
		t.Errorf("nothing met the fault on %s.%s", f.Service, f.Operation)
	}
	box.SetFaults(a.id)
}

// creating are the calls that make an object. Publishing is not among them: of
// a function that equals its last version Lambda returns that one.
func creating(operations []string) []string {
	return slices.DeleteFunc(slices.Clone(operations), func(o string) bool {
		return !strings.HasPrefix(o, "Create") && o != "PutMetricAlarm"
	})
}

// removing are the calls that delete one.
func removing(operations []string) []string {
	return slices.DeleteFunc(slices.Clone(operations), func(o string) bool {
		return !strings.HasPrefix(o, "Delete") && !strings.HasPrefix(o, "Schedule") && !strings.HasPrefix(o, "Detach")
	})
}

func denied(service, operation string) []sandbox.Fault {
	return []sandbox.Fault{sandbox.AccessDenied.On(service, operation, 0, 0)}
}

var incomplete = []string{"is incomplete", "what exists is taken up and nothing is deleted"}

func TestAccLambda_ResumesACreate(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	alias := denied("lambda", "CreateAlias")
	for name, steps := range map[string]func(r *resumed){
		"fail, apply": func(r *resumed) {
			r.fails(alias, incomplete...)
			stdout := r.must("plan")
			if !strings.Contains(stdout, "is incomplete") {
				r.t.Errorf("the plan does not say that the unit is incomplete:\n%s", stdout)
			}
			done := r.during(r.apply)
			if made := creating(done); !slices.Equal(made, []string{"CreateAlias"}) || len(removing(done)) > 0 {
				r.t.Errorf("resuming made %v and removed %v, only the alias was missing", made, removing(done))
			}
			r.whole()
		},
		"fail, destroy": func(r *resumed) {
			r.fails(alias)
			r.must("destroy", "-auto-approve")
			r.a.mustBeEmpty(r.t)
		},
		"fail, rename, apply": func(r *resumed) {
			r.fails(alias)
			r.name += "-other"
			r.declare(nil)
			r.apply()
			r.whole()
		},
		"fail, other role, apply": func(r *resumed) {
			r.fails(alias)
			r.declare(map[string]string{"role_name": fmt.Sprintf("%q", r.name+"-role")})
			r.apply()
			r.empty()
			r.must("destroy", "-auto-approve")
			r.a.mustBeEmpty(r.t)
		},
		"fail, create before destroy, apply": func(r *resumed) {
			first := map[string]string{"lifecycle": "{ create_before_destroy = true }"}
			r.declareBlock(first)
			r.fails(alias)
			done := r.during(r.apply)
			if made := creating(done); !slices.Equal(made, []string{"CreateAlias"}) || len(removing(done)) > 0 {
				r.t.Errorf("resuming made %v and removed %v, only the alias was missing", made, removing(done))
			}
			r.whole()
		},
		"ready, replace": func(r *resumed) {
			r.apply()
			done := r.during(func() { r.must("apply", "-auto-approve", "-replace=secure_lambda.x") })
			if !slices.Contains(done, "DeleteFunction") || !slices.Contains(done, "CreateFunction") {
				r.t.Errorf("a replacement of a complete unit did %v", done)
			}
			r.whole()
		},
		"killed, apply": func(r *resumed) {
			r.fails([]sandbox.Fault{{Service: "lambda", Operation: "CreateAlias", Times: 1, Harm: sandbox.DropBefore, Then: r.kill}})
			done := r.during(r.apply)
			if made := creating(done); !slices.Equal(made, []string{"CreateAlias"}) || len(removing(done)) > 0 {
				r.t.Errorf("resuming made %v and removed %v, only the alias was missing", made, removing(done))
			}
			r.whole()
		},
		"fail twice, apply, destroy": func(r *resumed) {
			r.fails(denied("lambda", "CreateFunction"))
			r.fails(alias)
			r.apply()
			r.whole()
		},
		"fail, untaint, apply": func(r *resumed) {
			r.fails(alias)
			r.must("untaint", "secure_lambda.x")
			done := r.during(r.apply)
			if made := creating(done); !slices.Equal(made, []string{"CreateAlias"}) {
				r.t.Errorf("resuming made %v, only the alias was missing", made)
			}
			r.whole()
		},
		// prevent_destroy refuses the replacement that resuming is planned as: the
		// error names untaint, and that goes on in place.
		"fail, prevent destroy, untaint, apply": func(r *resumed) {
			r.declareBlock(map[string]string{"lifecycle": "{ prevent_destroy = true }"})
			r.fails(alias)
			if _, stderr, code := r.run("plan"); code == 0 || !strings.Contains(stderr, "prevent_destroy") {
				r.t.Errorf("exit %d\n%s", code, stderr)
			}
			r.must("untaint", "secure_lambda.x")
			done := r.during(r.apply)
			if made := creating(done); !slices.Equal(made, []string{"CreateAlias"}) || len(removing(done)) > 0 {
				r.t.Errorf("resuming made %v and removed %v, only the alias was missing", made, removing(done))
			}
			r.declare(nil)
			r.whole()
		},
		"ready, tainted, apply": func(r *resumed) {
			r.apply()
			r.must("taint", "secure_lambda.x")
			done := r.during(r.apply)
			if !slices.Contains(done, "DeleteFunction") || !slices.Contains(done, "CreateFunction") {
				r.t.Errorf("a tainted unit that is complete is made anew; it did %v", done)
			}
			r.whole()
		},
		"ready, forgotten, import, apply": func(r *resumed) {
			r.apply()
			r.must("state", "rm", "secure_lambda.x")
			r.fails(nil, "Names of unit tfacc-resume are in use", "terraform import")
			r.must("import", "secure_lambda.x", r.name)
			if done := r.during(r.apply); len(done) > 0 {
				r.t.Errorf("an apply after an import changed %v", done)
			}
			r.whole()
		},
		"fail, forgotten, apply": func(r *resumed) {
			r.fails(alias)
			r.must("state", "rm", "secure_lambda.x")
			done := r.during(r.apply)
			if made := creating(done); !slices.Equal(made, []string{"CreateAlias"}) || len(removing(done)) > 0 {
				r.t.Errorf("resuming made %v and removed %v, only the alias was missing", made, removing(done))
			}
			r.whole()
		},
		"fail, plan saved, apply": func(r *resumed) {
			r.fails(alias)
			r.must("plan", "-out=saved")
			r.must("apply", "saved")
			r.whole()
		},
		"fail before anything, apply": func(r *resumed) {
			r.fails(denied("iam", "CreateRole"), "No resources were created")
			r.a.mustBeEmpty(r.t)
			r.apply()
			r.whole()
		},
		"fail, the create half fails at once, destroy": func(r *resumed) {
			r.fails(alias)
			r.fails(denied("iam", "CreateRole"))
			r.must("destroy", "-auto-approve")
			r.a.mustBeEmpty(r.t)
		},
		"fail, and the next apply fails at once": func(r *resumed) {
			r.fails(alias)
			r.fails(denied("iam", "TagRole"))
			r.apply()
			r.whole()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps(newResumed(t, "tfacc-resume"))
		})
	}
}

// declareBlock adds a block that is no attribute.
func (r *resumed) declareBlock(blocks map[string]string) {
	r.t.Helper()
	text := unit(r.t, "x", r.name, nil)
	for name, content := range blocks {
		text = strings.TrimSuffix(strings.TrimSpace(text), "}") + "\n  " + name + " " + strings.NewReplacer("{ ", "{\n", " }", "\n}").Replace(content) + "\n}\n"
	}
	r.write("provider \"secure\" {\n  max_retries = 2\n}\n" + text)
}

// kill ends the provider as if the machine had gone.
func (r *resumed) kill() { r.signal(providerProcess, syscall.SIGKILL) }

// TestAccLambda_HandoverWithoutCreate lets the replacement of an incomplete unit
// end between its two halves: nothing is deleted, and the next apply takes up
// what no state holds any more.
func TestAccLambda_HandoverWithoutCreate(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-handover")
	before := func(command string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"before\" {\n  triggers_replace = %q\n  provisioner \"local-exec\" {\n    command = %q\n  }\n}\n", command, command)
	}
	dependent := map[string]string{"depends_on": "[terraform_data.before]"}
	r.declare(dependent, before("true"))
	r.fails(denied("lambda", "CreateAlias"))
	r.declare(dependent, before("false"))
	done := r.during(func() {
		if _, _, code := r.run("apply", "-auto-approve"); code == 0 {
			t.Fatal("the dependency did not fail")
		}
	})
	if len(removing(done)) > 0 {
		t.Errorf("the handover removed %v", removing(done))
	}
	r.must("destroy", "-auto-approve")
	r.declare(dependent, before("true"))
	if made := creating(r.during(r.apply)); !slices.Equal(made, []string{"CreateAlias"}) {
		t.Errorf("taking up made %v, only the alias was missing", made)
	}
	r.whole()
}

// TestAccLambda_TwoAppliesAtOnce declares one unit in two states.
func TestAccLambda_TwoAppliesAtOnce(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	one := newResumed(t, "tfacc-twice")
	two := newResumed(t, "tfacc-twice")
	two.a, two.env = one.a, one.env
	box.SetConditions(one.a.id, sandbox.Conditions{RolePropagation: 8 * time.Second})
	var runs sync.WaitGroup
	errs, codes := make([]string, 2), make([]int, 2)
	for i, r := range []*resumed{one, two} {
		runs.Go(func() { _, errs[i], codes[i] = r.run("apply", "-auto-approve") })
	}
	runs.Wait()
	won, lost := one, 1
	if codes[0] != 0 {
		won, lost = two, 0
	}
	if codes[0] == 0 == (codes[1] == 0) || !strings.Contains(errs[lost], "in progress since") {
		t.Fatalf("exit codes %v\n%s\n%s", codes, errs[0], errs[1])
	}
	won.whole()
}

// TestAlone_CreateTakesTheLongestWait meets every kind of eventual consistency in
// one create: the waits overlap.
func TestAlone_CreateTakesTheLongestWait(t *testing.T) {
	t.Parallel()
	alone(t)
	needsSandbox(t)
	r := newResumed(t, "tfacc-slow")
	r.env = slices.DeleteFunc(r.env, func(e string) bool { return strings.HasPrefix(e, "SECURE_TEST_HASTE") })
	const longest = 20 * time.Second
	box.SetConditions(r.a.id, sandbox.Conditions{RolePropagation: longest})
	plan := r.a.faults(
		sandbox.Fault{Service: "lambda", Operation: "CreateFunction", For: 15 * time.Second, Status: 400, Code: "InvalidParameterValueException",
			Message: "The provided execution role does not have permissions to call SendMessage on SQS"},
		sandbox.Fault{Service: "sqs", Operation: "CreateQueue", For: 10 * time.Second, Status: 400, Code: "QueueDeletedRecently",
			Message: "You must wait 60 seconds after deleting a queue before you can create another with the same name."},
	)
	took := timed(r.apply)
	r.a.mended(t, plan)
	r.env = append(r.env, "SECURE_TEST_HASTE=10")
	if limit := longest * 13 / 10; took > limit {
		t.Errorf("took %v, at most 1.3 times the longest wait of %v", took, longest)
	}
	r.whole()
}

// TestAccLambda_NothingBegun fails an apply before anything is made: a create
// leaves neither a state nor a role, an update leaves the state as it was.
func TestAccLambda_NothingBegun(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	bucket, key := a.packaged(t)
	m := newMachine(t, a, good(t, settings{"name": faultName, "runtime": "python3.12", "code": settings{"s3": settings{"bucket": bucket, "key": key}}}))
	// The plan looks at the object first, the apply after it.
	second := func() *sandbox.FaultPlan { return a.faults(sandbox.AccessDenied.On("s3", "HeadObject", 2, 0)) }
	plan := second()
	if !m.apply() || !m.state.IsNull() {
		t.Fatalf("the create: state %v\n%s", m.state, describe(m.replies))
	}
	a.mended(t, plan)
	a.mustBeEmpty(t)
	if m.apply() || !m.quiet() {
		t.Fatal(describe(m.replies))
	}
	before := m.state
	m.config["timeout"] = int64(9)
	plan = second()
	if !m.apply() || !m.state.Equal(before) {
		t.Errorf("the update left another state:\n%s", describe(m.replies))
	}
	a.mended(t, plan)
	if m.apply() || !m.quiet() || m.destroy() {
		t.Fatal(describe(m.replies))
	}
	a.mustBeEmpty(t)
}

// packaged puts the hello function into a bucket of its own.
func (a *tenant) packaged(t *testing.T) (bucket, key string) {
	t.Helper()
	bucket, key = "tfacc-packaged-"+a.id, "hello.zip"
	content, _, err := artifact.Read("testdata/hello")
	must(t, err)
	_, err = a.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: region}})
	must(t, err)
	_, err = a.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(content)})
	must(t, err)
	return bucket, key
}

// TestAccLambda_TwoUnitsOfOneName declares a name twice, in one configuration and
// by a state that is older than what exists. Nothing is made or fought over, and
// both can be left.
func TestAccLambda_TwoUnitsOfOneName(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-twice")
	r.declare(nil, unit(t, "y", r.name, nil))
	r.fails(nil, "Two units are called tfacc-twice", "with for_each, build it from each.key")
	r.a.mustBeEmpty(t)
	r.declare(nil)
	r.apply()
	r.declare(nil, unit(t, "y", r.name, nil))
	r.fails(nil, "Two units are called tfacc-twice")
	r.declare(nil)
	state := filepath.Join(r.dir, "terraform.tfstate")
	older, err := os.ReadFile(state)
	must(t, err)
	r.must("apply", "-auto-approve", "-replace=secure_lambda.x")
	must(t, os.WriteFile(state, older, 0o600))
	r.says(1, []string{"plan"}, "Unit tfacc-twice was made again by others", "terraform state rm ADDRESS")
	r.says(1, []string{"destroy", "-auto-approve"}, "terraform state rm")
	r.must("state", "rm", "secure_lambda.x")
	r.must("import", "secure_lambda.x", r.name)
	r.apply()
	r.whole()
}
