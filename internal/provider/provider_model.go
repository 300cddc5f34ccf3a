package provider

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/secure-lambda/terraform-provider-secure/internal/cloud"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

// providerModel is the provider block.
type providerModel struct {
	Region              types.String  `tfsdk:"region"`
	Profile             types.String  `tfsdk:"profile"`
	AccessKey           types.String  `tfsdk:"access_key"`
	SecretKey           types.String  `tfsdk:"secret_key"`
	Token               types.String  `tfsdk:"token"`
	SharedConfigFiles   types.List    `tfsdk:"shared_config_files"`
	SharedCredentials   types.List    `tfsdk:"shared_credentials_files"`
	AssumeRole          types.List    `tfsdk:"assume_role"`
	AssumeRoleWithWeb   types.Object  `tfsdk:"assume_role_with_web_identity"`
	AccountID           types.String  `tfsdk:"account_id"`
	SkipAccountID       types.Bool    `tfsdk:"skip_requesting_account_id"`
	AllowedAccounts     types.List    `tfsdk:"allowed_account_ids"`
	ForbiddenAccounts   types.List    `tfsdk:"forbidden_account_ids"`
	Endpoints           types.Object  `tfsdk:"endpoints"`
	CustomCABundle      types.String  `tfsdk:"custom_ca_bundle"`
	HTTPProxy           types.String  `tfsdk:"http_proxy"`
	HTTPSProxy          types.String  `tfsdk:"https_proxy"`
	NoProxy             types.String  `tfsdk:"no_proxy"`
	Insecure            types.Bool    `tfsdk:"insecure"`
	MaxRetries          types.Int64   `tfsdk:"max_retries"`
	RetryMode           types.String  `tfsdk:"retry_mode"`
	QuotaShare          types.Float64 `tfsdk:"quota_share"`
	UseFIPS             types.Bool    `tfsdk:"use_fips_endpoint"`
	UseDualStack        types.Bool    `tfsdk:"use_dualstack_endpoint"`
	S3PathStyle         types.Bool    `tfsdk:"s3_use_path_style"`
	DefaultTags         types.Map     `tfsdk:"default_tags"`
	IgnoreTags          types.Object  `tfsdk:"ignore_tags"`
	KMSKeyARN           types.String  `tfsdk:"kms_key_arn"`
	PermissionsBoundary types.String  `tfsdk:"permissions_boundary"`
	LogRetentionDays    types.Int64   `tfsdk:"log_retention_days"`
	AlarmActions        types.Set     `tfsdk:"alarm_actions"`
	AlarmProfile        types.String  `tfsdk:"alarm_profile"`
	CodeSigningConfig   types.String  `tfsdk:"code_signing_config_arn"`
	Architecture        types.String  `tfsdk:"architecture"`
	VPC                 types.Object  `tfsdk:"vpc"`
	Tracing             types.String  `tfsdk:"tracing"`
	LogFormat           types.String  `tfsdk:"log_format"`
	MinimumPosture      types.String  `tfsdk:"minimum_posture"`
	AllowLowerMinimum   types.Bool    `tfsdk:"allow_lower_minimum"`
	Waivers             types.Map     `tfsdk:"waivers"`
	CheckNames          types.Bool    `tfsdk:"check_names"` // see nameCheck
}

// assumedRole is one element of assume_role, or assume_role_with_web_identity.
type assumedRole struct {
	RoleARN     types.String `tfsdk:"role_arn"`
	SessionName types.String `tfsdk:"session_name"`
	Duration    types.String `tfsdk:"duration"`
	Policy      types.String `tfsdk:"policy"`
	PolicyARNs  []string     `tfsdk:"policy_arns"`
}

type chainedRole struct {
	assumedRole

	ExternalID     types.String      `tfsdk:"external_id"`
	SourceIdentity types.String      `tfsdk:"source_identity"`
	Tags           map[string]string `tfsdk:"tags"`
	TransitiveTags []string          `tfsdk:"transitive_tag_keys"`
}

type webRole struct {
	assumedRole

	Token     types.String `tfsdk:"web_identity_token"`
	TokenFile types.String `tfsdk:"web_identity_token_file"`
}

type ignoredTags struct {
	Keys        []string `tfsdk:"keys"`
	KeyPrefixes []string `tfsdk:"key_prefixes"`
}

