// Command terraform-provider-secure is the Terraform provider secure, and a
// command line beside it.
package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/cli"
	"github.com/secure-lambda/terraform-provider-secure/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	args := os.Args[1:]
	debug := len(args) > 0 && slices.Contains([]string{"-debug", "--debug"}, args[0])
	// Terraform sets the cookie for the plugins it starts.
	if os.Getenv("TF_PLUGIN_MAGIC_COOKIE") == "" && !debug {
		os.Exit(cli.Run(version, args, os.Stdout, os.Stderr))
	}
	if err := provider.Serve(version, provider.Tuning{}, debug); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(cli.Failure)
	}
}
