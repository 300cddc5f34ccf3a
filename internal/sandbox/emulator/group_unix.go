//go:build unix

package emulator

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"
)

func leadProcessGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

func killProcessGroup(leader int) error {
	err := syscall.Kill(-leader, syscall.SIGKILL)
	// macOS says EPERM of a group in which only the dead are left.
	if err != nil && !errors.Is(err, syscall.ESRCH) && !errors.Is(err, syscall.EPERM) {
		return fmt.Errorf("sandbox: cannot end the emulator: %w", err)
	}
	return nil
}

func processExists(pid int) bool {
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
