package cli

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/deployer"
)

// open is what a flag that was not given leaves open.
const open = "*"

// formats are how policies can be written.
var formats = map[string]func([]deployer.Policy) ([]byte, error){
	"json":      deployer.JSON,
	"terraform": deployer.Terraform,
}

// policyName leaves room for a phase and a number in IAM's 128 characters.
var policyName = regexp.MustCompile(`^[\w+=,.@-]{1,110}$`)

// permissionsFlags are the flags of the command permissions.
type permissionsFlags struct {
	deployer.Options

	format string
	phases []string
	name   string
	// keysStated says that --own-keys was given, as true or false.
	keysStated bool
}

func newPermissions() *cobra.Command {
	f := &permissionsFlags{}
	command := &cobra.Command{
		Use:   "permissions",
		Short: "Print the IAM policies that running Terraform needs",
		Long: `Prints the least-privilege IAM policies for running Terraform with secure_lambda:
one set each for terraform plan, apply and destroy. Each set is complete on its own;
attach every policy of a set. With --phase audit it prints the policies for the
audit command. No AWS call is made.

The policies are derived from the calls that this release makes. Anything that
units are given (buckets, images, layers, networks, keys and so on) is allowed only
if a flag names it.

The policies for apply and destroy are limited by name, so they need --name-prefix,
or --any-name to do without. Those for apply also need --boundary, or --no-boundary
to do without. What a set leaves open is reported on standard error.`,
		Example: `  # Everything a pipeline needs, limited to one account, region and team
  ` + name + ` permissions --account 111122223333 --region eu-west-1 \
    --name-prefix orders- --role-path /orders/ \
    --boundary arn:aws:iam::111122223333:policy/boundary \
    --deployer-role arn:aws:iam::111122223333:role/deployer \
    --kms-key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab

  # What the plan of a pull request needs, as Terraform code
  ` + name + ` permissions --phase plan --format terraform

  # A single policy in the form that IAM accepts
  ` + name + ` permissions --phase plan | jq '."secure-plan"' > plan.json
  aws iam create-policy --policy-name secure-plan --policy-document file://plan.json`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			f.keysStated = command.Flags().Changed("own-keys")
			return f.run(command)
		},
	}
	f.register(command)
	return command
}

func (f *permissionsFlags) register(command *cobra.Command) {
	flags := command.Flags()
	flags.SortFlags = false
	list := func(into *[]string, name, usage string) { flags.StringArrayVar(into, name, nil, usage+"; repeatable") }

	flags.StringVar(&f.format, "format", "json", "output `FORMAT`: json or terraform")
	flags.StringArrayVar(&f.phases, "phase", nil, "`PHASE` to print: plan, apply, destroy or audit (default: plan, apply and destroy); repeatable")
	flags.StringVar(&f.name, "policy-name", "secure", "`NAME` that the names of the printed policies begin with")

	flags.StringVar(&f.Place.Account, "account", open, "`ID` of the account that the units are in; * is any account")
	flags.StringVar(&f.Place.Region, "region", open, "`REGION` that the units are in; * is any region")
	flags.StringVar(&f.Place.Partition, "partition", "", "AWS `PARTITION` (default: the partition of the region, or else aws)")
	list(&f.NamePrefixes, "name-prefix", "`PREFIX` that the names of the units begin with; needed for apply and destroy unless --any-name is given")
	flags.BoolVar(&f.AnyName, "any-name", false, "instead of --name-prefix: allow any unit name; the deployer can then change every function of the account")
	flags.StringVar(&f.RolePath, "role-path", "/", "IAM `PATH` of the roles, if units set role_path")
	list(&f.RoleNames, "role-name", "`PATTERN` of role names, if units set role_name (default: the names that the provider gives)")
	list(&f.LogGroups, "log-group", "`PATTERN` of log group names, if units set logs.group_name (default: the names that the provider gives)")

	list(&f.Boundaries, "boundary", "`ARN` of the permissions boundary that every role must have; needed for apply unless --no-boundary is given")
	flags.BoolVar(&f.NoBoundary, "no-boundary", false, "instead of --boundary: allow roles without a boundary; the deployer can then make itself an administrator")
	list(&f.DeployerRoles, "deployer-role", "`ARN` of the role that gets the policies, so that it cannot change itself; needed if its name and path could be those of a unit's role")
	list(&f.Policies, "policy", "`ARN` of a managed policy, if units set additional_policy_arns")
	list(&f.Keys, "kms-key", "`ARN` of a KMS key, if units or the provider set kms_key_arn")
	flags.BoolVar(&f.OwnKeys, "own-keys", false, "let units create keys of their own; needed for units without a kms_key_arn; the deployer can then take over keys that have no alias. Without this flag, the plan policies still allow reading the units' own keys, unless --kms-key is given")
	flags.BoolVar(&f.Secrets, "secrets", false, "let units create secrets of their own; needed if units set secret_values_wo")
	list(&f.RotationFunctions, "rotation-function", "`ARN` of a rotation function, if units set secret_rotation.function_arn")
	list(&f.Targets, "target", "`ARN` of a queue or topic that units send dead letters or invocation records to")
	list(&f.Topics, "topic", "`ARN` of an SNS topic that alarms notify (default: any topic)")
	list(&f.AlarmActions, "alarm-action", "`ARN` of another alarm action, which may contain wildcards")

	list(&f.Buckets, "bucket", "`BUCKET` or BUCKET/PREFIX that packages are read from, if units set code.s3")
	list(&f.StagingBuckets, "staging-bucket", "`BUCKET` that packages are staged in, if units set code.staging_bucket or code.signing")
	list(&f.SigningProfiles, "signing-profile", "`NAME` of a signing profile, if units set code.signing")
	list(&f.CodeSigningConfigs, "code-signing-config", "`ARN` of a code signing configuration, if units set code_signing_config_arn")
	list(&f.Repositories, "repository", "`ARN` of an ECR repository, if units set code.image")
	list(&f.Layers, "layer", "`ARN` of a layer version, which may contain wildcards, if units set layers")
	flags.BoolVar(&f.VPC, "vpc", false, "let units run in a VPC; needed if units or the provider set vpc")
	list(&f.FileSystems, "file-system", "`ARN` of an EFS file system or access point, if units set file_system")

	flags.BoolVar(&f.Import, "import", false, "allow changes of objects that do not have a unit's tags yet; needed for the first apply after an import")
}

