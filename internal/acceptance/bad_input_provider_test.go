package acceptance

import (
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// blockMistakes are found by validate in the provider block.
var blockMistakes = []badInput{
	{"account id short", settings{"account_id": "1111"}, "account_id", `"1111" is not an account id`, `Write it as a string, such as "111122223333"`},
	{"account id believed but not given", settings{"skip_requesting_account_id": true}, "skip_requesting_account_id", "The account id is needed", "Set account_id, or let the provider ask STS"},
	{"allowed account short", settings{"allowed_account_ids": []any{"111122223333", "1111"}}, "allowed_account_ids[1]", `"1111" is not an account id`, "12 digits"},
	{"forbidden account null", settings{"forbidden_account_ids": []any{nil}}, "forbidden_account_ids[0]", "forbidden_account_ids[0] is null", "leave the element out"},
	{"region by place", settings{"region": "Frankfurt"}, "region", `"Frankfurt" is not a region`, `Write a region such as "eu-west-1"`},
	{"region that is a zone", settings{"region": "eu-central-1a"}, "region", `"eu-central-1a" is not a region`, "availability zones are not regions"},
	{"region empty", settings{"region": ""}, "region", `"" is not a region`, "Write a region"},
	{"endpoint without a scheme", settings{"endpoints": settings{"lambda": "localhost:4566"}}, "endpoints.lambda", "The endpoint is not a URL", `Write a URL such as "https://lambda.eu-west-1.amazonaws.com"`},
	{"endpoint without a host", settings{"endpoints": settings{"sts": "https://"}}, "endpoints.sts", "The endpoint is not a URL", "so no call could be sent"},
	{"role to assume by name", settings{"assume_role": []any{settings{"role_arn": "deployment"}}}, "assume_role[0].role_arn", `"deployment" is not a valid ARN here`, "arn:aws:iam::111122223333:role/deployment"},
	{"role to assume that is a user", settings{"assume_role": []any{settings{"role_arn": "arn:aws:iam::111122223333:user/deployment"}}}, "assume_role[0].role_arn", "is not a valid ARN here", `must start with "role/"`},
	{"session without a unit", settings{"assume_role": []any{settings{"role_arn": "arn:aws:iam::111122223333:role/deployment", "duration": "3600"}}}, "assume_role[0].duration", `"3600" is not a duration`, `such as "1h" or "90m"`},
	{"access key alone", settings{"access_key": "111122223333", "secret_key": nil}, "access_key", "Half of a pair of credentials", "Write access_key and secret_key"},
	{"ignored tags of the unit", settings{"ignore_tags": settings{"keys": []any{"secure:unit"}}}, "ignore_tags.keys[0]", `"secure:unit" covers the unit's own tags`, `such as "audit:"`},
	{"every tag ignored", settings{"ignore_tags": settings{"key_prefixes": []any{""}}}, "ignore_tags.key_prefixes[0]", `"" covers the unit's own tags`, "tells its objects from others'"},
	{"retries zero", settings{"max_retries": 0}, "max_retries", "max_retries is 0 tries, outside 1 to 100", "such as 25"},
	{"retries without end", settings{"max_retries": 101}, "max_retries", "max_retries is 101 tries", "outlast every timeout"},
	{"retry mode in upper case", settings{"retry_mode": "Adaptive"}, "retry_mode", `"Adaptive" is not a value of retry_mode`, `Write "adaptive"`},
	{"house key alias", settings{"kms_key_arn": "arn:aws:kms:eu-central-1:111122223333:alias/house"}, "kms_key_arn", "is not a valid ARN here", "use the key's ARN"},
	{"house boundary that is a role", settings{"permissions_boundary": "arn:aws:iam::111122223333:role/b"}, "permissions_boundary", "is not a valid ARN here", `must start with "policy/"`},
	{"house retention below none", settings{"log_retention_days": -1}, "log_retention_days", "-1 days is not a retention period", "Write 1"},
	{"house architecture of another tool", settings{"architecture": "amd64"}, "architecture", `"amd64" is not a value of architecture`, `Write "x86_64"`},
	{"house tracing in lower case", settings{"tracing": "active"}, "tracing", `"active" is not a value of tracing`, `Write "Active"`},
	{"house log format in lower case", settings{"log_format": "json"}, "log_format", `"json" is not a value of log_format`, `Write "JSON"`},
	{"house alarms in upper case", settings{"alarm_profile": "Full"}, "alarm_profile", `"Full" is not a value of alarm_profile`, `Write "full"`},
	{"house VPC without groups", settings{"vpc": settings{"subnet_ids": []any{someVPC}}}, "vpc.security_group_ids", "vpc.security_group_ids is missing", "Write security_group_ids ="},
	{"house subnet by name", settings{"vpc": settings{"subnet_ids": []any{"private-a"}, "security_group_ids": []any{someGroup}}}, `vpc.subnet_ids["private-a"]`, `"private-a" is not the id of a subnet`, "names and ARNs do not do"},
	{"default tag of AWS", settings{"default_tags": settings{"aws:x": "y"}}, `default_tags["aws:x"]`, `"aws:x" is not a tag key`, "AWS's own"},
	{"default tag with a secret", settings{"default_tags": settings{"db": "postgres://app:" + secretText + "@db.acme.example/orders"}}, "waivers", "Default tag db holds a secret", "Leave the tag out of default_tags"},
	{"default tags in two cases", settings{"default_tags": settings{"Team": "a", "team": "b"}}, "default_tags", "Tags Team and team differ in case only", "IAM compares tag keys without case"},
	{"default tag with a character too many", settings{"default_tags": settings{"team": "a,b"}}, `default_tags["team"]`, `"a,b" is not a tag value`, "Leave the other characters out"},
	{"waiver of nothing", houseWaiver("in-vcp", "2027-01-31"), `waivers["in-vcp"]`, `"in-vcp" is not a control`, `Write "in-vpc"`},
	{"waiver for years", houseWaiver("in-vpc", "2099-01-31"), `waivers["in-vpc"]`, "more than 366 days away", "or an earlier day"},
	{"waiver until some time", houseWaiver("in-vpc", "soon"), `waivers["in-vpc"].expires`, `"soon" is not a day`, `such as "2027-01-31"`},
	{"default tags too many", settings{"default_tags": manyTags("house", 45)}, "default_tags", "There are 45 tags, the provider's default_tags included, more than 44", "Remove tags that nothing reads"},
}

func houseWaiver(id, expires string) settings {
	return settings{"waivers": settings{id: settings{"reason": "talks to public APIs only", "expires": expires}}}
}

// connectionMistakes are found where the provider meets the account.
func connectionMistakes(a *tenant) []badInput {
	const other = "999988887777"
	return []badInput{
		{"another account", settings{"account_id": other}, "account_id", "The credentials belong to another account", "account_id is 999988887777, the credentials are of account " + a.id},
		{"account not allowed", settings{"allowed_account_ids": []any{other}}, "allowed_account_ids", "The account is not allowed", "in account " + a.id},
		{"account forbidden", settings{"forbidden_account_ids": []any{a.id}}, "forbidden_account_ids", "The account is not allowed", "Nothing was read or changed"},
		{"account believed and forbidden", settings{"account_id": other, "skip_requesting_account_id": true, "forbidden_account_ids": []any{other}}, "forbidden_account_ids", "The account is not allowed", "in account " + other},
		{"endpoint nobody listens at", settings{"endpoints": settings{"sts": "http://127.0.0.1:1"}, "max_retries": 1}, "", "AWS cannot be reached with the provider's configuration", "endpoint http://127.0.0.1:1"},
		{"profile missing", settings{"profile": "nobody", "access_key": nil, "secret_key": nil}, "profile", "profile does not work", "failed to get shared config profile, nobody. Correct profile, or leave it out"},
		{"certificates missing", settings{"custom_ca_bundle": "no-such.pem"}, "custom_ca_bundle", "custom_ca_bundle does not work", "open no-such.pem: no such file or directory. Correct custom_ca_bundle"},
	}
}

// tagTotals are found in a plan, where the provider's default tags are known.
var tagTotals = []badInput{
	{"too many with the default tags", settings{"tags": manyTags("own", 14)}, "tags", "There are 45 tags, the provider's default_tags included, more than 44", "the unit keeps 6"},
}

// planWithDefaultTags plans a unit of a house with 31 tags.
func planWithDefaultTags(t *testing.T, a *tenant, with settings) []*tfprotov6.Diagnostic {
	t.Helper()
	w, block := newWire(t), a.block()
	block["default_tags"] = manyTags("house", 31)
	if found := w.connect(t, block); len(found) > 0 {
		t.Fatal(describe(found))
	}
	return w.planned(t, with)
}

// The environment belongs to the process, so these do not run in parallel.

func TestAccBadInput_NoCredentials_OneErrorSaysWhereTheProviderLooked(t *testing.T) { //nolint:paralleltest // sets the environment
	needsSandbox(t)
	withoutAWS(t)
	row := badInput{summary: "No AWS credentials were found", detail: "The provider looks where the AWS CLI looks"}
	row.check(t, tfprotov6.DiagnosticSeverityError, newWire(t).connect(t, settings{"region": region}))
}

func TestAccBadInput_NoRegion_OneErrorNamesTheAttributeAndTheVariable(t *testing.T) { //nolint:paralleltest // sets the environment
	needsSandbox(t)
	withoutAWS(t)
	row := badInput{at: "region", summary: "No AWS region is configured", detail: "Set region in the provider block, or AWS_REGION"}
	row.check(t, tfprotov6.DiagnosticSeverityError, newWire(t).connect(t, settings{"access_key": "1", "secret_key": secretText}))
}

func TestAccBadInput_RegionOfTheEnvironment_IsCheckedToo(t *testing.T) { //nolint:paralleltest // sets the environment
	needsSandbox(t)
	t.Setenv("AWS_REGION", "Frankfurt")
	row := badInput{at: "region", summary: `"Frankfurt" is not a region`, detail: `such as "eu-west-1"`}
	row.check(t, tfprotov6.DiagnosticSeverityError, newWire(t).connect(t, settings{"access_key": "1", "secret_key": secretText}))
}

// withoutAWS empties all that the SDK would find in the environment.
func withoutAWS(t *testing.T) {
	t.Helper()
	nothing := filepath.Join(t.TempDir(), "nothing")
	writeFile(t, nothing, "")
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", nothing)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", nothing)
}

