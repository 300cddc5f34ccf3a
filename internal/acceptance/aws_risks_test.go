package acceptance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox"
)

// What a real account does and the local AWS does not by itself: it is slow to
// know what was made, it lacks operations in some regions, and it has its own
// words for both.

func refusal(status int, code, message string) sandbox.Fault {
	return sandbox.Fault{Harm: sandbox.Refuse, Status: status, Code: code, Message: message}
}

// TestAccAWS_WaitsForWhatIsNotUsableYet makes and changes a unit while each
// service refuses once or twice what it takes a moment later.
func TestAccAWS_WaitsForWhatIsNotUsableYet(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-notyet")
	_, err := r.a.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: new("failed")})
	must(t, err)
	attributes := map[string]string{
		"async":            fmt.Sprintf("{ on_failure = %q }", "arn:aws:sqs:"+region+":"+r.a.id+":failed"),
		"secret_values_wo": `{ DB_PASSWORD = "canary-1" }`, "secret_values_wo_version": "1", "secret_rotation": fmt.Sprintf("{ function_arn = %q }", rotator),
	}
	r.declare(attributes)
	const noKey = "The specified KMS key does not exist or is not allowed to be used with Arn 'x'"
	plan := r.a.faults(
		refusal(http.StatusConflict, "EntityAlreadyExists", "Role with name x already exists.").On("iam", "CreateRole", 1, 1),
		refusal(http.StatusConflict, "EntityAlreadyExists", "A policy called x already exists.").On("iam", "CreatePolicy", 1, 1),
		refusal(http.StatusNotFound, "NoSuchEntity", "Policy x does not exist or is not attachable.").On("iam", "AttachRolePolicy", 1, 2),
		refusal(http.StatusBadRequest, "AccessDeniedException", noKey).On("logs", "CreateLogGroup", 1, 2),
		refusal(http.StatusBadRequest, "AccessDeniedException", "Access to KMS is not allowed").On("secretsmanager", "CreateSecret", 1, 1),
		refusal(http.StatusBadRequest, "AccessDeniedException", "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.").On("secretsmanager", "RotateSecret", 1, 1),
		refusal(http.StatusBadRequest, "InvalidParameterValueException", "The destination ARN arn:aws:sqs:x is invalid.").On("lambda", "PutFunctionEventInvokeConfig", 1, 2),
	)
	r.apply()
	r.a.mended(t, plan)
	r.empty()
	attributes["timeout"] = "20"
	r.declare(attributes)
	plan = r.a.faults(refusal(http.StatusConflict, "ResourceConflictException", "The function could not be updated due to a concurrent update operation.").On("lambda", "UpdateFunctionConfiguration", 1, 2))
	r.apply()
	r.a.mended(t, plan)
	// Another key on a group is not usable at once either.
	attributes["kms_key_arn"] = fmt.Sprintf("%q", r.a.sharedKey(t))
	r.declare(attributes)
	plan = r.a.faults(
		refusal(http.StatusBadRequest, "AccessDeniedException", noKey).On("logs", "AssociateKmsKey", 1, 2),
		refusal(http.StatusBadRequest, "DecryptionFailure", "Secrets Manager can't decrypt the protected secret text using the provided KMS key.").On("secretsmanager", "UpdateSecret", 1, 1),
	)
	r.apply()
	r.a.mended(t, plan)
	r.must("destroy", "-auto-approve")
}

// TestAccAWS_WithoutOptionalOperations makes, refreshes and destroys a unit where
// the region does not have what is no part of every function, in Lambda's words
// and in those of a service that knows no such name.
func TestAccAWS_WithoutOptionalOperations(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	optional := []string{
		"lambda.GetFunctionRecursionConfig", "lambda.GetRuntimeManagementConfig", "lambda.GetFunctionCodeSigningConfig",
		"logs.ListTagsForResource", "logs.GetDataProtectionPolicy", "tagging.GetResources",
	}
	for way, faults := range map[string][]sandbox.Fault{"not-offered": sandbox.NotOffered(optional...), "unimplemented": sandbox.Unimplemented(optional...)} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			r := newResumed(t, "tfacc-"+way)
			box.SetFaults(r.a.id, faults...)
			r.apply()
			r.empty()
			r.declare(map[string]string{"logs": "{ retention_days = 400 }"})
			r.apply()
			r.empty()
			r.must("state", "rm", "secure_lambda.x")
			r.must("import", "secure_lambda.x", r.name)
			if out := unwrapped(r.must("plan")); strings.Count(out, "recursion detection (GetFunctionRecursionConfig)") != 1 {
				t.Errorf("the plan does not say once what the region lacks:\n%s", out)
			}
			r.apply()
			r.must("destroy", "-auto-approve")
			box.SetFaults(r.a.id)
			r.a.mustBeEmpty(t)
		})
	}
}