func (f *permissionsFlags) run(command *cobra.Command) error {
	render, ok := formats[f.format]
	if !ok {
		return usageError{fmt.Errorf("format: %q must be json or terraform", f.format)}
	}
	phases, err := f.wanted()
	if err != nil {
		return usageError{err}
	}
	if err := f.settlePlace(); err != nil {
		return usageError{err}
	}
	if err := errors.Join(f.Validate(), f.refusal(phases)); err != nil {
		return usageError{err}
	}
	var policies []deployer.Policy
	for _, phase := range phases {
		part, err := deployer.Policies(phase, f.during(phase), f.name)
		if err != nil {
			return err
		}
		policies = append(policies, part...)
	}
	text, err := render(policies)
	if err != nil {
		return err
	}
	notes := append(f.Notes(phases), f.leftOpen(phases)...)
	for _, note := range notes {
		fmt.Fprintln(command.ErrOrStderr(), "Note: "+note)
	}
	if f.format == "terraform" && len(notes) > 0 {
		text = append([]byte("# Note: "+strings.Join(notes, "\n# Note: ")+"\n\n"), text...)
	}
	_, err = command.OutOrStdout().Write(text)
	return err
}

// during are the options of a phase: one that changes nothing looks at units'
// own keys without being told.
func (f *permissionsFlags) during(phase deployer.Phase) deployer.Options {
	o := f.Options
	if !f.keysStated && phase == deployer.Plan {
		o.OwnKeys = len(o.Keys) == 0
	}
	return o
}

// refusal is that of the phase that asks for most: an apply's holds a destroy's.
func (f *permissionsFlags) refusal(phases []deployer.Phase) error {
	for _, phase := range []deployer.Phase{deployer.Apply, deployer.Destroy} {
		if slices.Contains(phases, phase) {
			return f.Refusal(phase)
		}
	}
	return nil
}

// wanted are the phases asked for, in their order.
func (f *permissionsFlags) wanted() ([]deployer.Phase, error) {
	if !policyName.MatchString(f.name) {
		return nil, fmt.Errorf("policy name: %q must be 1 to 110 letters, digits and _+=,.@-", f.name)
	}
	if len(f.phases) == 0 {
		return deployer.Phases(), nil
	}
	all := append(deployer.Phases(), deployer.Audit)
	for _, p := range f.phases {
		if !slices.Contains(all, deployer.Phase(p)) {
			return nil, fmt.Errorf("phase: %q must be plan, apply, destroy or audit", p)
		}
	}
	return slices.DeleteFunc(all, func(p deployer.Phase) bool { return !slices.Contains(f.phases, string(p)) }), nil
}

// settlePlace fills in the partition, which a region decides.
func (f *permissionsFlags) settlePlace() error {
	if f.Place.Region == open {
		f.Place.Partition = cmp.Or(f.Place.Partition, "aws")
		return nil
	}
	partition := blueprint.PartitionOf(f.Place.Region).ID
	if f.Place.Partition = cmp.Or(f.Place.Partition, partition); f.Place.Partition != partition && !strings.HasPrefix(f.Place.Partition, "aws-iso") {
		return fmt.Errorf("region %s is in partition %s, not in %s", f.Place.Region, partition, f.Place.Partition)
	}
	return nil
}

// leftOpen says which wildcards the flags would narrow.
func (f *permissionsFlags) leftOpen(phases []deployer.Phase) []string {
	var flags []string
	if slices.Equal(phases, []deployer.Phase{deployer.Audit}) {
		return nil // which looks at everything
	}
	for flag, left := range map[string]bool{
		"--account":     f.Place.Account == open,
		"--region":      f.Place.Region == open,
		"--name-prefix": len(f.NamePrefixes) == 0,
	} {
		if left {
			flags = append(flags, flag)
		}
	}
	if len(flags) == 0 {
		return nil
	}
	slices.Sort(flags)
	return []string{"the policies can be narrowed with " + strings.Join(flags, ", ") + "."}
}
