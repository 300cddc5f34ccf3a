package worse

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// Place is where the unit of Start lives.
var Place = bp.Place{Partition: "aws", Account: "111122223333", Region: "eu-central-1"}

// Start is a unit with all that only its user can give: it meets every control.
func Start() bp.Spec {
	return bp.Spec{
		Name: bp.Known("orders"), Runtime: bp.Known("python3.14"), Handler: bp.Known("app.handler"),
		Code:           bp.Known(bp.CodeSpec{Path: bp.Known("src")}),
		Environment:    bp.Known(map[string]bp.String{"TABLE": bp.Known("orders")}),
		SecretVersion:  bp.Known[int64](1),
		SecretRotation: bp.Known(bp.RotationSpec{FunctionARN: bp.Known("arn:aws:lambda:eu-central-1:111122223333:function:rotate")}),
		Concurrency:    bp.Known(bp.ConcurrencySpec{Reserved: bp.Known[int64](10)}),
		VPC: bp.Known(bp.VPCSpec{
			SubnetIDs: bp.Known(bp.SetOf("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")), SecurityGroupIDs: bp.Known(bp.SetOf("sg-0123456789abcdef0")),
		}),
		CodeSigningConfigARN: bp.Known("arn:aws:lambda:eu-central-1:111122223333:code-signing-config:csc-0123456789abcdef0"),
		Alarms:               bp.Known(bp.AlarmsSpec{Actions: bp.Known(bp.SetOf("arn:aws:sns:eu-central-1:111122223333:oncall"))}),
		Layers:               bp.Known(bp.ListOf("arn:aws:lambda:eu-central-1:111122223333:layer:tools:3")),
		Permissions: bp.Known(map[string]bp.Value[bp.PermissionSpec]{"rule": bp.Known(bp.PermissionSpec{
			Principal: bp.Known("events.amazonaws.com"), SourceARN: bp.Known("arn:aws:events:eu-central-1:111122223333:rule/orders"),
		})}),
		Access: bp.Known(map[string]bp.Value[bp.AccessSpec]{"table": bp.Known(bp.AccessSpec{
			Actions: bp.Known(bp.SetOf("dynamodb:GetItem")), Resources: bp.Known(bp.SetOf("arn:aws:dynamodb:eu-central-1:111122223333:table/orders")),
		})}),
	}
}
