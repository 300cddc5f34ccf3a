// Command unpaced is the provider as it is released, but for the pace of its
// calls: the benchmark measures with it what the provider costs by itself, on a
// local AWS without quotas.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/secure-lambda/terraform-provider-secure/internal/provider"
)

// pace is far above what any machine can ask.
const pace = 1e6

func main() {
	debug := flag.Bool("debug", false, "print how to attach and wait")
	flag.Parse()
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve(provider.Address, provider.NewServer("bench", provider.Tuning{Pace: pace}), options...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
