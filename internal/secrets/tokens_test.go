package secrets

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

const base62 = mixedCase

// vendorTokens are tokens of vendors in the form that they publish, each beside
// its beginning, so that no whole one is written here.
var vendorTokens = []struct {
	kind string
	draw func(d drawn) string
}{
	{"GitHub, personal", func(d drawn) string { return "ghp_" + d.of(base62, 36) }},
	{"GitHub, OAuth", func(d drawn) string { return "gho_" + d.of(base62, 36) }},
	{"GitHub, user of an app", func(d drawn) string { return "ghu_" + d.of(base62, 36) }},
	{"GitHub, app", func(d drawn) string { return "ghs_" + d.of(base62, 36) }},
	{"GitHub, refresh", func(d drawn) string { return "ghr_" + d.of(base62, 76) }},
	{"GitHub, fine-grained", func(d drawn) string { return "github_pat_" + d.of(base62, 22) + "_" + d.of(base62, 59) }},
	{"GitLab, personal", func(d drawn) string { return "glpat-" + d.of(base62, 20) }},
	{"GitLab, personal, routable", func(d drawn) string { return "glpat-" + d.of(base62, 27) + "." + d.of(lower, 2) + "." + d.of(lower, 9) }},
	{"GitLab, deploy", func(d drawn) string { return "gldt-" + d.of(base62, 20) }},
	{"GitLab, runner", func(d drawn) string { return "glrt-" + d.of(base62, 20) }},
	{"GitLab, OAuth secret", func(d drawn) string { return "gloas-" + d.of(hexadecimal, 64) }},
	{"GitLab, job", func(d drawn) string { return "glcbt-" + d.of(lower, 2) + "_" + d.of(base62, 20) }},
	{"GitLab, trigger", func(d drawn) string { return "glptt-" + d.of(hexadecimal, 40) }},
	{"GitLab, feed", func(d drawn) string { return "glft-" + d.of(base62, 20) }},
	{"GitLab, incoming mail", func(d drawn) string { return "glimt-" + d.of(base62, 25) }},
	{"GitLab, agent", func(d drawn) string { return "glagent-" + d.of(base62, 50) }},
	{"GitLab, SCIM", func(d drawn) string { return "glsoat-" + d.of(base62, 20) }},
	{"Slack, bot", func(d drawn) string {
		return "xoxb-" + d.of(digits, 12) + "-" + d.of(digits, 13) + "-" + d.of(base62, 24)
	}},
	{"Slack, user", func(d drawn) string {
		return "xoxp-" + d.of(digits, 12) + "-" + d.of(digits, 12) + "-" + d.of(digits, 13) + "-" + d.of(hexadecimal, 32)
	}},
	{"Slack, app", func(d drawn) string {
		return "xapp-1-A" + d.of(upper, 10) + "-" + d.of(digits, 13) + "-" + d.of(hexadecimal, 64)
	}},
	{"Slack, session", func(d drawn) string {
		return "xoxc-" + d.of(digits, 12) + "-" + d.of(digits, 12) + "-" + d.of(digits, 13) + "-" + d.of(hexadecimal, 64)
	}},
	{"Slack, cookie", func(d drawn) string { return "xoxd-" + d.of(base62, 60) + "%2B" + d.of(base62, 40) }},
	{"Slack, configuration", func(d drawn) string { return "xoxe.xoxp-1-" + d.of(base62, 166) }},
	{"Slack, refresh", func(d drawn) string { return "xoxe-1-" + d.of(base62, 146) }},
	{"Stripe, secret", func(d drawn) string { return "sk_live_" + d.of(base62, 24) }},
	{"Stripe, secret, long", func(d drawn) string { return "sk_live_51" + d.of(base62, 97) }},
	{"Stripe, secret, test", func(d drawn) string { return "sk_test_" + d.of(base62, 24) }},
	{"Stripe, restricted", func(d drawn) string { return "rk_live_" + d.of(base62, 24) }},
	{"Stripe, webhook", func(d drawn) string { return "whsec_" + d.of(base62, 32) }},
	{"npm", func(d drawn) string { return "npm_" + d.of(base62, 36) }},
	{"PyPI", func(d drawn) string { return "pypi-AgEIcHlwaS5vcmc" + d.of(base62, 80) }},
	{"PyPI, test", func(d drawn) string { return "pypi-AgENdGVzdC5weXBpLm9yZw" + d.of(base62, 80) }},
	{"RubyGems", func(d drawn) string { return "rubygems_" + d.of(hexadecimal, 48) }},
	{"crates.io", func(d drawn) string { return "cio" + d.of(base62, 32) }},
	{"NuGet", func(d drawn) string { return "oy2" + d.of(lower, 43) }},
	{"Clojars", func(d drawn) string { return "CLOJARS_" + d.of(hexadecimal, 60) }},
	{"Hugging Face", func(d drawn) string { return "hf_" + d.of(base62[:52], 34) }},
	{"Anthropic", func(d drawn) string { return "sk-ant-api03-" + d.of(base62, 93) + "AA" }},
	{"Anthropic, OAuth", func(d drawn) string { return "sk-ant-oat01-" + d.of(base62, 93) + "AA" }},
	{"Anthropic, admin", func(d drawn) string { return "sk-ant-admin01-" + d.of(base62, 93) + "AA" }},
	{"OpenAI", func(d drawn) string { return "sk-" + d.of(base62, 20) + "T3BlbkFJ" + d.of(base62, 20) }},
	{"OpenAI, project", func(d drawn) string { return "sk-proj-" + d.of(base62, 74) + "T3BlbkFJ" + d.of(base62, 74) }},
	{"OpenAI, project, of another form", func(d drawn) string { return "sk-proj-" + d.of(base62, 48) }},
	{"OpenAI, service account", func(d drawn) string { return "sk-svcacct-" + d.of(base62, 58) + "T3BlbkFJ" + d.of(base62, 58) }},
	{"OpenRouter", func(d drawn) string { return "sk-or-v1-" + d.of(hexadecimal, 64) }},
	{"Groq", func(d drawn) string { return "gsk_" + d.of(base62, 52) }},
	{"xAI", func(d drawn) string { return "xai-" + d.of(base62, 80) }},
	{"Perplexity", func(d drawn) string { return "pplx-" + d.of(base62, 48) }},
	{"Replicate", func(d drawn) string { return "r8_" + d.of(base62, 37) }},
	{"Fireworks", func(d drawn) string { return "fw_" + d.of(base62, 24) }},
	{"LangSmith", func(d drawn) string { return "lsv2_pt_" + d.of(hexadecimal, 32) + "_" + d.of(hexadecimal, 10) }},
	{"Tavily", func(d drawn) string { return "tvly-" + d.of(base62, 32) }},
	{"Pinecone", func(d drawn) string { return "pcsk_" + d.of(base62, 5) + "_" + d.of(base62, 63) }},
	{"NVIDIA", func(d drawn) string { return "nvapi-" + d.of(base62, 64) }},
	{"Google API", func(d drawn) string { return "AIza" + d.of(base62, 35) }},
	{"Google OAuth token", func(d drawn) string { return "ya29." + d.of(base62, 80) + "-" + d.of(base62, 40) }},
	{"Google OAuth secret", func(d drawn) string { return "GOCSPX-" + d.of(base62, 28) }},
	{"Google refresh token", func(d drawn) string { return "1//0" + d.of(base62, 60) + "-" + d.of(base62, 30) }},
	{"Google service account", func(d drawn) string {
		return `{"type":"service_account","project_id":"orders","private_key_id":"` + d.of(hexadecimal, 40) + `","private_key":"-----BEGIN PRIVATE KEY-----\n` + d.base64(120) +
			`\n-----END PRIVATE KEY-----\n","client_email":"a@orders.iam.gserviceaccount.com"}`
	}},
	{"Google HMAC", func(d drawn) string { return "GOOG1E" + d.of(upper, 55) }},
	{"Firebase messaging", func(d drawn) string { return "AAAA" + d.of(base62, 7) + ":APA91b" + d.of(base62, 134) }},
	{"AWS access key", func(d drawn) string { return "AKIA" + d.of(upper, 16) }},
	{"AWS temporary", func(d drawn) string { return "ASIA" + d.of(upper, 16) }},
	{"AWS session token", func(d drawn) string { return "IQoJb3JpZ2luX2Vj" + d.base64(300) }},
	{"AWS session token, older", func(d drawn) string { return "FwoGZXIvYXdzE" + d.base64(250) }},
	{"AWS Bedrock", func(d drawn) string { return "ABSKQmVkcm9ja0FQSUtleS" + d.of(base62, 110) }},
	{"AWS Bedrock, short-lived", func(d drawn) string { return "bedrock-api-key-" + d.base64(200) }},
	{"SendGrid", func(d drawn) string { return "SG." + d.of(base62, 22) + "." + d.of(base62, 43) }},
	{"Mailgun", func(d drawn) string { return "key-" + d.of(hexadecimal, 32) }},
	{"Mailchimp", func(d drawn) string { return d.of(hexadecimal, 32) + "-us" + d.of("123456789", 1) }},
	{"Mandrill", func(d drawn) string { return "md-" + d.of(base62, 22) }},
	{"Brevo", func(d drawn) string { return "xkeysib-" + d.of(hexadecimal, 64) + "-" + d.of(base62, 16) }},
	{"Brevo, SMTP", func(d drawn) string { return "xsmtpsib-" + d.of(hexadecimal, 64) + "-" + d.of(base62, 16) }},
	{"Resend", func(d drawn) string { return "re_" + d.of(base62, 8) + "_" + d.of(base62, 24) }},
	{"MailerSend", func(d drawn) string { return "mlsn." + d.of(hexadecimal, 64) }},
	{"Twilio key", func(d drawn) string { return "SK" + d.of(hexadecimal, 32) }},
	{"Twilio, with the token", func(d drawn) string { return "AC" + d.of(hexadecimal, 32) + ":" + d.of(hexadecimal, 32) }},
	{"Telegram bot", func(d drawn) string { return d.of("123456789", 10) + ":AA" + d.of(base62, 33) }},
	{"Discord bot", func(d drawn) string {
		return strings.TrimRight(b64("1"+d.of(digits, 17)), "=") + ".G" + d.of(base62, 5) + "." + d.of(base62, 38)
	}},
	{"Discord, two factors", func(d drawn) string { return "mfa." + d.of(base62, 84) }},
	{"DigitalOcean", func(d drawn) string { return "dop_v1_" + d.of(hexadecimal, 64) }},
	{"DigitalOcean, OAuth", func(d drawn) string { return "doo_v1_" + d.of(hexadecimal, 64) }},
	{"DigitalOcean, refresh", func(d drawn) string { return "dor_v1_" + d.of(hexadecimal, 64) }},
	{"Shopify", func(d drawn) string { return "shpat_" + d.of(hexadecimal, 32) }},
	{"Shopify, secret", func(d drawn) string { return "shpss_" + d.of(hexadecimal, 32) }},
	{"Shopify, custom", func(d drawn) string { return "shpca_" + d.of(hexadecimal, 32) }},
	{"Vault, service", func(d drawn) string { return "hvs." + d.of(base62, 95) }},
	{"Vault, service, short", func(d drawn) string { return "hvs." + d.of(base62, 24) }},
	{"Vault, batch", func(d drawn) string { return "hvb." + d.of(base62, 150) }},
	{"Vault, recovery", func(d drawn) string { return "hvr." + d.of(base62, 24) }},
	{"Vault, older", func(d drawn) string { return "s." + d.of(base62, 24) }},
	{"HCP Terraform", func(d drawn) string { return d.of(base62, 14) + ".atlasv1." + d.of(base62, 67) }},
	{"Doppler, personal", func(d drawn) string { return "dp.pt." + d.of(base62, 43) }},
	{"Doppler, service", func(d drawn) string { return "dp.st.prd." + d.of(base62, 43) }},
	{"Doppler, CLI", func(d drawn) string { return "dp.ct." + d.of(base62, 43) }},
	{"Linear", func(d drawn) string { return "lin_api_" + d.of(base62, 40) }},
	{"Atlassian", func(d drawn) string { return "ATATT3xFfGF0" + d.of(base62, 170) + "=" + d.of("0123456789ABCDEF", 8) }},
	{"Bitbucket", func(d drawn) string { return "ATBB" + d.of(base62, 24) + d.of("0123456789ABCDEF", 8) }},
	{"Bitbucket, repository", func(d drawn) string { return "ATCTT3xFfGN0" + d.of(base62, 170) + "=" + d.of("0123456789ABCDEF", 8) }},
	{"Figma", func(d drawn) string { return "figd_" + d.of(base62, 40) }},
	{"Square, token", func(d drawn) string { return "EAAA" + d.of(base62, 60) }},
	{"Square, older token", func(d drawn) string { return "sq0atp-" + d.of(base62, 22) }},
	{"Square, secret", func(d drawn) string { return "sq0csp-" + d.of(base62, 43) }},
	{"Facebook", func(d drawn) string { return "EAACEdEose0cBA" + d.of(base62, 150) }},
	{"age", func(d drawn) string { return "AGE-SECRET-KEY-1" + d.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58) }},
	{"Docker", func(d drawn) string { return "dckr_pat_" + d.of(base62, 27) }},
	{"Docker, organization", func(d drawn) string { return "dckr_oat_" + d.of(base62, 32) }},
	{"Grafana, service account", func(d drawn) string { return "glsa_" + d.of(base62, 32) + "_" + d.of(hexadecimal, 8) }},
	{"Grafana, cloud", func(d drawn) string { return "glc_" + d.base64(60) }},
	{"Grafana, key", func(d drawn) string { return "eyJrIjoi" + d.of(base62, 80) }},
	{"Postman", func(d drawn) string { return "PMAK-" + d.of(hexadecimal, 24) + "-" + d.of(hexadecimal, 34) }},
	{"New Relic, user", func(d drawn) string { return "NRAK-" + d.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 27) }},
	{"New Relic, insert", func(d drawn) string { return "NRII-" + d.of(base62, 32) }},
	{"New Relic, licence", func(d drawn) string { return d.of(hexadecimal, 36) + "FFFFNRAL" }},
	{"Sentry, user", func(d drawn) string { return "sntryu_" + d.of(hexadecimal, 64) }},
	{"Sentry, organization", func(d drawn) string { return "sntrys_eyJpYXQiO" + d.of(base62, 100) + "_" + d.of(base62, 43) }},
	{"Azure storage", func(d drawn) string { return "AccountKey=" + d.base64(64) }},
	{"Azure service bus", func(d drawn) string {
		return "Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=" + d.base64(32)
	}},
	{"Azure client secret", func(d drawn) string { return d.of(base62, 3) + "8Q~" + d.of(base62, 34) }},
	{"Azure DevOps", func(d drawn) string { return d.of(base62, 76) + "AZDO" + d.of(base62, 4) }},
	{"Azure storage, bare", func(d drawn) string { return d.of(base62, 76) + "+AStbm" + d.of(base62, 3) + "Q==" }},
	{"Databricks", func(d drawn) string { return "dapi" + d.of(hexadecimal, 32) }},
	{"Databricks, with a number", func(d drawn) string { return "dapi" + d.of(hexadecimal, 32) + "-2" }},
	{"Fly", func(d drawn) string { return "fo1_" + d.of(base62, 43) }},
	{"Fly, macaroon", func(d drawn) string { return "FlyV1 fm2_" + d.base64(120) }},
	{"Supabase", func(d drawn) string { return "sbp_" + d.of(hexadecimal, 40) }},
	{"Supabase, secret", func(d drawn) string { return "sb_secret_" + d.of(base62, 22) + "_" + d.of(base62, 8) }},
	{"Cloudflare, origin", func(d drawn) string { return "v1.0-" + d.of(hexadecimal, 24) + "-" + d.of(hexadecimal, 146) }},
	{"Notion", func(d drawn) string { return "ntn_" + d.of(digits, 11) + d.of(base62, 35) }},
	{"Notion, older", func(d drawn) string { return "secret_" + d.of(base62, 43) }},
	{"Airtable", func(d drawn) string { return "pat" + d.of(base62, 14) + "." + d.of(hexadecimal, 64) }},
	{"Pulumi", func(d drawn) string { return "pul-" + d.of(hexadecimal, 40) }},
	{"PlanetScale", func(d drawn) string { return "pscale_tkn_" + d.of(base62, 43) }},
	{"PlanetScale, password", func(d drawn) string { return "pscale_pw_" + d.of(base62, 43) }},
	{"Netlify", func(d drawn) string { return "nfp_" + d.of(base62, 36) }},
	{"Vercel", func(d drawn) string { return "vcp_" + d.of(base62, 56) }},
	{"Render", func(d drawn) string { return "rnd_" + d.of(base62, 28) }},
	{"Heroku", func(d drawn) string { return "HRKU-AA" + d.of(base62, 58) }},
	{"Prefect", func(d drawn) string { return "pnu_" + d.of(lower, 36) }},
	{"Dynatrace", func(d drawn) string { return "dt0c01." + d.of(upper, 24) + "." + d.of(upper, 64) }},
	{"Honeycomb", func(d drawn) string { return "hcaik_01" + d.of(lower, 56) }},
	{"PostHog", func(d drawn) string { return "phx_" + d.of(base62, 43) }},
	{"ReadMe", func(d drawn) string { return "rdme_" + d.of(lower, 70) }},
	{"Typeform", func(d drawn) string { return "tfp_" + d.of(base62, 44) + "_" + d.of(base62, 14) }},
	{"Contentful", func(d drawn) string { return "CFPAT-" + d.of(base62, 43) }},
	{"Asana", func(d drawn) string { return "1/" + d.of("123456789", 16) + ":" + d.of(hexadecimal, 32) }},
	{"Asana, of today", func(d drawn) string {
		return "2/" + d.of("123456789", 16) + "/" + d.of("123456789", 16) + ":" + d.of(hexadecimal, 32)
	}},
	{"HubSpot", func(d drawn) string { return "pat-eu1-" + d.uuid() }},
	{"Intra42", func(d drawn) string { return "s-s4t2ud-" + d.of(hexadecimal, 64) }},
	{"Flutterwave", func(d drawn) string { return "FLWSECK_TEST-" + d.of(hexadecimal, 32) + "-X" }},
	{"Razorpay", func(d drawn) string { return "rzp_live_" + d.of(base62, 14) }},
	{"Paystack, PayPal Braintree", func(d drawn) string {
		return "access_token$production$" + d.of(lower, 16) + "$" + d.of(hexadecimal, 32)
	}},
	{"Duffel", func(d drawn) string { return "duffel_live_" + d.of(base62, 43) }},
	{"EasyPost", func(d drawn) string { return "EZAK" + d.of(base62, 54) }},
	{"Adyen", func(d drawn) string {
		return "AQE" + d.of(base62, 60) + "-" + d.of(base62, 30) + "-" + d.of(base62, 16)
	}},
	{"1Password, service account", func(d drawn) string { return "ops_eyJ" + d.of(base62, 300) }},
	{"1Password, secret key", func(d drawn) string {
		return "A3-" + d.of(upper, 6) + "-" + d.of(upper, 11) + "-" + d.of(upper, 5) + "-" + d.of(upper, 5) + "-" + d.of(upper, 5)
	}},
	{"Tailscale", func(d drawn) string { return "tskey-auth-k" + d.of(base62, 11) + "CNTRL-" + d.of(base62, 32) }},
	{"Infracost", func(d drawn) string { return "ico-" + d.of(base62, 32) }},
	{"Buildkite", func(d drawn) string { return "bkua_" + d.of(hexadecimal, 40) }},
	{"CircleCI", func(d drawn) string { return "CCIPAT_" + d.of(base62, 22) + "_" + d.of(hexadecimal, 40) }},
	{"SonarQube", func(d drawn) string { return "sqp_" + d.of(hexadecimal, 40) }},
	{"Snyk", func(d drawn) string { return "snyk_uat." + d.of(hexadecimal, 8) + "." + d.of(base62, 64) }},
	{"JFrog", func(d drawn) string { return "AKCp" + d.of(base62, 69) }},
	{"Artifactory, reference", func(d drawn) string { return "cmVmdGtu" + d.of(base62, 56) }},
	{"OpenShift", func(d drawn) string { return "sha256~" + d.of(base62, 43) }},
	{"Yandex", func(d drawn) string { return "AQVN" + d.of(base62, 37) }},
	{"Alibaba", func(d drawn) string { return "LTAI5t" + d.of(base62, 18) }},
	{"Scalingo", func(d drawn) string { return "tk-us-" + d.of(base62, 48) }},
	{"Sourcegraph", func(d drawn) string { return "sgp_" + d.of(hexadecimal, 40) }},
	{"WorkOS", func(d drawn) string { return "sk_live_a2V5" + d.of(base62, 40) }},
	{"Clerk", func(d drawn) string { return "sk_test_" + d.of(base62, 42) }},
	{"Svix", func(d drawn) string { return "whsec_" + d.base64(24) }},
	{"Zapier hook", func(d drawn) string {
		return "https://hooks.zapier.com/hooks/catch/" + d.of(digits, 7) + "/" + d.of(lower, 7) + "/"
	}},
	{"JSON web token", drawn.jwt},
}

