package provider

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// privateHeld is the private-state key of the held settings.
const privateHeld = "held"

// held names the inputs that an import found set and that stay as they are
// until the configuration states them: importing never changes what runs.
type held []string

// holdable are the inputs that decide what runs, with how each is read from
// what was observed and how the line to write looks.
var holdable = []setting{
	textSetting("runtime", func(s *bp.Spec) *bp.String { return &s.Runtime }, func(f bp.Function) bp.String { return f.Runtime }),
	textSetting("handler", func(s *bp.Spec) *bp.String { return &s.Handler }, func(f bp.Function) bp.String { return f.Handler }),
	textSetting("architecture", func(s *bp.Spec) *bp.String { return &s.Architecture }, func(f bp.Function) bp.String { return f.Architecture }),
	textSetting("description", func(s *bp.Spec) *bp.String { return &s.Description }, func(f bp.Function) bp.String { return f.Description }),
	numberSetting("memory_size", func(s *bp.Spec) *bp.Value[int64] { return &s.MemorySize }, func(f bp.Function) bp.Value[int64] { return f.MemorySize }),
	numberSetting("timeout", func(s *bp.Spec) *bp.Value[int64] { return &s.Timeout }, func(f bp.Function) bp.Value[int64] { return f.Timeout }),
	numberSetting("ephemeral_storage", func(s *bp.Spec) *bp.Value[int64] { return &s.EphemeralStorage }, func(f bp.Function) bp.Value[int64] { return f.EphemeralStorage }),
	{
		name:   "vpc",
		stated: func(s bp.Spec) bool { return !s.VPC.IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { s.VPC = draft.InferVPC(functionOf(b)) },
		line:   vpcLine,
	},
	{
		name: "code.image",
		stated: func(s bp.Spec) bool {
			image := s.Code.Or(bp.CodeSpec{}).Image.Or(bp.ImageSpec{})
			return !image.Command.IsNull() || !image.EntryPoint.IsNull() || !image.WorkingDirectory.IsNull()
		},
		moot: func(b bp.Blueprint) bool { return functionOf(b).Image.IsNull() },
		keep: func(s *bp.Spec, b bp.Blueprint) {
			code, _ := s.Code.Get()
			image, isImage := code.Image.Get()
			if !isImage {
				return // it becomes a zip package
			}
			have := functionOf(b).Image.Or(bp.Image{})
			image.Command, image.EntryPoint, image.WorkingDirectory = have.Command, have.EntryPoint, have.WorkingDirectory
			code.Image = bp.Known(image)
			s.Code = bp.Known(code)
		},
		line: imageLine,
	},
	{
		name: "release.alias",
		stated: func(s bp.Spec) bool {
			return s.Release.IsUnknown() || !bp.Field(s.Release, func(r bp.ReleaseSpec) bp.String { return r.Alias }).IsNull()
		},
		keep: func(s *bp.Spec, b bp.Blueprint) {
			release, _ := s.Release.Get()
			release.Alias = aliasOf(b).Name
			s.Release = bp.Known(release)
		},
		line: func(b bp.Blueprint) string { return fmt.Sprintf("release = { alias = %q }", aliasOf(b).Name) },
	},
	{
		name:   "permissions_boundary",
		stated: func(s bp.Spec) bool { return !s.PermissionsBoundary.IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { s.PermissionsBoundary = roleOf(b).PermissionsBoundary },
		line: func(b bp.Blueprint) string {
			return fmt.Sprintf("permissions_boundary = %q", roleOf(b).PermissionsBoundary)
		},
	},
	{
		name:   heldDeadLetter,
		stated: func(s bp.Spec) bool { return !s.DeadLetter.IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { s.DeadLetter = draft.InferDeadLetter(b) },
		moot:   func(b bp.Blueprint) bool { return b.Queue.IsKnown() },
		line:   deadLetterLine,
	},
	{
		name: heldEnvironment,
		stated: func(s bp.Spec) bool {
			return !s.Environment.IsNull() || !s.Secrets.IsNull() || !s.Powertools.IsNull()
		},
		keep: func(s *bp.Spec, b bp.Blueprint) {
			if functionOf(b).Environment.IsNull() {
				s.Powertools = bp.Known(false)
			}
		},
		line: environmentLine,
	},
	{
		name:   "secret_values_wo_version",
		stated: func(s bp.Spec) bool { return !s.SecretVersion.IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { keepSecret(s, b) },
		moot:   func(b bp.Blueprint) bool { return b.Secret.IsNull() },
		line:   secretLine,
	},
	{
		name:   "role_name",
		stated: func(s bp.Spec) bool { return !s.RoleName.IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { s.RoleName = roleOf(b).Name },
		line:   func(b bp.Blueprint) string { return fmt.Sprintf("role_name = %q", roleOf(b).Name) },
	},
	{
		name:   "role_path",
		stated: func(s bp.Spec) bool { return !s.RolePath.IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { s.RolePath = roleOf(b).Path },
		line:   func(b bp.Blueprint) string { return fmt.Sprintf("role_path = %q", roleOf(b).Path) },
	},
	{
		name:   heldPolicies,
		stated: func(s bp.Spec) bool { return !s.PolicyARNs.IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { s.PolicyARNs = bp.Known(otherPolicies(b)) },
		line:   policiesLine,
	},
	{
		name:   heldInline,
		stated: func(s bp.Spec) bool { return !s.Access.IsNull() },
		keep:   func(*bp.Spec, bp.Blueprint) {}, // no input carries them
		moot:   func(b bp.Blueprint) bool { return roleOf(b).InlinePolicies.IsNull() },
		line: func(b bp.Blueprint) string {
			inline, _ := roleOf(b).InlinePolicies.Or(nil).Strings()
			return fmt.Sprintf("access = { ... } for what the inline policies %s of the role grant: they are removed once access is stated", quoted(inline))
		},
	},
	{
		name:   heldAlarms,
		stated: func(s bp.Spec) bool { return !s.Alarms.IsNull() },
		moot:   func(b bp.Blueprint) bool { return b.Alarms.IsKnown() },
		keep:   func(s *bp.Spec, _ bp.Blueprint) { s.Alarms = bp.Known(bp.AlarmsSpec{Enabled: bp.Known(false)}) },
		line: func(bp.Blueprint) string {
			return "alarms = { enabled = false }, or alarms = { enabled = true } to have them"
		},
	},
	{
		name:   heldPermissions,
		stated: func(s bp.Spec) bool { return !s.Permissions.IsNull() },
		moot:   func(b bp.Blueprint) bool { return b.Permissions.IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { s.Permissions = draft.InferPermissions(b) },
		line:   permissionsLine,
	},
	{
		name: "logs.group_name",
		stated: func(s bp.Spec) bool {
			return s.Logs.IsUnknown() || !bp.Field(s.Logs, func(l bp.LogsSpec) bp.String { return l.GroupName }).IsNull()
		},
		keep: func(s *bp.Spec, b bp.Blueprint) {
			logs, _ := s.Logs.Get()
			logs.GroupName = loggingOf(b).Group
			s.Logs = bp.Known(logs)
		},
		line: func(b bp.Blueprint) string { return fmt.Sprintf("logs = { group_name = %q }", loggingOf(b).Group) },
	},
}

const (
	heldEnvironment = "environment"
	heldPolicies    = "additional_policy_arns"
	heldInline      = "inline_policies"
	heldPermissions = "permissions"
	heldDeadLetter  = "dead_letter"
	heldAlarms      = "alarms"
)

type setting struct {
	name   string
	stated func(bp.Spec) bool
	keep   func(*bp.Spec, bp.Blueprint)
	line   func(bp.Blueprint) string
	// moot reports that there is nothing left to keep.
	moot func(bp.Blueprint) bool
}

func textSetting(name string, input func(*bp.Spec) *bp.String, observed func(bp.Function) bp.String) setting {
	return setting{
		name:   name,
		stated: func(s bp.Spec) bool { return !input(&s).IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { *input(s) = observed(functionOf(b)) },
		line:   func(b bp.Blueprint) string { return fmt.Sprintf("%s = %q", name, observed(functionOf(b)).Or("")) },
	}
}

func numberSetting(name string, input func(*bp.Spec) *bp.Value[int64], observed func(bp.Function) bp.Value[int64]) setting {
	return setting{
		name:   name,
		stated: func(s bp.Spec) bool { return !input(&s).IsNull() },
		keep:   func(s *bp.Spec, b bp.Blueprint) { *input(s) = observed(functionOf(b)) },
		line:   func(b bp.Blueprint) string { return fmt.Sprintf("%s = %d", name, observed(functionOf(b)).Or(0)) },
	}
}

func functionOf(b bp.Blueprint) bp.Function { f, _ := b.Function.Get(); return f }
func roleOf(b bp.Blueprint) bp.Role         { r, _ := b.Role.Get(); return r }
func aliasOf(b bp.Blueprint) bp.Alias       { a, _ := b.Alias.Get(); return a }
func permissionsOf(b bp.Blueprint) bp.Permissions {
	p, _ := b.Permissions.Get()
	return p
}
func groupOf(b bp.Blueprint) bp.LogGroup  { g, _ := b.LogGroup.Get(); return g }
func loggingOf(b bp.Blueprint) bp.Logging { l, _ := functionOf(b).Logging.Get(); return l }

// otherPolicies are the attachments that are not the unit's own policy.
func otherPolicies(b bp.Blueprint) bp.Set {
	policy, _ := b.Policy.Get()
	return slices.DeleteFunc(roleOf(b).AttachedPolicies.Or(nil).Canonical(), func(arn bp.String) bool {
		return arn == policy.ARN || slices.Contains(policy.Overflow.Or(nil), arn)
	})
}

func quoted(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = fmt.Sprintf("%q", t)
	}
	return strings.Join(out, ", ")
}

// hold returns what an import has to keep: everything that runs and that the
// defaults would change.
func hold(inferred bp.Spec, observed bp.Blueprint) held {
	var names held
	for _, s := range holdable {
		if s.name == heldAlarms {
			continue // watching changes nothing that runs
		}
		inline := s.name == heldInline && roleOf(observed).InlinePolicies.IsKnown()
		granted := s.name == heldPermissions && permissionsOf(observed).Unexpected.IsKnown()
		if s.stated(inferred) && s.name != heldInline || inline || granted {
			names = append(names, s.name)
		}
	}
	return names
}

// apply completes a spec with what is held and returns what is still held: an
// input that the configuration states is its own master from then on.
func (h held) apply(spec *bp.Spec, observed bp.Blueprint) held {
	var still held
	for _, s := range holdable {
		if slices.Contains(h, s.name) && !s.stated(*spec) && (s.moot == nil || !s.moot(observed)) {
			s.keep(spec, observed)
			still = append(still, s.name)
		}
	}
	return still
}

// facts are the held settings that no input can carry.
func (h held) facts(observed bp.Blueprint) draft.Held {
	out := draft.Held{Unmanaged: functionOf(observed).Unmanaged}
	if slices.Contains(h, heldEnvironment) {
		out.Environment = functionOf(observed).Environment
	}
	if slices.Contains(h, heldPermissions) {
		out.Permissions = permissionsOf(observed).Unexpected
	}
	if slices.Contains(h, heldInline) {
		out.InlinePolicies = roleOf(observed).InlinePolicies
	}
	return out
}

// lines are what to write so that nothing needs to be held.
func (h held) lines(observed bp.Blueprint) []string {
	var out []string
	for _, s := range holdable {
		if slices.Contains(h, s.name) {
			out = append(out, "  "+s.line(observed))
		}
	}
	return out
}

// privateLayout is the private-state key of the release line that last planned
// the unit.
const privateLayout = "layout"

// layout counts the lines of releases that manage more than the one before.
// Nothing, as the first had it, is 0.
const layout = 1

// broughtIn is what a layout manages on its own account, which the one before
// did not: a unit made by that one is left as it is until its configuration
// says otherwise.
var broughtIn = map[int]held{1: {heldDeadLetter, heldAlarms, heldPermissions}}

// since adds what has come in since a unit was last planned.
func (h held) since(last []byte) held {
	from := 0
	if json.Unmarshal(last, &from) != nil {
		from = 0
	}
	all := slices.Clone(h)
	for line := from + 1; line <= layout; line++ {
		all = append(all, broughtIn[line]...)
	}
	return all
}

func encodeLayout() []byte { return []byte(strconv.Itoa(layout)) }

func encodeHeld(h held) []byte {
	text, err := json.Marshal(h)
	if err != nil {
		return []byte("[]")
	}
	return text
}

func decodeHeld(text []byte) held {
	var h held
	if json.Unmarshal(text, &h) != nil {
		return nil
	}
	return h
}
