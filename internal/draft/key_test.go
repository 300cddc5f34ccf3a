package draft_test

import (
	"testing"

	"github.com/secure-lambda/terraform-provider-secure/internal/draft"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func TestHouseKeyStatement_CoversEveryGroupOfTheAccountInTheRegion(t *testing.T) {
	t.Parallel()
	place := bp.Place{Partition: "aws", Region: "eu-central-1", Account: "111122223333"}
	elsewhere, other := place, place
	elsewhere.Region, other.Account = "eu-west-1", "444455556666"
	text, err := bp.Document([]bp.Named{{Sid: "AllowCloudWatchLogs", Statement: draft.HouseKeyStatement(place)}})
	if err != nil {
		t.Fatal(err)
	}
	statements, err := bp.ParseDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	for group, want := range map[string]bool{
		place.LogGroupARN("/aws/lambda/one"): true, place.LogGroupARN("two"): true,
		elsewhere.LogGroupARN("/aws/lambda/one"): false, other.LogGroupARN("/aws/lambda/one"): false,
	} {
		if got := draft.CoversLogGroup(statements, group); got != want {
			t.Errorf("%s: %v", group, got)
		}
	}
}

func TestCoversLogGroup_ReadsConditionsAsIAMDoes(t *testing.T) {
	t.Parallel()
	const group = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/orders-api"
	const key = `"kms:EncryptionContext:aws:logs:arn":`
	for condition, want := range map[string]bool{
		`{"ArnEquals":{` + key + `"` + group + `"}}`:                                                            true,
		`{"ArnLike":{` + key + `"arn:aws:logs:eu-central-1:111122223333:log-group:*"}}`:                         true,
		`{"ArnLike":{` + key + `"arn:aws:logs:eu-central-1:111122223333:*"}}`:                                   true,
		`{"ArnLike":{` + key + `"arn:aws:logs:*:111122223333:log-group:/aws/lambda/orders-???"}}`:               true,
		`{"ArnLike":{` + key + `"arn:aws:logs:*"}}`:                                                             false, // too few parts
		`{"ArnLike":{` + key + `["arn:aws:logs:eu-central-1:111122223333:log-group:other","` + group + `"]}}`:   true,
		`{"ArnEquals":{` + key + `"arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/other"}}`:       false,
		`{"ArnLike":{` + key + `"arn:aws:logs:eu-west-1:111122223333:log-group:*"}}`:                            false,
		`{"StringLike":{` + key + `"arn:aws:logs:*"}}`:                                                          true,
		`{"StringEquals":{` + key + `"arn:aws:logs:eu-central-1:111122223333:log-group:*"}}`:                    false, // no wildcard there
		`{"StringEqualsIfExists":{` + key + `"` + group + `"}}`:                                                 true,
		`{"ArnLike":{"KMS:encryptioncontext:AWS:logs:ARN":"arn:aws:logs:eu-west-1:1:log-group:x"}}`:             false,
		`{"StringEquals":{"aws:SourceAccount":"444455556666"}}`:                                                 true, // AWS decides
		`{"ArnLike":{` + key + `"arn:aws:logs:eu-central-1:${aws:PrincipalAccount}:log-group:*"}}`:              true, // AWS decides
		`{"ArnNotLike":{` + key + `"arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/orders-api"}}`: true, // AWS decides
	} {
		statements, err := bp.ParseDocument(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logs.eu-central-1.amazonaws.com"},"Action":"kms:*","Resource":"*","Condition":` + condition + `}]}`)
		if err != nil {
			t.Fatal(err)
		}
		if got := draft.CoversLogGroup(statements, group); got != want {
			t.Errorf("%s: %v", condition, got)
		}
	}
}
