package sandboxtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// PolicyOf is a policy of whole statements.
func PolicyOf(statement string) string {
	return `{"Version":"2012-10-17","Statement":[` + statement + `]}`
}

// Statement is a policy of one Allow, without its effect.
func Statement(fields string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + fields + `}]}`
}

// Allow attaches a policy of that name to the role r.
func (c Tenant) Allow(t *testing.T, name, fields string) {
	t.Helper()
	document := Statement(fields)
	out, err := c.IAM.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &document})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.IAM.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: out.Policy.Arn}); err != nil {
		t.Fatal(err)
	}
}

// Let gives a role one inline policy, in place of the one it had.
func (c Tenant) Let(t *testing.T, role string, statements ...string) {
	t.Helper()
	_, err := c.IAM.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: &role, PolicyName: aws.String("p"), PolicyDocument: aws.String(PolicyOf(strings.Join(statements, ","))),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BoundTo is an Allow for one function's own calls.
func (c Tenant) BoundTo(function, actions string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":[%s],"Resource":"*","Condition":{"ArnEquals":{"lambda:SourceFunctionArn":"arn:aws:lambda:%s:%s:function:%s"}}}`,
		actions, Region, c.Account, function)
}

// Free is an Allow for whoever calls in the role's name.
func Free(actions string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":[%s],"Resource":"*"}`, actions)
}
