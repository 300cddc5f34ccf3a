package deployer

// needsOfLogs are the needs of calls about the log group. CloudWatch Logs uses
// a key by its policy, not by the caller's permissions.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/permissions-reference-cwl.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
var needsOfLogs = map[string][]need{
	"logs.DescribeLogGroups":           {read(account, "logs:DescribeLogGroups")},
	"logs.GetDataProtectionPolicy":     {read(logGroups, "logs:GetDataProtectionPolicy")},
	"logs.ListTagsForResource":         {read(logGroups, "logs:ListTagsForResource")},
	"logs.DescribeLogStreams":          {read(logGroups, "logs:DescribeLogStreams")},
	"logs.DescribeSubscriptionFilters": {read(logGroups, "logs:DescribeSubscriptionFilters")},

	"logs.CreateLogGroup":                {create(logGroups, "logs:CreateLogGroup"), tagNew(logGroups, "logs:TagResource")},
	"logs.AssociateKmsKey":               {change(logGroups, "logs:AssociateKmsKey")},
	"logs.DeleteDataProtectionPolicy":    {change(logGroups, "logs:DeleteDataProtectionPolicy")},
	"logs.DeleteLogGroup":                {change(logGroups, "logs:DeleteLogGroup")},
	"logs.DeleteRetentionPolicy":         {change(logGroups, "logs:DeleteRetentionPolicy")},
	"logs.PutDataProtectionPolicy":       {change(logGroups, "logs:PutDataProtectionPolicy")},
	"logs.PutLogGroupDeletionProtection": {change(logGroups, "logs:PutLogGroupDeletionProtection")},
	"logs.PutRetentionPolicy":            {change(logGroups, "logs:PutRetentionPolicy")},

	"logs.TagResource":   {tagNew(logGroups, "logs:TagResource"), retag(logGroups, "logs:TagResource")},
	"logs.UntagResource": {untag(logGroups, "logs:UntagResource")},
}

// needsOfQueue are the needs of calls about the dead-letter queue. SQS uses the
// queue's key when messages come and go, not when the queue is made.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
var needsOfQueue = map[string][]need{
	"sqs.GetQueueAttributes": {read(queues, "sqs:GetQueueAttributes"), read(targetQueues, "sqs:GetQueueAttributes")},
	"sqs.ListQueueTags":      {read(queues, "sqs:ListQueueTags")},

	"sqs.CreateQueue":        {create(queues, "sqs:CreateQueue"), tagNew(queues, "sqs:TagQueue")},
	"sqs.DeleteQueue":        {change(queues, "sqs:DeleteQueue")},
	"sqs.SetQueueAttributes": {change(queues, "sqs:SetQueueAttributes")},

	"sqs.TagQueue":   {tagNew(queues, "sqs:TagQueue"), retag(queues, "sqs:TagQueue")},
	"sqs.UntagQueue": {untag(queues, "sqs:UntagQueue")},
}

// needsOfAlarms are the needs of calls to CloudWatch, whose requests are signed
// for "monitoring" and whose actions begin with "cloudwatch". PutMetricAlarm
// carries the unit's tags every time, also where the alarm is there already.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/permissions-reference-cw.html
var needsOfAlarms = map[string][]need{
	"monitoring.DescribeAlarms":      {read(alarms, "cloudwatch:DescribeAlarms")},
	"monitoring.ListTagsForResource": {read(alarms, "cloudwatch:ListTagsForResource")},

	"monitoring.PutMetricAlarm": {under(madeAlarm, alarms, "cloudwatch:PutMetricAlarm"), tagNew(alarms, "cloudwatch:TagResource")},
	"monitoring.DeleteAlarms":   {change(alarms, "cloudwatch:DeleteAlarms")},

	"monitoring.TagResource":   {tagNew(alarms, "cloudwatch:TagResource"), retag(alarms, "cloudwatch:TagResource")},
	"monitoring.UntagResource": {untag(alarms, "cloudwatch:UntagResource")},
}

// needsOfPackages are the needs of calls about packages in S3 and ECR and about
// their signing.
var needsOfPackages = map[string][]need{
	// Without s3:ListBucket an object that is not there is a denial (403), not
	// an absence (404).
	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
	"s3.HeadObject": {
		read(packages, "s3:GetObject", "s3:GetObjectVersion"),
		read(packageBuckets, "s3:ListBucket"),
	},
	"s3.PutObject": {under(used, stagedPackages, "s3:PutObject")},
	// Deleting a version is an action of its own.
	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
	"s3.DeleteObject": {under(used, stagedPackages, "s3:DeleteObject", "s3:DeleteObjectVersion")},

	"ecr.BatchGetImage":          {read(repositories, "ecr:BatchGetImage")},
	"ecr.GetDownloadUrlForLayer": {read(repositories, "ecr:GetDownloadUrlForLayer")},

	// Signer reads the source and writes the signed copy with the permissions
	// of whom starts the job.
	// https://docs.aws.amazon.com/signer/latest/developerguide/gs-iam.html
	"signer.StartSigningJob": {
		under(used, signingProfiles, "signer:StartSigningJob"),
		read(packages, "s3:GetObject", "s3:GetObjectVersion"),
		read(stagedPackages, "s3:GetObject", "s3:GetObjectVersion"),
		read(stagingBuckets, "s3:ListBucket"),
		under(used, stagedPackages, "s3:PutObject"),
	},
	"signer.DescribeSigningJob": {read(signingJobs, "signer:DescribeSigningJob")},
}

// needsOfOthers are the needs of calls that only look around.
var needsOfOthers = map[string][]need{
	// The answer holds no more than the caller may see of each service anyway.
	"tagging.GetResources":                     {read(account, "tag:GetResources")},
	"sns.GetTopicAttributes":                   {read(topics, "sns:GetTopicAttributes"), read(targetTopics, "sns:GetTopicAttributes")},
	"ec2.DescribeNetworkInterfaces":            {read(networks, "ec2:DescribeNetworkInterfaces")},
	"ec2.DescribeRegions":                      {read(account, "ec2:DescribeRegions")},
	"ec2.DescribeSecurityGroups":               {read(networks, "ec2:DescribeSecurityGroups")},
	"ec2.DescribeSecurityGroupVpcAssociations": {read(networks, "ec2:DescribeSecurityGroupVpcAssociations")},
	"ec2.DescribeSubnets":                      {read(networks, "ec2:DescribeSubnets")},
	// Takes no permission: even an explicit denial does not stop it.
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
	"sts.GetCallerIdentity": nil,
}
