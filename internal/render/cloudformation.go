package render

// resource is one resource of a CloudFormation template.
type resource struct {
	id, kind   string
	properties fields
	// attributes stand beside the properties.
	attributes fields
}

// template is a CloudFormation or SAM template being written.
type template struct {
	*draft

	serverless bool
	resources  []resource
}

func (t *template) add(id, kind string, properties fields, attributes ...any) {
	t.resources = append(t.resources, resource{id: id, kind: kind, properties: properties, attributes: object(attributes...)})
}

// What CloudFormation does with an object whose place in the template is taken
// by another, or is gone.
const (
	remove = "Delete"
	retain = "Retain"
)

func (d *draft) cloudformation() (string, error) { return d.template(false) }

func (d *draft) sam() (string, error) { return d.template(true) }

func (d *draft) template(serverless bool) (string, error) {
	t := &template{draft: d, serverless: serverless}
	for _, c := range written {
		if c.template == nil {
			continue
		}
		if err := c.template(t); err != nil {
			return "", err
		}
	}
	return t.yaml()
}

// tagList is how most resources take tags.
func (d *draft) tagList() any {
	var out []any
	for _, tag := range texts(d.Tags.Or(nil)) {
		out = append(out, object("Key", tag.name, "Value", tag.value))
	}
	return out
}

func oneOf(v any) any {
	if v == nil {
		return nil
	}
	return []any{v}
}

func wrap(name string, v any) any {
	if v == nil {
		return nil
	}
	return object(name, v)
}

func trueOnly(v any) any {
	if v == false {
		return nil
	}
	return v
}