// TestAccAWS_ShowsItsWritesLate applies and plans at once, while AWS still
// answers with what was there before.
func TestAccAWS_ShowsItsWritesLate(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-late")
	box.SetConditions(r.a.id, sandbox.Conditions{Consistency: sandbox.AsAWS(hasteOfTests)})
	r.apply()
	r.empty()
	r.declare(map[string]string{
		"dead_letter": "{ retention_days = 7 }", "access": `{ x = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/*"] } }`,
		"permissions_boundary": `"arn:aws:iam::aws:policy/PowerUserAccess"`,
	})
	r.apply()
	r.empty()
	r.declare(nil)
	r.apply()
	r.empty()
	// What others change is drift all the same.
	url, err := r.a.queueURL(t.Context(), r.name)
	must(t, err)
	_, err = r.a.sqs.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: url, Attributes: map[string]string{"MessageRetentionPeriod": "120"}})
	must(t, err)
	time.Sleep(time.Minute / hasteOfTests)
	r.says(0, []string{"plan"}, "~ retention_seconds = 120 -> 1209600")
	r.must("destroy", "-auto-approve")
}

// TestAccAWS_ShorterRetentionIsGuarded refuses to have SQS delete dead letters
// by the way.
func TestAccAWS_ShorterRetentionIsGuarded(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-shorter")
	r.apply()
	url, err := r.a.queueURL(t.Context(), r.name)
	must(t, err)
	r.declare(map[string]string{"dead_letter": "{ retention_days = 7 }"})
	r.says(0, []string{"plan"}, "~ retention_seconds = 1209600 -> 604800")
	_, err = r.a.sqs.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: new("an event")})
	must(t, err)
	r.says(1, []string{"apply", "-auto-approve"}, "A shorter retention would delete dead letters", "holds 1 message.", `on_destroy = "force"`)
	r.declare(map[string]string{"dead_letter": `{ retention_days = 7, on_destroy = "force" }`})
	r.apply()
	r.must("destroy", "-auto-approve")
}

// TestAccAWS_InterfacesGoBeforeTheRole holds a destroy until Lambda has removed
// the function's network interfaces, for which it needs the role.
func TestAccAWS_InterfacesGoBeforeTheRole(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-eni")
	subnets, group := r.a.subnets(t)
	r.declare(map[string]string{"vpc": fmt.Sprintf("{ subnet_ids = [%q], security_group_ids = [%q] }", subnets[0], group), "timeouts": `{ delete = "10s" }`})
	r.apply()
	client := ec2.NewFromConfig(r.a.config(t))
	made, err := client.CreateNetworkInterface(t.Context(), &ec2.CreateNetworkInterfaceInput{
		SubnetId: &subnets[0], Groups: []string{group}, Description: new("AWS Lambda VPC ENI-" + r.name + "-01234567-89ab-cdef-0123-456789abcdef"),
	})
	must(t, err)
	// Beside other tests the time may be over before the function is gone.
	for range 5 {
		r.run("destroy", "-auto-approve")
		if _, err := r.a.lambda.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: &r.name}); err != nil {
			break
		}
	}
	r.says(1, []string{"destroy", "-auto-approve"}, "Lambda has not removed its network interfaces "+*made.NetworkInterface.NetworkInterfaceId, "Destroy again then")
	// The function is gone by now, and its interfaces are waited for all the same.
	mark := box.Recorder().Mark()
	gone := make(chan time.Time, 1)
	go func() {
		time.Sleep(3 * time.Second)
		_, _ = client.DeleteNetworkInterface(t.Context(), &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: made.NetworkInterface.NetworkInterfaceId})
		gone <- time.Now()
	}()
	r.must("destroy", "-auto-approve")
	at := <-gone
	calls := box.Recorder().Since(mark, inTenant(r.a))
	role := slices.IndexFunc(calls, func(c sandbox.Call) bool { return c.Name() == "iam.DeleteRole" })
	if role < 0 || calls[role].At.Before(at) {
		t.Error("the role was deleted while Lambda needed it for the interfaces")
	}
	// Who may not list interfaces does not wait.
	r.apply()
	box.SetFaults(r.a.id, sandbox.AccessDenied.On("ec2", "DescribeNetworkInterfaces", 1, 0))
	r.must("destroy", "-auto-approve")
}

