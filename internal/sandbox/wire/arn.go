package wire

import (
	"fmt"
	"strings"
)

// Partition is that of a region.
func Partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}

// ServiceOf is the service in an ARN, empty for other texts.
func ServiceOf(arn string) string {
	parts := strings.SplitN(arn, ":", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[2]
}

// FunctionARN is that of a function in the account and region of the call.
func (x *Exchange) FunctionARN(name string) string {
	return fmt.Sprintf("arn:%s:lambda:%s:%s:function:%s", Partition(x.Call.Region), x.Call.Region, x.Call.Account, name)
}

// LogGroupARN is that of a log group in the account and region of the call.
func (x *Exchange) LogGroupARN(name string) string {
	return fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s", Partition(x.Call.Region), x.Call.Region, x.Call.Account, name)
}
