// Command terraform-provider-secure is the Terraform provider secure.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/secure-lambda/terraform-provider-secure/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger: print how to attach and wait")
	flag.Parse()
	if os.Getenv("TF_PLUGIN_MAGIC_COOKIE") == "" && !*debug {
		usage()
		return
	}
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve(provider.Address, provider.NewServer(version, provider.Tuning{}), options...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Printf(`terraform-provider-secure %s

This is a Terraform provider. Terraform and OpenTofu start it themselves:

  terraform {
    required_providers {
      secure = { source = "secure-lambda/secure" }
    }
  }

With -debug it waits for a debugger and prints the environment to attach with.
`, version)
}
