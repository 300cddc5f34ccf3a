package render

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// ErrNotThere says that a unit cannot be left before it exists.
var ErrNotThere = errors.New("the unit, or a change of it, is not applied yet, so ids are missing. Apply first, then give the state: terraform show -json")

// Leave writes the blocks by which hashicorp/aws takes over the objects of a
// unit that exists, and Terraform forgets the unit itself. With them comes the
// module that Render writes, for a Terraform that has such blocks.
func Leave(u Unit, address string) (module, takeover string, err error) {
	d, err := settle(u)
	if err != nil {
		return "", "", err
	}
	m, err := d.module()
	if err != nil {
		return "", "", err
	}
	m.terraformVersion = removedVersion
	module, err = m.hcl()
	if err != nil {
		return "", "", err
	}
	l, err := newLeaving(m, u.Blueprint)
	if err != nil {
		return "", "", err
	}
	var blocks []block
	async, _ := u.Blueprint.Async.Get()
	for _, b := range m.blocks {
		to := strings.Join(b.labels, ".")
		id := importIDs[b.labels[0]]
		if id == nil {
			l.left = append(l.left, to+" cannot be imported without its id, which the provider does not keep")
			continue
		}
		if b.labels[0] == "aws_lambda_function_event_invoke_config" && async.Unconfigured() {
			l.left = append(l.left, to+" says Lambda's defaults, for which there is no object yet")
			continue
		}
		blocks = append(blocks, block{kind: "import", body: object("to", expression(to), "id", l.resolve(id(l, b)))})
	}
	blocks = append(blocks, block{kind: "removed", body: object("from", expression(withoutKeys(address)), "lifecycle", nested{object("destroy", false)})})
	takeover, err = l.write(address, u.RetiredKeys, blocks)
	return module, takeover, err
}

// write puts the blocks under what to know of them.
func (l *leaving) write(address string, retired []string, blocks []block) (string, error) {
	var out bytes.Buffer
	out.WriteString(`# To go on without this provider. Terraform 1.7 or newer; import blocks stand in a root module.
# Put these blocks and the resources into the configuration, in place of the unit; leave the block
# terraform out where the configuration has one. The plan must say "0 to destroy" and forget the unit.
`)
	for _, what := range l.left {
		fmt.Fprintf(&out, "# %s: the apply makes it.\n", what)
	}
	for _, arn := range retired {
		fmt.Fprintf(&out, "# %s is left to you. Earlier versions and log events are still encrypted with it; no block here takes it over, and nothing deletes it.\n", arn)
	}
	if withoutKeys(address) != address {
		fmt.Fprintf(&out, "# Terraform takes no keys in removed: it forgets every unit of %s, so import the objects of all.\n", withoutKeys(address))
	}
	file, w := hclwrite.NewEmptyFile(), &hclWriter{}
	for _, b := range blocks {
		file.Body().AppendNewline()
		if err := w.body(file.Body().AppendNewBlock(b.kind, b.labels).Body(), b.body); err != nil {
			return "", err
		}
	}
	out.Write(hclwrite.Format(file.Bytes()))
	return out.String(), nil
}

// keys are what for_each and count put into an address.
var keys = regexp.MustCompile(`\[[^\]]*\]`)

func withoutKeys(address string) string { return keys.ReplaceAllString(address, "") }

// leaving knows what exists.
type leaving struct {
	actual map[[2]string]string // attributes of objects
	policy string               // ARN of the first
	sids   map[string]string    // of permissions, by the names of their resources
	left   []string             // resources that are not imported, and why
}

