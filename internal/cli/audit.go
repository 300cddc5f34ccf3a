package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/spf13/cobra"

	"github.com/secure-lambda/terraform-provider-secure/internal/audit"
	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

type auditFlags struct {
	regions    []string
	allRegions bool
	profile    string
	functions  []string
	minimum    string
	format     string
	output     string
	states     []string
}

// attempts is how often an audit repeats a call that is throttled: it shares
// the account's quotas with whoever works there.
const attempts = 8

func newAudit(version string) *cobra.Command {
	f := &auditFlags{}
	command := &cobra.Command{
		Use:   "audit",
		Short: "Check all Lambda functions of an account against the controls",
		Long: `Reads all Lambda functions of an account, no matter who made them, together with what
surrounds them (role and policies, key, log group, dead-letter queue, alarms,
resource policies), and checks them against the controls that units have to meet.
It changes nothing.

Anything that may not be read is listed, and controls that depend on it are
reported as unknown. Only lambda:ListFunctions is required; the command
"permissions --phase audit" prints the policy that lets the audit read everything.

A state given with --state adds what AWS does not know: the waivers of units are
applied, and the reasons given for wide grants are shown.

With --minimum the exit code is 1 if any function does not meet what that posture
asks for, or could not be checked in full.`,
		Example: `  ` + name + ` audit --region eu-west-1
  ` + name + ` audit --all-regions --format html --output audit.html
  ` + name + ` audit --function 'orders-*' --minimum fsbp --format sarif > audit.sarif`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return f.run(command.Context(), command.OutOrStdout(), version)
		},
	}
	flags := command.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.regions, "region", nil, "`REGION` to read (default: the region of the environment or profile); repeatable")
	flags.BoolVar(&f.allRegions, "all-regions", false, "read every region that is enabled for the account; not together with --region")
	flags.StringVar(&f.profile, "profile", "", "`NAME` of a profile in the AWS configuration files (default: AWS_PROFILE)")
	flags.StringArrayVar(&f.functions, "function", nil, "only functions whose names match `GLOB`, such as orders-* (* any text, ? one character, [a-z] one of a range; default: all functions); repeatable")
	flags.StringArrayVar(&f.states, "state", nil, "`FILE` with a state, as printed by terraform show -json or terraform state pull: applies the waivers of its units; repeatable")
	flags.StringVar(&f.minimum, "minimum", "", "exit with 1 unless every function meets `POSTURE` (default: report only): "+strings.ReplaceAll(posture.StandardNames(), `"`, ""))
	flags.StringVar(&f.format, "format", "table", "output `FORMAT`: "+strings.Join(audit.Formats(), ", "))
	flags.StringVar(&f.output, "output", "", "`FILE` to write to (default: standard output)")
	return command
}

func (f *auditFlags) check() error {
	for _, pattern := range f.functions {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" || strings.Contains(pattern, ":") {
			return fmt.Errorf("function: %q must be a name, or a pattern such as orders-*", pattern)
		}
	}
	if f.minimum != "" && !posture.IsStandard(f.minimum) {
		return fmt.Errorf("minimum: %q must be one of %s", f.minimum, posture.StandardNames())
	}
	if !slices.Contains(audit.Formats(), f.format) {
		return fmt.Errorf("format: %q must be one of %s", f.format, strings.Join(audit.Formats(), ", "))
	}
	if err := checkRegions(f.regions); err != nil {
		return err
	}
	if f.allRegions && len(f.regions) > 0 {
		return errors.New("region: --all-regions says all; leave one of the two out")
	}
	return nil
}

// checkRegions refuses what is no region: calls to one would fail one by one, or be
// taken for regions without functions.
func checkRegions(regions []string) error {
	for _, region := range regions {
		if err := rules.Region(region); err != nil {
			return fmt.Errorf("region: %w", err)
		}
	}
	return nil
}

func (f *auditFlags) run(ctx context.Context, out io.Writer, version string) error {
	if err := f.check(); err != nil {
		return usageError{err}
	}
	loaded, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(f.profile), quiet)
	if err != nil {
		return err
	}
	if loaded.RetryMaxAttempts == 0 { // neither the environment nor the profile says
		loaded.RetryMaxAttempts = attempts
	}
	report, err := f.survey(ctx, loaded, version)
	if err != nil {
		return err
	}
	if err := f.write(out, report); err != nil {
		return err
	}
	return f.verdict(report)
}

