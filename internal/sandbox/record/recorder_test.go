package record_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/record"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

func names(calls []wire.Call) []string {
	found := make([]string, 0, len(calls))
	for _, call := range calls {
		found = append(found, call.Name())
	}
	return found
}

func TestRecorder_ListsTheCallsOfAnAccountSinceAMark(t *testing.T) {
	t.Parallel()
	c, other := sandboxtest.New(t), sandboxtest.New(t)
	ctx := t.Context()
	rec, mine := sandboxtest.Box.Recorder(), record.InAccount(c.Account)

	if _, err := c.STS.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
		t.Fatal(err)
	}
	mark := rec.Mark()
	_, _ = c.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String("missing")})
	_, _ = other.IAM.ListRoles(ctx, &iam.ListRolesInput{})
	if _, err := c.KMS.CreateKey(ctx, &kms.CreateKeyInput{}); err != nil {
		t.Fatal(err)
	}

	calls := rec.Since(mark, mine)
	if got, want := names(calls), []string{"lambda.GetFunction", "kms.CreateKey"}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	failed := calls[0]
	if failed.Status != http.StatusNotFound || failed.ErrorCode != "ResourceNotFoundException" || failed.Resource != "missing" || failed.Duration <= 0 {
		t.Errorf("got %+v", failed)
	}
	if got := names(rec.Writes(mark, mine)); !slices.Equal(got, []string{"kms.CreateKey"}) {
		t.Errorf("writes: %v", got)
	}
	if got := rec.Counts(mark, mine); got["kms.CreateKey"] != 1 || len(got) != 2 {
		t.Errorf("counts: %v", got)
	}
}

func TestRecorder_HasACallBeforeItsCallerHasTheAnswer(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	for range 8 {
		c := sandboxtest.New(t)
		group.Go(func() {
			for want := 1; want <= 20; want++ {
				_, _ = c.STS.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
				if got := len(sandboxtest.Box.Recorder().Since(0, record.InAccount(c.Account))); got != want {
					t.Errorf("%d calls after answer %d", got, want)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestRecorder_ServesAndForgetsCallsOverHTTP(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	_, _ = c.STS.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	_, _ = c.KMS.ListKeys(t.Context(), &kms.ListKeysInput{})

	type callList struct {
		Mark  record.Mark
		Calls []wire.Call
	}
	page := func(method, query string) (list callList) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, sandboxtest.Box.Endpoint()+record.CallsPath+"?account="+c.Account+query, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if method == http.MethodGet {
			if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
				t.Fatal(err)
			}
		}
		return list
	}
	list := page(http.MethodGet, "&service=kms")
	if got := names(list.Calls); !slices.Equal(got, []string{"kms.ListKeys"}) || list.Mark == 0 {
		t.Errorf("got %v, mark %d", got, list.Mark)
	}
	page(http.MethodDelete, "&service=kms")
	if got := names(page(http.MethodGet, "").Calls); !slices.Equal(got, []string{"sts.GetCallerIdentity"}) {
		t.Errorf("after DELETE: %v", got)
	}
}

func TestRecorder_KnowsTheAccountOfTemporaryCredentials(t *testing.T) {
	t.Parallel()
	c, caller := sandboxtest.New(t), sandboxtest.New(t)
	ctx := t.Context()
	role := c.Role(t, "assumed", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`)
	out, err := caller.STS.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("s")})
	if err != nil {
		t.Fatal(err)
	}
	temporary := sts.New(sts.Options{
		Region: sandboxtest.Region, BaseEndpoint: aws.String(sandboxtest.Box.Endpoint()),
		Credentials: credentials.NewStaticCredentialsProvider(*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken),
	})
	mark := sandboxtest.Box.Recorder().Mark()
	if _, err := temporary.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
		t.Fatal(err)
	}
	if got := names(sandboxtest.Box.Recorder().Since(mark, record.InAccount(c.Account))); !slices.Equal(got, []string{"sts.GetCallerIdentity"}) {
		t.Errorf("got %v", got)
	}
}