// TestAccAWS_ForeignPermissionsStay keeps what aws_lambda_permission and others
// put on the function's policy, where that is asked for.
func TestAccAWS_ForeignPermissionsStay(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	r := newResumed(t, "tfacc-foreign")
	ignoring := map[string]string{"ignore_drift": `["permissions.unexpected"]`}
	r.declare(ignoring)
	r.apply()
	grant := func(qualifier *string, sid string) {
		_, err := r.a.lambda.AddPermission(t.Context(), &lambda.AddPermissionInput{
			FunctionName: &r.name, Qualifier: qualifier, StatementId: &sid, Action: new("lambda:InvokeFunction"), Principal: new("sns.amazonaws.com"),
			SourceArn: new("arn:aws:sns:" + region + ":" + r.a.id + ":theirs"),
		})
		must(t, err)
	}
	_, err := r.a.lambda.CreateFunctionUrlConfig(t.Context(), &lambda.CreateFunctionUrlConfigInput{FunctionName: &r.name, AuthType: lambdatypes.FunctionUrlAuthTypeAwsIam})
	must(t, err)
	grant(nil, "terraform-1")
	grant(new("live"), "terraform-2")
	sids := func() string {
		var all []string
		for _, qualifier := range []*string{nil, new("live")} {
			if out, err := r.a.lambda.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: &r.name, Qualifier: qualifier}); err == nil {
				for _, sid := range []string{"terraform-1", "terraform-2", "mine-"} {
					if strings.Contains(*out.Policy, sid) {
						all = append(all, sid)
					}
				}
			}
		}
		return strings.Join(all, " ")
	}
	r.must("apply", "-auto-approve", "-refresh-only")
	r.empty()
	ignoring["timeout"] = "20"
	ignoring["permissions"] = `{ mine = { principal = "444455556666" } }`
	r.declare(ignoring)
	r.apply()
	r.empty()
	if got := sids(); got != "terraform-1 terraform-2 mine-" {
		t.Errorf("the policies hold %q", got)
	}
	delete(ignoring, "permissions")
	r.declare(ignoring)
	r.apply()
	if got := sids(); got != "terraform-1 terraform-2" {
		t.Errorf("the policies hold %q", got)
	}
	// Without the setting they are drift, and go.
	r.declare(map[string]string{"timeout": "20"})
	r.apply()
	if got := sids(); got != "" {
		t.Errorf("the policies still hold %q", got)
	}
	r.must("destroy", "-auto-approve")
}

// TestAccAWS_UnfinishedObjectsAreNotLost cuts a create short after it made a
// key, a queue and a secret, none of which the next configuration wants.
func TestAccAWS_UnfinishedObjectsAreNotLost(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	for way, killed := range map[string]bool{"failed": false, "killed": true} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			r := newResumed(t, "tfacc-left-"+way)
			secret := map[string]string{"secret_values_wo": `{ DB_PASSWORD = "canary-1" }`, "secret_values_wo_version": "1"}
			r.declare(secret)
			fault := sandbox.InternalError.On("lambda", "CreateFunction", 1, 0)
			if killed {
				fault = sandbox.Fault{Harm: sandbox.DropBefore, Then: func() { r.signal(providerProcess, syscall.SIGKILL) }}.On("lambda", "CreateFunction", 1, 1)
			}
			r.a.faults(fault)
			if _, _, code := r.run("apply", "-auto-approve"); code == 0 {
				t.Fatal("the apply went through")
			}
			box.SetFaults(r.a.id)
			house := r.a.sharedKey(t)
			theirs, err := r.a.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: new("theirs")})
			must(t, err)
			r.declare(map[string]string{
				"kms_key_arn": fmt.Sprintf("%q", house), "dead_letter": fmt.Sprintf("{ target_arn = %q }", "arn:aws:sqs:"+region+":"+r.a.id+":theirs"),
			})
			r.apply()
			r.empty()
			if left := r.a.everything(t); strings.Contains(left, r.name+"-dead-letter\"") {
				t.Errorf("the queue is left:\n%s", left)
			}
			if out := r.a.secret(t, r.name); out.DeletedDate == nil {
				t.Error("the secret is left")
			}
			r.must("destroy", "-auto-approve")
			_, err = r.a.sqs.DeleteQueue(t.Context(), &sqs.DeleteQueueInput{QueueUrl: theirs.QueueUrl})
			must(t, err)
			enabled, err := r.a.enabledKeys(t.Context())
			must(t, err)
			if enabled != 1 { // the house's
				t.Errorf("%d enabled keys are left", enabled)
			}
		})
	}
}
