// Command models rebuilds the embedded models of AWS's requests from a wheel of
// botocore: the operations that the provider calls and some that only tests do,
// without documentation and answers. From the models of all services it lists
// the actions that take a role for a service to run with.
//
// It reads the version and hash to use from a requirements file, and lets pip
// bring the wheel unless it is in the cache or given with -wheel.
package main

import (
	"archive/zip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/secure-lambda/terraform-provider-secure/internal/awsmodel"
	"github.com/secure-lambda/terraform-provider-secure/internal/tools/packed"
)

// besides are operations that tests call or that a check of requests is tested
// with; those of the provider are in calls.json.
var besides = []string{
	"ec2.CreateSecurityGroup", "ec2.CreateSubnet", "ec2.CreateVpc",
	"ecr.CreateRepository",
	"iam.GetRolePolicy", "iam.ListPolicyTags", "iam.ListRoleTags", "iam.PutRolePolicy", "iam.SetDefaultPolicyVersion",
	"kms.Decrypt", "kms.DisableKey", "kms.DisableKeyRotation",
	"lambda.CreateCodeSigningConfig", "lambda.CreateEventSourceMapping", "lambda.CreateFunctionUrlConfig", "lambda.Invoke",
	"lambda.ListTags", "lambda.PublishLayerVersion", "lambda.PutProvisionedConcurrencyConfig",
	"logs.CreateLogStream", "logs.PutLogEvents", "logs.PutMetricFilter",
	"monitoring.PutCompositeAlarm", "monitoring.PutMetricData", "monitoring.SetAlarmState",
	"s3.GetObject", "s3.GetObjectTagging",
	"secretsmanager.GetSecretValue", "secretsmanager.PutResourcePolicy",
	"sns.CreateTopic", "sns.Subscribe", "sns.TagResource",
	"sqs.GetQueueUrl", "sqs.ReceiveMessage", "sqs.SendMessage",
	"sts.AssumeRole",
	"tagging.TagResources",
}

func main() {
	calls := flag.String("calls", "", "`file` with the provider's calls")
	wheel := flag.String("wheel", "", "`file` of botocore, instead of the one that pip brings")
	roles := flag.String("roles", "", "`file` for the actions that take a role")
	cache := flag.String("cache", defaultCache(), "`folder` for the wheel that pip brings")
	flag.Parse()
	if flag.NArg() != 2 || *calls == "" || *roles == "" {
		fmt.Fprintln(os.Stderr, "usage: models -calls calls.json -roles roles.json.gz [-wheel botocore.whl] REQUIREMENTS OUT.json.gz")
		os.Exit(2)
	}
	if err := rebuild(*calls, *roles, *wheel, *cache, flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func rebuild(calls, roles, wheel, cache, requirements, to string) error {
	if wheel == "" {
		var err error
		if wheel, err = download(requirements, cache); err != nil {
			return err
		}
	} else if err := verify(wheel, requirements); err != nil {
		return err
	}
	wanted, err := operations(calls)
	if err != nil {
		return err
	}
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return fmt.Errorf("%s: %w", wheel, err)
	}
	defer archive.Close()
	model, err := reduce(&archive.Reader, wanted)
	if err != nil {
		return err
	}
	report(model)
	if err := writePassing(&archive.Reader, model.Botocore, model.Date, roles); err != nil {
		return err
	}
	text, err := json.Marshal(model)
	if err != nil {
		return err
	}
	return packed.Write(to, text)
}

// operations are those of all phases and those besides, by service.
func operations(calls string) (map[string][]string, error) {
	raw, err := os.ReadFile(calls)
	if err != nil {
		return nil, err
	}
	var phases map[string][]string
	if err := json.Unmarshal(raw, &phases); err != nil {
		return nil, fmt.Errorf("%s: %w", calls, err)
	}
	all := slices.Clone(besides)
	for _, names := range phases {
		all = append(all, names...)
	}
	return byService(all)
}

// report prints what the file holds and what in it is not tested.
func report(model *awsmodel.Model) {
	count := 0
	for _, s := range model.Services {
		count += len(s.Operations)
	}
	fmt.Printf("botocore %s of %s: %d operations of %d services\n", model.Botocore, model.Date, count, len(model.Services))
	for _, pattern := range model.Untested {
		fmt.Printf("not tested, no such expression in Go: %s\n", pattern)
	}
}
