package blueprint

import "strings"

// arnFields are arn:partition:service:region:account:resource. A resource may hold
// colons of its own.
const arnFields = 6

// isARN reports whether an ARN is of a service, and its resource begins so. What
// matches an object by its ARN stands in that object's own file.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func isARN(arn, service, resource string) bool {
	fields := strings.SplitN(arn, ":", arnFields)
	return len(fields) == arnFields && fields[0] == "arn" && fields[2] == service && strings.HasPrefix(fields[5], resource)
}

// resourceOf is the resource in an ARN behind what it begins with.
func resourceOf(arn, prefix string) string {
	fields := strings.SplitN(arn, ":", arnFields)
	if len(fields) != arnFields {
		return ""
	}
	return strings.TrimPrefix(fields[5], prefix)
}

// splitPath parts what IAM puts before a name from the name.
func splitPath(resource string) (path, name string) {
	cut := strings.LastIndexByte(resource, '/') + 1
	return "/" + resource[:cut], resource[cut:]
}

// ServiceOf is the service in an ARN, nothing without one.
func ServiceOf(arn string) string {
	if fields := strings.SplitN(arn, ":", arnFields); len(fields) == arnFields {
		return fields[2]
	}
	return ""
}

// PlaceOf reads partition, region and account out of an ARN. IAM's have no
// region.
func PlaceOf(arn string) (Place, bool) {
	fields := strings.SplitN(arn, ":", arnFields)
	if len(fields) != arnFields || fields[0] != "arn" {
		return Place{}, false
	}
	return Place{Partition: fields[1], Region: fields[3], Account: fields[4]}, true
}
