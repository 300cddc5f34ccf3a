package cli

import (
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/secure-lambda/terraform-provider-secure/internal/tables"
)

func newVersion(version string) *cobra.Command {
	verbose := false
	command := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Prints the version and, with --verbose, the date and source of every table about
AWS that is built in. A value that AWS has added since is passed on with a warning.`,
		Example: "  " + name + " version --verbose",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			out := command.OutOrStdout()
			_, err := fmt.Fprintf(out, "%s %s (%s, %s/%s)\n", name, version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			if err != nil || !verbose {
				return err
			}
			return printTables(out)
		},
	}
	command.Flags().BoolVar(&verbose, "verbose", false, "also print the date and source of the built-in tables about AWS")
	return command
}

func printTables(out io.Writer) error {
	all, err := tables.All()
	if err != nil {
		return err
	}
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, table := range all {
		fmt.Fprintf(columns, "%s\t%s\t%s\n", table.Name, table.Day, table.Source)
	}
	return columns.Flush()
}
