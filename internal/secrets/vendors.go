package secrets

import (
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
)

// vendor is a form of token that gitleaks has no rule for, or only one that wants
// a name beside it.
type vendor struct {
	name string
	// begins is how every such token begins, and rest what follows.
	begins, rest string
}

// The parts that tokens are made of.
const (
	alphanumeric = `[A-Za-z0-9]`
	wordly       = `[A-Za-z0-9_-]`
	base64ly     = `[A-Za-z0-9+/=_-]`
	hexDigit     = `[0-9a-fA-F]`
)

// vendors are in the order of the alphabet. Their forms are those that vendors
// publish, in their documentation or for the search of secrets on GitHub.
// https://docs.github.com/en/code-security/reference/secret-security/supported-secret-scanning-patterns
var vendors = []vendor{
	{"Adyen", "AQE", base64ly + `{20,}-` + base64ly + `{20,}-.{10,}`},
	{"Airtable", "pat", alphanumeric + `{14}\.` + hexDigit + `{64}`},
	{"Anthropic", "sk-ant-", `[a-z]+[0-9]{2}-` + wordly + `{40,}`},
	{"Asana", "1/", `[0-9]{13,20}:` + hexDigit + `{32}`},
	{"Asana", "2/", `[0-9]{13,20}/[0-9]{13,20}:` + hexDigit + `{32}`},
	{"Atlassian", "ATATT3", base64ly + `{60,}`},
	{"Atlassian", "ATCTT3", base64ly + `{60,}`},
	{"AWS, session", "FwoGZXIvYXdz", base64ly + `{80,}`},
	{"AWS, session", "IQoJb3JpZ2lu", base64ly + `{80,}`},
	{"Amazon Bedrock", "bedrock-api-key-", base64ly + `{60,}`},
	{"Bitbucket", "ATBB", alphanumeric + `{24,36}`},
	{"Brevo", "xsmtpsib-", hexDigit + `{64}-` + alphanumeric + `{16}`},
	{"Buildkite", "bkua_", hexDigit + `{40}`},
	{"CircleCI", "CCIPAT_", alphanumeric + `{20,24}_` + hexDigit + `{40}`},
	{"CircleCI", "CCIPRJ_", alphanumeric + `{20,24}_` + hexDigit + `{40}`},
	{"Contentful", "CFPAT-", wordly + `{43}`},
	{"crates.io", "cio", alphanumeric + `{32}`},
	{"Discord", "mfa.", wordly + `{80,95}`},
	{"Docker", "dckr_oat_", wordly + `{27,40}`},
	{"Docker", "dckr_pat_", wordly + `{27}`},
	{"Doppler", "dp.", `(?:ct|pt|sa|scim|audit|said|st(?:\.[a-z0-9_-]{2,35})?)\.` + alphanumeric + `{40,44}`},
	{"Figma", "figd_", wordly + `{36,}`},
	{"Figma", "figo_", wordly + `{36,}`},
	{"Firebase", "AAAA", wordly + `{7}:APA91b` + wordly + `{100,}`},
	{"Fireworks", "fw_", alphanumeric + `{22,48}`},
	{"Google", "1//0", wordly + `{40,}`},
	{"Google", "GOCSPX-", wordly + `{28}`},
	{"Google", "GOOG1E", `[A-Z0-9]{50,58}`},
	{"Google", "ya29.", wordly + `{40,}`},
	{"Groq", "gsk_", alphanumeric + `{48,56}`},
	{"Honeycomb", "hc", `[a-z]{2,3}_[0-9a-z]{50,60}`},
	{"HubSpot", "pat-", `(?:na|eu|ap)[0-9]-` + hexDigit + `{8}-(?:` + hexDigit + `{4}-){3}` + hexDigit + `{12}`},
	{"Hugging Face", "api_org_", alphanumeric + `{34}`},
	{"Hugging Face", "hf_", alphanumeric + `{34,40}`},
	{"LangSmith", "lsv2_", `(?:pt|sk)_` + hexDigit + `{32}_` + hexDigit + `{10}`},
	{"MailerSend", "mlsn.", hexDigit + `{64}`},
	{"Mailgun", "key-", hexDigit + `{32}`},
	{"Mandrill", "md-", wordly + `{22}`},
	{"Netlify", "nfp_", alphanumeric + `{36,40}`},
	{"New Relic", "NRAK-", `[A-Z0-9]{27}`},
	{"New Relic", "NRII-", wordly + `{32}`},
	{"New Relic", "NRRA-", hexDigit + `{42}`},
	{"Notion", "secret_", alphanumeric + `{43}`},
	{"NuGet", "oy2", `[a-z0-9]{43}`},
	{"NVIDIA", "nvapi-", wordly + `{60,70}`},
	{"OpenAI", "sk-proj-", wordly + `{40,}`},
	{"OpenAI", "sk-svcacct-", wordly + `{40,}`},
	{"OpenAI", "sk-admin-", wordly + `{40,}`},
	{"OpenRouter", "sk-or-v1-", hexDigit + `{64}`},
	{"PayPal", "access_token$", `(?:production|sandbox)\$[0-9a-z]{16}\$` + hexDigit + `{32}`},
	{"Pinecone", "pcsk_", alphanumeric + `{5,6}_` + alphanumeric + `{50,70}`},
	{"PostHog", "phx_", alphanumeric + `{40,50}`},
	{"PyPI", "pypi-", `Ag[A-Za-z0-9_-]{60,}`},
	{"Razorpay", "rzp_live_", alphanumeric + `{14}`},
	{"Razorpay", "rzp_test_", alphanumeric + `{14}`},
	{"Render", "rnd_", alphanumeric + `{28,36}`},
	{"Replicate", "r8_", alphanumeric + `{37}`},
	{"Resend", "re_", alphanumeric + `{8}_` + alphanumeric + `{22,26}`},
	{"Sentry", "sntrys_", `eyJ` + base64ly + `{60,}`},
	{"Slack", "xoxc-", `[0-9]{10,13}-[0-9]{10,13}-[0-9]{10,13}-` + hexDigit + `{64}`},
	{"Slack", "xoxd-", `[A-Za-z0-9%+/=_-]{60,}`},
	{"Snyk", "snyk_", `[a-z]{3}\.` + hexDigit + `{8}\.` + wordly + `{40,}`},
	{"SonarQube", "sq", `[apu]_` + hexDigit + `{40}`},
	{"Square", "sq0", `(?:csp|atp|idp)-` + wordly + `{22,43}`},
	{"Stripe", "whsec_", `[A-Za-z0-9+/=]{24,}`},
	{"Supabase", "sb_secret_", wordly + `{22,40}`},
	{"Supabase", "sbp_", `(?:v0_)?` + hexDigit + `{40}`},
	{"Tailscale", "tskey-", `(?:auth|api|client|scim|webhook)-[A-Za-z0-9-]{20,}`},
	{"Tavily", "tvly-", wordly + `{32,42}`},
	{"Twilio", "AC", hexDigit + `{32}[:/,; ]` + hexDigit + `{32}`},
	{"Twilio", "SK", `[0-9a-f]{32}`},
	{"Typeform", "tfp_", wordly + `{44}_` + wordly + `{14}`},
	{"Vault", "hvb.", wordly + `{90,}`},
	{"Vault", "hvr.", wordly + `{24,}`},
	{"Vault", "hvs.", wordly + `{24,}`},
	{"Vault", "s.", alphanumeric + `{24}(?:\.` + alphanumeric + `{5})?`},
	{"Vercel", "vc", `[akipr]_` + alphanumeric + `{24,60}`},
	{"xAI", "xai-", alphanumeric + `{70,84}`},
	{"Yandex", "AQVN", wordly + `{35,38}`},
}

