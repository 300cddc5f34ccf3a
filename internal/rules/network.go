package rules

import (
	"fmt"
	"regexp"
)

// SubnetID checks the id of a subnet.
func SubnetID(text string) error {
	return resourceID(subnet, text, "a subnet", "subnet-0123456789abcdef0")
}

// SecurityGroupID checks the id of a security group.
func SecurityGroupID(text string) error {
	return resourceID(securityGroup, text, "a security group", "sg-0123456789abcdef0")
}

func resourceID(form *regexp.Regexp, text, what, example string) error {
	if form.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the id of %s", text, what),
		Why:   "EC2 ids are a prefix and a hexadecimal number; names and ARNs do not do",
		Write: fmt.Sprintf("Write an id such as %q", example),
	}
}

// SubnetCount checks the number of subnets.
func SubnetCount(n int) error {
	return count(n, "subnets", api("lambda", "CreateFunction", "VpcConfig", "SubnetIds"))
}

// SecurityGroupCount checks the number of security groups.
func SecurityGroupCount(n int) error {
	return count(n, "security groups", api("lambda", "CreateFunction", "VpcConfig", "SecurityGroupIds"))
}
