package wire

import (
	"mime"
	"net/http"
	"regexp"
	"strings"
)

// maxForm bounds the forms that are read for their Action. Query services
// accept far less.
const maxForm = 4 << 20

// signature is the public part of SigV4: who calls which service where.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
var signature = regexp.MustCompile(`([^/=\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request`)

// cborPath is how Smithy's rpc-v2-cbor protocol names an operation.
// https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
var cborPath = regexp.MustCompile(`^/service/([^/]+)/operation/([^/]+)$`)

// dataHosts are names that reach a customer's own application, not an API.
var dataHosts = []string{".lambda-url.", ".execute-api."}

// Identify fills in what the request says about itself.
func Identify(x *Exchange, keys *Keyring) {
	r := x.Request
	credential := r.Header.Get("Authorization")
	if credential == "" {
		credential = r.URL.Query().Get("X-Amz-Credential")
	}
	key := ""
	if m := signature.FindStringSubmatch(credential); m != nil {
		key, x.Call.Region, x.Call.Service = m[1], m[2], m[3]
	}
	x.Call.Account = keys.account(key)
	x.Call.Operation, x.Protocol = operation(x)
	if x.Call.Service == "" && isDataHost(r.Host) {
		x.Call.Service, x.Call.Operation, x.Call.Kind = "http", "Request", Data
		return
	}
	x.Call.Kind = KindOf(x.Call.Service, x.Call.Operation)
	x.Call.Resource = resourceOf(x)
}

func operation(x *Exchange) (string, Protocol) {
	r := x.Request
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		if x.Call.Service == "" {
			x.Call.Service = serviceOfTarget(target)
		}
		return target[strings.LastIndex(target, ".")+1:], JSONProtocol
	}
	if m := cborPath.FindStringSubmatch(r.URL.Path); m != nil {
		return m[2], CBORProtocol
	}
	if action := queryAction(x); action != "" {
		return action, QueryProtocol
	}
	protocol := RESTJSON
	if x.Call.Service == "s3" {
		protocol = RESTXML
	}
	name, variables := routes().match(x.Call.Service, r)
	x.Path = variables
	return name, protocol
}

// queryAction finds the Action of the Query protocol, in the form or, for GET
// and presigned requests, in the query.
func queryAction(x *Exchange) string {
	r := x.Request
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isForm := media == "application/x-www-form-urlencoded" && r.ContentLength <= maxForm
	if r.Method == http.MethodPost && isForm {
		if form, err := x.Form(); err == nil && form.Get("Action") != "" {
			if x.Call.Service == "" && strings.HasPrefix(form.Get("Action"), "AssumeRoleWith") {
				x.Call.Service = "sts" // the token is the credential
			}
			return form.Get("Action")
		}
	}
	return r.URL.Query().Get("Action")
}

// serviceOfTarget guesses the service of an unsigned call, such as a sign-up
// with Cognito: AWSCognitoIdentityProviderService.SignUp.
func serviceOfTarget(target string) string {
	prefix, _, _ := strings.Cut(target, ".")
	prefix, _, _ = strings.Cut(prefix, "_")
	return strings.ToLower(strings.TrimPrefix(prefix, "AWS"))
}

func isDataHost(host string) bool {
	for _, part := range dataHosts {
		if strings.Contains(host, part) {
			return true
		}
	}
	return false
}
