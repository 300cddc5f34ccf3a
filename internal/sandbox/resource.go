package sandbox

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
func resourceOf(x *exchange) string {
	switch x.protocol {
	case restJSON, restXML:
		for _, key := range []string{"FunctionName", "LayerName", "Resource", "UUID", "CodeSigningConfigArn", "Name"} {
			if value := x.path[key]; value != "" {
				return value
			}
		}
		if x.call.Name() == "lambda.CreateFunction" {
			return resourceInJSON(x)
		}
		return strings.Trim(x.path["Bucket"]+"/"+x.path["Key"], "/")
	case queryProtocol:
		form, err := x.form()
		if err != nil {
			return ""
		}
		for _, key := range resourceKeys {
			if value := form.Get(key); value != "" {
				return value
			}
		}
	case jsonProtocol:
		return resourceInJSON(x)
	case cborProtocol:
		return resourceInCBOR(x)
	case protocolUnknown:
	}
	return ""
}

func resourceInCBOR(x *exchange) string {
	for _, key := range []string{"AlarmName", "AlarmNames", "ResourceARN", "DashboardName"} {
		if values := x.texts(key); len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

func resourceInJSON(x *exchange) string {
	if x.protocol == jsonProtocol && x.request.ContentLength > maxResourceBody {
		return ""
	}
	body, err := x.body()
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