// within are forms whose mark is not at their beginning.
var within = []vendor{
	{"Azure", "+AStb", `^[A-Za-z0-9+/]{76}\+AStb` + base64ly + `{4,8}`},
	{"Azure DevOps", "AZDO", `^` + alphanumeric + `{76}AZDO` + alphanumeric + `{4}`},
	{"Mailchimp", "-us", `^[0-9a-f]{32}-us[0-9]{1,2}`},
	{"New Relic", "FFFFNRAL", `^[0-9a-f]{36}FFFFNRAL`},
	{"Telegram", ":AA", `^[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34}`},
}

// tokenForm is a vendor's. It is compiled when something begins so: all of them
// together take 30 MB.
type tokenForm struct {
	name, mark string
	whole      func() *regexp.Regexp
}

func newForm(v vendor, pattern string) tokenForm {
	return tokenForm{v.name, v.begins, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })}
}

// Forms by the first byte of a token, and those that have to be looked for.
var (
	forms = func() (table [256][]tokenForm) {
		for _, v := range vendors {
			table[v.begins[0]] = append(table[v.begins[0]], newForm(v, `^`+regexp.QuoteMeta(v.begins)+`(?:`+v.rest+`)`))
		}
		return table
	}()
	formsWithin = func() (out []tokenForm) {
		for _, v := range within {
			out = append(out, newForm(v, v.rest))
		}
		return out
	}()
)

// vendorToken finds a token of a vendor in a text, at the beginning of a word.
func vendorToken(text string) (Reason, bool) {
	var marked []tokenForm
	for _, f := range formsWithin {
		if strings.Contains(text, f.mark) {
			marked = append(marked, f)
		}
	}
	for at := range len(text) {
		if at > 0 && inToken(text[at-1]) {
			continue
		}
		for _, f := range forms[text[at]] {
			if strings.HasPrefix(text[at:], f.mark) && f.at(text[at:]) {
				return Reason("token of " + f.name), true
			}
		}
		for _, f := range marked {
			if f.at(text[at:]) {
				return Reason("token of " + f.name), true
			}
		}
		if ofDiscord(text[at:]) {
			return "token of Discord", true
		}
	}
	return "", false
}

// inToken reports whether a byte goes on a word.
func inToken(c byte) bool { return classes[c]&(isLetter|isDigit) != 0 || c == '_' }

// at reports whether a text begins with a token that ends there, and is drawn at
// random: x repeated is none.
func (f tokenForm) at(text string) bool {
	token := f.whole().FindString(text)
	if token == "" || len(token) < len(text) && inToken(text[len(token)]) {
		return false
	}
	rest := strings.TrimPrefix(token, f.mark)
	var seen [256]bool
	kinds := 0
	for i := range len(rest) {
		if !seen[rest[i]] {
			seen[rest[i]] = true
			kinds++
		}
	}
	if len(f.mark) <= 3 && changes(rest) < 7 {
		return false // a short mark begins words of programs too
	}
	return kinds >= 7 && !wordy(rest)
}

// snowflake is the first part of a token of Discord: the number of the bot.
var snowflake = regexp.MustCompile(`^([MNO][A-Za-z0-9]{22,27})\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}`)

func ofDiscord(text string) bool {
	if text[0] < 'M' || text[0] > 'O' {
		return false
	}
	found := snowflake.FindStringSubmatch(text)
	if found == nil {
		return false
	}
	id, err := base64.RawStdEncoding.DecodeString(found[1])
	return err == nil && longNumber.Match(id)
}
