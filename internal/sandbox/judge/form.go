package judge

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
)

// A form of the Query protocol is a tree whose paths are its parameter names:
// Tags.member.1.Key=owner. The protocol of EC2 leaves "member" out.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
// https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html

type formNode struct {
	value    string
	children map[string]*formNode
}

func plantForm(form url.Values) *formNode {
	root := &formNode{}
	for name, values := range form {
		node := root
		for part := range strings.SplitSeq(name, ".") {
			next := node.children[part]
			if next == nil {
				next = &formNode{}
				if node.children == nil {
					node.children = map[string]*formNode{}
				}
				node.children[part] = next
			}
			node = next
		}
		node.value = values[0]
	}
	return root
}

// formReader turns the tree into what the model describes.
type formReader struct {
	request awsmodel.Request
	ec2     bool
}

func formMembers(request awsmodel.Request, form url.Values, ec2 bool) map[string]any {
	root := plantForm(form)
	delete(root.children, "Action")
	delete(root.children, "Version")
	return formReader{request, ec2}.structure(request.Input, root)
}

func (f formReader) value(shape *awsmodel.Shape, node *formNode) any {
	if shape == nil {
		return awsmodel.Text(node.value)
	}
	switch shape.Type {
	case "structure":
		return f.structure(shape, node)
	case "list":
		return f.list(shape, node)
	case "map":
		return f.mapping(shape, node)
	}
	if len(node.children) > 0 {
		return f.structure(nil, node)
	}
	return awsmodel.Text(node.value)
}

// structure keeps the names that no member has.
func (f formReader) structure(shape *awsmodel.Shape, node *formNode) map[string]any {
	members, left := map[string]any{}, maps.Clone(node.children)
	if shape != nil {
		for name, member := range shape.Members {
			wire := f.wireName(name, member)
			if child, sent := node.children[wire]; sent {
				delete(left, wire)
				members[name] = f.value(f.request.ShapeOf(member), child)
			}
		}
	}
	for name, child := range left {
		if _, isMember := members[name]; isMember || shape != nil && shape.Members[name].Shape != "" {
			name += " (as parameter)" // the member has another name on the wire
		}
		members[name] = awsmodel.Text(child.value)
	}
	return members
}

func (f formReader) wireName(name string, member awsmodel.Member) string {
	switch {
	case f.ec2 && member.QueryName != "":
		return member.QueryName
	case f.ec2 && member.Name != "":
		return strings.ToUpper(member.Name[:1]) + member.Name[1:]
	case !f.ec2 && member.Name != "":
		return member.Name
	default:
		return name
	}
}

func (f formReader) list(shape *awsmodel.Shape, node *formNode) any {
	if !f.ec2 && !shape.Flattened {
		name := "member"
		if shape.Element.Name != "" {
			name = shape.Element.Name
		}
		if len(node.children) > 0 && node.children[name] == nil {
			return f.structure(nil, node)
		}
		node = node.children[name]
	}
	elements := []any{}
	for _, child := range node.numbered() {
		elements = append(elements, f.value(f.request.ShapeOf(*shape.Element), child))
	}
	return elements
}

func (f formReader) mapping(shape *awsmodel.Shape, node *formNode) any {
	key, value := "key", "value"
	if shape.Key.Name != "" {
		key = shape.Key.Name
	}
	if shape.Value.Name != "" {
		value = shape.Value.Name
	}
	if !shape.Flattened {
		node = node.children["entry"]
	}
	entries := map[string]any{}
	for _, child := range node.numbered() {
		if name, content := child.children[key], child.children[value]; name != nil && content != nil {
			entries[name.value] = f.value(f.request.ShapeOf(*shape.Value), content)
		}
	}
	return entries
}

// numbered are the children 1, 2, 3 in their order.
func (n *formNode) numbered() []*formNode {
	if n == nil {
		return nil
	}
	var numbers []int
	for name := range n.children {
		if number, err := strconv.Atoi(name); err == nil {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	var nodes []*formNode
	for _, number := range numbers {
		nodes = append(nodes, n.children[strconv.Itoa(number)])
	}
	return nodes
}
