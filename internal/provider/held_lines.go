package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// The lines that a configuration has to state for a setting to be held no more.

// environmentLine leaves out what Powertools sets by default, if all of it is
// there.
func environmentLine(b bp.Blueprint) string {
	observed := functionOf(b).Environment.Or(nil)
	powertools := draft.Environment(bp.Spec{Name: functionOf(b).Name}, bp.Null[string]()).Or(nil)
	complete := true
	for name := range powertools {
		_, ok := observed[name]
		complete = complete && ok
	}
	secret, _ := b.Secret.Get()
	policy, _ := b.Policy.Get()
	read := bp.Field(policy.Statements, func(s bp.PolicyStatements) bp.Value[map[string]bp.Value[bp.Statement]] { return s.Secrets }).Or(nil)
	var names, secrets []string
	for name, value := range observed {
		if _, ok := read[name]; ok {
			secrets = append(secrets, name+" = ...")
			continue
		}
		digest, _ := value.Get()
		if name == bp.SecretVariable && digest.SHA256 == bp.Map(secret.ARN, bp.HashText) {
			continue
		}
		byDefault, ok := powertools[name]
		if complete && ok && digest.SHA256 == bp.Map(byDefault, bp.HashText) {
			continue
		}
		names = append(names, name+" = ...")
	}
	slices.Sort(names)
	line := "powertools = false, which adds nothing to the environment"
	if len(names) > 0 {
		line = "environment = { " + strings.Join(names, ", ") + " }, and " + line
	}
	if complete {
		line = "environment = { " + strings.Join(names, ", ") + " }"
	}
	if slices.Sort(secrets); len(secrets) > 0 {
		line = "secrets = { " + strings.Join(secrets, ", ") + " }, and " + line
	}
	return line
}

func vpcLine(b bp.Blueprint) string {
	network, inside := functionOf(b).Network.Get()
	if !inside {
		return "vpc = { enabled = false }"
	}
	subnets, _ := network.SubnetIDs.Or(nil).Strings()
	groups, _ := network.SecurityGroupIDs.Or(nil).Strings()
	line := fmt.Sprintf("vpc = { subnet_ids = [%s], security_group_ids = [%s]", quoted(subnets), quoted(groups))
	if network.IPv6.Or(false) {
		line += ", ipv6 = true"
	}
	return line + " }"
}

func imageLine(b bp.Blueprint) string {
	image := functionOf(b).Image.Or(bp.Image{})
	var parts []string
	for _, list := range []struct {
		name  string
		words bp.Value[bp.List]
	}{{"command", image.Command}, {"entry_point", image.EntryPoint}} {
		if words, _ := list.words.Or(nil).Strings(); len(words) > 0 {
			parts = append(parts, fmt.Sprintf("%s = [%s]", list.name, quoted(words)))
		}
	}
	if directory, ok := image.WorkingDirectory.Get(); ok {
		parts = append(parts, fmt.Sprintf("working_directory = %q", directory))
	}
	return "code = { image = { " + strings.Join(append([]string{"uri = ..."}, parts...), ", ") + " } }"
}

func deadLetterLine(b bp.Blueprint) string {
	if arn, ok := functionOf(b).DeadLetterARN.Get(); ok {
		return fmt.Sprintf("dead_letter = { target_arn = %q }", arn)
	}
	return "dead_letter = { enabled = false }, or dead_letter = { enabled = true } to keep events that fail"
}

func policiesLine(b bp.Blueprint) string {
	arns, _ := otherPolicies(b).Strings()
	return fmt.Sprintf("additional_policy_arns = [%s]", quoted(arns))
}

func permissionsLine(b bp.Blueprint) string {
	sids := slices.Sorted(maps.Keys(permissionsOf(b).Unexpected.Or(nil)))
	return fmt.Sprintf("permissions = { ... } for what the statements %s of the function's resource policies grant: they are removed once permissions is stated, and what permissions grants is for the alias alone, so move callers that use another name to alias_arn first", quoted(sids))
}
