package emulator

import (
	"context"
	"crypto/sha256"
	_ "embed" // requirements.txt
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// requirements pins the emulator and everything below it by hash.
//
//go:embed requirements.txt
var requirements []byte

const (
	pythonMinimum = "3.10"
	// completeMarker is the last file of an installation: a directory without
	// it is the remains of an interrupted one.
	completeMarker = ".complete"
)

// pythonProbe prints nothing when the interpreter can build the environment.
const pythonProbe = `import sys
if sys.version_info < (3, 10): print("version", sys.version.split()[0])
else:
    try: import venv, ensurepip
    except ImportError: print("venv")`

// Install returns the Python interpreter of the emulator's environment and
// builds that environment with the base interpreter first if it is missing. Two processes may do so at
// once: each builds its own copy aside and the first rename wins.
func Install(ctx context.Context, base, cacheDir string) (python string, err error) {
	sum := sha256.Sum256(requirements)
	target := filepath.Join(cacheDir, "venv-"+hex.EncodeToString(sum[:6]))
	python = filepath.Join(target, "bin", "python")
	if isComplete(target) {
		return python, nil
	}
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return "", fmt.Errorf("sandbox: cannot create the cache directory: %w", err)
	}
	if err := checkPython(ctx, base); err != nil {
		return "", err
	}
	aside, err := os.MkdirTemp(cacheDir, "installing-")
	if err != nil {
		return "", fmt.Errorf("sandbox: cannot write to the cache directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside)) }()
	if err := buildEnvironment(ctx, base, aside); err != nil {
		return "", err
	}
	if isComplete(target) {
		return python, nil
	}
	// Never one that is in use or being built: those carry the marker.
	if err := os.RemoveAll(target); err != nil {
		return "", fmt.Errorf("sandbox: cannot remove a half-made installation: %w", err)
	}
	if err := os.Rename(aside, target); err != nil && !isComplete(target) {
		return "", fmt.Errorf("sandbox: cannot move the installation into place: %w", err)
	}
	return python, nil
}

func isComplete(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, completeMarker))
	return err == nil
}

func checkPython(ctx context.Context, base string) error {
	if _, err := exec.LookPath(base); err != nil {
		return fmt.Errorf("sandbox: %s is not installed or not on the PATH; install Python %s or newer, the emulator is written in it", base, pythonMinimum)
	}
	out, err := installCommand(ctx, base, "-c", pythonProbe).Output()
	if err != nil {
		return fmt.Errorf("sandbox: %s does not run: %w", base, err)
	}
	problem, detail, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	switch problem {
	case "":
		return nil
	case "version":
		return fmt.Errorf("sandbox: %s is version %s; install Python %s or newer", base, detail, pythonMinimum)
	default:
		return fmt.Errorf("sandbox: %s has no venv module; install it (Debian and Ubuntu: the python3-venv package)", base)
	}
}

func buildEnvironment(ctx context.Context, base, dir string) error {
	if out, err := installCommand(ctx, base, "-m", "venv", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("sandbox: cannot create a Python virtual environment in %s: %s", dir, lastLine(out, err))
	}
	list := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(list, requirements, 0o644); err != nil {
		return fmt.Errorf("sandbox: cannot write %s: %w", list, err)
	}
	python := filepath.Join(dir, "bin", "python")
	out, err := installCommand(ctx, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
		"--no-input", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", list).CombinedOutput()
	if ctx.Err() != nil {
		return fmt.Errorf("sandbox: installing the emulator was interrupted: %w", ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("sandbox: pip cannot install the emulator; it needs a package index once, later runs work offline: %s", lastLine(out, err))
	}
	if err := os.WriteFile(filepath.Join(dir, completeMarker), nil, 0o644); err != nil {
		return fmt.Errorf("sandbox: cannot finish the installation: %w", err)
	}
	return nil
}

// installCommand keeps the caller's environment, index and network proxy
// included, without what would point Python at other packages.
func installCommand(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool {
		key, _, _ := strings.Cut(pair, "=")
		return strings.HasPrefix(key, "PYTHON") || key == "VIRTUAL_ENV" || key == "PIP_TARGET" || key == "PIP_USER"
	})
	return cmd
}

// lastLine is the line of a tool's output that names the cause: tools print
// it last, below pages of traceback.
func lastLine(output []byte, err error) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	for _, line := range slices.Backward(lines) {
		if strings.Contains(line, "ERROR: ") {
			return strings.TrimSpace(line)
		}
	}
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return last
	}
	return err.Error()
}
