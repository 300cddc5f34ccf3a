package blueprint_test

import (
	"strings"
	"testing"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestParseImage(t *testing.T) {
	t.Parallel()
	digest := "sha256:" + strings.Repeat("0a", 32)
	const registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
	want := bp.ImageAddress{Registry: registry, Account: "111122223333", Region: "eu-west-1", Repository: "team/orders-api"}
	for uri, differ := range map[string]func(*bp.ImageAddress){
		registry + "/team/orders-api":           func(a *bp.ImageAddress) { a.Tag = "latest" },
		registry + "/team/orders-api:1.2-rc_3":  func(a *bp.ImageAddress) { a.Tag = "1.2-rc_3" },
		registry + "/team/orders-api@" + digest: func(a *bp.ImageAddress) { a.Digest = digest },
	} {
		expected := want
		differ(&expected)
		got, ok := bp.ParseImage(uri)
		same(t, uri, ok, true)
		same(t, uri, got, expected)
		same(t, uri, got.At(digest), registry+"/team/orders-api@"+digest)
	}
	for _, uri := range []string{
		"", "orders:1", "docker.io/library/python:3.12", "public.ecr.aws/lambda/python:3.12", registry, registry + "/", registry + "/Orders",
		registry + "/orders:", registry + "/orders:a b", registry + "/orders@sha256:00", registry + "/orders:1@" + digest, "https://" + registry + "/orders",
		"1111.dkr.ecr.eu-west-1.amazonaws.com/orders",
	} {
		if got, ok := bp.ParseImage(uri); ok {
			t.Errorf("%q became %+v", uri, got)
		}
	}
}
