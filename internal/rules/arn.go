package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var (
	accountID  = regexp.MustCompile(`^\d{12}$`)
	regionName = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d+$`)
)

// ARN describes the ARNs that one attribute takes.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
type ARN struct {
	Service  string
	Resource string // what the resource part starts with
	Global   bool   // without a region, as in IAM
	// AWSManaged admits the account field aws, as in AWS's own policies.
	AWSManaged bool
	Example    string
}

// ARNs that attributes take.
var (
	KeyARN = ARN{
		Service: "kms", Resource: "key/",
		Example: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	}
	PolicyARN = ARN{
		Service: "iam", Resource: "policy/", Global: true, AWSManaged: true,
		Example: "arn:aws:iam::111122223333:policy/boundary",
	}
	RoleARN = ARN{
		Service: "iam", Resource: "role/", Global: true,
		Example: "arn:aws:iam::111122223333:role/deployment",
	}
)

// Check returns what is wrong with text as an ARN of this kind.
func (a ARN) Check(text string) error {
	wrong := func(why string) error {
		return &Violation{
			What:  fmt.Sprintf("%q is not a valid ARN here", text),
			Why:   why,
			Write: fmt.Sprintf("Write an ARN such as %q", a.Example),
		}
	}
	fields := strings.SplitN(text, ":", 6)
	if len(fields) != 6 || fields[0] != "arn" {
		return wrong("An ARN has six fields, arn:partition:service:region:account:resource")
	}
	partition, service, region, account, resource := fields[1], fields[2], fields[3], fields[4], fields[5]
	switch {
	case !blueprint.KnownPartition(partition):
		return wrong(fmt.Sprintf("%q is not one of AWS's partitions (aws, aws-cn, aws-us-gov, aws-eusc)", partition))
	case service != a.Service:
		return wrong(fmt.Sprintf("The service is %q and must be %q", service, a.Service))
	case a.Global && region != "":
		return wrong(fmt.Sprintf("The region is %q and must be empty: %s is global", region, a.Service))
	case !a.Global && !regionName.MatchString(region):
		return wrong(fmt.Sprintf("%q is not a region", region))
	case !a.Global && blueprint.PartitionOf(region).ID != partition && !strings.HasPrefix(partition, "aws-iso"):
		return wrong(fmt.Sprintf("Region %s is not in partition %s", region, partition))
	case !accountID.MatchString(account) && (!a.AWSManaged || account != "aws"):
		return wrong(fmt.Sprintf("%q is not an account id of 12 digits", account))
	case !strings.HasPrefix(resource, a.Resource) || len(resource) == len(a.Resource):
		if a.Service == "kms" && strings.HasPrefix(resource, "alias/") {
			return wrong("An alias can be pointed at another key without Terraform noticing, so the key itself is needed: use the key's ARN, for example from data.aws_kms_alias.x.target_key_arn")
		}
		return wrong(fmt.Sprintf("The resource is %q and must start with %q", resource, a.Resource))
	}
	return nil
}

// ServiceOf returns the service of an ARN, nothing for other texts.
func ServiceOf(arn string) string {
	if fields := strings.SplitN(arn, ":", 4); len(fields) == 4 {
		return fields[2]
	}
	return ""
}

// AnyARN checks a resource in a policy statement: an ARN of any service, in
// which * and ? may stand for parts, or * alone.
func AnyARN(text string) error {
	if text == "*" {
		return nil
	}
	fields := strings.SplitN(text, ":", 6)
	if len(fields) == 6 && fields[0] == "arn" && fields[2] != "" && fields[5] != "" &&
		(blueprint.KnownPartition(fields[1]) || fields[1] == "*") &&
		(fields[4] == "" || fields[4] == "aws" || strings.ContainsAny(fields[4], "*?$") || accountID.MatchString(fields[4])) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not the ARN of a resource", text),
		Why:   "A grant names what it is for by ARN: arn:partition:service:region:account:resource with an account of 12 digits or none",
		Write: meantARN(text),
	}
}

// What stands where an ARN is wanted.
var (
	queueURL   = regexp.MustCompile(`^https://(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.[a-z.]+/(\d{12})/([A-Za-z0-9_-]+(?:\.fifo)?)$`)
	otherQueue = regexp.MustCompile(`^https?://[^/]+/(\d{12})/([A-Za-z0-9_-]+(?:\.fifo)?)$`)
	objectURI  = regexp.MustCompile(`^(?:s3://)?([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.*)$`)
)

// meantARN says what to write, as near to what was written as can be.
func meantARN(text string) string {
	if parts := queueURL.FindStringSubmatch(text); parts != nil {
		region := parts[1] + parts[2]
		return fmt.Sprintf("Write the ARN of the queue, not its URL: \"arn:%s:sqs:%s:%s:%s\"", blueprint.PartitionOf(region).ID, region, parts[3], parts[4])
	}
	if parts := otherQueue.FindStringSubmatch(text); parts != nil {
		return fmt.Sprintf("Write the ARN of the queue, not its URL, such as \"arn:aws:sqs:eu-west-1:%s:%s\" with the queue's region", parts[1], parts[2])
	}
	if name, ok := strings.CutPrefix(text, "s3://"); ok && Bucket(name) == nil {
		return fmt.Sprintf("Write \"arn:aws:s3:::%s\"", name)
	}
	if parts := objectURI.FindStringSubmatch(text); parts != nil {
		key := parts[2]
		if key == "" || strings.HasSuffix(key, "/") {
			key += "*"
		}
		return fmt.Sprintf("Write an ARN; for objects in the bucket %s it is \"arn:aws:s3:::%s/%s\"", parts[1], parts[1], key)
	}
	if fields := strings.SplitN(text, ":", 6); len(fields) == 6 && fields[0] == "arn" && fields[2] != "" && fields[5] != "" && blueprint.KnownPartition(fields[1]) {
		fields[4] = "111122223333"
		return fmt.Sprintf("Write the account's id in full, such as %q", strings.Join(fields, ":"))
	}
	return "Write an ARN such as \"arn:aws:dynamodb:eu-west-1:111122223333:table/orders\""
}

var action = regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9*?]+$`)

// Action checks an IAM action.
func Action(text string) error {
	if text == "*" {
		return &Violation{
			What:  "\"*\" grants every action of every service",
			Why:   "A function with it can do whatever the account can, and so can anybody who takes over the function",
			Write: "Name the actions the function calls, such as \"dynamodb:GetItem\"",
		}
	}
	if action.MatchString(text) {
		return nil
	}
	return &Violation{
		What:  fmt.Sprintf("%q is not an IAM action", text),
		Why:   "An action is a service prefix in lower case, a colon and the action's name",
		Write: "Write an action such as \"dynamodb:GetItem\"",
	}
}
