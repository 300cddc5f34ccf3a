package render

import (
	"fmt"
	"strconv"
	"strings"
)

// module is a Terraform module being written.
type module struct {
	*draft

	blocks           []block
	terraformVersion string
}

// block is a block of Terraform's language. Members of its body whose value is
// of type nested are blocks themselves.
type block struct {
	kind   string
	labels []string
	body   fields
}

// nested are the bodies of inner blocks of one name.
type nested []fields

// encoded is a value that goes through jsonencode.
type encoded struct{ value any }

// expression is Terraform's own language.
type expression string

// this is the name of resources that a module has once.
const this = "this"

func (m *module) add(kind, name string, pairs ...any) {
	m.blocks = append(m.blocks, block{kind: "resource", labels: []string{kind, name}, body: object(pairs...)})
}

func (d *draft) terraform() (string, error) {
	m, err := d.module()
	if err != nil {
		return "", err
	}
	return m.hcl()
}

// module lays out the resources of a unit.
func (d *draft) module() (*module, error) {
	m := &module{draft: d, terraformVersion: terraformVersion}
	for _, c := range written {
		if err := c.module(m); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// tagMap is how all resources take tags.
func (d *draft) tagMap() any { return texts(d.Tags.Or(nil)) }

// blocks are inner blocks, or nil where there is nothing in them.
func blocks(body fields) any {
	if len(body) == 0 {
		return nil
	}
	return nested{body}
}

// address is where Terraform finds what a mark stands for.
func address(p piece) string {
	if number, ok := strings.CutPrefix(p.object, objectPolicy+" "); ok {
		n, _ := strconv.Atoi(number)
		return fmt.Sprintf("aws_iam_policy.%s.arn", policyName(n))
	}
	addresses := map[[2]string]string{
		{objectKey, attributeARN}:       "aws_kms_key.this.arn",
		{objectKey, attributeName}:      "aws_kms_key.this.key_id",
		{objectRole, attributeARN}:      "aws_iam_role.this.arn",
		{objectRole, attributeName}:     "aws_iam_role.this.name",
		{objectQueue, attributeARN}:     "aws_sqs_queue.dead_letter.arn",
		{objectQueue, attributeName}:    "aws_sqs_queue.dead_letter.url",
		{objectLogGroup, attributeName}: "aws_cloudwatch_log_group.this.name",
		{objectSecret, attributeARN}:    "aws_secretsmanager_secret.this.arn",
		{objectFunction, attributeARN}:  "aws_lambda_function.this.arn",
		{objectFunction, attributeName}: "aws_lambda_function.this.function_name",
		{objectAlias, attributeARN}:     "aws_lambda_alias.this.arn",
		{objectAlias, attributeName}:    "aws_lambda_alias.this.name",
	}
	return addresses[[2]string{p.object, p.attribute}]
}
