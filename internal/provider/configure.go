package provider

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	awsdiag "github.com/hashicorp/aws-sdk-go-base/v2/diag"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"
	"github.com/secure-lambda/terraform-provider-secure/internal/engine"
	"github.com/secure-lambda/terraform-provider-secure/internal/rules"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// Tuning lets tests run waits on a scaled clock and share connections. The zero
// value is real life.
type Tuning struct {
	Clock engine.Clock
	Poll  time.Duration
	// Pace multiplies the rates of calls, for a local AWS that has no quotas.
	Pace float64
	// HTTPClient makes the calls of all providers of a process.
	HTTPClient *http.Client
}

// defaultRetries is what users of the AWS provider are used to.
const defaultRetries = 25

// Configure implements provider.Provider.
func (p *secureProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	s := &session{house: config.house(), stated: p.stated, release: p.version, ignoresTag: config.ignoreTag(ctx)}
	resp.ResourceData = s
	// Validation comes several times in a run, this once.
	_, warnings := checkHouseWaivers(config.Waivers, time.Now())
	resp.Diagnostics.Append(warnings...)
	resp.Diagnostics.Append(config.warnOfIgnoredTags(s.ignoresTag)...)
	if s.unknown = unknownAttribute(req.Config.Raw); s.unknown != "" {
		return // resources plan without AWS and say so
	}
	base, diags := config.base(ctx, p.version)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Until something is known to work, nothing is tried for minutes.
	wanted := base.MaxRetries
	if wanted == 0 {
		wanted, _ = strconv.Atoi(os.Getenv("AWS_MAX_ATTEMPTS"))
	}
	base.MaxRetries = min(cloud.FirstAttempts, cmp.Or(wanted, cloud.FirstAttempts))
	_, sdk, found := awsbase.GetAwsConfig(ctx, base)
	resp.Diagnostics.Append(config.connectionProblems(found)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if p.tuning.HTTPClient != nil {
		sdk.HTTPClient = p.tuning.HTTPClient
	}
	if sdk.Region == "" {
		resp.Diagnostics.AddAttributeError(path.Root("region"), "No AWS region is configured",
			"A function lives in one region, and none was found. Set region in the provider block, or AWS_REGION.")
		return
	}
	addViolation(&resp.Diagnostics, path.Root("region"), rules.Region(sdk.Region))
	if resp.Diagnostics.HasError() {
		return
	}
	place, diags := config.place(ctx, sdk, base)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if first := sdk.Retryer; wanted > 0 {
		sdk.Retryer = func() aws.Retryer { return retry.AddWithMaxAttempts(first(), wanted) }
		sdk.RetryMaxAttempts = wanted // each client puts this over its retryer
	}
	s.client = cloud.New(sdk, place, cloud.Options{
		Endpoints: config.endpoints(), PathStyle: config.S3PathStyle.ValueBool(), IgnoreTag: s.ignoresTag,
		Clock: p.tuning.Clock, Poll: p.tuning.Poll, Share: config.share() * cmp.Or(p.tuning.Pace, 1),
		Log:    func(ctx context.Context, message string, fields map[string]any) { tflog.Debug(ctx, message, fields) },
		Inform: infoLog,
	})
}

// place asks STS once for account and partition, unless it is told not to.
func (m providerModel) place(ctx context.Context, sdk aws.Config, base *awsbase.Config) (bp.Place, diag.Diagnostics) {
	var diags diag.Diagnostics
	place := bp.Place{Region: sdk.Region, Account: m.AccountID.ValueString(), Partition: bp.PartitionOf(sdk.Region).ID}
	if m.SkipAccountID.ValueBool() {
		diags.Append(allowed(base, place.Account)...)
		return place, diags
	}
	account, partition, err := cloud.CallerAccount(ctx, sdk, m.endpoints()[cloud.ServiceSTS], infoLog)
	if err != nil {
		diags.AddError("AWS cannot be reached with the provider's configuration",
			fmt.Sprintf("STS did not say which account the credentials belong to (region %s%s): %v\n\n"+
				"Check region, credentials, endpoints and proxy. Where STS cannot be reached at all, set account_id and skip_requesting_account_id = true.",
				sdk.Region, m.endpointHint(), err))
		return place, diags
	}
	if place.Account != "" && place.Account != account {
		diags.AddAttributeError(path.Root("account_id"), "The credentials belong to another account",
			fmt.Sprintf("account_id is %s, the credentials are of account %s. Nothing was read or changed. Use the credentials of account %s, or correct account_id.", place.Account, account, place.Account))
		return place, diags
	}
	diags.Append(allowed(base, account)...)
	place.Account, place.Partition = account, partition
	return place, diags
}

// allowed keeps the provider out of accounts that the block rules out.
func allowed(base *awsbase.Config, account string) diag.Diagnostics {
	var diags diag.Diagnostics
	if base.VerifyAccountIDAllowed(account) == nil {
		return diags
	}
	at := path.Root("allowed_account_ids")
	if slices.Contains(base.ForbiddenAccountIds, account) {
		at = path.Root("forbidden_account_ids")
	}
	diags.AddAttributeError(at, "The account is not allowed",
		fmt.Sprintf("The provider would work in account %s, which %s rules out. Nothing was read or changed. Use the credentials of another account, or correct %s.", account, at, at))
	return diags
}

func (m providerModel) endpointHint() string {
	hint := ""
	if endpoint := cmp.Or(m.endpoints()[cloud.ServiceSTS], os.Getenv("AWS_ENDPOINT_URL_STS"), os.Getenv("AWS_ENDPOINT_URL")); endpoint != "" {
		hint += ", endpoint " + endpoint
	}
	if proxy := cmp.Or(m.HTTPSProxy.ValueString(), os.Getenv("HTTPS_PROXY"), os.Getenv("https_proxy"), m.HTTPProxy.ValueString(), os.Getenv("HTTP_PROXY"), os.Getenv("http_proxy")); proxy != "" {
		hint += ", proxy " + withoutPassword(proxy)
	}
	return hint
}

// withoutPassword hides the password in the address of a proxy.
func withoutPassword(address string) string {
	if parsed, err := url.Parse(address); err == nil {
		return parsed.Redacted()
	}
	return "of the environment"
}

// infoLog writes what a person who waits wants to read.
func infoLog(ctx context.Context, message string, fields map[string]any) {
	tflog.Info(ctx, message, fields)
}

// connectionProblems turns the credential chain's findings into one error, at
// the attribute whose value it complains about.
func (m providerModel) connectionProblems(found awsdiag.Diagnostics) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, d := range found {
		if d.Severity() == awsdiag.SeverityWarning {
			diags.AddWarning(d.Summary(), d.Detail())
		}
	}
	if !found.HasError() {
		return diags
	}
	why := reasons(found)
	for name, value := range map[string]string{
		"profile": m.Profile.ValueString(), "custom_ca_bundle": m.CustomCABundle.ValueString(),
		"http_proxy": m.HTTPProxy.ValueString(), "https_proxy": m.HTTPSProxy.ValueString(),
	} {
		if value != "" && strings.Contains(why, value) {
			diags.AddAttributeError(path.Root(name), fmt.Sprintf("%s does not work", name),
				fmt.Sprintf("AWS was not asked: %s. Correct %s, or leave it out.", why, name))
			return diags
		}
	}
	if awsbase.ContainsNoValidCredentialSourcesError(found) {
		diags.AddError("No AWS credentials were found",
			"The provider looks where the AWS CLI looks: its own arguments, the environment (AWS_ACCESS_KEY_ID, AWS_PROFILE), the shared files, the container or instance role. "+
				"Run \"aws sts get-caller-identity\" to see whether one of them works.\n\n"+why)
	} else {
		diags.AddError("The AWS credentials do not work",
			why+"\n\nCheck the provider block, the AWS_* variables and the shared files; \"aws sts get-caller-identity\" shows whether they work.")
	}
	return diags
}

