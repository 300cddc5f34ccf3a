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
		Short: "Print the least IAM policies for whoever runs Terraform",
		Long: `Prints the least IAM policies for whoever runs Terraform with secure_lambda: one
set for terraform plan, one for apply, one for destroy. Each set is complete by
itself; attach all policies of a set. With --phase audit it prints what the
command audit reads with. No AWS call is made.

The policies are derived from the calls that this release makes. What units must
be told about (buckets, images, layers, networks, keys and the like) is allowed
when a flag names it, and not before.

Those of apply and destroy are fenced by names: they are not printed without
--name-prefix, nor those of apply without --boundary, unless --any-name or
--no-boundary says so. What a set leaves open is said on standard error.`,
		Example: `  # Everything a pipeline takes, narrowed to one account, region and team
  ` + name + ` permissions --account 111122223333 --region eu-west-1 \
    --name-prefix orders- --role-path /orders/ \
    --boundary arn:aws:iam::111122223333:policy/boundary \
    --deployer-role arn:aws:iam::111122223333:role/deployer \
    --kms-key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab

  # What a pull request's plan takes, as Terraform code
  ` + name + ` permissions --phase plan --format terraform

  # One policy as IAM takes it
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

	flags.StringVar(&f.format, "format", "json", "`FORMAT` of the output: json or terraform")
	flags.StringArrayVar(&f.phases, "phase", nil, "`PHASE` to print: plan, apply or destroy (default those), or audit; repeatable")
	flags.StringVar(&f.name, "policy-name", "secure", "`NAME` that policies' names begin with")

	flags.StringVar(&f.Place.Account, "account", open, "`ID` of the account that units live in")
	flags.StringVar(&f.Place.Region, "region", open, "`REGION` that units live in")
	flags.StringVar(&f.Place.Partition, "partition", "", "`PARTITION` of AWS (default that of the region, else aws)")
	list(&f.NamePrefixes, "name-prefix", "`PREFIX` that units' names begin with; must be given for apply and destroy")
	flags.BoolVar(&f.AnyName, "any-name", false, "units' names begin with anything: the deployer can change any function of the account")
	flags.StringVar(&f.RolePath, "role-path", "/", "units' role_path, a `PATH` of IAM")
	list(&f.RoleNames, "role-name", "role_name of units that set it, a `PATTERN`")
	list(&f.LogGroups, "log-group", "logs.group_name of units that set it, a `PATTERN`")

	list(&f.Boundaries, "boundary", "`ARN` of a permissions boundary without which no role may be made or changed; must be given for apply")
	flags.BoolVar(&f.NoBoundary, "no-boundary", false, "roles are made without a boundary: the deployer can become an administrator")
	list(&f.DeployerRoles, "deployer-role", "`ARN` of the role that the policies are for, which it may then not change whatever its name")
	list(&f.Policies, "policy", "`ARN` in units' additional_policy_arns")
	list(&f.Keys, "kms-key", "`ARN` of a key that units are given")
	flags.BoolVar(&f.OwnKeys, "own-keys", false, "let units have keys of their own: the deployer can take over keys that have no alias (a plan reads them unless --kms-key is given)")
	flags.BoolVar(&f.Secrets, "secrets", false, "let units keep values in secrets of their own, their secret_values_wo")
	list(&f.RotationFunctions, "rotation-function", "`ARN` of units' secret_rotation.function_arn")
	list(&f.Targets, "target", "`ARN` of a queue or topic that units are given for dead letters or reports of invocations")
	list(&f.Topics, "topic", "`ARN` of an SNS topic that alarms tell (default any)")
	list(&f.AlarmActions, "alarm-action", "`ARN` of something else that alarms do, with wildcards")

	list(&f.Buckets, "bucket", "`BUCKET` or BUCKET/PREFIX with packages, units' code.s3")
	list(&f.StagingBuckets, "staging-bucket", "`BUCKET` of units' code.staging_bucket and code.signing")
	list(&f.SigningProfiles, "signing-profile", "`NAME` of units' code.signing.profile")
	list(&f.CodeSigningConfigs, "code-signing-config", "`ARN` of units' code_signing_config_arn")
	list(&f.Repositories, "repository", "`ARN` of an ECR repository with images, units' code.image")
	list(&f.Layers, "layer", "`ARN` of a layer version, with wildcards")
	flags.BoolVar(&f.VPC, "vpc", false, "let units be put into networks")
	list(&f.FileSystems, "file-system", "`ARN` of an EFS file system or access point that units mount")

	flags.BoolVar(&f.Import, "import", false, "let objects be changed that have no unit's tag yet, as after an import")
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
