package blueprint

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Limits of the names a unit derives.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	maxRoleName   = 64
	maxPolicyName = 128
)

// RoleName derives the execution role's name. IAM is global, so the region is
// part of it: the same unit can exist in two regions of one account.
func RoleName(unit, region, path string) string {
	return shorten(iamName(unit, region, path), maxRoleName)
}

// PolicyName derives the managed policy's name.
func PolicyName(unit, region, path string) string {
	return shorten(iamName(unit, region, path), maxPolicyName)
}

// iamName carries a mark of the path: IAM wants names to be unique whatever
// the path, and when the path changes the new role must exist beside the old.
func iamName(unit, region, path string) string {
	name := unit + "-" + region
	if path != "/" {
		name += "-" + HashText(path)[:8]
	}
	return name
}

// LogGroupName derives the log group's name: the one Lambda itself would use.
func LogGroupName(unit string) string { return "/aws/lambda/" + unit }

// ClassLogGroupName derives the name of a group of another class than the usual
// one, which has to exist beside the other while the function moves.
func ClassLogGroupName(unit, class string) string {
	return LogGroupName(unit) + "/" + strings.ReplaceAll(strings.ToLower(class), "_", "-")
}

// QueueName derives the name of the dead-letter queue.
func QueueName(unit string) string { return unit + "-dead-letter" }

// KeyAlias derives the alias of the unit's own key.
func KeyAlias(unit string) string { return "alias/secure/" + unit }

// shorten cuts a name to limit; a cut name ends in a hash of the whole so that
// two long names never meet.
func shorten(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	return name[:limit-9] + "-" + HashText(name)[:8]
}

var labelPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$`)

// ValidLabel reports whether an access label can become a Sid and back: words
// of lower-case letters and digits, each starting with a letter, joined by _.
func ValidLabel(label string) bool {
	return labelPattern.MatchString(label) && !strings.HasPrefix(label, "secure")
}

// Sid turns an access label into a statement id: orders_table -> OrdersTable.
func Sid(label string) string {
	var out strings.Builder
	for word := range strings.SplitSeq(label, "_") {
		if word != "" {
			out.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return out.String()
}

// Label turns a statement id back into its access label, and reports whether
// it is the id of an access statement at all.
func Label(sid string) (string, bool) {
	var out strings.Builder
	for i, r := range sid {
		if unicode.IsUpper(r) {
			if i > 0 {
				out.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		out.WriteRune(r)
	}
	label := out.String()
	return label, ValidLabel(label) && Sid(label) == sid
}

// Place says where a unit lives.
type Place struct {
	Partition string
	Account   string
	Region    string
}

// FunctionARN returns the unqualified ARN of a function.
func (p Place) FunctionARN(name string) string { return p.arn("lambda", "function:"+name) }

// LogGroupARN returns the ARN of a log group, without the trailing :*.
func (p Place) LogGroupARN(name string) string { return p.arn("logs", "log-group:"+name) }

// InvokeARN returns the ARN by which API Gateway invokes a function or alias.
func (p Place) InvokeARN(function string) string {
	return fmt.Sprintf("arn:%s:apigateway:%s:lambda:path/2015-03-31/functions/%s/invocations", p.Partition, p.Region, function)
}

// QueueARN returns the ARN of a queue.
func (p Place) QueueARN(name string) string { return p.arn("sqs", name) }

// AlarmARN returns the ARN of a CloudWatch alarm.
func (p Place) AlarmARN(name string) string { return p.arn("cloudwatch", "alarm:"+name) }

// FileSystemARN returns the ARN of an EFS file system.
func (p Place) FileSystemARN(id string) string { return p.arn("elasticfilesystem", "file-system/"+id) }

// QueueURL returns the URL by which SQS addresses a queue.
func (p Place) QueueURL(name string) string {
	return fmt.Sprintf("https://sqs.%s.%s/%s/%s", p.Region, PartitionOf(p.Region).ServiceSuffix, p.Account, name)
}

// RoleARN returns the ARN of a role below an IAM path.
func (p Place) RoleARN(path, name string) string { return p.iam("role" + path + name) }

// PolicyARN returns the ARN of a managed policy below an IAM path.
func (p Place) PolicyARN(path, name string) string { return p.iam("policy" + path + name) }

// AccountRoot returns the ARN that stands for the account in key policies.
func (p Place) AccountRoot() string { return p.iam("root") }

func (p Place) arn(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", p.Partition, service, p.Region, p.Account, resource)
}

func (p Place) iam(resource string) string {
	return fmt.Sprintf("arn:%s:iam::%s:%s", p.Partition, p.Account, resource)
}

// PolicyDescription describes a unit's policy. IAM never changes one.
func PolicyDescription(unit string) string { return "What the Lambda function " + unit + " may do" }

// RoleDescription is that of the unit's role.
func RoleDescription(unit string) string { return "Execution role of the Lambda function " + unit }
