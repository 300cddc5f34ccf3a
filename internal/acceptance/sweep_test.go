package acceptance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/orphans"
)

// swept is how the name of every unit begins that a test makes: make sweep
// removes what cut tests left of them in an AWS account.
const swept = "tfacc-"

func init() {
	resource.AddTestSweepers("secure_lambda", &resource.Sweeper{Name: "secure_lambda", F: func(region string) error {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
		defer cancel()
		cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
		if err != nil {
			return err
		}
		removed, err := sweep(ctx, cfg)
		for _, unit := range removed {
			fmt.Println("swept", unit)
		}
		return err
	}})
}

// sweep removes every unit of the tests, complete or not.
func sweep(ctx context.Context, cfg aws.Config) (units []string, err error) {
	account, partition, err := cloud.CallerAccount(ctx, cfg, "", nil)
	if err != nil {
		return nil, err
	}
	finder := orphans.New(cloud.New(cfg, bp.Place{Partition: partition, Account: account, Region: cfg.Region}, cloud.Options{}))
	found, err := finder.Find(ctx, orphans.Options{Prefix: swept, Unheld: true})
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, o := range found {
		if err := finder.Remove(ctx, o, true); err != nil {
			problems = append(problems, fmt.Errorf("sweep %s: %w", o.Unit, err))
			continue
		}
		units = append(units, o.Unit)
	}
	return units, errors.Join(problems...)
}

// TestSweep loses the state of a unit and sweeps it up, beside a unit and a
// role that are not the tests'.
func TestSweep(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	c := newCore(t, a, `provider "secure" {}`+"\n"+unit(t, "lost", "tfacc-lost", nil)+unit(t, "kept", "kept", nil))
	c.must("apply", "-auto-approve")
	_, err := a.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: new("tfacc-not-ours"), AssumeRolePolicyDocument: new(foreignTrust)})
	must(t, err)
	units, err := sweep(t.Context(), a.config(t))
	must(t, err)
	if fmt.Sprint(units) != "[tfacc-lost]" {
		t.Errorf("swept %v", units)
	}
	roles, err := a.iam.ListRoles(t.Context(), &iam.ListRolesInput{})
	must(t, err)
	var names []string
	for _, role := range roles.Roles {
		names = append(names, *role.RoleName)
	}
	if fmt.Sprint(names) != fmt.Sprintf("[kept-%s tfacc-not-ours]", region) {
		t.Errorf("roles left: %v", names)
	}
	if units, err = sweep(t.Context(), a.config(t)); err != nil || len(units) > 0 {
		t.Errorf("a second sweep finds %v, %v", units, err)
	}
	c.must("destroy", "-auto-approve")
}
