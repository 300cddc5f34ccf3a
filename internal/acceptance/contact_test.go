package acceptance

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestAccContact_AnEndpointThatDoesNotAnswerIsNamed bounds the time until the
// first call gives up, whether it is answered with an error, not at all, or by a
// connection that closes, and wants to read who it was.
func TestAccContact_AnEndpointThatDoesNotAnswerIsNamed(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	hanging := make(chan struct{})
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "upstream connect error", http.StatusServiceUnavailable)
	}))
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hanging }))
	closing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = connection.(*net.TCPConn).SetLinger(0)
			_ = connection.Close()
		}
	}))
	t.Cleanup(func() {
		close(hanging)
		broken.Close()
		silent.Close()
		closing.Close()
	})
	for way, c := range map[string]struct {
		address string
		says    string
	}{"503": {broken.URL, "503"}, "silence": {silent.URL, "tried once over 30s without any answer"}, "closed connections": {closing.URL, "The last answer: none ("}} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			w := newWire(t)
			began := time.Now()
			found := w.connect(t, settings{
				"access_key": "111122223333", "secret_key": "x", "region": region, "endpoints": settings{"sts": c.address},
			})
			took := time.Since(began)
			text := describe(found)
			if len(found) != 1 || !strings.Contains(text, "AWS cannot be reached") || !strings.Contains(text, c.address) || !strings.Contains(text, c.says) {
				t.Errorf("does not name %s and %q:\n%s", c.address, c.says, text)
			}
			if took > 35*time.Second {
				t.Errorf("said so after %s", took)
			}
		})
	}
}