// TestVendorTokens finds tokens under names that say nothing, and in code.
func TestVendorTokens(t *testing.T) {
	t.Parallel()
	d := drawn{rand.New(rand.NewPCG(20261130, 2))}
	found, inCode := 0, 0
	for _, v := range vendorTokens {
		value := v.draw(d)
		if _, is := Find("UPSTREAM", value); is {
			found++
		} else {
			t.Errorf("not found: %s, %s", v.kind, value)
		}
		if len(Scan("app.py", []byte("import os\nUPSTREAM = '"+value+"'\n"), false)) > 0 {
			inCode++
		} else {
			t.Errorf("not found in code: %s, %s", v.kind, value)
		}
	}
	printed(t, fmt.Sprintf("%d of %d tokens of vendors found under names that say nothing, %d in code", found, len(vendorTokens), inCode))
}

// TestVendorTokens_Others has what begins like a token, and is none.
func TestVendorTokens_Others(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		"s.orders.example.com", "pat.smith@example.com", "hf_hub_download", "key-value-store-of-orders", "sk-learn-model-v2", "secret_santa_feature", "npm_config_registry",
		"re_sent_notifications_daily", "fw_rules_production", "pypi-mirror.internal", "dapi.internal.example.com", "glpat-placeholder", "xai-model-router-production",
		"EAAA", "SKU" + strings.Repeat("0", 30), "key-rotation-schedule-2026-quarterly", "r8_instance_type", "sha256:" + d64(), "pul-stack-orders-prod", "rnd_seed_generator_service",
		"1/2026", "md-summary-renderer-orders", "cio-orders-event-stream-production", "ntn_gateway_eu_central_1a", "sgp_orders_region_singapore_1", "bkua_pipeline_name",
		"pat-eu1-orders", "u+orders", "mfa.orders.example.com", "ATBB", "v1.0-2026-11-30", "AC:orders", "vcp_fragment_shader_default", "A3-PAPER-SIZE",
		"projects/orders/locations/eu/keyRings/main", "lin_api_gateway_endpoint", "pscale_pw_rotation", "nfp_donations_table", "phx_airport_terminal_4", "oy2", "xoxo-greetings",
		"whsec_header_name", "gsk_pipeline", "tfp_staging_area", "sbp_orders_ingest", "fo1_queue_orders",
	} {
		for _, name := range []string{"UPSTREAM", "TARGET"} {
			if reason, is := Find(name, value); is {
				t.Errorf("false alarm: %s = %s: %s", name, value, reason)
			}
		}
	}
}

// d64 is a digest.
func d64() string { return strings.Repeat("0123456789abcdef", 4) }
