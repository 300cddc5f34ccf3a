package lambda

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct/lambda/function"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// codeSigning holds what the emulator lacks: code signing configurations,
// which functions have one, and which archives were found to be signed. An
// archive is signed when it has the entry that Sign adds; layers are not
// checked, and signatures neither expire nor are revoked.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
type codeSigning struct {
	configs  correct.Ledger[wire.Object]
	attached correct.Ledger[string]        // ARN by function
	signed   correct.Ledger[codeSignature] // by function and code digest
}

func (s *codeSigning) corrections(e *emulator.Client) []correct.Correction {
	answered := func(answer func(w http.ResponseWriter, x *wire.Exchange) *wire.Refusal) wire.Step {
		return func(wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) {
				if r := answer(w, x); r != nil {
					wire.Refuse(w, x, *r)
				}
			}
		}
	}
	return []correct.Correction{
		{Operations: []string{"lambda.CreateCodeSigningConfig"}, Wrap: answered(s.create)},
		{Operations: []string{"lambda.ListCodeSigningConfigs", "lambda.ListFunctionsByCodeSigningConfig"}, Wrap: answered(s.list)},
		{Operations: []string{"lambda.GetCodeSigningConfig", "lambda.UpdateCodeSigningConfig", "lambda.DeleteCodeSigningConfig"}, Wrap: answered(s.change)},
		{Operations: []string{"lambda.GetFunctionCodeSigningConfig", "lambda.PutFunctionCodeSigningConfig", "lambda.DeleteFunctionCodeSigningConfig"}, Wrap: answered(
			func(w http.ResponseWriter, x *wire.Exchange) *wire.Refusal {
				return s.attach(x.Request.Context(), w, x, e)
			})},
		{Operations: []string{"lambda.CreateFunction", "lambda.UpdateFunctionCode"}, Wrap: func(next wire.Handler) wire.Handler {
			return func(w http.ResponseWriter, x *wire.Exchange) { s.deploy(w, x, e, next) }
		}},
		{Operations: []string{"lambda.DeleteFunction"}, Wrap: correct.After(func(x *wire.Exchange, _ *wire.Answer) error {
			if name, qualifier := function.Ref(x); qualifier == "" {
				s.attached.Drop(x.Scoped(name))
			}
			return nil
		})},
	}
}

func (s *codeSigning) create(w http.ResponseWriter, x *wire.Exchange) *wire.Refusal {
	request, err := x.JSON()
	if err != nil {
		r := wire.Failure(err)
		return &r
	}
	id := "csc-" + strings.ReplaceAll(function.NewID(), "-", "")[:17]
	config := wire.Object{
		"CodeSigningConfigId":  id,
		"CodeSigningConfigArn": strings.TrimSuffix(x.FunctionARN(""), "function:") + "code-signing-config:" + id,
		"CodeSigningPolicies":  map[string]any{"UntrustedArtifactOnDeployment": "Warn"},
	}
	if r := s.store(x, config, request); r != nil {
		return r
	}
	correct.RespondJSON(w, x, http.StatusCreated, wire.Object{"CodeSigningConfig": config})
	return nil
}

// store takes the members of a request over into a configuration.
func (s *codeSigning) store(x *wire.Exchange, config, request wire.Object) *wire.Refusal {
	for _, key := range []string{"Description", "AllowedPublishers", "CodeSigningPolicies"} {
		if request.Text(key) != "" || len(request.Object(key)) > 0 {
			config[key] = request[key]
		}
	}
	publishers := wire.TextsIn(config.Object("AllowedPublishers")["SigningProfileVersionArns"])
	policy := config.Object("CodeSigningPolicies").Text("UntrustedArtifactOnDeployment")
	switch {
	case len(publishers) == 0 || len(publishers) > 20:
		return function.InvalidMember("[]", "allowedPublishers.signingProfileVersionArns", "have length between 1 and 20")
	case policy != "Warn" && policy != "Enforce":
		return function.InvalidMember(policy, "codeSigningPolicies.untrustedArtifactOnDeployment", "satisfy enum value set: [Enforce, Warn]")
	}
	config["LastModified"] = time.Now().UTC().Format("2006-01-02T15:04:05.000+0000")
	s.configs.Put(x.Scoped(config.Text("CodeSigningConfigArn")), config)
	return nil
}

// change gets, updates or deletes a configuration.
func (s *codeSigning) change(w http.ResponseWriter, x *wire.Exchange) *wire.Refusal {
	key := x.Scoped(x.Path["CodeSigningConfigArn"])
	config, found := s.configs.Get(key)
	if !found {
		return &wire.Refusal{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: "The code signing configuration cannot be found: " + x.Path["CodeSigningConfigArn"]}
	}
	switch x.Call.Operation {
	case "DeleteCodeSigningConfig":
		if s.inUse(x, config.Text("CodeSigningConfigArn")) {
			return &wire.Refusal{Status: http.StatusConflict, Code: "ResourceConflictException", Message: "The code signing configuration is in use by a function: " + config.Text("CodeSigningConfigArn")}
		}
		s.configs.Drop(key)
		w.WriteHeader(http.StatusNoContent)
		return nil
	case "UpdateCodeSigningConfig":
		request, err := x.JSON()
		if err != nil {
			r := wire.Failure(err)
			return &r
		}
		config = maps.Clone(config)
		if r := s.store(x, config, request); r != nil {
			return r
		}
	}
	correct.RespondJSON(w, x, http.StatusOK, wire.Object{"CodeSigningConfig": config})
	return nil
}

