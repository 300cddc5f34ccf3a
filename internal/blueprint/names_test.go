package blueprint_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

var labels = rapid.Map(
	rapid.SliceOfN(rapid.Map(
		rapid.StringOfN(rapid.SampledFrom([]rune("abcxyz019")), 0, 4, -1),
		func(rest string) string { return "w" + rest },
	), 1, 4),
	func(words []string) string { return strings.Join(words, "_") },
)

func TestSid_TurnsBackIntoItsLabel(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		label := labels.Draw(t, "label")
		if !bp.ValidLabel(label) {
			t.Fatalf("%q is not valid", label)
		}
		back, ok := bp.Label(bp.Sid(label))
		same(t, bp.Sid(label), back, label)
		same(t, "is an access statement", ok, true)
	})
}

func TestSid_OfTwoLabelsDiffers(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		a, b := labels.Draw(t, "a"), labels.Draw(t, "b")
		same(t, "same sid", bp.Sid(a) == bp.Sid(b), a == b)
	})
}

func TestSid_HasLettersAndDigitsOnly(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{"orders_table": "OrdersTable", "s3": "S3", "a_b2_c": "AB2C"} {
		same(t, label, bp.Sid(label), want)
	}
}

func TestValidLabel_RefusesWhatNoSidCanHold(t *testing.T) {
	t.Parallel()
	for _, label := range []string{
		"", "_", "Orders", "orders_", "_orders", "orders__table", "orders-table", "orders table",
		"2nd", "orders_2", "ordërs", "secure", "secure_logs", "secured", "orders\n",
	} {
		same(t, label, bp.ValidLabel(label), false)
	}
}

func TestLabel_RefusesForeignSids(t *testing.T) {
	t.Parallel()
	for _, sid := range []string{"", "orders", "SecureLogs", "Orders_Table", "VisualEditor-0", "2Orders", "Örders", "\u212Aey", bp.SidDecrypt} {
		if label, ok := bp.Label(sid); ok {
			t.Errorf("%q became %q", sid, label)
		}
	}
}

var unitNames = rapid.StringOfN(rapid.SampledFrom([]rune("abcdefgh-_01")), 1, 64, -1)

var iamPaths = rapid.SampledFrom([]string{"/", "/service/", "/service/orders/"})

func TestRoleName_FitsAndIsStable(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		unit, path := unitNames.Draw(t, "unit"), iamPaths.Draw(t, "path")
		region := rapid.SampledFrom([]string{"eu-west-1", "ap-southeast-2", "us-gov-west-1"}).Draw(t, "region")
		role, policy := bp.RoleName(unit, region, path), bp.PolicyName(unit, region, path)
		if len(role) > 64 || len(policy) > 128 {
			t.Errorf("%q and %q are too long", role, policy)
		}
		same(t, "again", bp.RoleName(unit, region, path), role)
		if len(policy) <= 64 {
			same(t, "a name that fits is left whole", role, policy)
		}
		if !strings.HasPrefix(policy, unit+"-"+region) {
			t.Errorf("%q does not say unit and region", policy)
		}
	})
}

func TestRoleName_OfTwoLongUnitsDiffers(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T) {
		stem := strings.Repeat("orders", 10)
		ends := rapid.StringOfN(rapid.SampledFrom([]rune("abc")), 1, 4, -1)
		a, b := stem+ends.Draw(t, "a"), stem+ends.Draw(t, "b")
		same(t, "same name", bp.RoleName(a, "eu-west-1", "/") == bp.RoleName(b, "eu-west-1", "/"), a == b)
	})
}

// An IAM name is unique in the account, whatever the region and the path.
func TestRoleName_OfOneUnitDiffersByRegionAndPath(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"orders", strings.Repeat("a", 64)} {
		for _, derive := range []func(unit, region, path string) string{bp.RoleName, bp.PolicyName} {
			here := derive(unit, "eu-west-1", "/")
			if here == derive(unit, "eu-west-2", "/") || here == derive(unit, "eu-west-1", "/service/") {
				t.Errorf("%s has one name in two places: %s", unit, here)
			}
		}
	}
}

func TestRoleName_CutNameEndsInTheHashOfTheWhole(t *testing.T) {
	t.Parallel()
	whole := strings.Repeat("a", 64) + "-eu-west-1"
	same(t, "name", bp.RoleName(strings.Repeat("a", 64), "eu-west-1", "/"), strings.Repeat("a", 55)+"-"+bp.HashText(whole)[:8])
}

func TestNames_AreThoseAWSWouldUse(t *testing.T) {
	t.Parallel()
	same(t, "log group", bp.LogGroupName("orders"), "/aws/lambda/orders")
	same(t, "key alias", bp.KeyAlias("orders"), "alias/secure/orders")
}

func TestPlace_BuildsARNs(t *testing.T) {
	t.Parallel()
	p := bp.Place{Partition: "aws-cn", Account: "111122223333", Region: "cn-north-1"}
	for got, want := range map[string]string{
		p.FunctionARN("f"):          "arn:aws-cn:lambda:cn-north-1:111122223333:function:f",
		p.LogGroupARN("/g"):         "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/g",
		p.RoleARN("/service/", "r"): "arn:aws-cn:iam::111122223333:role/service/r",
		p.PolicyARN("/", "p"):       "arn:aws-cn:iam::111122223333:policy/p",
		p.AccountRoot():             "arn:aws-cn:iam::111122223333:root",
		p.LogsPrincipal():           "logs.cn-north-1.amazonaws.com.cn",
	} {
		same(t, want, got, want)
	}
}

func TestPartitionOf_KnowsEveryCloudByItsRegions(t *testing.T) {
	t.Parallel()
	for region, want := range map[string][2]string{
		"eu-west-1":      {"aws", "amazonaws.com"},
		"mx-central-1":   {"aws", "amazonaws.com"},
		"zz-newplace-9":  {"aws", "amazonaws.com"},
		"us-east-1":      {"aws", "amazonaws.com"},
		"us-gov-east-1":  {"aws-us-gov", "amazonaws.com"},
		"cn-northwest-1": {"aws-cn", "amazonaws.com.cn"},
		"eusc-de-east-1": {"aws-eusc", "amazonaws.eu"},
		"":               {"aws", "amazonaws.com"},
	} {
		p := bp.PartitionOf(region)
		same(t, region, [2]string{p.ID, p.ServiceSuffix}, want)
	}
}

func TestKnownPartition_TakesAWSAndTheIsolatedOnes(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"aws": true, "aws-cn": true, "aws-us-gov": true, "aws-eusc": true, "aws-iso": true, "aws-iso-b": true,
		"": false, "awss": false, "azure": false, "AWS": false,
	} {
		same(t, id, bp.KnownPartition(id), want)
	}
}
