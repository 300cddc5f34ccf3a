package deployer

import (
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// thing is an object of the account that a deployer is let loose on.
type thing struct {
	// name is how paths call it.
	name, arn string
	// foreign says that nothing about it may change.
	foreign bool
	// created says that it is there from the beginning; other names are free for
	// the deployer to take.
	created bool
	// tags are values of the unit's tag that it may have to begin with, "" is
	// none. Of what has a name foreign things have the unit's as well: somebody
	// else may have set it.
	tags    []string
	alias   string // of a key
	bounded string // the boundary of a role
	allows  string // the policy of a role, the role of a function
}

// The things that paths go through, by their names.
const (
	administratorPolicy = "AWS's policy AdministratorAccess"
	administratorRole   = "the administrator's role"
	boundaryPolicy      = "the boundary"
	deployersRole       = "the deployer's role"
	deployersPolicy     = "the deployer's policy"
	unitsRole           = "a unit's role"
	unitsPolicy         = "a unit's policy"
	bareKey             = "a key without alias and tag"
	houseKey            = "the house key"
)

// situation is where the deployer's own things and the boundary are kept.
type situation struct {
	// amongUnits puts them where the units' path and prefix take them in.
	amongUnits bool
	// bareKeys says that there is a key without alias and tag.
	bareKeys bool
	// unboundedRole says that a unit's role has no boundary.
	unboundedRole bool
}

// account is an account with an administrator, other teams' things of every kind
// and units, for policies with the options.
func (s situation) account(o Options, policyName string) []thing {
	p := o.Place
	if p.Account == anything {
		p.Account = "111122223333"
	}
	if p.Region == anything {
		p.Region = "eu-west-1"
	}
	other := p
	other.Account = "999988887777"
	prefix, path := "orders-", o.RolePath
	below := path + prefix + "team/"
	names, home, deployer := []string{"", prefix + "x", "payments-x"}, "/", "deployer"
	if s.amongUnits {
		home, deployer = path, prefix+"deployer"
	}
	bounded := strings.Join(o.Boundaries, "")
	if s.unboundedRole {
		bounded = ""
	}
	whose := "payments-x"
	things := []thing{
		{name: administratorPolicy, arn: "arn:" + p.Partition + ":iam::aws:policy/AdministratorAccess", foreign: true, created: true},
		{name: administratorRole, arn: p.RoleARN("/", "Administrator"), foreign: true, created: true, allows: administratorPolicy},
		{name: "a role of the same name in another path", arn: p.RoleARN("/payments/", prefix+"admin"), foreign: true, created: true, allows: administratorPolicy},
		{name: "another team's role in the same path", arn: p.RoleARN(path, whose), foreign: true, created: true, allows: administratorPolicy},
		{name: "another team's role with the boundary", arn: p.RoleARN("/", whose), foreign: true, created: true, bounded: bounded},
		{name: "a role below a path that begins with the prefix", arn: p.RoleARN(below, "admin"), foreign: true, created: true, allows: administratorPolicy},
		{name: "a role of another account", arn: other.RoleARN(path, prefix+"x"), foreign: true, created: true, allows: administratorPolicy},
		{name: "another team's policy", arn: p.PolicyARN("/", "payments"), foreign: true, created: true},
		{name: "a policy below a path that begins with the prefix", arn: p.PolicyARN(below, "x"), foreign: true, created: true},
		{name: "the administrator", arn: "arn:" + p.Partition + ":iam::" + p.Account + ":user/admin", foreign: true, created: true},
		{name: "another team's function", arn: p.FunctionARN(whose), foreign: true, created: true, allows: administratorRole},
		{name: "a function of another account", arn: other.FunctionARN(prefix + "x"), foreign: true, created: true, allows: administratorRole},
		{name: "another team's queue", arn: p.QueueARN(bp.QueueName(whose)), foreign: true, created: true},
		{name: "another team's log group", arn: p.LogGroupARN(bp.LogGroupName(whose)) + ":log-stream:a", foreign: true, created: true},
		{name: "another team's alarm", arn: p.AlarmARN(whose), foreign: true, created: true},
		{name: "another team's secret", arn: arn(p, "secretsmanager", "secret:prod/database-aBcDeF"), foreign: true, created: true},
		{name: "another unit's secret", arn: arn(p, "secretsmanager", "secret:"+bp.SecretName(whose)+"-aBcDeF"), foreign: true, created: true},
		{name: "another unit's alias", arn: arn(p, "kms", bp.KeyAlias(whose)), foreign: true, created: true},
		{name: "another team's package", arn: "arn:" + p.Partition + ":s3:::staging/payments/x.zip", foreign: true, created: true},
		{name: "another team's signing profile", arn: arn(p, "signer", "/signing-profiles/payments"), foreign: true, created: true},
		{name: boundaryPolicy, arn: bounded, foreign: true, created: true},
		{name: deployersRole, arn: p.RoleARN(home, deployer), foreign: true, created: true},
		{name: deployersPolicy, arn: p.PolicyARN(home, nameOf(policyName, Apply)+"-2"), foreign: true, created: true},

		{name: unitsRole, arn: p.RoleARN(path, prefix+"api-"+p.Region), created: true, bounded: bounded, allows: unitsPolicy},
		{name: unitsPolicy, arn: p.PolicyARN(path, prefix+"api-"+p.Region), created: true},
		{name: "a unit's function", arn: p.FunctionARN(prefix + "api"), created: true, allows: unitsRole},
		{name: "a new role in the units' place", arn: p.RoleARN(path, prefix+"new")},
		{name: "a new policy in the units' place", arn: p.PolicyARN(path, prefix+"new")},
		{name: "a new role elsewhere", arn: p.RoleARN("/", "new"), foreign: true},
		{name: "a new policy elsewhere", arn: p.PolicyARN("/", "new"), foreign: true},
		{name: "a new user", arn: "arn:" + p.Partition + ":iam::" + p.Account + ":user/new", foreign: true},
		{name: "a new function of a unit's name", arn: p.FunctionARN(prefix + "new")},
		{name: "a unit's alias", arn: arn(p, "kms", bp.KeyAlias(prefix+"new"))},
		{name: "a unit's alarm", arn: p.AlarmARN(prefix + "api-errors")},
	}
	for i := range things {
		things[i].tags = names
	}
	things = append(things,
		thing{name: "another team's key", arn: arn(p, "kms", "key/payments"), foreign: true, created: true, tags: []string{""}, alias: "alias/payments"},
		thing{name: "another team's key that somebody gave a unit's tag", arn: arn(p, "kms", "key/tagged"), foreign: true, created: true, tags: []string{prefix + "x"}, alias: "alias/payments-2"},
		thing{name: "another unit's key", arn: arn(p, "kms", "key/unit"), foreign: true, created: true, tags: []string{whose}, alias: bp.KeyAlias(whose)},
		thing{name: "another unit's key, its alias deleted", arn: arn(p, "kms", "key/gone"), foreign: true, created: true, tags: []string{whose}},
		thing{name: "a key of another account", arn: arn(other, "kms", "key/other"), foreign: true, created: true, tags: []string{""}, alias: "alias/other"},
		thing{name: "a unit's key", arn: arn(p, "kms", "key/api"), created: true, tags: []string{prefix + "api"}, alias: bp.KeyAlias(prefix + "api")},
		thing{name: houseKey, arn: arn(p, "kms", "key/1"), created: true, tags: []string{""}, alias: "alias/house"},
	)
	if s.bareKeys {
		things = append(things, thing{name: bareKey, arn: arn(p, "kms", "key/bare"), foreign: true, created: true, tags: []string{""}})
	}
	return things
}
