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
		Long: `Print the version and, with --verbose, the day and the source of every table
about AWS in the binary. What AWS added since is left to AWS, with a warning.`,
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
	command.Flags().BoolVar(&verbose, "verbose", false, "also print how old the tables about AWS are")
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
