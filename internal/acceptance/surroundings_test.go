package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/signer"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// What configurations name and units do not make: the rest of the account.
const (
	onCall      = "arn:aws:sns:eu-central-1:ACCOUNT:tfacc-on-call"
	layerOne    = "arn:aws:lambda:eu-central-1:ACCOUNT:layer:tfacc-one:1"
	layerTwo    = "arn:aws:lambda:eu-central-1:ACCOUNT:layer:tfacc-two:1"
	network     = `{ subnet_ids = ["SUBNET"], security_group_ids = ["GROUP"] }`
	accessPoint = "ACCESSPOINT"
	mounted     = `{ arn = "` + accessPoint + `", local_mount_path = "/mnt/data" }`
	// signingConfig lets everything through, with a warning.
	signingConfig = "SIGNINGCONFIG"
)

// there fills in the tenant's account and makes what is named: AWS refuses what
// does not exist.
func (a *tenant) there(t *testing.T, configuration string) string {
	t.Helper()
	ctx := t.Context()
	for _, queue := range []string{"tfacc-dead", "tfacc-failed"} {
		if strings.Contains(configuration, ":ACCOUNT:"+queue) {
			_, err := a.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &queue})
			must(t, err)
		}
	}
	if strings.Contains(configuration, onCall) {
		_, err := a.sns.CreateTopic(ctx, &sns.CreateTopicInput{Name: new("tfacc-on-call")})
		must(t, err)
	}
	for _, layer := range []string{"tfacc-one", "tfacc-two"} {
		if a.made[layer] || !strings.Contains(configuration, ":layer:"+layer) {
			continue
		}
		_, err := a.lambda.PublishLayerVersion(ctx, &lambda.PublishLayerVersionInput{LayerName: &layer, Content: &lambdatypes.LayerVersionContentInput{ZipFile: foreignZip}})
		must(t, err)
		a.made[layer] = true
	}
	if strings.Contains(configuration, "SUBNET") {
		subnet, group := a.subnet(t)
		configuration = strings.NewReplacer("SUBNET", subnet, "GROUP", group).Replace(configuration)
	}
	if strings.Contains(configuration, `"IMAGE"`) {
		repository, push := a.registry(t, "tfacc-image")
		push("stable", "one")
		configuration = strings.ReplaceAll(configuration, `"IMAGE"`, fmt.Sprintf("%q", repository+":stable"))
	}
	if strings.Contains(configuration, accessPoint) {
		configuration = strings.ReplaceAll(configuration, accessPoint, a.accessPoint(t))
	}
	if strings.Contains(configuration, signingConfig) {
		configuration = strings.ReplaceAll(configuration, signingConfig, a.trust(t))
	}
	return strings.ReplaceAll(configuration, ":ACCOUNT:", ":"+a.account(t)+":")
}

// trust makes a code signing configuration that trusts one profile.
func (a *tenant) trust(t *testing.T) string {
	t.Helper()
	if a.signing != "" {
		return a.signing
	}
	profile, err := signer.NewFromConfig(a.config(t)).PutSigningProfile(t.Context(), &signer.PutSigningProfileInput{ProfileName: new("tfacc"), PlatformId: new("AWSLambda-SHA384-ECDSA")})
	must(t, err)
	trusted, err := a.lambda.CreateCodeSigningConfig(t.Context(), &lambda.CreateCodeSigningConfigInput{
		AllowedPublishers: &lambdatypes.AllowedPublishers{SigningProfileVersionArns: []string{*profile.ProfileVersionArn}},
	})
	must(t, err)
	a.signing = *trusted.CodeSigningConfig.CodeSigningConfigArn
	return a.signing
}

func (a *tenant) account(t *testing.T) string {
	t.Helper()
	if a.id != "" {
		return a.id
	}
	caller, err := sts.NewFromConfig(a.config(t)).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	must(t, err)
	return *caller.Account
}

// subnet finds a subnet and a security group of one VPC.
func (a *tenant) subnet(t *testing.T) (subnet, group string) {
	t.Helper()
	subnets, group := a.subnets(t)
	return subnets[0], group
}

// subnets finds the subnets and a security group of one VPC.
func (a *tenant) subnets(t *testing.T) (subnets []string, group string) {
	t.Helper()
	client := ec2.NewFromConfig(a.config(t))
	all, err := client.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{})
	must(t, err)
	if len(all.Subnets) == 0 {
		t.Fatal("the account has no subnet")
	}
	vpc := *all.Subnets[0].VpcId
	for _, s := range all.Subnets {
		if *s.VpcId == vpc {
			subnets = append(subnets, *s.SubnetId)
		}
	}
	groups, err := client.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{})
	must(t, err)
	for _, g := range groups.SecurityGroups {
		if *g.VpcId == vpc {
			return subnets, *g.GroupId
		}
	}
	t.Fatal("the account has no security group")
	return nil, ""
}

// accessPoint makes an EFS access point in the sandbox, whose SDK module is not
// worth a dependency.
func (a *tenant) accessPoint(t *testing.T) string {
	t.Helper()
	if a.point != "" {
		return a.point
	}
	subnet, _ := a.subnet(t)
	system := a.efs(t, "file-systems", `{"CreationToken":"tfacc"}`)["FileSystemId"]
	a.efs(t, "mount-targets", fmt.Sprintf(`{"FileSystemId":%q,"SubnetId":%q}`, system, subnet))
	a.point = fmt.Sprint(a.efs(t, "access-points", fmt.Sprintf(`{"ClientToken":"tfacc","FileSystemId":%q}`, system))["AccessPointArn"])
	return a.point
}

func (a *tenant) efs(t *testing.T, path, body string) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, box.Endpoint()+"/2015-02-01/"+path, strings.NewReader(body))
	must(t, err)
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20260101/%s/elasticfilesystem/aws4_request, SignedHeaders=host, Signature=0", a.id, region))
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	var answer map[string]any
	must(t, json.NewDecoder(response.Body).Decode(&answer))
	return answer
}