// houseDefaults are the attributes that may stay unknown in a plan: they are
// nothing of the connection.
var houseDefaults = []string{"default_tags", "kms_key_arn", "permissions_boundary", "log_retention_days", "alarm_actions", "alarm_profile", "code_signing_config_arn", "architecture", "vpc", "tracing", "log_format", "minimum_posture", "allow_lower_minimum", "waivers", checkNames}

// unknownAttribute names an attribute without which AWS cannot be asked yet.
func unknownAttribute(config tftypes.Value) string {
	attributes, err := members(config)
	if err != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if !slices.Contains(houseDefaults, name) && !attributes[name].IsFullyKnown() {
			return name
		}
	}
	return ""
}

func (m providerModel) house() bp.House {
	days := bp.Null[int64]()
	if m.LogRetentionDays.IsUnknown() {
		days = bp.Unknown[int64]()
	} else if !m.LogRetentionDays.IsNull() {
		days = bp.Known(m.LogRetentionDays.ValueInt64())
	}
	return bp.House{
		KMSKeyARN:            stringValue(m.KMSKeyARN),
		PermissionsBoundary:  stringValue(m.PermissionsBoundary),
		LogRetentionDays:     days,
		AlarmActions:         setValue(m.AlarmActions),
		AlarmProfile:         stringValue(m.AlarmProfile),
		CodeSigningConfigARN: stringValue(m.CodeSigningConfig),
		Architecture:         stringValue(m.Architecture),
		VPC:                  vpcValue(m.VPC),
		Tracing:              stringValue(m.Tracing),
		LogFormat:            stringValue(m.LogFormat),
		DefaultTags:          tagsValue(m.DefaultTags),
		Waivers:              waiversValue(m.Waivers),
		MinimumPosture:       stringValue(m.MinimumPosture),
		AllowLowerMinimum:    boolValue(m.AllowLowerMinimum),
	}
}

func stringValue(v basetypes.StringValue) bp.String {
	switch {
	case v.IsUnknown():
		return bp.Unknown[string]()
	case v.IsNull():
		return bp.Null[string]()
	}
	return bp.Known(v.ValueString())
}

func setValue(v types.Set) bp.Value[bp.Set] {
	switch {
	case v.IsUnknown():
		return bp.Unknown[bp.Set]()
	case v.IsNull():
		return bp.Null[bp.Set]()
	}
	set := bp.Set{}
	for _, element := range v.Elements() {
		if text, ok := element.(types.String); ok {
			set = append(set, stringValue(text))
		}
	}
	return bp.Known(set.Canonical())
}

func boolValue(v types.Bool) bp.Value[bool] {
	switch {
	case v.IsUnknown():
		return bp.Unknown[bool]()
	case v.IsNull():
		return bp.Null[bool]()
	}
	return bp.Known(v.ValueBool())
}

// vpcValue reads the provider's vpc.
func vpcValue(v types.Object) bp.Value[bp.VPCSpec] {
	switch {
	case v.IsUnknown():
		return bp.Unknown[bp.VPCSpec]()
	case v.IsNull():
		return bp.Null[bp.VPCSpec]()
	}
	stated := v.Attributes()
	subnets, _ := stated["subnet_ids"].(types.Set)
	groups, _ := stated["security_group_ids"].(types.Set)
	ipv6, _ := stated["ipv6"].(types.Bool)
	return bp.Known(bp.VPCSpec{SubnetIDs: setValue(subnets), SecurityGroupIDs: setValue(groups), IPv6: boolValue(ipv6)})
}

func tagsValue(v types.Map) bp.Value[map[string]bp.String] {
	switch {
	case v.IsUnknown():
		return bp.Unknown[map[string]bp.String]()
	case v.IsNull():
		return bp.Null[map[string]bp.String]()
	}
	tags := map[string]bp.String{}
	for key, element := range v.Elements() {
		if text, ok := element.(types.String); ok && !text.IsNull() { // null: not stated
			tags[key] = stringValue(text)
		}
	}
	return bp.Known(tags)
}

