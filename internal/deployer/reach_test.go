package deployer

import (
	"maps"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/access"
	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// A deployer is let loose on an account with the printed policies and tries
// every action on everything, under every condition that it can choose. What it
// has changed counts from then on, and changed again whichever way suits it
// most, until nothing new comes of it. Things are taken one by one and nothing
// is ever undone, so what is reached is too much rather than too little.

// shape is what conditions see of a thing.
type shape struct {
	there           bool
	tag, alias, has string // has is the boundary
}

// loose is the deployer on its way.
type loose struct {
	options Options
	things  map[string]thing // by name
	// about are the statements about an action, takers the things it is tried
	// on, compared the condition keys that make a difference.
	about    map[string][]Statement
	takers   map[string][]thing
	compared map[string][]string
	shapes   map[string]map[shape]bool
	facts    map[string][]string // with what they came from
	// tried are attempts that taught all they can.
	tried map[attempt]bool
	news  bool
}

type attempt struct {
	action, thing string
	shape         shape
}

// reach lists what a deployer must not reach and does, each with its path.
func reach(statements []Statement, o Options, things []thing) map[string]string {
	return letLoose(statements, o, things).paths()
}

func letLoose(statements []Statement, o Options, things []thing) *loose {
	d := &loose{
		options: o, things: map[string]thing{}, shapes: map[string]map[shape]bool{}, facts: map[string][]string{},
		about: map[string][]Statement{}, takers: map[string][]thing{}, compared: map[string][]string{}, tried: map[attempt]bool{},
	}
	for _, th := range things {
		if th.arn == "" {
			continue
		}
		d.things[th.name] = th
		d.shapes[th.name] = map[shape]bool{}
		for _, tag := range th.tags {
			d.shapes[th.name][shape{there: th.created, tag: tag, alias: th.alias, has: th.bounded}] = true
		}
	}
	for _, s := range statements {
		for _, name := range s.Actions {
			if action, ok := access.Catalogue().Action(name); ok && !s.Deny && changes(action) {
				d.look(action, statements)
			}
		}
	}
	d.run()
	return d
}

func (d *loose) run() {
	for d.news = true; d.news; {
		d.news = false
		for _, action := range slices.Sorted(maps.Keys(d.takers)) {
			for _, th := range d.takers[action] {
				d.try(action, th)
			}
		}
		d.conclude()
	}
}

func (d *loose) paths() map[string]string {
	paths := map[string]string{}
	for fact := range d.facts {
		if goal, ok := strings.CutPrefix(fact, "! "); ok {
			paths[goal] = d.path(fact, map[string]bool{})
		}
	}
	return paths
}

// widened goes on from what was reached, with statements of which one allows
// more than before.
func (d *loose) widened(statements []Statement, wider Statement) *loose {
	next := *d
	next.about, next.compared = maps.Clone(d.about), maps.Clone(d.compared)
	next.facts, next.tried, next.shapes = maps.Clone(d.facts), maps.Clone(d.tried), map[string]map[shape]bool{}
	for name, shapes := range d.shapes {
		next.shapes[name] = maps.Clone(shapes)
	}
	maps.DeleteFunc(next.tried, func(a attempt, _ bool) bool { return slices.Contains(wider.Actions, a.action) })
	for _, name := range wider.Actions {
		if action, ok := access.Catalogue().Action(name); ok && changes(action) {
			delete(next.about, name)
			next.takers = maps.Clone(next.takers)
			delete(next.takers, name)
			next.look(action, statements)
		}
	}
	next.run()
	return &next
}

// look finds out what matters for an action.
func (d *loose) look(action access.Action, statements []Statement) {
	if d.about[action.Name] != nil {
		return
	}
	for _, s := range statements {
		if slices.ContainsFunc(s.Actions, func(a string) bool { return access.Covers(a, action.Name) }) {
			s.Actions = []string{action.Name}
			d.about[action.Name] = append(d.about[action.Name], s)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.things)) {
		if slices.ContainsFunc(action.Resources, func(r access.Resource) bool { return r.Fits(d.things[name].arn) }) {
			d.takers[action.Name] = append(d.takers[action.Name], d.things[name])
		}
	}
	d.compared[action.Name] = compared(action.Name, d.about[action.Name])
}

// changes reports whether an action counts.
func changes(a access.Action) bool { return a.Level != access.Read && a.Level != access.List }

func (d *loose) learn(fact string, from ...string) {
	if _, known := d.facts[fact]; !known {
		d.facts[fact], d.news = from, true
	}
}

func (d *loose) become(th thing, s shape) {
	if !d.shapes[th.name][s] {
		d.shapes[th.name][s], d.news = true, true
	}
}

// path tells how a fact came about, what came first at the beginning.
func (d *loose) path(fact string, told map[string]bool) string {
	var steps []string
	for _, from := range d.facts[fact] {
		if !told[from] {
			told[from] = true
			steps = append(steps, d.path(from, told))
		}
	}
	return strings.Join(append(steps, strings.TrimPrefix(fact, "! ")), "; ")
}

// choices are what the deployer can put into a request, by condition key. Keys
// that are the thing's own are not among them.
func (d *loose) choices(action string) context {
	lambda, secrets := d.options.Place.ViaService("lambda"), d.options.Place.ViaService("secretsmanager")
	if d.options.Place.Region == anything {
		lambda, secrets = "lambda.eu-west-1.amazonaws.com", "secretsmanager.eu-west-1.amazonaws.com"
	}
	out := context{
		requestTag: {"", "orders-x", "payments-x"}, tagKeys: {"", "other", bp.TagUnit},
		passedTo: {lambdaPrincipal, "ec2.amazonaws.com"}, viaService: {"", lambda, secrets}, forAWS: {"", "true"},
		alarmActions: {"", "arn:aws:sns:eu-west-1:111122223333:alarms", "arn:aws:automate:eu-west-1:ec2:terminate"},
	}
	for _, th := range d.things {
		if strings.Contains(th.arn, ":policy/") {
			out[policyARN] = append(out[policyARN], th.arn)
		}
	}
	if action == "iam:CreateRole" || action == "iam:PutRolePermissionsBoundary" {
		out[boundary] = append([]string{""}, out[policyARN]...)
	}
	return out
}

// contexts are all conditions under which an action can be asked for on a
// thing of a shape, as far as a statement compares them.
func (d *loose) contexts(action string, th thing, s shape) []context {
	first := context{region: {"eu-west-1"}, "aws:PrincipalAccount": {"111122223333"}}
	if d.options.Place.Region != anything {
		first[region] = []string{d.options.Place.Region}
	}
	if account := strings.Split(th.arn, ":")[4]; account != "" {
		first[theirs] = []string{account}
	}
	for key, value := range map[string]string{resourceTag: s.tag, aliases: s.alias, boundary: s.has} {
		if value != "" {
			first[key] = strings.Fields(value)
		}
	}
	out := []context{first}
	choices := d.choices(action)
	for _, key := range d.compared[action] {
		var more []context
		for _, value := range choices[key] {
			for _, c := range out {
				c = maps.Clone(c)
				delete(c, key)
				if value != "" {
					c[key] = []string{value}
				}
				more = append(more, c)
			}
		}
		if more != nil {
			out = more
		}
	}
	return out
}

// compared are the keys that statements about an action compare, and those that
// make a difference by themselves.
func compared(action string, statements []Statement) []string {
	var keys []string
	for _, s := range statements {
		for _, inner := range s.Conditions {
			keys = slices.AppendSeq(keys, maps.Keys(inner))
		}
	}
	switch action {
	case "iam:CreateRole", "iam:PutRolePermissionsBoundary":
		keys = append(keys, boundary)
	case "iam:AttachRolePolicy":
		keys = append(keys, policyARN)
	case "iam:PassRole":
		keys = append(keys, passedTo)
	case "cloudwatch:PutMetricAlarm":
		keys = append(keys, alarmActions)
	case "kms:CreateGrant", "kms:Encrypt", "kms:GenerateDataKey":
		keys = append(keys, viaService, forAWS)
	}
	if strings.Contains(action, ":Tag") || strings.Contains(action, ":Create") {
		keys = append(keys, requestTag)
	}
	return sorted(keys)
}

// creates reports whether an action makes a thing that is not there.
func creates(action string, th thing) bool {
	switch action {
	case "kms:CreateAlias":
		return strings.Contains(th.arn, ":alias/")
	case "iam:CreatePolicyVersion", "iam:CreateAccessKey", "iam:CreateLoginProfile", "kms:CreateGrant", "lambda:CreateAlias":
		return false
	}
	return strings.Contains(action, ":Create")
}

// try asks for an action on a thing in every shape that it can have.
func (d *loose) try(action string, th thing) {
	creates := creates(action, th)
	for _, s := range slices.Collect(maps.Keys(d.shapes[th.name])) {
		if s.there == creates && action != "cloudwatch:PutMetricAlarm" {
			continue
		}
		if at := (attempt{action, th.name, s}); !d.tried[at] {
			d.tried[at] = !strings.HasSuffix(action, "Alias") // which depends on the aliases that are free
		} else {
			continue
		}
		for _, c := range d.contexts(action, th, s) {
			if grants(d.about[action], request{action, th.arn, c}) {
				d.done(action, th, s, c)
			}
		}
	}
}

// done is what an action leads to by itself.
func (d *loose) done(action string, th thing, s shape, c context) {
	if action == "kms:Decrypt" && c[viaService] != nil {
		return // it shows the environment of a function, which is fenced
	}
	did := action + " on " + th.name
	d.learn(did)
	value := func(key string) string { return strings.Join(c[key], " ") }
	if th.foreign {
		d.learn("! "+th.name+" is changed by "+action, did)
	}
	made := !s.there
	s.there = true
	if c[requestTag] != nil && (strings.Contains(action, ":Tag") || made) {
		s.tag = value(requestTag)
	}
	if strings.Contains(action, ":Untag") && (c[tagKeys] == nil || slices.Contains(c[tagKeys], bp.TagUnit)) {
		s.tag = ""
	}
	role := strings.Contains(th.arn, ":role/")
	switch action {
	case "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion":
		d.learn(th.name+" allows everything", did)
	case "iam:AttachRolePolicy":
		d.learn(attachment(d.named(value(policyARN)), th.name), did)
	case "iam:PutRolePolicy":
		d.learn(th.name+" has a policy that allows everything", did)
	case "iam:CreateRole":
		s.has = value(boundary)
		d.learn("the deployer is trusted by "+th.name, did)
	case "iam:PutRolePermissionsBoundary":
		s.has = value(boundary)
	case "iam:DeleteRolePermissionsBoundary":
		s.has = ""
	case "iam:UpdateAssumeRolePolicy":
		d.learn("the deployer is trusted by "+th.name, did)
	case "iam:PassRole":
		if service := value(passedTo); service != lambdaPrincipal {
			d.learn("! "+th.name+" is passed to "+service, did)
		} else {
			d.learn(th.name+" is passed to Lambda", did)
		}
	case "lambda:CreateFunction", "lambda:UpdateFunctionConfiguration":
		d.learn("the deployer sets the role of a function", did)
	case "lambda:UpdateFunctionCode":
		d.learn("the deployer's code runs in "+th.name, did)
	case "kms:CreateAlias", "kms:UpdateAlias":
		if _, alias, ok := strings.Cut(th.arn, ":alias/"); ok {
			d.learn("an alias is free: alias/"+alias, did)
			break
		}
		for fact := range d.facts {
			if alias, ok := strings.CutPrefix(fact, "an alias is free: "); ok && !strings.Contains(s.alias, alias) {
				aliased := s
				aliased.alias = strings.TrimSpace(s.alias + " " + alias)
				d.become(th, aliased)
			}
		}
	case "kms:DeleteAlias":
		if strings.Contains(th.arn, ":key/") && d.facts["kms:DeleteAlias on another unit's alias"] != nil {
			s.alias = ""
		}
	case "cloudwatch:PutMetricAlarm":
		if told := value(alarmActions); told != "" && !strings.Contains(told, ":sns:") {
			d.learn("! an alarm does "+told, did)
		}
	case "kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey":
		if th.name == houseKey && (c[viaService] == nil || action == "kms:CreateGrant" && (c[forAWS] == nil || strings.HasPrefix(value(viaService), "secrets"))) {
			d.learn("! the house key is used by "+action+" for something else than a unit", did)
		}
	default:
		if th.name == houseKey {
			d.learn("! the house key is changed by "+action, did)
		}
	}
	if !role {
		s.has = ""
	}
	d.become(th, s)
}

func attachment(policy, role string) string { return policy + " is attached to " + role }

// named is the thing of an ARN.
func (d *loose) named(arn string) string {
	for _, th := range d.things {
		if th.arn == arn {
			return th.name
		}
	}
	return arn
}
