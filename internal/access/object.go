package access

import (
	"fmt"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// levelList lists keys.
const levelList = "list"

// keyPrefix is the condition key that holds which keys a request lists. S3
// compares it with the key of an object too, when it decides whether somebody
// who may read that object is told that it does not exist (404) or nothing (403).
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
const keyPrefix = "s3:prefix"

// BoundBy is the condition key that a level sets on a resource, empty for none.
func BoundBy(to, level string) string {
	if _, key := splitObject(to); level == levelList && key != "" {
		return keyPrefix
	}
	return ""
}

// splitObject parts the ARN of an object, or of all below a prefix, into that of
// the bucket and the key. Anything else has no key.
func splitObject(arn string) (bucket, key string) {
	fields := strings.SplitN(arn, ":", arnFields)
	if len(fields) != arnFields || fields[2] != "s3" || fields[3] != "" || fields[4] != "" {
		return arn, ""
	}
	bucket, key, _ = strings.Cut(arn, "/")
	return bucket, key
}

func bucketOf(arn string) []string {
	bucket, _ := splitObject(arn)
	return []string{bucket}
}

func objectsOf(bucket string) []string { return []string{bucket + "/*"} }

func prefixOf(arn string) bp.Conditions {
	_, key := splitObject(arn)
	return bp.Conditions{"StringLike": bp.Known(map[string]bp.Value[bp.Set]{keyPrefix: bp.Known(bp.SetOf(key))})}
}

// LooksLikePrefix finds the ARN of one object that was probably meant as all
// objects below a prefix: one that ends in a slash, or in a name without a dot.
func LooksLikePrefix(to string) (Finding, bool) {
	_, key := splitObject(to)
	last := key[strings.LastIndexByte(key, '/')+1:]
	if key == "" || strings.ContainsAny(key, "*?") || strings.Contains(last, ".") {
		return Finding{}, false
	}
	write := fmt.Sprintf("For all objects below it, write to = %q", strings.TrimSuffix(to, "/")+"/*")
	if last != "" {
		write += ". If there is an object of exactly that key, name it in resources with the actions instead, which this warning does not look at"
	}
	return Finding{
		At: "to", What: fmt.Sprintf("The entry grants the one object %q and nothing below it", key),
		Why: "S3 has no folders, so this ARN is of the object that has exactly this key", Write: write,
	}, true
}
