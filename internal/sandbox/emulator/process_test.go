package emulator

import (
	"strings"
	"testing"
)

func TestChildEnv_HasNothingOfTheDevelopersAWS(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("HTTPS_PROXY", "http://example.invalid")
	t.Setenv("DOCKER_HOST", "tcp://example.invalid")
	for _, pair := range childEnv(Settings{}, t.TempDir(), addr("127.0.0.1:1")) {
		if strings.HasPrefix(pair, "AWS_") || strings.Contains(pair, "example.invalid") {
			t.Errorf("the child has %s", pair)
		}
	}
}

type addr string

func (addr) Network() string { return "tcp" }

func (a addr) String() string { return string(a) }