func reasons(found awsdiag.Diagnostics) string {
	var out []string
	for _, d := range found {
		if d.Severity() == awsdiag.SeverityError {
			out = append(out, strings.Trim(d.Summary()+": "+d.Detail(), ": \n"))
		}
	}
	return strings.Join(out, "\n")
}

// ValidateConfig implements provider.ProviderWithValidateConfig: what several
// attributes together can never be.
func (*secureProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if config.SkipAccountID.ValueBool() && config.AccountID.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("skip_requesting_account_id"), "The account id is needed",
			"Names of roles, policies and log groups contain it. Set account_id, or let the provider ask STS.")
	}
	if vpc, ok := vpcValue(config.VPC).Get(); ok {
		resp.Diagnostics.Append(validateVPC(vpc)...)
	}
	resp.Diagnostics.Append(config.checkDefaultTags()...)
	errs, _ := checkHouseWaivers(config.Waivers, time.Now())
	resp.Diagnostics.Append(errs...)
	for name, pair := range map[string][2]types.String{
		"access_key": {config.AccessKey, config.SecretKey}, "secret_key": {config.SecretKey, config.AccessKey}, "token": {config.Token, config.AccessKey},
	} {
		if !pair[0].IsNull() && pair[1].IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root(name), "Half of a pair of credentials",
				name+" does nothing alone. Write access_key and secret_key, and token with temporary ones, or none of them to use the usual credential chain.")
		}
	}
}