func (f *auditFlags) write(out io.Writer, report audit.Report) error {
	if f.output == "" {
		return audit.Write(out, f.format, report)
	}
	file, err := os.Create(f.output)
	if err != nil {
		return usageError{fmt.Errorf("output: %w", err)}
	}
	return errors.Join(audit.Write(file, f.format, report), file.Close())
}

// verdict is an error where nothing was judged that was asked for, and unless all
// functions are known to meet the minimum: what could not be read may be below it.
func (f *auditFlags) verdict(report audit.Report) error {
	if len(report.Functions) == 0 && len(f.functions) > 0 {
		return fmt.Errorf("no function matches %s", strings.Join(f.functions, ", "))
	}
	if f.minimum == "" {
		return nil
	}
	below, undecided := report.Standings("below"), report.Standings("undecided")
	var unlisted []string
	for _, p := range report.Problems {
		if p.Call == listFunctions {
			unlisted = append(unlisted, p.Region)
		}
	}
	switch {
	case below > 0:
		return fmt.Errorf("%d of %d functions do not meet the posture %s", below, len(report.Functions), f.minimum)
	case undecided > 0:
		return fmt.Errorf("%d of %d functions could not be judged by all that the posture %s asks for: see the refused calls", undecided, len(report.Functions), f.minimum)
	case len(unlisted) > 0:
		return fmt.Errorf("the functions in %s could not be listed", strings.Join(unlisted, ", "))
	}
	return nil
}

// listFunctions is the call without which nothing is known.
const listFunctions = "lambda:ListFunctions"

// matches reports whether a function was asked for.
func (f *auditFlags) matches(name string) bool {
	return len(f.functions) == 0 || slices.ContainsFunc(f.functions, func(pattern string) bool {
		matches, _ := path.Match(pattern, name) // the pattern was checked
		return matches
	})
}

// said reads the states that were given.
func (f *auditFlags) said() (map[string]audit.Said, error) {
	all := map[string]audit.Said{}
	for _, file := range f.states {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, usageError{fmt.Errorf("state: %w", err)}
		}
		said, err := audit.ReadSaid(text)
		if err != nil {
			return nil, usageError{fmt.Errorf("state: %s: %w", file, err)}
		}
		maps.Copy(all, said)
	}
	return all, nil
}

func (f *auditFlags) survey(ctx context.Context, loaded aws.Config, version string) (audit.Report, error) {
	if len(f.regions) > 0 {
		loaded.Region = f.regions[0]
	}
	if loaded.Region == "" {
		return audit.Report{}, usageError{errors.New("no region: give --region, or set AWS_REGION")}
	}
	if err := checkRegions([]string{loaded.Region}); err != nil {
		return audit.Report{}, usageError{err}
	}
	account, partition, err := cloud.CallerAccount(ctx, loaded, "", nil)
	if err != nil {
		return audit.Report{}, err
	}
	client := func(region string) *cloud.Client {
		there := loaded.Copy()
		there.Region = region
		return cloud.New(there, blueprint.Place{Partition: partition, Account: account, Region: region}, cloud.Options{Share: audit.Share, Steady: true})
	}
	regions := f.regions
	if len(regions) == 0 {
		regions = []string{loaded.Region}
	}
	if f.allRegions {
		if regions, err = client(loaded.Region).Regions(ctx); err != nil {
			return audit.Report{}, fmt.Errorf("list the regions: %w", err)
		}
	}
	said, err := f.said()
	if err != nil {
		return audit.Report{}, err
	}
	report := audit.Report{Said: said, Version: version, At: time.Now().UTC(), Account: account, Minimum: posture.Standard(f.minimum)}
	for _, region := range regions {
		err := report.Survey(ctx, client(region), f.matches)
		switch {
		case err == nil:
		case f.allRegions: // one that is closed to the caller says nothing about the others
			report.Problems = append(report.Problems, audit.Refused(region, listFunctions, err))
		default:
			return audit.Report{}, err
		}
	}
	return report, nil
}