// list answers with all configurations, or with all functions of one.
func (s *codeSigning) list(w http.ResponseWriter, x *wire.Exchange) *wire.Refusal {
	prefix := x.Scoped()
	if x.Call.Operation == "ListCodeSigningConfigs" {
		configs := []any{}
		all := s.configs.All()
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if strings.HasPrefix(key, prefix) {
				configs = append(configs, all[key])
			}
		}
		correct.RespondJSON(w, x, http.StatusOK, wire.Object{"CodeSigningConfigs": configs})
		return nil
	}
	functions := []any{}
	attached := s.attached.All()
	for _, key := range slices.Sorted(maps.Keys(attached)) {
		if name, ours := strings.CutPrefix(key, prefix); ours && attached[key] == x.Path["CodeSigningConfigArn"] {
			functions = append(functions, x.FunctionARN(name))
		}
	}
	correct.RespondJSON(w, x, http.StatusOK, wire.Object{"FunctionArns": functions})
	return nil
}

func (s *codeSigning) inUse(x *wire.Exchange, arn string) bool {
	prefix := x.Scoped()
	for key, attached := range s.attached.All() {
		if attached == arn && strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func configMissing(arn string) *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusNotFound, Code: "CodeSigningConfigNotFoundException",
		Message: "The code signing configuration cannot be found. Check that the provided configuration is not deleted: " + arn,
	}
}

// attach answers what a function has, gives it a configuration or takes it
// away. A function without one has an empty answer.
func (s *codeSigning) attach(ctx context.Context, w http.ResponseWriter, x *wire.Exchange, e *emulator.Client) *wire.Refusal {
	name, _ := function.Ref(x)
	config, err := function.Config(ctx, e, x, name, "")
	if err != nil {
		r := wire.Failure(err)
		return &r
	}
	if config == nil {
		return functionMissing(x, name, "")
	}
	key := x.Scoped(name)
	switch x.Call.Operation {
	case "DeleteFunctionCodeSigningConfig":
		s.attached.Drop(key)
		w.WriteHeader(http.StatusNoContent)
		return nil
	case "PutFunctionCodeSigningConfig":
		request, err := x.JSON()
		if err != nil {
			r := wire.Failure(err)
			return &r
		}
		arn := request.Text("CodeSigningConfigArn")
		if _, found := s.configs.Get(x.Scoped(arn)); !found {
			return configMissing(arn)
		}
		if config.Text("PackageType") == imagePackage {
			return badPackage("Code signing is not supported for functions created with container images.")
		}
		s.attached.Put(key, arn)
	}
	arn, found := s.attached.Get(key)
	if !found {
		correct.RespondJSON(w, x, http.StatusOK, wire.Object{})
		return nil
	}
	correct.RespondJSON(w, x, http.StatusOK, wire.Object{"CodeSigningConfigArn": arn, "FunctionName": name})
	return nil
}

// deploy checks the code of a function that has a configuration.
func (s *codeSigning) deploy(w http.ResponseWriter, x *wire.Exchange, e *emulator.Client, next wire.Handler) {
	request, err := x.JSON()
	if err != nil {
		wire.Refuse(w, x, wire.Failure(err))
		return
	}
	name, _ := function.Ref(x)
	arn, attached := s.attached.Get(x.Scoped(name))
	if x.Call.Operation == "CreateFunction" {
		name, arn = request.Text("FunctionName"), request.Text("CodeSigningConfigArn")
		attached = arn != ""
	}
	if !attached {
		next(w, x)
		return
	}
	config, found := s.configs.Get(x.Scoped(arn))
	if !found {
		wire.Refuse(w, x, *configMissing(arn))
		return
	}
	archive, err := archive(x.Request.Context(), e, x, codeSource(x, request))
	if err != nil {
		wire.Refuse(w, x, wire.Failure(err))
		return
	}
	signature, problem := verify(config, archive)
	if problem != nil {
		wire.Refuse(w, x, *problem)
		return
	}
	correct.After(func(x *wire.Exchange, a *wire.Answer) error {
		made, err := wire.ParseObject(a.Body)
		if err != nil {
			return err
		}
		s.attached.Put(x.Scoped(name), arn)
		if signature.Profile != "" {
			s.signed.Put(x.Scoped(name, made.Text("CodeSha256")), signature)
		}
		return nil
	})(next)(w, x)
}

// verify refuses a changed archive always, and one that no allowed publisher
// signed if the policy says so.
func verify(config wire.Object, archive []byte) (codeSignature, *wire.Refusal) {
	signature, found, whole := signatureIn(archive)
	if found && !whole {
		return signature, &wire.Refusal{
			Status: http.StatusBadRequest, Code: "InvalidCodeSignatureException",
			Message: "The code signature failed the integrity check. If the integrity check fails, then Lambda blocks deployment, even if the code signing policy is set to WARN.",
		}
	}
	publishers := wire.TextsIn(config.Object("AllowedPublishers")["SigningProfileVersionArns"])
	if found && slices.Contains(publishers, signature.Profile) {
		return signature, nil
	}
	if config.Object("CodeSigningPolicies").Text("UntrustedArtifactOnDeployment") != "Enforce" {
		return signature, nil
	}
	return signature, &wire.Refusal{
		Status: http.StatusBadRequest, Code: "CodeVerificationFailedException",
		Message: "Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is not configured to accept. Check the provided signature for unsigned.",
	}
}

// describe adds who signed the code of a configuration.
func (s *codeSigning) describe(x *wire.Exchange, config wire.Object) {
	signature, found := s.signed.Get(x.Scoped(config.Text("FunctionName"), config.Text("CodeSha256")))
	if !found {
		return
	}
	config["SigningProfileVersionArn"] = signature.Profile
	if signature.Job != "" {
		config["SigningJobArn"] = signature.Job
	}
}
