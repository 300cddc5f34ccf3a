package wire

import (
	"encoding/json"
	"strings"
)

// maxResourceBody bounds the JSON bodies that are read for a resource's name:
// larger ones carry items or messages.
const maxResourceBody = 64 << 10

// resourceKeys are the request members that name what a call is about, the
// most telling first.
var resourceKeys = []string{
	"FunctionName", "RoleName", "PolicyArn", "PolicyName", "UserName", "GroupName",
	"logGroupName", "logGroupIdentifier", "KeyId", "AliasName", "TargetKeyId",
	"QueueUrl", "QueueName", "TopicArn", "AlarmName", "SecretId", "TableName",
	"ResourceArn", "ResourceARN", "resourceArn", "EventBusName", "RoleArn", "Name",
}

// resourceOf is a best effort: an empty string says nothing.
func resourceOf(x *Exchange) string {
	switch x.Protocol {
	case RESTJSON, RESTXML:
		for _, key := range []string{"FunctionName", "LayerName", "Resource", "UUID", "CodeSigningConfigArn", "Name"} {
			if value := x.Path[key]; value != "" {
				return value
			}
		}
		if x.Call.Name() == "lambda.CreateFunction" {
			return resourceInJSON(x)
		}
		return strings.Trim(x.Path["Bucket"]+"/"+x.Path["Key"], "/")
	case QueryProtocol:
		form, err := x.Form()
		if err != nil {
			return ""
		}
		for _, key := range resourceKeys {
			if value := form.Get(key); value != "" {
				return value
			}
		}
	case JSONProtocol:
		return resourceInJSON(x)
	case CBORProtocol:
		return resourceInCBOR(x)
	case ProtocolUnknown:
	}
	return ""
}

func resourceInCBOR(x *Exchange) string {
	for _, key := range []string{"AlarmName", "AlarmNames", "ResourceARN", "DashboardName"} {
		if values := x.Texts(key); len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

func resourceInJSON(x *Exchange) string {
	if x.Protocol == JSONProtocol && x.Request.ContentLength > maxResourceBody {
		return ""
	}
	body, err := x.Body()
	if err != nil {
		return ""
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return ""
	}
	for _, key := range resourceKeys {
		var value string
		if json.Unmarshal(members[key], &value) == nil && value != "" {
			return value
		}
	}
	return ""
}
