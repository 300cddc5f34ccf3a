//go:build !unix

package emulator

import (
	"errors"
	"os/exec"
)

// The emulator needs inherited sockets and process groups. These let the
// package compile elsewhere; Start fails there when it shares the socket.

func leadProcessGroup(*exec.Cmd) {
	// There are no process groups to lead.
}

func killProcessGroup(int) error {
	return errors.New("sandbox: process groups need Linux or macOS")
}

func processExists(int) bool { return true }