// base turns the block into what the shared credential library takes.
func (m providerModel) base(ctx context.Context, version string) (*awsbase.Config, diag.Diagnostics) {
	var diags diag.Diagnostics
	list := func(v types.List) []string {
		var out []string
		diags.Append(v.ElementsAs(ctx, &out, false)...)
		return out
	}
	endpoints := m.endpoints()
	c := &awsbase.Config{
		AccessKey: m.AccessKey.ValueString(), SecretKey: m.SecretKey.ValueString(), Token: m.Token.ValueString(),
		Profile: m.Profile.ValueString(), Region: m.Region.ValueString(),
		SharedConfigFiles: list(m.SharedConfigFiles), SharedCredentialsFiles: list(m.SharedCredentials),
		AllowedAccountIds: list(m.AllowedAccounts), ForbiddenAccountIds: list(m.ForbiddenAccounts),
		CustomCABundle: m.CustomCABundle.ValueString(), Insecure: m.Insecure.ValueBool(),
		HTTPProxy: m.HTTPProxy.ValueStringPointer(), HTTPSProxy: m.HTTPSProxy.ValueStringPointer(),
		NoProxy: m.NoProxy.ValueString(), HTTPProxyMode: awsbase.HTTPProxyModeSeparate,
		MaxRetries: defaultRetries, RetryMode: aws.RetryMode(m.RetryMode.ValueString()),
		UseFIPSEndpoint: m.UseFIPS.ValueBool(), UseDualStackEndpoint: m.UseDualStack.ValueBool(),
		IamEndpoint: endpoints["iam"], StsEndpoint: endpoints["sts"],
		CallerName: "Terraform provider secure", CallerDocumentationURL: "https://registry.terraform.io/providers/secure-lambda/secure/latest/docs",
		// STS is asked once, for the account; requests are logged by this
		// provider alone, without their bodies.
		SkipCredsValidation: true, SuppressDebugLog: true,
		UserAgent: awsbase.UserAgentProducts{{Name: "terraform-provider-secure", Version: version}},
	}
	switch {
	case !m.MaxRetries.IsNull():
		c.MaxRetries = int(m.MaxRetries.ValueInt64())
	case os.Getenv("AWS_MAX_ATTEMPTS") != "":
		c.MaxRetries = 0 // the SDK reads the variable itself
	}
	diags.Append(m.assume(ctx, c)...)
	return c, diags
}

func (m providerModel) assume(ctx context.Context, c *awsbase.Config) diag.Diagnostics {
	var diags diag.Diagnostics
	var chain []chainedRole
	diags.Append(m.AssumeRole.ElementsAs(ctx, &chain, false)...)
	for _, role := range chain {
		c.AssumeRole = append(c.AssumeRole, awsbase.AssumeRole{
			RoleARN: role.RoleARN.ValueString(), SessionName: role.SessionName.ValueString(),
			Duration: duration(role.Duration),
			Policy:   role.Policy.ValueString(), PolicyARNs: role.PolicyARNs,
			ExternalID: role.ExternalID.ValueString(), SourceIdentity: role.SourceIdentity.ValueString(),
			Tags: role.Tags, TransitiveTagKeys: role.TransitiveTags,
		})
	}
	if m.AssumeRoleWithWeb.IsNull() {
		return diags
	}
	var role webRole
	diags.Append(m.AssumeRoleWithWeb.As(ctx, &role, basetypes.ObjectAsOptions{})...)
	c.AssumeRoleWithWebIdentity = &awsbase.AssumeRoleWithWebIdentity{
		RoleARN: role.RoleARN.ValueString(), SessionName: role.SessionName.ValueString(),
		Duration: duration(role.Duration),
		Policy:   role.Policy.ValueString(), PolicyARNs: role.PolicyARNs,
		WebIdentityToken: role.Token.ValueString(), WebIdentityTokenFile: role.TokenFile.ValueString(),
	}
	return diags
}

// duration reads a length of time whose form the schema has checked.
func duration(v types.String) time.Duration {
	d, err := time.ParseDuration(v.ValueString())
	if err != nil {
		return 0
	}
	return d
}

// share is how much of the account's quotas the provider uses.
func (m providerModel) share() float64 {
	if m.QuotaShare.IsNull() {
		return cloud.DefaultShare
	}
	return m.QuotaShare.ValueFloat64()
}

func (m providerModel) endpoints() map[string]string {
	out := map[string]string{}
	for service, value := range m.Endpoints.Attributes() {
		if text, ok := value.(types.String); ok && !text.IsNull() {
			out[service] = text.ValueString()
		}
	}
	return out
}

func (m providerModel) ignoreTag(ctx context.Context) func(string) bool {
	var ignored ignoredTags
	if !m.IgnoreTags.IsNull() {
		// The object was read with the rest of the block, so it has this form.
		m.IgnoreTags.As(ctx, &ignored, basetypes.ObjectAsOptions{})
	}
	return func(key string) bool {
		return slices.Contains(ignored.Keys, key) || slices.ContainsFunc(ignored.KeyPrefixes, func(prefix string) bool {
			return strings.HasPrefix(key, prefix)
		})
	}
}
