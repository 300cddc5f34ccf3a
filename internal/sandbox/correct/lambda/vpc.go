package lambda

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/services"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/policy"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/roles"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

var mountPathForm = regexp.MustCompile(`^/mnt/[a-zA-Z0-9-_.]+$`)

// networkMustExist: subnets and security groups go together and exist, and the
// role may make interfaces in them. The emulator takes any text.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
func networkMustExist(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			vpc := request.Object("VpcConfig")
			subnets, groups := wire.TextsIn(vpc["SubnetIds"]), wire.TextsIn(vpc["SecurityGroupIds"])
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
				if r, err := network(ctx, e, x, q.action, q.member, q.ids); err != nil || r != nil {
					return r, err
				}
			}
			return mayAttach(ctx, e, x, request)
		}),
	}
}

// network says in Lambda's words what EC2 finds wrong with ids.
func network(ctx context.Context, e *emulator.Client, x *wire.Exchange, action, member string, ids []string) (*wire.Refusal, error) {
	form := url.Values{"Action": {action}, "Version": {"2016-11-15"}}
	for i, id := range ids {
		form.Set(fmt.Sprintf("%s.%d", member, i+1), id)
	}
	status, body, err := e.AskForm(ctx, x, "ec2", form)
	if err != nil || status == http.StatusOK {
		return nil, err
	}
	code, message := strings.Join(wire.XMLValues(body, "Code"), ""), strings.Join(wire.XMLValues(body, "Message"), "")
	return badPackage(fmt.Sprintf("Error occurred while %s. EC2 Error Code: %s. EC2 Error Message: %s", action, code, message)), nil
}

func mayAttach(ctx context.Context, e *emulator.Client, x *wire.Exchange, request wire.Object) (*wire.Refusal, error) {
	role := request.Text("Role")
	if role == "" {
		name, _ := function.Ref(x)
		config, err := function.Config(ctx, e, x, name, "")
		if err != nil {
			return nil, err
		}
		role = config.Text("Role")
	}
	allowed, err := roles.May(ctx, e, x, role, policy.Permission{Action: "ec2:CreateNetworkInterface", Resource: fmt.Sprintf(
		"arn:%s:ec2:%s:%s:network-interface/*", wire.Partition(x.Call.Region), x.Call.Region, x.Call.Account), Keys: roles.KeysOf(x, role)})
	if err != nil || allowed {
		return nil, err
	}
	return badPackage("The provided execution role does not have permissions to call CreateNetworkInterface on EC2"), nil
}

// fileSystemMustExist: a function mounts an access point that exists, under
// /mnt, and only in a VPC. The emulator takes any text. Buckets pass.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
func fileSystemMustExist(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionConfiguration"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			request, err := x.JSON()
			if err != nil {
				return nil, err
			}
			list, _ := request["FileSystemConfigs"].([]any)
			for _, entry := range list {
				members, _ := entry.(map[string]any)
				arn, path := wire.Object(members).Text("Arn"), wire.Object(members).Text("LocalMountPath")
				if !mountPathForm.MatchString(path) {
					return function.InvalidMember(path, "fileSystemConfigs.1.member.localMountPath", "satisfy regular expression pattern: ^/mnt/[a-zA-Z0-9-_.]+$"), nil
				}
				if wire.ServiceOf(arn) != "elasticfilesystem" {
					continue
				}
				inside, err := insideVPC(ctx, e, x, request)
				if err != nil {
					return nil, err
				}
				if !inside {
					return badPackage("Function must be configured to execute in a VPC to reference access point " + arn), nil
				}
				found, err := services.AccessPoint(ctx, e, x, arn[strings.LastIndex(arn, "/")+1:])
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
func insideVPC(ctx context.Context, e *emulator.Client, x *wire.Exchange, request wire.Object) (bool, error) {
	vpc := request.Object("VpcConfig")
	if vpc == nil && x.Call.Operation == "UpdateFunctionConfiguration" {
		name, _ := function.Ref(x)
		config, err := function.Config(ctx, e, x, name, "")
		if err != nil {
			return false, err
		}
		vpc = config.Object("VpcConfig")
	}
	return len(wire.TextsIn(vpc["SubnetIds"])) > 0, nil
}
