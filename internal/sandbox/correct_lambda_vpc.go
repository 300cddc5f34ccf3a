package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

var mountPathForm = regexp.MustCompile(`^/mnt/[a-zA-Z0-9-_.]+$`)

// networkMustExist: subnets and security groups go together and exist, and the
// role may make interfaces in them. The emulator takes any text.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
func networkMustExist(e *emulator) correction {
	return correction{
		operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			vpc := request.object("VpcConfig")
			subnets, groups := textsIn(vpc["SubnetIds"]), textsIn(vpc["SecurityGroupIds"])
			if len(subnets)+len(groups) == 0 {
				return nil, nil
			}
			if len(subnets) == 0 || len(groups) == 0 {
				return badPackage("SecurityGroupIds and SubnetIds must coexist or be both empty list."), nil
			}
			for _, q := range []struct {
				action, member string
				ids            []string
			}{{"DescribeSubnets", "SubnetId", subnets}, {"DescribeSecurityGroups", "GroupId", groups}} {
				if r, err := e.network(ctx, x, q.action, q.member, q.ids); err != nil || r != nil {
					return r, err
				}
			}
			return e.mayAttach(ctx, x, request)
		}),
	}
}

func textsIn(list any) []string {
	var texts []string
	elements, _ := list.([]any)
	for _, element := range elements {
		if text, ok := element.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// network says in Lambda's words what EC2 finds wrong with ids.
func (e *emulator) network(ctx context.Context, x *exchange, action, member string, ids []string) (*refusal, error) {
	form := url.Values{"Action": {action}, "Version": {"2016-11-15"}}
	for i, id := range ids {
		form.Set(fmt.Sprintf("%s.%d", member, i+1), id)
	}
	status, body, err := e.askForm(ctx, x, "ec2", form)
	if err != nil || status == http.StatusOK {
		return nil, err
	}
	code, message := strings.Join(xmlValues(body, "Code"), ""), strings.Join(xmlValues(body, "Message"), "")
	return badPackage(fmt.Sprintf("Error occurred while %s. EC2 Error Code: %s. EC2 Error Message: %s", action, code, message)), nil
}

func (e *emulator) mayAttach(ctx context.Context, x *exchange, request object) (*refusal, error) {
	role := request.text("Role")
	if role == "" {
		name, _ := functionRef(x)
		config, err := e.functionConfig(ctx, x, name, "")
		if err != nil {
			return nil, err
		}
		role = config.text("Role")
	}
	allowed, err := e.roleMay(ctx, x, role, permission{"ec2:CreateNetworkInterface", fmt.Sprintf(
		"arn:%s:ec2:%s:%s:network-interface/*", partition(x.call.Region), x.call.Region, x.call.Account), x.asRole(role)})
	if err != nil || allowed {
		return nil, err
	}
	return badPackage("The provided execution role does not have permissions to call CreateNetworkInterface on EC2"), nil
}

// fileSystemMustExist: a function mounts an access point that exists, under
// /mnt, and only in a VPC. The emulator takes any text. Buckets pass.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
func fileSystemMustExist(e *emulator) correction {
	return correction{
		operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			request, err := x.json()
			if err != nil {
				return nil, err
			}
			list, _ := request["FileSystemConfigs"].([]any)
			for _, entry := range list {
				members, _ := entry.(map[string]any)
				arn, path := object(members).text("Arn"), object(members).text("LocalMountPath")
				if !mountPathForm.MatchString(path) {
					return invalidMember(path, "fileSystemConfigs.1.member.localMountPath", "satisfy regular expression pattern: ^/mnt/[a-zA-Z0-9-_.]+$"), nil
				}
				if serviceOf(arn) != "elasticfilesystem" {
					continue
				}
				inside, err := e.insideVPC(ctx, x, request)
				if err != nil {
					return nil, err
				}
				if !inside {
					return badPackage("Function must be configured to execute in a VPC to reference access point " + arn), nil
				}
				found, err := e.accessPoint(ctx, x, arn[strings.LastIndex(arn, "/")+1:])
				if err != nil {
					return nil, err
				}
				if found == nil {
					return badPackage("EFS Access point " + arn + " does not exist."), nil
				}
			}
			return nil, nil
		}),
	}
}

// insideVPC looks at the request, and for an update that says nothing of it at
// the function.
func (e *emulator) insideVPC(ctx context.Context, x *exchange, request object) (bool, error) {
	vpc := request.object("VpcConfig")
	if vpc == nil && x.call.Operation == "UpdateFunctionConfiguration" {
		name, _ := functionRef(x)
		config, err := e.functionConfig(ctx, x, name, "")
		if err != nil {
			return false, err
		}
		vpc = config.object("VpcConfig")
	}
	return len(textsIn(vpc["SubnetIds"])) > 0, nil
}
