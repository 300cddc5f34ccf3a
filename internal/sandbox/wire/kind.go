package wire

import (
	"strings"
)

// readVerbs begin the names of operations that change nothing.
var readVerbs = []string{
	"Get", "List", "Describe", "Head", "BatchGet", "BatchDescribe", "Query", "Scan", "Search", "Select",
	"Simulate", "Lookup", "Filter", "Test", "Validate", "Check", "Preview", "Estimate", "Assume", "Decode",
	"TransactGet", "StartLiveTail",
}

// kindExceptions are operations whose verb misleads, or that move data.
var kindExceptions = map[string]Kind{
	"lambda.Invoke":                                Data,
	"lambda.InvokeAsync":                           Data,
	"lambda.InvokeWithResponseStream":              Data,
	"lambda.CheckpointDurableExecution":            Data,
	"lambda.StopDurableExecution":                  Data,
	"lambda.SendDurableExecutionCallbackFailure":   Data,
	"lambda.SendDurableExecutionCallbackSuccess":   Data,
	"lambda.SendDurableExecutionCallbackHeartbeat": Data,

	// Reports that IAM compiles: nothing of the account changes.
	"iam.GenerateCredentialReport":           Read,
	"iam.GenerateOrganizationsAccessReport":  Read,
	"iam.GenerateServiceLastAccessedDetails": Read,

	"kms.Encrypt":             Data,
	"kms.Decrypt":             Data,
	"kms.ReEncrypt":           Data,
	"kms.Sign":                Data,
	"kms.Verify":              Data,
	"kms.VerifyMac":           Data,
	"kms.DeriveSharedSecret":  Data,
	"kms.GenerateDataKey":     Data,
	"kms.GenerateDataKeyPair": Data,
	"kms.GenerateDataKeyPairWithoutPlaintext": Data,
	"kms.GenerateDataKeyWithoutPlaintext":     Data,
	"kms.GenerateMac":                         Data,
	"kms.GenerateRandom":                      Data,

	"logs.PutLogEvents":        Data,
	"logs.GetLogEvents":        Read,
	"logs.StartQuery":          Read,
	"logs.StopQuery":           Read,
	"monitoring.PutMetricData": Data,
	"events.PutEvents":         Data,
	"events.PutPartnerEvents":  Data,
	"xray.PutTraceSegments":    Data,
	"xray.PutTelemetryRecords": Data,

	"sqs.SendMessage":                  Data,
	"sqs.SendMessageBatch":             Data,
	"sqs.ReceiveMessage":               Data,
	"sqs.DeleteMessage":                Data,
	"sqs.DeleteMessageBatch":           Data,
	"sqs.ChangeMessageVisibility":      Data,
	"sqs.ChangeMessageVisibilityBatch": Data,
	"sqs.PurgeQueue":                   Data,
	"sqs.StartMessageMoveTask":         Data,
	"sqs.CancelMessageMoveTask":        Data,
	"sns.Publish":                      Data,
	"sns.PublishBatch":                 Data,

	"s3.GetObject":               Data,
	"s3.HeadObject":              Read,
	"s3.PutObject":               Data,
	"s3.CopyObject":              Data,
	"s3.DeleteObject":            Data,
	"s3.DeleteObjects":           Data,
	"s3.RenameObject":            Data,
	"s3.RestoreObject":           Data,
	"s3.UploadPart":              Data,
	"s3.UploadPartCopy":          Data,
	"s3.CreateMultipartUpload":   Data,
	"s3.CompleteMultipartUpload": Data,
	"s3.AbortMultipartUpload":    Data,
	"s3.SelectObjectContent":     Data,
	"s3.CreateSession":           Read,

	"dynamodb.GetItem":               Data,
	"dynamodb.PutItem":               Data,
	"dynamodb.UpdateItem":            Data,
	"dynamodb.DeleteItem":            Data,
	"dynamodb.Query":                 Data,
	"dynamodb.Scan":                  Data,
	"dynamodb.BatchGetItem":          Data,
	"dynamodb.BatchWriteItem":        Data,
	"dynamodb.TransactGetItems":      Data,
	"dynamodb.TransactWriteItems":    Data,
	"dynamodb.ExecuteStatement":      Data,
	"dynamodb.BatchExecuteStatement": Data,
	"dynamodb.ExecuteTransaction":    Data,

	// A listing that AWS compiles into a bucket.
	"tagging.StartReportCreation": Read,
}

// KindOf classes an operation. What it does not know changes something.
func KindOf(service, operation string) Kind {
	if kind, ok := kindExceptions[service+"."+operation]; ok {
		return kind
	}
	for _, verb := range readVerbs {
		if strings.HasPrefix(operation, verb) {
			return Read
		}
	}
	return Write
}
