package inspect

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/loggroups"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/policies"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds/roles"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// SharedWith says who else uses what a unit of this function would own: other
// functions with its role or log group, in any version and, as far as they may be
// listed, in other regions; instance profiles with the role; others that the role
// trusts; other holders of its policy. It returns a clause for each.
func (c *Inspector) SharedWith(ctx context.Context, o kinds.Observation) ([]string, error) {
	role, function := bp.ValueOf(o.Role), bp.ValueOf(o.Function)
	name, group := function.Name.Or(""), bp.ValueOf(function.Logging).Group.Or("")
	var clauses []string
	say := func(form string, what bp.String, names []string) {
		if len(names) > 0 {
			slices.Sort(names)
			clauses = append(clauses, fmt.Sprintf(form, what, strings.Join(slices.Compact(names), ", ")))
		}
	}
	if role.ARN.IsKnown() {
		byRole, err := kinds.Users(ctx, c.Client, name, kinds.WithRole(role.ARN.Or("")))
		if err != nil {
			return nil, err
		}
		byRole = append(byRole, c.elsewhere(ctx, role.ARN.Or(""))...)
		say("role %s is also the role of %s", role.Name, byRole)
		profiles, err := roles.ProfilesOf(ctx, c.Client, role.Name.Or(""))
		if err != nil {
			return nil, err
		}
		say("role %s is also in the instance profile %s", role.Name, profiles)
		if o.RoleLastIn != "" && o.RoleLastIn != c.Place.Region && len(byRole) == 0 {
			say("role %s was last used in region %s", role.Name, []string{o.RoleLastIn})
		}
	}
	say("role %s also trusts %s", role.Name, roles.OtherPrincipals(bp.ValueOf(role.Trust)))
	if policy, is := o.Policy.Get(); is {
		holders, err := policies.HeldBy(ctx, c.Client, policy.ARN.Or(""), role.Name.Or(""))
		if err != nil {
			return nil, err
		}
		say("policy %s is also attached to %s", policy.Name, holders)
	}
	byGroup, err := kinds.Users(ctx, c.Client, name, kinds.WithGroup(group))
	if err != nil {
		return nil, err
	}
	say("log group %s is also the log group of %s", bp.Known(group), byGroup)
	if len(byGroup) == 0 && o.LogGroup.IsKnown() {
		streams, err := loggroups.Foreign(ctx, c.Client, name, c.Place.LogGroupARN(group))
		if err != nil {
			return nil, err
		}
		for _, clause := range streams {
			clauses = append(clauses, "of log group "+group+", "+clause)
		}
	}
	return clauses, nil
}

// Bounds of the look at other regions.
const (
	regionsAtOnce = 8
	regionLimit   = 10 * time.Second
)

// elsewhere lists the functions of other regions with a role: roles have no
// regions. A region that may not be listed, or does not answer, is passed over.
func (c *Inspector) elsewhere(ctx context.Context, role string) []string {
	regions, err := c.regions.Load("", func() ([]string, bool, error) {
		names, err := c.Regions(ctx)
		return names, err == nil, err
	})
	if err != nil {
		c.Log(ctx, "the account's regions cannot be listed, so functions of other regions are not looked for", map[string]any{"error": api.ErrorCode(err)})
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, regionLimit)
	defer cancel()
	var (
		mu    sync.Mutex
		found []string
		group sync.WaitGroup
		slots = make(chan struct{}, regionsAtOnce)
	)
	for _, name := range regions {
		if name == c.Place.Region {
			continue
		}
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			functions, err := c.FunctionsIn(ctx, name)
			if err != nil {
				c.Log(ctx, "the functions of a region cannot be listed", map[string]any{"region": name, "error": cmp.Or(api.ErrorCode(err), "no answer")})
			}
			for _, f := range functions {
				if where := aws.ToString(f.FunctionName) + " in " + name; aws.ToString(f.Role) == role {
					mu.Lock()
					found = api.AppendNew(found, where)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	return found
}
