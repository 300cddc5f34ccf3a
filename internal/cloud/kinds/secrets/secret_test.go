package secrets

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/api"
	"github.com/secure-lambda/terraform-provider-secure/internal/cloud/kinds"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

const (
	ordersSecret = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:secure/orders-AbCdEf"
	ordersRole   = "arn:aws:iam::000000000000:role/orders"
)

// secretsOf is a client of one secret and one role, without what changes them.
func secretsOf(secret *secretsmanager.DescribeSecretOutput, roleTags map[string]string) *api.Client {
	c := &api.Client{
		Clock: engine.Real{}, Ignore: func(string) bool { return false },
		Log: func(context.Context, string, map[string]any) {},
	}
	c.Secrets.DescribeSecret = func(context.Context, *secretsmanager.DescribeSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error) {
		return secret, nil
	}
	c.IAM.GetRole = func(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error) {
		if roleTags == nil {
			return nil, &smithy.GenericAPIError{Code: "NoSuchEntity"}
		}
		return &iam.GetRoleOutput{Role: &iamtypes.Role{Arn: aws.String(ordersRole), Tags: api.ToIAMTags(roleTags)}}, nil
	}
	return c
}

func ownedBy(generation string) map[string]string {
	return map[string]string{bp.TagUnit: "orders", bp.TagGeneration: generation}
}

func tagsOfSecret(tags map[string]string) []types.Tag {
	var out []types.Tag
	for key, value := range tags {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return out
}

// applying is an apply of unit orders with a secret of its own.
func applying(c *api.Client, values string, number int64) *kinds.Unit {
	desired := func(l kinds.Learned) bp.Blueprint {
		return bp.Blueprint{
			Function: bp.Known(bp.Function{Name: bp.Known("orders")}),
			Tags:     api.ValueTags(ownedBy("new")),
			Secret: bp.Known(bp.Secret{
				Name: bp.Known(bp.SecretName("orders")), ARN: l.At(bp.ComponentSecret).ARN, KMSKeyARN: bp.Known("new-key"), ValuesVersion: bp.Known(number),
			}),
		}
	}
	return kinds.Begin(c, kinds.Table{Kind()}, kinds.Job{Draft: desired, SecretValues: values})
}

func TestMakeSecret_NotesWhatItRestoresBeforeAnythingElseFails(t *testing.T) {
	t.Parallel()
	refused := &smithy.GenericAPIError{Code: "AccessDeniedException"}
	for name, c := range map[string]struct{ restore, look error }{
		"the answer to the restore": {restore: refused},
		"the look after it":         {look: refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := secretsOf(&secretsmanager.DescribeSecretOutput{
				ARN: aws.String(ordersSecret), DeletedDate: aws.Time(time.Unix(0, 0)), Tags: tagsOfSecret(ownedBy("old")),
			}, nil)
			client.Secrets.CreateSecret = func(context.Context, *secretsmanager.CreateSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.CreateSecretOutput, error) {
				return nil, &smithy.GenericAPIError{Code: "ResourceExistsException"}
			}
			describe := client.Secrets.DescribeSecret
			client.Secrets.RestoreSecret = func(context.Context, *secretsmanager.RestoreSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.RestoreSecretOutput, error) {
				client.Secrets.DescribeSecret = func(ctx context.Context, in *secretsmanager.DescribeSecretInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error) {
					if c.look != nil {
						return nil, c.look
					}
					return describe(ctx, in)
				}
				return nil, c.restore
			}
			u := applying(client, "{}", 1)
			if err := new(secretNow).ensure(t.Context(), u); !errors.Is(err, refused) {
				t.Errorf("got %v", err)
			}
			if u.SoFar().At(bp.ComponentSecret).ARN != bp.Known(ordersSecret) {
				t.Errorf("learned %+v", u.SoFar())
			}
		})
	}
}

