package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/spf13/cobra"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/orphans"
)

type orphansFlags struct {
	region, profile, prefix, format string
	states                          []string
	remove, noState                 bool
	olderThan                       time.Duration
}

func newOrphans() *cobra.Command {
	f := &orphansFlags{}
	command := &cobra.Command{
		Use:   "orphans",
		Short: "List what units left behind in AWS",
		Long: `Lists what units left behind in one account and region: units that were only
partly created, because a run was killed, and objects whose unit's role is gone.
With --state it also lists complete units that are in none of the given states.

Only objects that carry a unit's tags are considered. A log group that was kept on
purpose (logs = { on_destroy = "retain" }) and its key are not listed.

With --delete, partly created units are removed, provided that
  - all of their objects are older than --older-than, by AWS's own dates,
  - none of their objects is in use or serves callers, and
  - none of their objects has anything attached that a unit never makes, since
    anyone who may tag can set a unit's tags.
It needs either the states of the account's units (--state), so that nothing they
hold is deleted, or --yes-no-state. Everything else is left for you to decide:
import it or delete it.`,
		Example: `  ` + name + ` orphans --region eu-west-1
  terraform show -json > state.json
  ` + name + ` orphans --region eu-west-1 --state state.json --format json
  ` + name + ` orphans --region eu-west-1 --state state.json --delete --older-than 2h`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return f.run(command.Context(), command.OutOrStdout())
		},
	}
	flags := command.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.region, "region", "", "`REGION` to search (default: the region of the environment or profile)")
	flags.StringVar(&f.profile, "profile", "", "`NAME` of a profile in the AWS configuration files (default: AWS_PROFILE)")
	flags.StringVar(&f.prefix, "name-prefix", "", "only units whose names begin with `PREFIX` (default: all units)")
	flags.StringArrayVar(&f.states, "state", nil, "`FILE` with a state, as printed by terraform show -json or terraform state pull; needed with --delete unless --yes-no-state is given; repeatable")
	flags.StringVar(&f.format, "format", "table", "output `FORMAT`: table or json")
	flags.BoolVar(&f.remove, "delete", false, "remove units that were only partly created")
	flags.BoolVar(&f.noState, "yes-no-state", false, "with --delete, instead of --state: confirm that no state holds any of it")
	flags.DurationVar(&f.olderThan, "older-than", time.Hour, "with --delete: remove only what is older than this `DURATION`; no shorter than the create timeout of your units")
	return command
}

func (f *orphansFlags) run(ctx context.Context, out io.Writer) error {
	if f.format != "table" && f.format != "json" {
		return usageError{fmt.Errorf("format: %q must be table or json", f.format)}
	}
	if f.remove && len(f.states) == 0 && !f.noState {
		return usageError{errors.New("delete: what a state holds must not be deleted: give the states of the account's units with --state, or write --yes-no-state if there is none")}
	}
	options := orphans.Options{Prefix: f.prefix}
	for _, path := range f.states {
		text, err := os.ReadFile(path)
		if err != nil {
			return usageError{fmt.Errorf("state: %w", err)}
		}
		options.States = append(options.States, string(text))
	}
	finder, err := f.connect(ctx)
	if err != nil {
		return err
	}
	found, err := finder.Find(ctx, options)
	if err != nil {
		return err
	}
	if err := f.print(out, found); err != nil || !f.remove {
		return err
	}
	var problems []error
	for _, o := range found {
		because, err := finder.Keeps(ctx, o, f.olderThan, time.Now())
		if err != nil {
			problems = append(problems, fmt.Errorf("unit %s: %w", o.Unit, err))
			continue
		}
		if len(because) > 0 {
			if f.format == "table" {
				fmt.Fprintf(out, "left %s: %s\n", printable(o.Unit), printable(strings.Join(because, "; ")))
			}
			continue
		}
		if err := finder.Remove(ctx, o, false); err != nil {
			problems = append(problems, fmt.Errorf("unit %s: %w", o.Unit, err))
		} else if f.format == "table" {
			fmt.Fprintf(out, "removed what was left of %s\n", printable(o.Unit))
		}
	}
	return errors.Join(problems...)
}

func (f *orphansFlags) connect(ctx context.Context) (*orphans.Finder, error) {
	loaded, err := config.LoadDefaultConfig(ctx, config.WithRegion(f.region), config.WithSharedConfigProfile(f.profile), quiet)
	if err != nil {
		return nil, err
	}
	if loaded.Region == "" {
		return nil, usageError{errors.New("no region: give --region, or set AWS_REGION")}
	}
	if err := checkRegions([]string{loaded.Region}); err != nil {
		return nil, usageError{err}
	}
	account, partition, err := cloud.CallerAccount(ctx, loaded, "", nil)
	if err != nil {
		return nil, err
	}
	client := cloud.New(loaded, blueprint.Place{Partition: partition, Account: account, Region: loaded.Region}, cloud.Options{})
	return orphans.New(client), nil
}

func (f *orphansFlags) print(out io.Writer, found []orphans.Orphan) error {
	if f.format == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(slices.Concat([]orphans.Orphan{}, found))
	}
	if len(found) == 0 {
		_, err := fmt.Fprintln(out, "Nothing was left behind.")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "UNIT\tKIND\tSINCE\tOBJECT")
	for _, o := range found {
		since := "-"
		if !o.Since.IsZero() {
			since = o.Since.Format(time.RFC3339)
		}
		for _, arn := range o.Objects {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", printable(o.Unit), o.Kind, since, arn)
		}
	}
	return table.Flush()
}

// printable keeps a tag that others wrote from moving the terminal's cursor.
func printable(text string) string {
	var out strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			out.WriteRune(r)
		} else {
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return out.String()
}
