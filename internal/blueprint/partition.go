package blueprint

import (
	"regexp"
	"strings"
)

// Partition holds what differs between AWS's separate clouds.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
type Partition struct {
	ID string
	// ServiceSuffix ends the regional service principals, such as
	// logs.eu-west-1.amazonaws.com.
	ServiceSuffix string
	regions       *regexp.Regexp
}

var partitions = []Partition{
	{ID: "aws-cn", ServiceSuffix: "amazonaws.com.cn", regions: regexp.MustCompile(`^cn-`)},
	{ID: "aws-us-gov", ServiceSuffix: "amazonaws.com", regions: regexp.MustCompile(`^us-gov-`)},
	{ID: "aws-eusc", ServiceSuffix: "amazonaws.eu", regions: regexp.MustCompile(`^eusc-`)},
	{ID: "aws", ServiceSuffix: "amazonaws.com", regions: regexp.MustCompile(`^[a-z]+-`)},
}

// PartitionOf returns the partition of a region. New regions of the commercial
// partition need no entry.
func PartitionOf(region string) Partition {
	for _, p := range partitions {
		if p.regions.MatchString(region) {
			return p
		}
	}
	return partitions[len(partitions)-1]
}

// KnownPartition reports whether an ARN's partition field is one of AWS's.
func KnownPartition(id string) bool {
	for _, p := range partitions {
		if p.ID == id {
			return true
		}
	}
	return strings.HasPrefix(id, "aws-iso")
}

// ViaService is the value of kms:ViaService for calls that a service makes.
func (p Place) ViaService(service string) string {
	return service + "." + p.Region + "." + PartitionOf(p.Region).ServiceSuffix
}

// LogsPrincipal is CloudWatch Logs' service principal in a place.
func (p Place) LogsPrincipal() string {
	return p.ViaService("logs")
}
