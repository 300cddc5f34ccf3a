package audit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/audit"
)

// browser finds Chromium. On a developer's machine it may be missing; a build
// that has none would let a broken page out.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no chromium, chromium-browser or google-chrome on PATH, and CHROMIUM names none: the page was not opened"
	if os.Getenv("CI") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// witness is a proxy that the browser sends everything through.
type witness struct {
	mutex sync.Mutex
	hosts []string
}

func (w *witness) ServeHTTP(answer http.ResponseWriter, r *http.Request) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.hosts = append(w.hosts, r.Host)
	http.Error(answer, "nothing is out there", http.StatusBadGateway)
}

// asked lists whom the page asked. The browser's own makers are not the page's
// doing.
func (w *witness) asked() []string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return slices.DeleteFunc(slices.Clone(w.hosts), func(host string) bool {
		name, _, _ := strings.Cut(host, ":")
		return strings.HasSuffix(name, ".google.com") || strings.HasSuffix(name, ".googleapis.com") || strings.HasSuffix(name, ".gvt1.com")
	})
}

// dom opens a page in a state and returns what the browser made of it.
func dom(t *testing.T, page, state string) string {
	t.Helper()
	path := browser(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "report.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := &witness{}
	proxy := httptest.NewServer(seen)
	defer proxy.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // 2 s alone, much longer beside other tests
	defer cancel()
	command := exec.CommandContext(ctx, path,
		"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--proxy-server="+proxy.URL, "--proxy-bypass-list=<-loopback>",
		"--virtual-time-budget=10000", "--dump-dom", (&url.URL{Scheme: "file", Path: file}).String()+state)
	command.WaitDelay = 5 * time.Second // helpers of the browser may hold its output open
	var errors strings.Builder
	command.Stderr = &errors
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", path, err, errors.String())
	}
	if hosts := seen.asked(); len(hosts) > 0 {
		t.Errorf("the page asked %v", hosts)
	}
	text := string(out)
	_, inside, printed := strings.Cut(text, "<html")
	if !printed {
		t.Fatalf("%s printed no page:\n%s%s", path, text, errors.String())
	}
	root, _, _ := strings.Cut(inside, ">")
	if !strings.Contains(root, `data-ready="true"`) || strings.Contains(root, "data-errors") {
		t.Errorf("the script did not end well: <html%s>", root)
	}
	return text
}

var (
	bodies = regexp.MustCompile(`<tbody data-i="\d+"[^>]*>`)
	named  = regexp.MustCompile(`(?s)<tbody data-i="\d+"[^>]*>.*?<button[^>]*class="toggle"[^>]*>([^<]*)</button>`)
)

// shown lists the names in the rows of functions that no filter hides.
func shown(text string) []string {
	var out []string
	for _, match := range named.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(bodies.FindString(match[0]), "hidden") {
			out = append(out, match[1])
		}
	}
	return out
}

func TestBrowser_RowForEachFunction(t *testing.T) {
	t.Parallel()
	r := many(40)
	text := dom(t, written(t, "html", r), "")
	if got := len(shown(text)); got != len(r.Functions) {
		t.Errorf("the page shows %d functions, want %d", got, len(r.Functions))
	}
	if got, want := strings.Count(text, `<tbody data-id="`), 41; got < want {
		t.Errorf("the page has %d controls, want %d at least", got, want)
	}
}

// TestBrowser_Views opens the page by an address for each thing it can do.
func TestBrowser_Views(t *testing.T) {
	t.Parallel()
	page := written(t, "html", small())
	for state, want := range map[string]string{
		"":                                  "checkout thumbnails orders legacy", // worst first
		"#sort=name:up":                     "checkout legacy orders thumbnails",
		"#sort=score:down":                  "orders thumbnails checkout legacy",
		"#q=thumb":                          "thumbnails",
		"#q=no-administrator-policy":        "checkout",
		"#severity=high":                    "checkout thumbnails",
		"#severity=unknown":                 "legacy",
		"#managed=yes":                      "orders",
		"#minimum=below&sort=name:down":     "thumbnails checkout",
		"#region=us-east-1&severity=medium": "thumbnails",
	} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(shown(dom(t, page, state)), " "); got != want {
				t.Errorf("the page shows %q, want %q", got, want)
			}
		})
	}
}

// TestBrowser_Unfolds opens a function: all its controls are there, each with
// its evidence, its remedy and its other names.
func TestBrowser_Unfolds(t *testing.T) {
	t.Parallel()
	text := dom(t, written(t, "html", small()), "#function=checkout")
	for _, want := range []string{
		"<h3>Not met (9)</h3>", "<h3>Not met, needs input (1)</h3>", "<summary>Met (",
		"role.attached_policies: arn:aws:iam::aws:policy/AdministratorAccess is an administrator's: it allows", "Checkov: CKV_AWS_274", `aria-expanded="true"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the function's controls do not show %q", want)
		}
	}
}

func TestBrowser_HostileTextStaysText(t *testing.T) {
	t.Parallel()
	r := hostileReport()
	text := dom(t, written(t, "html", r), "#function=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
	if got := len(bodies.FindAllString(text, -1)); got != len(r.Functions) {
		t.Errorf("the page has %d rows, want %d", got, len(r.Functions))
	}
	if scripts := strings.Count(text, "<script"); scripts != 2 || strings.Contains(text, "<img") {
		t.Errorf("the page has %d scripts, want its own two", scripts)
	}
}

func TestBrowser_NothingFound(t *testing.T) {
	t.Parallel()
	if got := shown(dom(t, written(t, "html", audit.Report{}), "")); len(got) != 0 {
		t.Errorf("the page shows %v", got)
	}
}