func newLeaving(m *module, was bp.Blueprint) (*leaving, error) {
	key, _ := was.Key.Get()
	queue, _ := was.Queue.Get()
	secret, _ := was.Secret.Get()
	function, _ := was.Function.Get()
	alias, _ := was.Alias.Get()
	if key.ARN.IsUnknown() || secret.ARN.IsUnknown() || alias.Version.IsUnknown() {
		return nil, ErrNotThere
	}
	place, _ := bp.PlaceOf(function.ARN.Or(""))
	keyID := bp.KeyID(key.ARN.Or(""))
	role, _ := was.Role.Get()
	group, _ := was.LogGroup.Get()
	policy, _ := was.Policy.Get()
	l := &leaving{policy: policy.ARN.Or(""), sids: map[string]string{}, actual: map[[2]string]string{
		{objectKey, attributeName}:      keyID,
		{objectRole, attributeName}:     role.Name.Or(""),
		{objectQueue, attributeName}:    place.QueueURL(queue.Name.Or("")),
		{objectLogGroup, attributeName}: group.Name.Or(""),
		{objectSecret, attributeARN}:    secret.ARN.Or(""),
		{objectFunction, attributeName}: function.Name.Or(""),
		{objectAlias, attributeName}:    alias.Name.Or(""),
	}}
	grants := m.grants()
	permissions, _ := was.Permissions.Get()
	for label, resource := range distinct(labels(grants), snake) {
		if _, sid, foreign := strings.Cut(label, "/"); foreign {
			l.sids[resource] = sid
			continue
		}
		statement, _ := permissions.Granted.Or(nil)[label].Get()
		l.sids[resource] = bp.PermissionSid(label, statement)
	}
	return l, nil
}

// importIDs is how hashicorp/aws finds an object of each type. Every page is
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/
// and the type without its aws_, read in version 6.25.
var importIDs = map[string]func(*leaving, block) string{
	"aws_kms_key":                               itself(objectKey, attributeName),
	"aws_kms_alias":                             argument("name"),
	"aws_iam_policy":                            (*leaving).policyARN,
	"aws_iam_role":                              argument("name"),
	"aws_iam_role_policy_attachment":            (*leaving).attachment,
	"aws_cloudwatch_log_group":                  argument("name"),
	"aws_cloudwatch_log_data_protection_policy": argument("log_group_name"),
	"aws_sqs_queue":                             itself(objectQueue, attributeName),
	"aws_sqs_queue_policy":                      argument("queue_url"),
	"aws_secretsmanager_secret":                 itself(objectSecret, attributeARN),
	"aws_secretsmanager_secret_rotation":        argument("secret_id"),
	"aws_secretsmanager_secret_policy":          argument("secret_arn"),
	"aws_lambda_function":                       argument("function_name"),
	"aws_lambda_function_recursion_config":      argument("function_name"),
	"aws_lambda_runtime_management_config":      joinedArguments("%s,$LATEST", "function_name"),
	"aws_lambda_alias":                          joinedArguments("%s/%s", "function_name", "name"),
	"aws_lambda_function_event_invoke_config":   joinedArguments("%s:%s", "function_name", "qualifier"),
	"aws_lambda_permission":                     (*leaving).permission,
	"aws_cloudwatch_metric_alarm":               argument("alarm_name"),
}

func itself(object, attribute string) func(*leaving, block) string {
	return func(*leaving, block) string { return reference(object, attribute) }
}

func argument(name string) func(*leaving, block) string { return joinedArguments("%s", name) }

func joinedArguments(format string, names ...string) func(*leaving, block) string {
	return func(_ *leaving, b block) string {
		values := make([]any, len(names))
		for i, name := range names {
			values[i] = b.body.text(name)
		}
		return fmt.Sprintf(format, values...)
	}
}

// text is an argument that is one, or nothing.
func (f fields) text(name string) string {
	for _, member := range f {
		if text, is := member.value.(string); is && member.name == name {
			return text
		}
	}
	return ""
}

// policyARN reads the number of a policy from the name of its resource.
func (l *leaving) policyARN(b block) string {
	_, number, more := strings.Cut(b.labels[1], "_")
	if !more {
		return l.policy
	}
	n, _ := strconv.Atoi(number)
	return bp.PolicyPart(l.policy, n-1)
}

func (*leaving) attachment(b block) string {
	return b.body.text("role") + "/" + b.body.text("policy_arn")
}

func (l *leaving) permission(b block) string {
	function := b.body.text("function_name")
	if alias := b.body.text("qualifier"); alias != "" {
		function += ":" + alias
	}
	return function + "/" + l.sids[b.labels[1]]
}

// resolve puts what exists in the place of marks.
func (l *leaving) resolve(text string) string {
	var out strings.Builder
	for _, p := range pieces(text) {
		switch number, ok := strings.CutPrefix(p.object, objectPolicy+" "); {
		case ok:
			n, _ := strconv.Atoi(number)
			out.WriteString(bp.PolicyPart(l.policy, n))
		case p.literal():
			out.WriteString(p.text)
		default:
			out.WriteString(l.actual[[2]string{p.object, p.attribute}])
		}
	}
	return out.String()
}
