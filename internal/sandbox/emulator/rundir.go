package emulator

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	runPrefix = "run-"
	// ConfigFile defines an empty default profile: an AWS_PROFILE of the
	// developer cannot be unset by adding variables, only replaced by one that
	// exists.
	ConfigFile = "aws-config"
)

// MakeRunDir creates the directory for everything a run writes, and removes
// those of processes that died before they could.
func MakeRunDir(cacheDir string) (string, error) {
	sweepRunDirs(cacheDir)
	dir, err := os.MkdirTemp(cacheDir, fmt.Sprintf("%s%d-", runPrefix, os.Getpid()))
	if err != nil {
		return "", fmt.Errorf("sandbox: cannot write to the cache directory: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, ConfigFile), []byte("[default]\n"), 0o600); err != nil {
		return "", fmt.Errorf("sandbox: cannot write to the cache directory: %w", err)
	}
	return dir, nil
}

// sweepRunDirs is housekeeping: what it cannot remove stays for the next run.
func sweepRunDirs(cacheDir string) {
	dirs, err := filepath.Glob(filepath.Join(cacheDir, runPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		id, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), runPrefix), "-")
		if pid, err := strconv.Atoi(id); err == nil && !processExists(pid) {
			_ = os.RemoveAll(dir)
		}
	}
}
