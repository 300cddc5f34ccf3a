package wire

import (
	"fmt"
	"strings"
)

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

func ServiceOf(arn string) string {
	parts := strings.SplitN(arn, ":", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[2]
}

func (x *Exchange) FunctionARN(name string) string {
	return fmt.Sprintf("arn:%s:lambda:%s:%s:function:%s", Partition(x.Call.Region), x.Call.Region, x.Call.Account, name)
}

func (x *Exchange) LogGroupARN(name string) string {
	return fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s", Partition(x.Call.Region), x.Call.Region, x.Call.Account, name)
}
