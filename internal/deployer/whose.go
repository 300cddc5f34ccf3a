package deployer

import (
	"fmt"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"
)

// awsOwned stands for the account in the ARNs of AWS's own policies.
const awsOwned = "aws"

// whose is what the flags say of an ARN that has to be of the units' account.
type whose struct {
	flag string
	arns []string
	// why IAM takes none of another account.
	why string
	// byAWS admits AWS's own.
	byAWS bool
}

// foreign finds ARNs of another account or partition where IAM takes none. It lets
// through what is no whole ARN: that is wrong already, or noted.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
func (o Options) foreign() []error {
	var problems []error
	for _, w := range []whose{
		{"boundary", o.Boundaries, "a role takes a boundary of its own account only", false},
		{"deployer role", o.DeployerRoles, "the role that gets the policies has to be named exactly", false},
		{"policy", o.Policies, "a role takes policies of its own account and AWS's only", true},
	} {
		for _, arn := range w.arns {
			if fitting("iam:GetPolicy")(arn) != nil && fitting("iam:GetRole")(arn) != nil {
				continue
			}
			fields := strings.SplitN(arn, ":", 6)
			switch partition, account := fields[1], fields[4]; {
			case account == awsOwned && w.flag == "boundary":
				problems = append(problems, fmt.Errorf("boundary: %q is AWS's own policy. AWS makes none to limit what functions may do, and changes what they allow: "+
					"with IAMFullAccess, for one, the deployer can become an administrator. "+
					"Give a policy of your own that allows what functions may do at most, or state that there is none (--no-boundary)", arn))
			case strings.ContainsAny(partition+account, "*?"), !blueprint.KnownPartition(o.Place.Partition), account == awsOwned && w.byAWS && partition == o.Place.Partition:
			case partition != o.Place.Partition:
				problems = append(problems, fmt.Errorf("%s: %q is in partition %s, the units are in partition %s: %s", w.flag, arn, partition, o.Place.Partition, w.why))
			case rules.AccountID(o.Place.Account) == nil && account != o.Place.Account:
				problems = append(problems, fmt.Errorf("%s: %q is of account %s, the units are in account %s: %s", w.flag, arn, account, o.Place.Account, w.why))
			}
		}
	}
	return problems
}

// attachable says what of the policies that may be attached is more than one policy
// of the team.
func (o Options) attachable() []string {
	everything := "arn:" + o.Place.Partition + ":iam::aws:policy/AdministratorAccess"
	within := "; the boundary limits what it may do"
	if !bounds(o) {
		within = ""
	}
	var notes []string
	for _, p := range o.Policies {
		wild := strings.ContainsAny(p, "*?")
		all := access.Matches(p, everything)
		switch {
		case wild && all:
			notes = append(notes, fmt.Sprintf("--policy %s: the deployer can give a function any policy that the pattern takes in, AWS's AdministratorAccess too%s.", p, tail(o, within)))
		case wild:
			notes = append(notes, fmt.Sprintf("--policy %s: the deployer can give a function any policy that the pattern takes in, also one that others make later%s.", p, within))
		case all:
			notes = append(notes, fmt.Sprintf("--policy %s: the deployer can give a function a policy that allows everything%s.", p, tail(o, within)))
		case !bounds(o) && blueprint.IsAWSPolicyARN(p):
			notes = append(notes, fmt.Sprintf("--policy %s: the deployer can do all that this policy of AWS's allows, now and after AWS changes it.", p))
		}
	}
	return notes
}

func tail(o Options, within string) string {
	if bounds(o) {
		return within
	}
	return ", and so is an administrator"
}
