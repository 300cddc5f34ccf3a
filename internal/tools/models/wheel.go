package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// defaultCache outlives a run, so that pip brings a wheel once.
func defaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "terraform-provider-secure", "wheels")
}

// download returns the wheel of the requirement, from the cache if it is there.
func download(requirements, cache string) (string, error) {
	if wheel := cached(requirements, cache); wheel != "" {
		return wheel, nil
	}
	pip := exec.Command("python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
		"--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", requirements, "-d", cache)
	if out, err := pip.CombinedOutput(); err != nil {
		return "", fmt.Errorf("pip cannot bring botocore: %w\n%s\nGive a wheel with -wheel", err, out)
	}
	wheel := cached(requirements, cache)
	if wheel == "" {
		return "", fmt.Errorf("pip left no wheel of the version in %s in %s", requirements, cache)
	}
	return wheel, nil
}

func cached(requirements, cache string) string {
	wheels, err := filepath.Glob(filepath.Join(cache, "botocore-*.whl"))
	if err != nil {
		return ""
	}
	for _, wheel := range wheels {
		if verify(wheel, requirements) == nil {
			return wheel
		}
	}
	return ""
}

// verify holds a wheel against the hashes of the requirement.
func verify(wheel, requirements string) error {
	pinned, err := os.ReadFile(requirements)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(wheel)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	if !strings.Contains(string(pinned), "--hash=sha256:"+hex.EncodeToString(sum[:])) {
		return fmt.Errorf("%s is not the wheel that %s pins", wheel, requirements)
	}
	return nil
}
