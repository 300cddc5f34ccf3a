package emulator

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fakePython is an interpreter that is a shell script.
func fakePython(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python3")
	if script != "" {
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestInstall_SaysInOneSentenceWhatIsMissing(t *testing.T) {
	t.Parallel()
	// A virtual environment whose pip fails as it does without a network.
	const offline = `if [ "$1" = -c ]; then exit 0; fi
mkdir -p "$3/bin"
printf '#!/bin/sh\necho Traceback; echo "  File x"; echo "ERROR: No matching distribution found for botocore"; exit 1\n' > "$3/bin/python"
chmod +x "$3/bin/python"`
	cases := map[string]struct{ script, want string }{
		"no python":     {"", "python3 is not installed or not on the PATH; install Python 3.10 or newer"},
		"old python":    {"echo version 3.8.1", "python3 is version 3.8.1; install Python 3.10 or newer"},
		"no venv":       {"echo venv", "python3 has no venv module; install it"},
		"broken python": {"exit 3", "python3 does not run"},
		"no network":    {offline, "ERROR: No matching distribution found for botocore"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Install(t.Context(), fakePython(t, c.script), t.TempDir())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestInstall_RedoesAHalfMadeOne(t *testing.T) {
	t.Parallel()
	const works = `if [ "$1" = -c ]; then exit 0; fi
mkdir -p "$3/bin"
printf '#!/bin/sh\nexit 0\n' > "$3/bin/python"
chmod +x "$3/bin/python"`
	base := fakePython(t, works)
	cache := t.TempDir()
	python, err := Install(t.Context(), base, cache)
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Dir(filepath.Dir(python))
	leftover := filepath.Join(target, "leftover")
	if err := os.WriteFile(leftover, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(t.Context(), base, cache); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(leftover); err != nil {
		t.Error("a complete installation was redone")
	}
	if err := os.Remove(filepath.Join(target, completeMarker)); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(t.Context(), base, cache); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(leftover); !os.IsNotExist(err) {
		t.Error("a half-made installation was kept")
	}
	if entries, _ := filepath.Glob(filepath.Join(cache, "installing-*")); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestRequirements_PinEverythingByHashAndNameNoIndex(t *testing.T) {
	t.Parallel()
	text := string(requirements)
	if strings.Contains(text, "://") || strings.Contains(text, "-index") {
		t.Error("the requirements name an index")
	}
	for _, name := range []string{"ministack==1.5.33", "cbor2=="} {
		if !strings.Contains(text, "\n"+name) {
			t.Errorf("%s is missing", name)
		}
	}
	for block := range strings.SplitSeq(text, "\n\n") {
		pins := regexp.MustCompile(`(?m)^[a-z]\S*==[0-9.]+[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}`).FindAllString(block, -1)
		if names := regexp.MustCompile(`(?m)^[a-z]`).FindAllString(block, -1); len(names) != len(pins) {
			t.Errorf("%d of %d requirements are pinned by hash", len(pins), len(names))
		}
	}
}
