package deployer

import (
	"fmt"
	"strings"
)

// conclude draws from what was done who can be what.
func (d *loose) conclude() {
	known := func(fact string) bool { _, ok := d.facts[fact]; return ok }
	for _, th := range d.things {
		if code := "the deployer's code runs in " + th.name; known(code) {
			d.learn("the deployer is "+th.allows, code)
		}
		if trusted := "the deployer is trusted by " + th.name; known(trusted) {
			d.learn("the deployer is "+th.name, trusted)
		}
		if passed, sets := th.name+" is passed to Lambda", "the deployer sets the role of a function"; known(passed) && known(sets) {
			d.learn("the deployer is "+th.name, passed, sets)
		}
		if strings.Contains(th.arn, ":role/") && known("the deployer is "+th.name) {
			d.be(th)
		}
	}
}

// be is the deployer as a role: it must not be another's, nor one that can do
// everything.
func (d *loose) be(th thing) {
	is := "the deployer is " + th.name
	if th.foreign {
		d.learn("! "+is, is)
	}
	mighty := []string{th.name + " has a policy that allows everything"}
	for _, policy := range d.things {
		if !strings.Contains(policy.arn, ":policy/") {
			continue
		}
		attached, evil := attachment(policy.name, th.name), policy.name+" allows everything"
		if policy.name == administratorPolicy {
			d.facts[evil] = []string{}
		}
		if th.allows == policy.name {
			d.facts[attached] = []string{}
		}
		if _, ok := d.facts[attached]; !ok {
			continue
		}
		if _, ok := d.facts[evil]; !ok {
			continue
		}
		fact := fmt.Sprintf("%s can do what %s allows", th.name, policy.name)
		d.learn(fact, attached, evil)
		mighty = append(mighty, fact)
	}
	for _, fact := range mighty {
		if _, ok := d.facts[fact]; !ok {
			continue
		}
		for s := range d.shapes[th.name] {
			if evil := d.named(s.has) + " allows everything"; s.there && s.has == "" {
				d.learn("! the deployer is administrator as "+th.name, is, fact)
			} else if _, ok := d.facts[evil]; s.there && ok {
				d.learn("! the deployer is administrator as "+th.name, is, fact, evil)
			}
		}
	}
}
