package sandbox

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
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

// identify fills in what the request says about itself.
func identify(x *exchange, keys *keyring) {
	r := x.request
	credential := r.Header.Get("Authorization")
	if credential == "" {
		credential = r.URL.Query().Get("X-Amz-Credential")
	}
	key := ""
	if m := signature.FindStringSubmatch(credential); m != nil {
		key, x.call.Region, x.call.Service = m[1], m[2], m[3]
	}
	x.call.Account = keys.account(key)
	x.call.Operation, x.protocol = operation(x)
	if x.call.Service == "" && isDataHost(r.Host) {
		x.call.Service, x.call.Operation, x.call.Kind = "http", "Request", Data
		return
	}
	x.call.Kind = kindOf(x.call.Service, x.call.Operation)
	x.call.Resource = resourceOf(x)
}

func operation(x *exchange) (string, protocol) {
	r := x.request
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		if x.call.Service == "" {
			x.call.Service = serviceOfTarget(target)
		}
		return target[strings.LastIndex(target, ".")+1:], jsonProtocol
	}
	if m := cborPath.FindStringSubmatch(r.URL.Path); m != nil {
		return m[2], cborProtocol
	}
	if action := queryAction(x); action != "" {
		return action, queryProtocol
	}
	wire := restJSON
	if x.call.Service == "s3" {
		wire = restXML
	}
	name, variables := routes().match(x.call.Service, r)
	x.path = variables
	return name, wire
}

// queryAction finds the Action of the Query protocol, in the form or, for GET
// and presigned requests, in the query.
func queryAction(x *exchange) string {
	r := x.request
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isForm := media == "application/x-www-form-urlencoded" && r.ContentLength <= maxForm
	if r.Method == http.MethodPost && isForm {
		if form, err := x.form(); err == nil && form.Get("Action") != "" {
			if x.call.Service == "" && strings.HasPrefix(form.Get("Action"), "AssumeRoleWith") {
				x.call.Service = "sts" // the token is the credential
			}
			return form.Get("Action")
		}
	}
	return r.URL.Query().Get("Action")
}

func (x *exchange) form() (url.Values, error) {
	body, err := x.body()
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("not a form: %w", err)
	}
	return form, nil
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