func TestEnsureSecretValues_PutsThemOnceUnderANumber(t *testing.T) {
	t.Parallel()
	mine, others := bp.ValuesToken("new", 3), bp.ValuesToken("old", 3)
	for name, c := range map[string]struct {
		generation, version, key string
		number                   int64
		puts                     bool
	}{
		"nothing differs":                        {"new", mine, "new-key", 3, false},
		"its generation's tag is gone":           {"", mine, "new-key", 3, false},
		"the run was killed before it tagged":    {"old", mine, "new-key", 3, false},
		"an earlier unit put them":               {"old", others, "new-key", 3, true},
		"an earlier unit put them under its key": {"old", others, "old-key", 3, true},
		"the key changed with the tag gone":      {"", mine, "old-key", 3, true},
		"the key changed":                        {"new", mine, "old-key", 3, false},
		"another number":                         {"new", mine, "new-key", 4, true},
		"another number with the tag gone":       {"", mine, "new-key", 4, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tags := ownedBy(c.generation)
			if c.generation == "" {
				delete(tags, bp.TagGeneration)
			}
			client := secretsOf(&secretsmanager.DescribeSecretOutput{
				ARN: aws.String(ordersSecret), Tags: tagsOfSecret(tags), VersionIdsToStages: map[string][]string{c.version: {currentLabel, valuesLabel}},
			}, nil)
			puts, tagged := 0, map[string]string{}
			client.Secrets.PutSecretValue = func(_ context.Context, in *secretsmanager.PutSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error) {
				puts++
				return &secretsmanager.PutSecretValueOutput{VersionStages: in.VersionStages}, nil
			}
			client.Secrets.UpdateSecret = func(context.Context, *secretsmanager.UpdateSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.UpdateSecretOutput, error) {
				return &secretsmanager.UpdateSecretOutput{}, nil
			}
			client.Secrets.TagResource = func(_ context.Context, in *secretsmanager.TagResourceInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.TagResourceOutput, error) {
				tagged = secretTags(in.Tags)
				return &secretsmanager.TagResourceOutput{}, nil
			}
			u := applying(client, `{"DB_PASSWORD":"another"}`, c.number)
			u.Job.Observed = bp.Blueprint{Tags: api.ValueTags(ownedBy("new")), Secret: bp.Known(bp.Secret{
				ARN: bp.Known(ordersSecret), KMSKeyARN: bp.Known(c.key), Available: bp.Known(true), ValuesVersion: bp.ValuesNumber(c.version),
				Tags: client.Deviation(tags, ownedBy("new")),
			})}
			var now secretNow
			if err := errors.Join(now.ensure(t.Context(), u), now.ensureValues(t.Context(), u)); err != nil {
				t.Fatal(err)
			}
			if (puts == 1) != c.puts || puts > 1 {
				t.Errorf("put %d times", puts)
			}
			if want := map[bool]string{true: "", false: "new"}[c.generation == "new"]; tagged[bp.TagGeneration] != want {
				t.Errorf("tagged %v", tagged)
			}
		})
	}
}

func TestLocateSecret_NeverOverlooksOneThatTheFunctionReads(t *testing.T) {
	t.Parallel()
	reads := kinds.Seed{Environment: map[string]string{bp.SecretVariable: ordersSecret}}
	for name, c := range map[string]struct {
		code     string
		function kinds.Seed
		fails    bool
	}{
		"there is none":                                {"ResourceNotFoundException", reads, false},
		"one that it reads may not be looked at":       {"AccessDeniedException", reads, true},
		"one that it may read may not be looked at":    {"AccessDeniedException", kinds.Seed{Unreadable: "its key is disabled"}, true},
		"the deployer knows of no secrets":             {"AccessDeniedException", kinds.Seed{}, false},
		"the service fails, whatever the function has": {"InternalServiceError", kinds.Seed{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := secretsOf(nil, nil)
			client.Secrets.DescribeSecret = func(context.Context, *secretsmanager.DescribeSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error) {
				return nil, &smithy.GenericAPIError{Code: c.code}
			}
			ref, _, err := locateSecret(t.Context(), client, kinds.Seed{Unit: "orders", Environment: c.function.Environment, Unreadable: c.function.Unreadable})
			if ref.ARN != "" || (err != nil) != c.fails {
				t.Errorf("%q, %v", ref.ARN, err)
			}
		})
	}
}