// TestAccBadInput_ImportID refuses ids before anything is read.
func TestAccBadInput_ImportID(t *testing.T) {
	t.Parallel()
	needsSandbox(t)
	a := newTenant(t)
	w := newWire(t)
	if found := w.connect(t, a.block()); len(found) > 0 {
		t.Fatal(describe(found))
	}
	mark := box.Recorder().Mark()
	const form, elsewhere = "The import id is not valid", "The import id names another account or region"
	for id, row := range map[string]badInput{
		"":                                 {summary: form, detail: "neither NAME nor ACCOUNT/REGION/NAME"},
		"orders api":                       {summary: form, detail: "Write the function's name, such as orders-api"},
		"eu-central-1/orders":              {summary: form, detail: "neither NAME nor ACCOUNT/REGION/NAME"},
		a.id + "/eu-central-1/":            {summary: form, detail: "or 111122223333/eu-west-1/orders-api"},
		"999988887777/eu-central-1/orders": {summary: elsewhere, detail: "the provider is configured for account " + a.id},
		a.id + "/us-east-1/orders":         {summary: elsewhere, detail: "region us-east-1; the provider is configured for"},
	} {
		row.check(t, tfprotov6.DiagnosticSeverityError, w.importing(t, id))
	}
	if calls := len(box.Recorder().Since(mark, inTenant(a))); calls > 0 {
		t.Errorf("%d calls were made for ids that cannot be right", calls)
	}
}
