package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
	"github.com/spf13/cobra"
)

// quiet keeps the SDK's own remarks out of what a command prints: what goes wrong is
// an error, and said as one.
var quiet = config.WithLogger(logging.Nop{})

// Exit codes.
const (
	Success = 0
	// Failure is what went wrong while a command ran.
	Failure = 1
	// Usage is a command that could not be understood.
	Usage = 2
)

// name of the binary in usage texts.
const name = "terraform-provider-secure"

// usageError is a problem with what was asked for, found while a command ran.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Run runs the command that args ask for and returns the exit code. Results go
// to out, problems and notes to problems.
func Run(version string, args []string, out, problems io.Writer) int {
	// Cobra finds out itself what is wrong with arguments and flags. What fails
	// once a command runs is another matter.
	running := false
	root := newRoot(version)
	root.PersistentPreRun = func(*cobra.Command, []string) { running = true }
	root.SetArgs(append([]string{}, args...)) // for nil cobra takes the process's own
	root.SetOut(out)
	root.SetErr(problems)
	command, err := root.ExecuteC()
	if err == nil {
		return Success
	}
	_, asked := errors.AsType[usageError](err)
	if running && !asked {
		fmt.Fprintf(problems, "Error: %v\n", err)
		return Failure
	}
	fmt.Fprintf(problems, "Error: %v\nSee %s --help.\n", err, command.CommandPath())
	return Usage
}

func newRoot(version string) *cobra.Command {
	root := &cobra.Command{
		Use:   name,
		Short: "Terraform provider for hardened AWS Lambda functions",
		Long: `This is a Terraform provider. Terraform and OpenTofu start it themselves:

  terraform {
    required_providers {
      secure = { source = "secure-lambda/secure" }
    }
  }

Run by hand, it offers the commands below. With -debug it waits for a debugger and
prints the environment variable that makes Terraform use it.`,
		Version:           version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddCommand(newAudit(version), newControls(), newOrphans(), newPermissions(), newRender(), newVersion(version))
	return root
}
